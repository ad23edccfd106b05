"""A plan's monthly cost, line by line, with what is assumed and what cannot be known said beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from eks_blueprints.provisioning import spot_shares
from eks_blueprints.recording.plan import Plan, PlannedResource
from eks_blueprints.review.cost.prices import HOURS, Prices, list_prices

POOLS = "node pools"
"""The group of lines of nodes that come and go."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one resource costs a month; a range where the price moves."""

    urn: str
    name: str
    what: str
    """Such as `3 × m7i.xlarge, spot`."""
    low: float
    high: float
    group: str
    """Control plane, nodes, node pools, network, storage, load balancers, alarms, or keys."""


@dataclass(frozen=True, slots=True)
class Unpriced:
    """What costs money and has no list price: it depends on use, or is in no table."""

    resource: PlannedResource
    what: str
    """Such as `log ingestion and storage`."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """The monthly cost of one stack at list prices."""

    lines: tuple[Line, ...]
    unpriced: tuple[Unpriced, ...]
    assumptions: tuple[str, ...]

    @property
    def unknown(self) -> tuple[str, ...]:
        """What is not in it, each with the resources' names."""
        return _told(self.unpriced)

    @property
    def low(self) -> float:
        """The least that it comes to."""
        return sum(line.low for line in self.lines)

    @property
    def high(self) -> float:
        """The most."""
        return sum(line.high for line in self.lines)

    @property
    def middle(self) -> float:
        """Half way, for comparisons."""
        return (self.low + self.high) / 2

    def groups(self) -> dict[str, tuple[float, float]]:
        """Least and most by group, in the order they were met."""
        found: dict[str, tuple[float, float]] = {}
        for line in self.lines:
            low, high = found.get(line.group, (0.0, 0.0))
            found[line.group] = (low + line.low, high + line.high)
        return found


def estimate(plan: Plan, prices: Prices | None = None) -> Estimate:
    """What the resources of a plan cost a month."""
    from eks_blueprints.review.cost.priced import PRICED
    from eks_blueprints.review.cost.unpriced import unpriced

    view = View(plan, prices or list_prices())
    lines: list[Line] = []
    unknown: list[Unpriced] = []
    for resource in plan.resources:
        if "read_id" in resource.options:
            continue
        price = PRICED.get(resource.type)
        for found in price(resource, view) if price else ():
            if isinstance(found, Line):
                lines.append(found)
            else:
                unknown.append(Unpriced(resource, found))
        if what := unpriced(resource, priced=price is not None):
            unknown.append(Unpriced(resource, what))
    return Estimate(tuple(lines), tuple(unknown), tuple(view.assumptions()) if lines else ())


class View:
    """A plan as the price rules look at it."""

    def __init__(self, plan: Plan, prices: Prices) -> None:
        self.prices = prices
        self._providers = {r.urn: r for r in plan.resources if r.type == "pulumi:providers:aws"}
        self._by_name: dict[str, list[PlannedResource]] = {}
        for resource in plan.resources:
            self._by_name.setdefault(resource.name, []).append(resource)
        self._regions: dict[str, None] = {}
        self.counted = False
        """Whether nodes were counted."""
        self.spot = False
        """Whether some of them are spot instances."""
        self.pools = False
        """Whether pools of nodes that come and go were counted."""

    def region(self, resource: PlannedResource) -> str:
        """Where a resource is: by itself, by its provider, by the only provider there is, else the table's basis."""
        own = resource.inputs.get("region")
        provider = self._providers.get(resource.provider or "")
        if provider is None and len(self._providers) == 1:
            provider = next(iter(self._providers.values()))
        given = own or (provider.inputs.get("region") if provider else None)
        region = given if isinstance(given, str) and "${" not in given else str(self.prices.table["basis"])
        self._regions[region] = None
        return region

    def scaled(self, resource: PlannedResource, *keys: str) -> float | None:
        """A price in a resource's region."""
        price, factor = self.prices.of(*keys), self.prices.factor(self.region(resource))
        return None if price is None else price * (1.0 if factor is None else factor)

    def referred(self, value: object, type_: str) -> PlannedResource | None:
        """The resource that a symbol, or an unknown, names."""
        names: list[str] = []
        if isinstance(value, str) and value.startswith("${"):
            names = [name for name in self._by_name if value.startswith(f"${{{name}.")]
        elif isinstance(value, Mapping):
            names = list(value.get("from", ()))
        found = [r for name in names for r in self._by_name.get(name, ()) if r.type == type_]
        return found[0] if found else None

    def assumptions(self) -> Iterator[str]:
        """What the estimate rests on."""
        basis = self.prices.table["basis"]
        day = self.prices.as_of.isoformat()
        yield f"list prices of {day}, {HOURS} hours a month, no discounts, taxes or free tiers"
        others = [region for region in self._regions if region != basis]
        for region in others:
            factor = self.prices.factor(region)
            if factor is None:
                yield f"no prices for {region}: those of {basis} are used"
            elif factor != 1:
                yield f"{region} at {factor:g} times the prices of {basis}"
        if self.counted:
            yield "node groups at their desired size, else their least"
        if self.pools:
            yield "pools from no node up to their limits, of the dearest instance type that they allow"
        if self.spot:
            low, high = (self.prices.of("spot", key) or 0 for key in ("low", "high"))
            known = "" if self.prices.own_spot else f"at what AWS said on {spot_shares.date()}, else "
            yield f"spot {known}at {low:.0%} to {high:.0%} of on-demand"


