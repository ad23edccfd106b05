"""In which zones of a region AWS offers an instance type, from `zone_offerings.csv`.

Zones are told by their ids, such as `use1-az4`: a name such as `us-east-1a` is another zone in each account.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from eks_blueprints.core.facts.instance_types import families
from eks_blueprints.core.tables import table

_FILE = Path(__file__).with_name("zone_offerings.csv")
_TABLE = "core/facts/zone_offerings.csv"


def zones_offering(name: str, region: str) -> frozenset[str] | None:
    """Ids of the zones that offer a type; none where the region does not, None where the region is not in the table."""
    offered = _offered(region)
    return offered.get(name, frozenset()) if offered else None


@cache
def main_zones(region: str) -> frozenset[str]:
    """Ids of the zones that offer most of what a region does; none where the region is not in the table.

    `use1-az3` and `euw2-az4` are not among them: they offer a few old types or new ones.
    """
    offered = _offered(region)
    counted = Counter(zone for zones in offered.values() for zone in zones)
    return frozenset(zone for zone, types in counted.items() if types * 2 > len(offered))


def date() -> str:
    """The day on which the table was made, such as `2026-11-30`."""
    return table(_TABLE).as_of.isoformat()


@cache
def _offered(region: str) -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for ids, types in _rows().get(region, ()):
        zones = frozenset(ids.split())
        for word in types.split():
            names = (word,) if "." in word else [f"{word}.{size}" for size in families()[word]]
            found.update(dict.fromkeys(names, zones))
    return found


@cache
def _rows() -> Mapping[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if not line.startswith(("#", "region,")):
            region, ids, types = line.split(",")
            found.setdefault(region, []).append((ids, types))
    return found
