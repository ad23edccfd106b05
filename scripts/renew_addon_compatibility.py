"""Renew which Kubernetes versions the pinned charts take, in eks_blueprints/core/facts/addon_compatibility.toml.

    python scripts/renew_addon_compatibility.py CHECKOUTS

CHECKOUTS is a folder with a git checkout of each project as `owner/name` (chart_sources.toml says which). Of each
pinned chart whose sources are there, `kubeVersion` of its Chart.yaml is written below the line that says so; rows of
charts whose sources are not there stay as they are, as long as their version is still pinned. All above that line is
written by hand, from the pages that it names. Review the diff.
"""

from __future__ import annotations

import json
import sys
import tempfile
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import yaml
from chart_checkouts import Checkouts, NotThereError

from eks_blueprints.addons.base import AddOn
from eks_blueprints.core.elements import element_class, kinds

TABLE = Path(__file__).parents[1] / "eks_blueprints" / "core" / "facts" / "addon_compatibility.toml"
MARK = "# Below: kubeVersion of the pinned charts, by the script."


def main(checkouts: Path) -> None:
    """Write the table."""
    text = TABLE.read_text(encoding="utf-8")
    hand, _, _ = text.partition(MARK)
    known = tomllib.loads(text).get("charts", {})
    lines = []
    for name, (version, repository) in sorted(pinned().items()):
        row = _read(Checkouts(checkouts), name, version, repository) or known.get(name)
        if row is not None and row["version"] == version:
            lines += ["", f"[charts.{name}]", *(f"{key} = {json.dumps(value)}" for key, value in row.items())]
    today = datetime.now(UTC).date().isoformat()
    hand = "\n".join(f"# as_of:  {today}" if line.startswith("# as_of:") else line for line in hand.splitlines())
    TABLE.write_text("\n".join([hand.rstrip(), "", MARK, *lines]) + "\n", encoding="utf-8")


def pinned() -> dict[str, tuple[str, str]]:
    """Version and repository of each pinned chart."""
    found = {}
    for kind in kinds(AddOn):
        cls = element_class(AddOn, kind)
        if (chart := getattr(cls, "chart", None)) is not None and isinstance(getattr(chart, "version", None), str):
            found[str(chart.name)] = (str(chart.version), str(chart.repository))
    return found


def _read(checkouts: Checkouts, name: str, version: str, repository: str) -> dict[str, str] | None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            unpacked = checkouts.unpack(name, version, repository, Path(folder))
            said = yaml.safe_load((unpacked.folder / "Chart.yaml").read_text(encoding="utf-8"))
        except (NotThereError, OSError) as error:
            print(f"{name}: {error}", file=sys.stderr)
            return None
    if unpacked.version.lstrip("v") != version.lstrip("v") or "kubeVersion" not in said:
        print(f"{name}: {unpacked.version}, kubeVersion {said.get('kubeVersion')}", file=sys.stderr)
        return None
    return {"version": version, "takes": str(said["kubeVersion"])}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
