"""What spot capacity costs as a share of on-demand capacity, by family and region, from `spot_shares.csv`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from eks_blueprints.core.tables import table

_FILE = Path(__file__).with_name("spot_shares.csv")
_TABLE = "provisioning/spot_shares.csv"


def spot_share(name: str, region: str) -> tuple[float, float] | None:
    """What a type costs at least and at most; None where the table does not know its family in the region.

    It is what the cheapest and the dearest size of its family cost there, in the mean of 30 days and of all zones.
    """
    return _families(region).get(name.partition(".")[0])


def date() -> str:
    """The day on which AWS said so, such as `2026-11-30`."""
    return table(_TABLE).as_of.isoformat()


@cache
def _families(region: str) -> Mapping[str, tuple[float, float]]:
    found: dict[str, tuple[float, float]] = {}
    for each in filter(None, _rows().get(region, "").split(";")):
        family, _, shares = each.partition(" ")
        low, _, high = shares.partition("-")
        found[family] = (int(low) / 100, int(high) / 100)
    return found


@cache
def _rows() -> Mapping[str, str]:
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    rows = (line.partition(",") for line in lines if not line.startswith(("#", "region,")))
    return {region: families for region, _, families in rows}
