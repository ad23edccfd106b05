"""Renew Karpenter's part of eks_blueprints/karpenter/labels.toml from its newest release; review the diff.

    python scripts/renew_karpenter_labels.py

The labels are those that the NodePool CRD of the release lets into requirements, less those that its controller then
refuses (labels.go does not name them as well known). What Auto Mode's nodes carry stands only in the EKS user guide;
that part is kept as it is. Needs the network (the Go module proxy).
"""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from go_modules import Archive, releases

TABLE = Path(__file__).parents[1] / "eks_blueprints" / "karpenter" / "labels.toml"
MODULE = "github.com/aws/karpenter-provider-aws"
CRD = "pkg/apis/crds/karpenter.sh_nodepools.yaml"
GO = "pkg/apis/v1/labels.go"


def main() -> None:
    """Download the release and write the table."""
    version = releases(MODULE)[-1]
    archive = Archive(MODULE, version)
    found = labels(archive.text(CRD) or "", archive.text(GO) or "")
    auto = tomllib.loads(TABLE.read_text(encoding="utf-8"))["auto_mode"]
    TABLE.write_text(table(version, found, auto), encoding="utf-8")


def labels(crd: str, go: str) -> list[str]:
    """The labels of the provider that both the CRD and the controller take."""
    admitted = set(re.findall(r'"(karpenter\.k8s\.aws/[a-z0-9-]+)"', crd))
    names = dict(re.findall(r'(Label\w+)\s+= apis\.Group \+ "/([a-z0-9-]+)"', go))
    block = re.search(r"WellKnownLabels\.Insert\((.*?)\)", go, re.S)
    known = {names[name] for name in re.findall(r"\w+", block[1] if block else "") if name in names}
    known = {f"karpenter.k8s.aws/{name}" for name in known}
    return sorted(admitted & known)


def table(version: str, karpenter: list[str], auto: dict[str, Any]) -> str:
    """The table's text."""
    lines = [
        "# Labels that the nodes of Karpenter and of EKS Auto Mode carry, to be used in requirements.",
        f"# source: {MODULE} {version}, {CRD} and {GO}",
        "# renew:  python scripts/renew_karpenter_labels.py",
        "# needs:  package registries",
        "",
        f"as_of = {datetime.now(UTC).date()}",
        "",
        "[karpenter]",
        *listed(karpenter),
        "",
        "[auto_mode]",
        f'source = "{auto["source"]}"',
        f"as_of = {auto['as_of']}",
        *listed(auto["labels"]),
    ]
    return "\n".join(lines) + "\n"


def listed(names: list[str]) -> list[str]:
    """The lines of one list."""
    return ["labels = [", *(f'    "{name}",' for name in names), "]"]


if __name__ == "__main__":
    main()
