"""What makes capacity say no: `--fail-on "capacity,cost>20%"`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eks_blueprints.capacity.changes import Change, Totals
from eks_blueprints.capacity.lines import cost
from eks_blueprints.capacity.words import count, listed, waits
from eks_blueprints.core.errors import InputError, Problem, unknown_name
from eks_blueprints.review.cost.estimate import money

if TYPE_CHECKING:
    from eks_blueprints.capacity.figures import Figures

NAMES = ("capacity", "cost")

COST = re.compile(r"cost\s*>\s*(?:\$?(?P<dollars>\d+(?:\.\d+)?)|(?P<percent>\d+(?:\.\d+)?)\s*%)")
"""A limit of the cost: so many dollars a month, or a share of what it was."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What is blocked."""

    capacity: bool = False
    """Pods that wait."""
    dollars: float | None = None
    """The most that a month may cost; of a change, the most that it may cost more."""
    share: float | None = None
    """The share of itself by which a month's cost may rise at most."""

    @classmethod
    def parse(cls, text: str, *, of_change: bool) -> Limits:
        """Read the names, separated by commas.

        Args:
            text: As in `--fail-on`.
            of_change: Whether there is something to compare with, so that a share can be told.

        Raises:
            InputError: for an unknown one, and for one that is said twice.
        """
        found = cls()
        for part in filter(None, (each.strip() for each in text.split(","))):
            match = COST.fullmatch(part)
            if match is None and part not in NAMES:
                raise _wrong(unknown_name(part, NAMES, "gate") if ">" not in part else f"{_FORM}; got {part}; {_DO}")
            if part == "cost":
                raise _wrong(f"needs a limit; got cost; {_DO if of_change else 'write cost>500'}")
            if match is not None and match["percent"] and not of_change:
                raise _wrong(
                    f"a share needs something to compare with; got {part}; use capacity diff, or write cost>500"
                )
            found = found._with(part, match)
        return found

    def _with(self, part: str, match: re.Match[str] | None) -> Limits:
        if match is None:
            return Limits(True, self.dollars, self.share)
        dollars = float(match["dollars"]) if match["dollars"] else None
        share = float(match["percent"]) / 100 if match["percent"] else None
        if (dollars is not None and self.dollars is not None) or (share is not None and self.share is not None):
            raise _wrong(f"says cost twice; got {part}; leave one of them out")
        return Limits(
            self.capacity, self.dollars if dollars is None else dollars, self.share if share is None else share
        )

    def closed(self, figures: Sequence[Figures]) -> Iterator[str]:
        """Why a plan is blocked, one reason a line; nothing if it is not."""
        for each in figures:
            name = each.outcome.platform.name
            if self.capacity and each.waiting:
                yield f"capacity: {name}: {waits(each.waiting)}: {listed(w.name for w in each.outcome.waiting)}"
            if self.capacity:
                yield from (f"capacity: {name}: not known: {unsure}" for unsure in each.unsure)
        if self.dollars is None:
            return
        for each in figures:
            # What is not counted costs something, too.
            unsure = () if self.capacity else each.unsure
            yield from (f"cost: {each.outcome.platform.name}: not known: {said}" for said in unsure)
            if missing := each.cost.unpriced:
                said = f"{count(len(missing), 'node')} without a price: {listed(missing)}"
                yield f"cost: {each.outcome.platform.name}: not known: {said}; give their types a price with --prices"
        low, high = (sum(each.cost.month[end] for each in figures) for end in (0, 1))
        if high > self.dollars:
            yield f"cost: {money(low, high)} a month, over ${self.dollars:,.0f}"

    def closed_by(self, change: Change) -> Iterator[str]:
        """Why a change is blocked, one reason a line; nothing if it is not."""
        if self.capacity:
            for at, found in (("", change.newly_waiting), (" at most", change.newly_waiting_at_most)):
                for each in found:
                    more = count(each.after - each.before, "more pod")
                    yield f"capacity: {change.cluster}: {more} of {each.name} waiting{at}"
            yield from (f"capacity: {change.cluster}: not known: {each}" for each in change.newly_unsure)
        if self.dollars is None and self.share is None:
            return
        unsure = () if self.capacity else change.newly_unsure
        missing = (f"no price of {each}" for each in change.unpriced)
        yield from (f"cost: {change.cluster}: not known: {said}" for said in (*unsure, *missing))
        if self.dollars is not None and change.rise > self.dollars:
            yield f"cost: {change.cluster}: nodes {_cost(change)}, over ${self.dollars:,.0f} more"
        if self.share is None:
            return
        if change.share is not None and change.share > self.share:
            yield f"cost: {change.cluster}: nodes {_cost(change)}, over {self.share:.0%} more"
        elif change.share is None and change.before is not None and change.rise > 0:
            yield f"cost: {change.cluster}: nodes {_cost(change)}, and nothing before to take a share of"


_FORM = "a limit is a number of dollars or a percentage"
_DO = "write cost>100 or cost>20%"


def _cost(change: Change) -> str:
    return cost(change.before or Totals(), change.after or Totals())


def _wrong(message: str) -> InputError:
    return InputError([Problem((), message, "--fail-on")])
