"""Which instance types AWS offers in which zones, from moto, for `renew_facts.py`.

moto keeps the answers of EC2's DescribeInstanceTypeOfferings, region by region, by the ids of zones. Regions that it
does not know (China, GovCloud and the newest ones) are not in the table.
"""

from __future__ import annotations

import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

FOLDER = "/ec2/resources/instance_type_offerings/availability-zone-id/"
COLUMNS = "region,zones,types"


def rows(wheel: Path, names: Iterable[str], read: Any) -> Iterator[str]:
    """Lines of the table: a region, ids of zones, and what is offered in just those; a family stands for all its sizes.

    Args:
        wheel: moto's.
        names: Every type of `instance_types.csv`, so that a family means the same there.
        read: Reads a JSON file of an archive by its name.
    """
    families: dict[str, set[str]] = defaultdict(set)
    for name in names:
        families[name.partition(".")[0]].add(name)
    with zipfile.ZipFile(wheel) as archive:
        for file in sorted(name for name in archive.namelist() if FOLDER in name and ".json" in name):
            region = file.rpartition("/")[2].partition(".")[0]
            zones: dict[str, set[str]] = defaultdict(set)
            for offered in read(archive, file):
                zones[offered["InstanceType"]].add(offered["Location"])
            for ids, types in sorted(_by_zones(zones).items()):
                yield f"{region},{' '.join(ids)},{' '.join(_shortened(types, families))}"


def _by_zones(zones: Mapping[str, set[str]]) -> dict[tuple[str, ...], set[str]]:
    found: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for name, ids in zones.items():
        found[tuple(sorted(ids))].add(name)
    return found


def _shortened(types: set[str], families: Mapping[str, set[str]]) -> list[str]:
    whole = {family for family, names in families.items() if names <= types}
    return sorted(whole | {name for name in types if name.partition(".")[0] not in whole})
