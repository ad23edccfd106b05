"""Writes `eks_blueprints/karpenter/releases.toml` from a tag of karpenter-provider-aws: which Karpenter runs where."""

import re
import sys
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

RAW = "https://raw.githubusercontent.com/aws/karpenter-provider-aws"
FILE = Path(__file__).parent.parent / "eks_blueprints" / "karpenter" / "releases.toml"


def main(tag: str) -> None:
    """Take the chart's version and the compatibility matrix of a tag such as `v1.14.1`."""
    page = f"website/content/en/v{'.'.join(tag.removeprefix('v').split('.')[:2])}/upgrading/compatibility.md"
    with urllib.request.urlopen(f"{RAW}/{tag}/{page}") as answer:  # noqa: S310 - the address is the constant above
        rows = [line for line in answer.read().decode().splitlines() if line.startswith("|")]
    versions, oldest = (re.findall(r"\d+\.\d+(?:\.\d+)?", row) for row in (rows[0], rows[2]))
    text = FILE.read_text(encoding="utf-8")
    broken = re.search(r"^broken = .*$", text, re.MULTILINE)
    lines = [
        "# Releases of Karpenter: the one that is installed by default, and the oldest for each Kubernetes version.",
        f"# Renew: python scripts/renew_karpenter_releases.py {tag}",
        "",
        f'source = "github.com/aws/karpenter-provider-aws {tag}, charts/karpenter/Chart.yaml and {page}"',
        f"date = {datetime.now(UTC).date()}",
        f'default = "{tag.removeprefix("v")}"',
        # What a release's notes warn of is in no table: carried over, to be looked through by hand.
        broken.group() if broken else "broken = []",
        "",
        "[minimum]",
        *(f'"{v}" = "{o if o.count(".") == 2 else f"{o}.0"}"' for v, o in zip(versions, oldest, strict=True)),
    ]
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
