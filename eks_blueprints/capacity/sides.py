"""From a plan to the outcomes of its clusters: at least, and at most where something scales."""

from __future__ import annotations

from collections.abc import Iterable

from eks_blueprints.capacity.compare import Sides
from eks_blueprints.capacity.model import At, Platform
from eks_blueprints.policies.stack import Stack
from eks_blueprints.review.cost.prices import Prices, list_prices


def sides_of(stack: Stack, prices: Prices | None = None) -> Sides:
    """Each cluster of a plan, its pods placed.

    Args:
        stack: The plan.
        prices: What nodes cost. Default: the list prices of the package.
    """
    from eks_blueprints.capacity.read.plan import platforms_of

    return sides(platforms_of(stack, prices or list_prices()))


def sides(platforms: Iterable[Platform], *, at: At = "least") -> Sides:
    """The same of platforms that are read already.

    Args:
        platforms: The platforms.
        at: How many pods there are of what scales; with `least` the outcome at most stands beside it.
    """
    from eks_blueprints.capacity.place import outcome

    found = []
    for each in platforms:
        scales = at == "least" and any(demand.most > demand.least for demand in each.demands)
        found.append((outcome(each, at=at), outcome(each, at="most") if scales else None))
    return found
