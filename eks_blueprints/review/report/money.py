"""When money needs attention: a month that costs much more than before, or more than anyone can tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.review.cost.estimate import Difference, Estimate, money
from eks_blueprints.review.effects import Attention

_FORM = re.compile(r"(\d+(?:\.\d+)?)\s*%\s*,\s*\$?\s*(\d+(?:\.\d+)?)")
_UNLIMITED = "no upper limit known"


@dataclass(frozen=True, slots=True)
class Threshold:
    """How much more a month may cost before a reviewer must see it: a share, and an amount, both passed at once.

    The defaults are this package's own: about one more node of a usual size (m7g.large: 60 dollars a month), and not
    less than a fifth. AWS's own alerts of cost anomalies begin at 40 % and 100 dollars; before a change is made, one
    can still ask.
    """

    share: float = 0.2
    amount: float = 50.0

    @classmethod
    def parse(cls, text: str) -> Threshold:
        """Read `30%,100`.

        Raises:
            InputError: if it has not that form.
        """
        match = _FORM.fullmatch(text.strip())
        if match is None:
            message = f"needs a share and an amount a month; got {text or 'nothing'}; write 30%,100"
            raise InputError([Problem((), message, "--cost-threshold")])
        return cls(float(match[1]) / 100, float(match[2]))

    def passed(self, before: Estimate, change: Difference) -> bool:
        """Whether what surely runs, or what may run at most, costs more by both."""
        ends = ((before.low, change.low), (before.high, change.high))
        return any(more > self.amount and more > self.share * was for was, more in ends)


DEFAULT = Threshold()


def dear(before: Estimate | None, after: Estimate, change: Difference, threshold: Threshold) -> Iterator[Attention]:
    """What of a change of the cost needs attention; a new stack is no surprise."""
    if before is None:
        return
    if threshold.passed(before, change):
        most = max(change.lines, key=lambda line: line.high)
        cause = f"{most.name}: {most.what}" if len(change.lines) > 1 else most.what
        yield Attention(
            "money", "warning", "costs more", most.name, _type(most.urn), cause, _told(before, after, change)
        )
    known = {each.resource.name for each in before.unpriced if _UNLIMITED in each.what}
    for each in change.unpriced:
        if _UNLIMITED in each.what and each.resource.name not in known and each in after.unpriced:
            effect = "it is not known by how much the monthly cost may rise"
            place = f"{each.resource.source.file}:{each.resource.source.line}" if each.resource.source else ""
            yield Attention(
                "money", "warning", "unlimited", each.resource.name, each.resource.type, each.what, effect, place
            )


def _type(urn: str) -> str:
    return urn.split("::")[2].rpartition("$")[2]


def _told(before: Estimate, after: Estimate, change: Difference) -> str:
    range_ = change.high >= 1 > change.low > -1
    moved = f"up to {money(change.high, change.high, signed=True)}" if range_ else ""
    moved = moved or money(change.low, change.high, signed=True)
    return f"{moved} a month{_share(before, change)}, {money(after.low, after.high)} in all"


def _share(before: Estimate, change: Difference) -> str:
    """How many times as much, or how much more in per cent, in brackets: of what surely runs, or of the most."""
    pairs = ((before.low, change.low), (before.high, change.high))
    share = max((more / was for was, more in pairs if was > 0), default=0.0)
    if share <= 0:
        return ""
    return f" ({share + 1:.0f} times as much)" if share >= 1 else f" ({share:.0%} more)"
