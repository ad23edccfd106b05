"""Renew eks_blueprints/core/versions.toml from endoflife.date; check it against the EKS user guide.

python scripts/renew_versions.py
"""

from __future__ import annotations

import json
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SOURCE = "https://endoflife.date/api/amazon-eks.json"
TABLE = Path(__file__).parents[1] / "eks_blueprints" / "core" / "versions.toml"
DATES = {"eks_release": "releaseDate", "end_standard_support": "eol", "end_extended_support": "extendedSupport"}


def main() -> None:
    """Write the table."""
    with urllib.request.urlopen(SOURCE, timeout=30) as answer:
        cycles = json.load(answer)
    TABLE.write_text(table(cycles, datetime.now(UTC).date().isoformat()), encoding="utf-8")


def table(cycles: list[dict[str, Any]], as_of: str) -> str:
    """The table's text, oldest version first."""
    head = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    lines = [*head, "", f"as_of = {as_of}"]
    for cycle in sorted(cycles, key=lambda each: int(each["cycle"].split(".")[1])):
        lines += ["", "[[versions]]", f'version = "{cycle["cycle"]}"']
        lines += [f"{ours} = {cycle[theirs]}" for ours, theirs in DATES.items() if isinstance(cycle.get(theirs), str)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
