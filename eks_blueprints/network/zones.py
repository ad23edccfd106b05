"""Regions, partitions and availability zones: which there are, how they are written, and which EKS takes."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import ascii_lowercase
from typing import Any, Literal

from eks_blueprints.core.errors import nearest, shown
from eks_blueprints.core.facts.partitions import dns_suffix, partition_of
from eks_blueprints.core.form import Form

ZoneForm = Literal["name", "id", "local"]

_FORMS: dict[ZoneForm, Form] = {
    "id": Form(r"[a-z]{2,10}[0-9]{1,2}-az[0-9]{1,2}"),
    "name": Form(r"[a-z]{2,5}(-[a-z]+){1,3}-[0-9]{1,2}[a-z]"),
    # Local zones (us-west-2-lax-1a, usw2-lax1-az1) and wavelength zones (us-east-1-wl1-bos-wlz-1, use1-wl1-bos-wlz1).
    "local": Form(
        r"[a-z]{2,5}(-[a-z]+){1,3}-[0-9]{1,2}-[a-z]{3}-[0-9][a-z]|[a-z]{2,10}[0-9]{1,2}-[a-z]{3}[0-9]-az[0-9]"
        r"|[a-z]{2,5}(-[a-z]+){1,3}-[0-9]{1,2}-wl[0-9]-[a-z]{3}-wlz-[0-9]|[a-z]{2,10}[0-9]{1,2}-wl[0-9]-[a-z]{3}-wlz[0-9]"
    ),
}


@dataclass(frozen=True, slots=True)
class Region:
    """One AWS region."""

    name: str
    partition: str
    """Second part of every ARN in it: `aws`, `aws-cn`, `aws-us-gov`, ..."""
    dns_suffix: str
    """End of its service endpoints' names, such as `amazonaws.com`."""
    zones: tuple[str, ...] = ()
    """Its availability zones in which EKS accepts subnets and which every account has; empty where unknown.

    Names (`eu-west-1a`), which nodes are labelled with, where every account has the same ones; ids (`use1-az1`) in
    regions where a name may stand for a zone that EKS refuses, or that the account does not have.
    """


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("regions.toml").read_text(encoding="utf-8"))


@cache
def region(name: str) -> Region:
    """What is known about a region; one that is newer than the table has its partition but no zones.

    Raises:
        ValueError: if no partition has regions of that form.
    """
    if known := _table()["regions"].get(name):
        return Region(name, known["partition"], dns_suffix(known["partition"]), _offered(name, known["zones"]))
    if found := partition_of(name):
        return Region(name, found, dns_suffix(found))
    near = nearest(name, regions())
    raise ValueError(
        f"is not an AWS region; got {shown(name)}; " + (f"did you mean {near}?" if near else "use eu-west-1")
    )


def _offered(region: str, ids: list[str]) -> tuple[str, ...]:
    unusable = {*_table()["refused"], *_table()["constrained"]}
    usable = tuple(zone for zone in ids if zone not in unusable)
    gapless = [zone.rpartition("-az")[2] for zone in ids] == [str(number) for number in range(1, len(ids) + 1)]
    if len(usable) == len(ids) >= 3 and gapless:
        return tuple(f"{region}{letter}" for letter in ascii_lowercase[: len(ids)])
    return usable


def regions() -> tuple[str, ...]:
    """The regions of EKS that the table knows."""
    return tuple(_table()["regions"])


def all_zone_ids(name: str) -> tuple[str, ...]:
    """The ids of all availability zones of a region that the table knows, those that EKS refuses among them."""
    return tuple(_table()["regions"].get(name, {}).get("zones", ()))


def partition(name: str) -> str:
    """The partition of a region, such as `aws`.

    Raises:
        ValueError: if no partition has regions of that form.
    """
    return region(name).partition


def form(zone: str) -> ZoneForm | None:
    """Whether a zone is written as a name (`eu-west-1a`) or an id (`euw1-az1`), or is not an availability zone but a
    local or wavelength zone; None for what is not a zone at all."""
    return next((kind for kind, pattern in _FORMS.items() if pattern.fullmatch(zone)), None)


def refused(zone: str) -> bool:
    """Whether EKS takes no subnet of a cluster in a zone: some ids, and local and wavelength zones.

    A name cannot be told, because in the oldest regions each account has its own mapping of names to zones.
    """
    return form(zone) == "local" or zone in _table()["refused"]


def belongs(zone: str, to: str) -> bool:
    """Whether a zone may lie in a region; ids in a region without known zones always may."""
    if name := re.fullmatch(r"([a-z]+(?:-[a-z]+)+-[0-9]+)(?:[a-z]|-.*)", zone):
        return name[1] == to
    known = _table()["regions"].get(to, {}).get("zones", [])
    return not known or zone.partition("-")[0] == known[0].partition("-")[0]


def is_id(zone: str) -> bool:
    """Whether a zone, of whatever kind, is written as an id (`euw1-az1`) and not as a name (`eu-west-1a`)."""
    return re.fullmatch(r"[a-z]+[0-9]+-.*", zone) is not None
