"""The tables of list prices, and what overrides them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from eks_blueprints.core.errors import InputError, Problem, shown, unknown_name
from eks_blueprints.provisioning.spot_shares import spot_share

HOURS = 730
"""Hours of a month, as AWS counts."""

_TABLE = Path(__file__).with_name("prices.toml")
_INSTANCES = Path(__file__).with_name("instance_prices.csv")


@dataclass(frozen=True, slots=True)
class Prices:
    """List prices of one region's basis, with what the regions multiply them by."""

    table: Mapping[str, Any]
    overridden: Mapping[str, float] = field(default_factory=dict)
    """Instance prices given by the user, which no region's factor changes."""
    own_spot: bool = False
    """Whether the user gave the range of spot prices, which then holds for every type."""

    @property
    def as_of(self) -> date:
        """The date of the table."""
        found: date = self.table["as_of"]
        return found

    def of(self, *keys: str) -> float | None:
        """A price by its place in the table; None if there is none."""
        found: Any = self.table
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        return float(found) if isinstance(found, int | float) else None

    def factor(self, region: str) -> float | None:
        """What a region costs, as a multiple of the basis; None if that is not known."""
        return self.of("regions", region)

    def instance(self, name: str, region: str) -> float | None:
        """On-demand price of an hour."""
        if name in self.overridden:
            return self.overridden[name]
        hour = _instances().get(name)
        factor = self.factor(region)
        return None if hour is None else hour * (1.0 if factor is None else factor)

    def spot(self, name: str, region: str) -> tuple[float, float]:
        """What spot capacity of a type costs at least and at most, as a share of the on-demand price."""
        known = None if self.own_spot else spot_share(name, region)
        return known or (self.of("spot", "low") or 0.0, self.of("spot", "high") or 1.0)


@cache
def list_prices() -> Prices:
    """The tables in the package."""
    return Prices(tomllib.loads(_TABLE.read_text(encoding="utf-8")))


def read_prices(path: Path) -> Prices:
    """The tables with a file's values in the place of their own.

    Raises:
        InputError: if the file holds a key that the tables do not have, or what is not a price.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise InputError([Problem((), f"cannot be read as TOML; {error}", str(path))]) from None
    instances = given.pop("instances", {})
    problems = [*_problems(given, list_prices().table, ()), *_instance_problems(instances)]
    if problems:
        raise InputError([problem.at(str(path)) for problem in problems])
    return Prices(
        _merged(list_prices().table, given),
        {name: float(hour) for name, hour in instances.items()},
        own_spot="spot" in given,
    )


def _problems(given: Mapping[str, Any], known: Mapping[str, Any], path: tuple[str, ...]) -> list[Problem]:
    found: list[Problem] = []
    for key, value in given.items():
        at = (*path, key)
        open_table = path in {("regions",), ("eks", "scaling_tier_hour")}
        if key not in known and not open_table:
            found.append(Problem(at, unknown_name(key, known, "price")))
        elif isinstance(known.get(key), Mapping):
            if isinstance(value, Mapping):
                found += _problems(value, known[key], at)
            else:
                found.append(Problem(at, f"needs a table; got {shown(value)}; write [{'.'.join(at)}]"))
        elif path and (isinstance(value, bool) or not isinstance(value, int | float) or value < 0):
            found.append(Problem(at, f"is not a valid price; got {shown(value)}; write a number of US dollars"))
    return found


def _instance_problems(instances: Any) -> list[Problem]:
    if not isinstance(instances, Mapping):
        return [Problem(("instances",), f"needs a table; got {shown(instances)}; write [instances]")]
    return [
        Problem(("instances", name), f"is not a valid price; got {shown(hour)}; write US dollars an hour")
        for name, hour in instances.items()
        if isinstance(hour, bool) or not isinstance(hour, int | float) or hour < 0
    ]


def _merged(base: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in given.items():
        nested = isinstance(value, Mapping) and isinstance(base.get(key), Mapping)
        merged[key] = _merged(base[key], value) if nested else value
    return merged


@cache
def _instances() -> dict[str, float]:
    rows = (line.split(",") for line in _INSTANCES.read_text(encoding="utf-8").splitlines() if line[:1] not in "#")
    return {name: float(hour) for name, hour in rows if name != "type"}
