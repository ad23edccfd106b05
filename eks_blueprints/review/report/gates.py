"""What makes a check say no: `--fail-on replace,delete,security,policy,cost>100`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from eks_blueprints.core.errors import InputError, Problem, unknown_name
from eks_blueprints.review.diff.changes import KINDS
from eks_blueprints.review.effects.adoptions import TITLE as ADOPTION_ENDS
from eks_blueprints.review.report.model import Report

NAMES = ("create", "import", "update", "replace", "delete", "policy", "security", "attention", "cost")

_COST = re.compile(r"cost\s*>\s*\$?(\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Gates:
    """What is blocked."""

    names: frozenset[str] = frozenset()
    cost: float | None = None
    """The most that a month may cost more."""

    def __bool__(self) -> bool:
        return bool(self.names) or self.cost is not None

    @property
    def _is_about_changes(self) -> bool:
        """Whether it hangs on what changes about resources that stay."""
        return bool(self.names & {"update", "replace", "security"}) or self.cost is not None

    @classmethod
    def parse(cls, text: str) -> Gates:
        """Read the names, separated by commas.

        Raises:
            InputError: for an unknown one.
        """
        names: set[str] = set()
        cost: float | None = None
        for part in filter(None, (each.strip() for each in text.split(","))):
            if match := _COST.fullmatch(part):
                cost = float(match[1])
            elif part == "cost":
                raise InputError([Problem((), "needs a limit; got cost; write cost>100", "--fail-on")])
            elif part not in NAMES:
                raise InputError([Problem((), unknown_name(part, NAMES, "gate"), "--fail-on")])
            else:
                names.add(part)
        return cls(frozenset(names), cost)

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
            change = stack.cost_change
            if self.cost is not None and change is not None and change.high > self.cost:
                yield f"cost: {stack.stack}: up to ${change.high:,.0f} a month more, over ${self.cost:,.0f}"
            if self.cost is not None and change is not None:
                yield from (f"cost: {stack.stack}: not known by how much: {each}" for each in change.unlimited)
