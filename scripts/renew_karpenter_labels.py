"""Renew Karpenter's part of eks_blueprints/karpenter/labels.toml from a released module; review the diff.

python scripts/renew_karpenter_labels.py v1.14.1

The labels are those that the NodePool CRD of the release lets into requirements, less those that its controller then
refuses (labels.go does not name them as well known). What Auto Mode's nodes carry stands only in the EKS user guide;
that part is kept as it is. Needs the network (the Go module proxy).
"""

from __future__ import annotations

import io
import re
import sys
import tomllib
import urllib.request
import zipfile
from datetime import UTC, datetime
from pathlib import Path

TABLE = Path(__file__).parents[1] / "eks_blueprints" / "karpenter" / "labels.toml"
MODULE = "github.com/aws/karpenter-provider-aws"
CRD = "pkg/apis/crds/karpenter.sh_nodepools.yaml"
GO = "pkg/apis/v1/labels.go"


def main(version: str) -> None:
    """Download the release and write the table."""
    with urllib.request.urlopen(f"https://proxy.golang.org/{MODULE}/@v/{version}.zip") as answer:
        archive = zipfile.ZipFile(io.BytesIO(answer.read()))
    crd, go = (archive.read(f"{MODULE}@{version}/{path}").decode() for path in (CRD, GO))
    auto = tomllib.loads(TABLE.read_text(encoding="utf-8"))["auto_mode"]
    TABLE.write_text(table(version, labels(crd, go), auto), encoding="utf-8")


def labels(crd: str, go: str) -> list[str]:
    """The labels of the provider that both the CRD and the controller take."""
    admitted = set(re.findall(r'"(karpenter\.k8s\.aws/[a-z0-9-]+)"', crd))
    names = dict(re.findall(r'(Label\w+)\s+= apis\.Group \+ "/([a-z0-9-]+)"', go))
    block = re.search(r"WellKnownLabels\.Insert\((.*?)\)", go, re.S)
    known = {names[name] for name in re.findall(r"\w+", block[1] if block else "") if name in names}
    known = {f"karpenter.k8s.aws/{name}" for name in known}
    return sorted(admitted & known)


def table(version: str, karpenter: list[str], auto: dict[str, object]) -> str:
    """The table's text."""
    lines = [
        "# Labels that the nodes of Karpenter and of EKS Auto Mode carry, to be used in requirements.",
        "# Renew: python scripts/renew_karpenter_labels.py v1.14.1 (the first part)",
        "",
        "[karpenter]",
        f'source = "{MODULE} {version}, {CRD} and {GO}"',
        f"date = {datetime.now(UTC).date().isoformat()}",
        *listed(karpenter),
        "",
        "[auto_mode]",
        f'source = "{auto["source"]}"',
        f"date = {auto['date']}",
        *listed(auto["labels"]),  # type: ignore[arg-type]
    ]
    return "\n".join(lines) + "\n"


def listed(names: list[str]) -> list[str]:
    """The lines of one list."""
    return ["labels = [", *(f'    "{name}",' for name in names), "]"]


if __name__ == "__main__":
    main(sys.argv[1])
