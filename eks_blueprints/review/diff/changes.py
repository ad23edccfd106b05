"""The words of a diff: one property's change, one resource's, one stack's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from eks_blueprints.core.plain_secrets import hidden, hidden_line
from eks_blueprints.recording.plan import Plan, PlannedResource

Kind = Literal["create", "import", "update", "replace", "delete", "same"]

KINDS: tuple[Kind, ...] = ("create", "import", "update", "replace", "delete")


class _Absent:
    """Nothing was there, which is not the same as null."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()


@dataclass(frozen=True, slots=True)
class Change:
    """One property that changes, at any depth."""

    path: str
    """Such as `scalingConfig.maxSize`, `taints[key=gpu].effect` or `policy{}.Statement[Sid=Read].Action`; what stands
    behind `{}` is inside a text that holds JSON or YAML."""
    old: Any = ABSENT
    new: Any = ABSENT
    lines: tuple[str, ...] = ()
    """Of a long text: its changed lines, each with `+`, `-` or a space in front."""
    replaces: bool = False
    """Whether this alone replaces the resource."""
    follows: str | None = None
    """URN of the replaced resource whose outputs it takes; its new value is known only then."""

    def __post_init__(self) -> None:
        for side, hide in (("old", self._without), ("new", self._without), ("lines", _without_lines)):
            object.__setattr__(self, side, hide(getattr(self, side)))

    def _without(self, value: Any) -> Any:
        # What a rule calls a secret in plain text is one for whoever reads a diff too.
        return value if value is ABSENT else hidden(value, _name_in(self.path), {"$secret": True})

    @property
    def kind(self) -> Literal["add", "remove", "change"]:
        """Whether the property is new, gone or different."""
        if self.old is ABSENT and self.follows is None:
            return "add"
        return "remove" if self.new is ABSENT and self.follows is None else "change"

    @property
    def top(self) -> str:
        """The resource's property that it is in."""
        return self.path.partition(".")[0].partition("[")[0].partition("{")[0]


_STEPS = re.compile(r"\[name=([^\]]*)\]|\[\"((?:[^\"\\]|\\.)*)\"\]|([\w-]+)(?![^\[]*\])")


def _name_in(path: str) -> str:
    """The name that a value at a path stands under: `env[name=DB_PASSWORD].value` is that variable's."""
    steps = _STEPS.findall(path.removesuffix(" (order)").removesuffix("[]"))
    if len(steps) > 1 and steps[-1][2] == "value" and steps[-2][0]:
        return str(steps[-2][0])
    return "".join(steps[-1]) if steps else ""


def _without_lines(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(hidden_line, lines))


@dataclass(frozen=True, slots=True)
class ResourceDiff:
    """What happens to one resource."""

    kind: Kind
    old: PlannedResource | None
    new: PlannedResource | None
    changes: tuple[Change, ...] = ()
    """What differs, without what the resource's `ignoreChanges` leaves out."""
    idle: tuple[Change, ...] = ()
    """What differs and has no effect, because `ignoreChanges` keeps the old value; a replacement takes the new one."""
    causes: tuple[str, ...] = ()
    """Of a replacement: why, each a clause in a reader's words."""
    follows: str | None = None
    """URN of the resource whose replacement leads to this one."""
    delete_first: bool = False
    """Of a replacement: whether the old one goes before the new one comes."""
    certain: bool = True
    """Whether it is known which of its inputs force a replacement."""
    renamed: bool = False
    """Whether an alias leads to it from another URN."""

    @property
    def leader(self) -> str | None:
        """URN of a resource whose replacement leads to this one, be it beside causes of its own."""
        return self.follows or next((each.follows for each in self.changes if each.replaces and each.follows), None)

    @property
    def resource(self) -> PlannedResource:
        """The resource as it will be, or as it was."""
        found = self.new or self.old
        assert found is not None  # noqa: S101 - a diff has a side
        return found

    @property
    def urn(self) -> str:
        """The URN as it will be, or as it was."""
        return self.resource.urn

    @property
    def name(self) -> str:
        """The logical name."""
        return self.resource.name

    @property
    def type(self) -> str:
        """The type token."""
        return self.resource.type

    @property
    def place(self) -> str:
        """The line of the stack file, or else of the program."""
        found = self.resource.source or self.resource.position
        return f"{found.file}:{found.line}" if found else ""

    @property
    def refused(self) -> str:
        """Why the engine will refuse it, if it will."""
        if self.kind in ("delete", "replace") and self.old is not None and self.old.options.get("protect"):
            keeps = self.new is not None and not self.new.options.get("protect")
            return "" if keeps else "protected: the engine refuses until `protect` is removed and deployed"
        return ""

    @property
    def retained(self) -> bool:
        """Whether the old one stays in the cloud, no longer managed."""
        return self.kind in ("delete", "replace") and bool(self.old and self.old.options.get("retain_on_delete"))


@dataclass(frozen=True, slots=True)
class PlanDiff:
    """Everything that changes in one stack."""

    project: str
    stack: str
    old: Plan | None
    new: Plan
    resources: tuple[ResourceDiff, ...]
    """Resources that change, in the plan's order, deleted ones last."""
    unchanged: int
    """How many resources stay as they are."""
    outputs: tuple[Change, ...] = ()
    """Stack outputs that change."""
    notes: tuple[str, ...] = field(default=())
    """What limits the comparison, such as an old side that comes from a deployed state."""
    ineffective: tuple[ResourceDiff, ...] = ()
    """Resources that stay as they are although an input differs: all of it is ignored."""

    @property
    def counts(self) -> Mapping[Kind, int]:
        """How many resources of each kind, every kind present."""
        found = Counter(each.kind for each in self.resources)
        return {kind: found[kind] for kind in KINDS}

    @property
    def changed(self) -> bool:
        """Whether anything happens to any resource, or to an output that others may read."""
        return bool(self.resources or self.outputs)

    def of(self, *kinds: Kind) -> list[ResourceDiff]:
        """The resources to which this happens."""
        return [each for each in self.resources if each.kind in kinds]

    def led_by(self, urn: str) -> list[ResourceDiff]:
        """The replacements and updates that a replacement leads to, through others too."""
        found: list[ResourceDiff] = []
        waiting = [urn]
        while waiting:
            parent = waiting.pop()
            for each in self.resources:
                if each.leader == parent and each not in found:
                    found.append(each)
                    waiting.append(each.urn)
        return found
