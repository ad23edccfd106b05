"""What makes a check say no: `--fail-on replace,delete,security,policy,capacity,cost>100,cost>20%`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from eks_blueprints.capacity.gates import COST, Limits
from eks_blueprints.core.errors import InputError, Problem, unknown_name
from eks_blueprints.review.diff.changes import KINDS
from eks_blueprints.review.effects.adoptions import TITLE as ADOPTION_ENDS
from eks_blueprints.review.report.model import Report, StackReport

NAMES = ("create", "import", "update", "replace", "delete", "policy", "security", "attention", "capacity", "cost")


@dataclass(frozen=True, slots=True)
class Gates:
    """What is blocked."""

    names: frozenset[str] = frozenset()
    cost: float | None = None
    """The most that a month may cost more."""
    share: float | None = None
    """The share of itself by which a month's cost may rise at most."""

    def __bool__(self) -> bool:
        return bool(self.names) or self._is_about_cost

    @property
    def _is_about_cost(self) -> bool:
        return self.cost is not None or self.share is not None

    @property
    def _is_about_changes(self) -> bool:
        """Whether it hangs on what changes about resources that stay."""
        return bool(self.names & {"update", "replace", "security", "capacity"}) or self._is_about_cost

    @classmethod
    def parse(cls, text: str) -> Gates:
        """Read the names, separated by commas.

        Raises:
            InputError: for an unknown one.
        """
        names: set[str] = set()
        cost = share = None
        for part in filter(None, (each.strip() for each in text.split(","))):
            if match := COST.fullmatch(part):
                cost = float(match["dollars"]) if match["dollars"] else cost
                share = float(match["percent"]) / 100 if match["percent"] else share
            elif part == "cost":
                raise InputError([Problem((), "needs a limit; got cost; write cost>100 or cost>20%", "--fail-on")])
            elif part not in NAMES:
                raise InputError([Problem((), unknown_name(part, NAMES, "gate"), "--fail-on")])
            else:
                names.add(part)
        return cls(frozenset(names), cost, share)

    def untold(self, report: Report) -> Iterator[str]:
        """Why the gates cannot say anything: what they ask is not known of a stack."""
        for stack in report.untold if self else ():
            do = "fix the base first, or give --base a commit, a plan or a state that can be read"
            yield f"{stack}: whether a gate is met is not known, because its base cannot be rendered; {do}"

    def closed(self, report: Report) -> Iterator[str]:
        """Why the report is blocked, one reason a line; nothing if it is."""
        counts = report.counts
        for kind in KINDS:
            if kind in self.names and counts[kind]:
                yield f"{kind}: {counts[kind]}"
        for stack in report.stacks:
            if self._is_about_changes and any(item.title == ADOPTION_ENDS for item in stack.attention):
                do = "give --base what is deployed, as pulumi stack export writes it"
                yield f"{stack.stack}: what changes about resources that were adopted is not known; {do}"
            if "policy" in self.names and stack.policies and stack.policies.blocked:
                ids = sorted({finding.policy for finding in stack.policies.new if finding.blocks})
                yield f"policy: {stack.stack}: {', '.join(ids)}"
            if "security" in self.names:
                yield from (
                    f"security: {stack.stack}: {s.subject} {s.text}" for s in stack.security if s.level != "note"
                )
            if "attention" in self.names:
                yield from (
                    f"attention: {stack.stack}: {a.title} {a.name}" for a in stack.attention if a.level != "note"
                )
            yield from self._cost(stack)
            limits = Limits("capacity" in self.names, self.cost, self.share)
            yield from (f"{reason} ({stack.stack})" for each in stack.capacity for reason in limits.closed_by(each))

    def _cost(self, stack: StackReport) -> Iterator[str]:
        """Why the cost of all resources of a stack is too much more; the nodes that pods need are told beside it."""
        change, before = stack.cost_change, stack.cost_before
        if change is None or not self._is_about_cost:
            return
        if self.cost is not None and change.high > self.cost:
            yield f"cost: {stack.stack}: up to ${change.high:,.0f} a month more, over ${self.cost:,.0f}"
        if self.share is not None and before is not None:
            ends = ((before.low, change.low), (before.high, change.high))
            share = max((more / was for was, more in ends if was > 0), default=0.0)
            if share > self.share:
                yield f"cost: {stack.stack}: up to {share:.0%} a month more, over {self.share:.0%}"
        yield from (f"cost: {stack.stack}: not known by how much: {each}" for each in change.unlimited)