def _told(unpriced: Iterable[Unpriced]) -> tuple[str, ...]:
    names: dict[str, list[str]] = {}
    for each in unpriced:
        names.setdefault(each.what, []).append(each.resource.name)
    return tuple(f"{what}: {_names(found)}" for what, found in names.items())


def _names(names: list[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"


@dataclass(frozen=True, slots=True)
class Moved:
    """What one resource costs more, or less, than before."""

    urn: str
    name: str
    what: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """What changes in a month's cost."""

    low: float
    high: float
    lines: tuple[Moved, ...]
    unpriced: tuple[Unpriced, ...] = ()
    """What comes, goes or changes and has no price: not known by how much."""
    coming: tuple[Unpriced, ...] = ()
    """Those of them that are there afterwards."""

    @property
    def unlimited(self) -> tuple[str, ...]:
        """What comes or changes and may cost any amount: no price of it is known, not even of one unit."""
        from eks_blueprints.review.cost.unpriced import BY_USE

        return _told(each for each in self.unpriced if each.what not in BY_USE and each in self.coming)

    @property
    def same(self) -> bool:
        """Whether nothing changes that costs anything."""
        return not self.lines and not self.unpriced

    @property
    def unknown(self) -> tuple[str, ...]:
        """What changes by an unknown amount, each with the resources' names."""
        return _told(self.unpriced)


def difference(old: Estimate | None, new: Estimate, renamed: Mapping[str, str] | None = None) -> Difference:
    """What the new estimate has more than the old one, line by line. `renamed` gives old URNs their new ones."""
    now = renamed or {}
    before = {(now.get(line.urn, line.urn), line.group): line for line in old.lines} if old else {}
    after = {(line.urn, line.group): line for line in new.lines}
    unlimited = _turned(old, new, now)
    rows = []
    for key in dict.fromkeys([*after, *before]):
        a, b = before.get(key), after.get(key)
        if key[0] in unlimited and (a is None or b is None):
            # From a price to none that is known, or back: by how much is not known either.
            continue
        low, high = (b.low if b else 0) - (a.low if a else 0), (b.high if b else 0) - (a.high if a else 0)
        if abs(low) < 0.005 and abs(high) < 0.005:
            continue
        line = b or a
        assert line is not None  # noqa: S101 - a key comes from one side at least
        what = f"{a.what} → {b.what}" if a and b and a.what != b.what else line.what
        rows.append(Moved(line.urn, line.name, what, low, high))
    low, high = sum(row.low for row in rows), sum(row.high for row in rows)
    unpriced = tuple(_unpriced_changes(old, new, now))
    return Difference(low, high, tuple(rows), unpriced, tuple(each for each in unpriced if each in new.unpriced))


def _turned(old: Estimate | None, new: Estimate, now: Mapping[str, str]) -> set[str]:
    """URNs of what has a price on one side and none on the other for the same thing, as a pool whose limits go."""
    if old is None:
        return set()
    before = {now.get(line.urn, line.urn) for line in old.lines if line.group == POOLS}
    after = {line.urn for line in new.lines if line.group == POOLS}
    unpriced_before = {now.get(each.resource.urn, each.resource.urn) for each in old.unpriced}
    unpriced_after = {each.resource.urn for each in new.unpriced}
    return (before & unpriced_after) | (after & unpriced_before)


def _unpriced_changes(old: Estimate | None, new: Estimate, now: Mapping[str, str]) -> Iterator[Unpriced]:
    before = {(now.get(u.resource.urn, u.resource.urn), u.what): u for u in old.unpriced} if old else {}
    after = {(u.resource.urn, u.what): u for u in new.unpriced}
    for key in dict.fromkeys([*after, *before]):
        a, b = before.get(key), after.get(key)
        if a is None or b is None or (key[0] not in now.values() and _asked(a.resource) != _asked(b.resource)):
            yield b or a  # type: ignore[misc]


_COSTLESS = ("description", "metadata", "name", "tags")


def _asked(resource: PlannedResource) -> Mapping[str, Any]:
    """What is asked for, without what never costs anything."""
    return {key: value for key, value in resource.inputs.items() if key not in _COSTLESS}


def money(low: float, high: float, *, signed: bool = False) -> str:
    """`$412`, `$300 to $500`, or with a sign `+$96`."""
    ends = [_dollars(each, signed) for each in sorted((low, high))]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def _dollars(amount: float, signed: bool) -> str:
    sign = "-" if round(amount) < 0 else "+" if signed and round(amount) else ""
    return f"{sign}${abs(round(amount)):,}"
