"""Renew eks_blueprints/karpenter/releases.toml: the newest Karpenter, and which one runs where; review the diff.

    python scripts/renew_karpenter_releases.py

The newest release becomes the default. Kubernetes versions that the table does not have yet get the first release whose
code takes them (MaxK8sVersion); the rows that are there came from its page on compatibility and stay. Releases that its
notes call broken are in no table: look them through by hand. Needs the network (the Go module proxy).
"""

from __future__ import annotations

import json
import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from go_modules import Archive, releases

MODULE = "github.com/aws/karpenter-provider-aws"
FILE = Path(__file__).parent.parent / "eks_blueprints" / "karpenter" / "releases.toml"
GO = "pkg/providers/version/version.go"


def main() -> None:
    """Write the table."""
    old = tomllib.loads(FILE.read_text(encoding="utf-8"))
    minimum: dict[str, str] = old["minimum"]
    later = [each for each in releases(MODULE) if parts(each) > parts(old["default"])]
    for version in later:
        last = max(parts(each)[1] for each in minimum)
        minimum |= {f"1.{new}": version for new in range(last + 1, newest_kubernetes(version) + 1)}
    default = later[-1] if later else old["default"]
    lines = [
        "# Releases of Karpenter: the one that is installed by default, and the oldest for each Kubernetes version.",
        f"# source: {MODULE}, page on compatibility of v1.14 up to Kubernetes 1.36, later {GO} of each release",
        "# renew:  python scripts/renew_karpenter_releases.py",
        "# needs:  package registries",
        "",
        f"as_of = {datetime.now(UTC).date()}",
        f'default = "{default}"',
        f"broken = {json.dumps(old['broken'])}",
        "",
        "[minimum]",
        *(f'"{kubernetes}" = "{oldest}"' for kubernetes, oldest in minimum.items()),
    ]
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def newest_kubernetes(version: str) -> int:
    """The minor version of the newest Kubernetes that a release takes."""
    found = re.search(r'MaxK8sVersion\s*= "1\.(\d+)"', Archive(MODULE, version).text(GO) or "")
    if found is None:
        raise SystemExit(f"{GO} of {version} does not say which Kubernetes it takes")
    return int(found[1])


def parts(version: str) -> tuple[int, ...]:
    """`1.15.2` as numbers."""
    return tuple(int(part) for part in version.split("."))


if __name__ == "__main__":
    main()
