"""Renew eks_blueprints/provisioning/spot_shares.csv from AWS's Spot Instance Advisor; review the diff first.

    python scripts/renew_spot.py
    python scripts/renew_spot.py FILE 2026-11-30    # a copy of its data, and the day it was made

The advisor says for each type and region what spot capacity of the last 30 days cost less than on-demand capacity, as a
mean over the zones. One number is no range, and prices move: the table has what the cheapest and the dearest size of a
family cost in a region. Families with fewer than three sizes there are not in it. Needs the network.
"""

from __future__ import annotations

import datetime
import json
import sys
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SOURCE = "https://spot-bid-advisor.s3.amazonaws.com/spot-advisor-data.json"
TABLE = Path(__file__).parents[1] / "eks_blueprints" / "provisioning" / "spot_shares.csv"
FEWEST = 3
"""Sizes of a family that a range needs."""


def main() -> None:
    """Read the advisor's data and write the table."""
    if len(sys.argv) > 1:
        day, text = sys.argv[2], Path(sys.argv[1]).read_text(encoding="utf-8")
    else:
        day = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
        with urllib.request.urlopen(SOURCE, timeout=60) as answer:
            text = answer.read().decode()
    TABLE.write_text(table(json.loads(text), day), encoding="utf-8")


def table(data: Any, day: str) -> str:
    """The table's text, from the advisor's data."""
    head = [
        "# What spot capacity costs in per cent of on-demand capacity: the cheapest and the dearest size of a family.",
        f"# source: AWS's Spot Instance Advisor, {SOURCE}",
        f"# as_of:  {day}",
        "# renew:  python scripts/renew_spot.py",
        "# needs:  the network (AWS's Spot Instance Advisor)",
        "region,family low-high;...",
    ]
    regions = sorted(data["spot_advisor"].items())
    rows = (f"{region},{';'.join(_families(of['Linux']))}" for region, of in regions if of.get("Linux"))
    return "\n".join([*head, *rows]) + "\n"


def _families(savings: dict[str, dict[str, int]]) -> Iterator[str]:
    shares: dict[str, list[int]] = defaultdict(list)
    for name, said in savings.items():
        # Nobody pays more than the on-demand price unless they ask to.
        shares[name.partition(".")[0]].append(min(100 - said["s"], 100))
    for family, found in sorted(shares.items()):
        if len(found) >= FEWEST:
            yield f"{family} {min(found)}-{max(found)}"


if __name__ == "__main__":
    main()
