"""What a migration is: phases, each an edit of the stack file's data that does nothing once it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from eks_blueprints.core.errors import Problem

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs

Data = dict[str, Any]
"""What a stack file says, together with the files that it extends."""


@dataclass(frozen=True, slots=True)
class Command:
    """Something to run by hand."""

    run: str
    shows: str = ""
    """What it has to show before going on; empty where it does something."""

    def to_data(self) -> dict[str, str]:
        """It as JSON."""
        return {"run": self.run, "shows": self.shows}


@dataclass(frozen=True, slots=True)
class Phase:
    """One change of the stack file, to be committed and deployed by itself."""

    id: str
    title: str
    why: str
    edit: Callable[[Data], Data]
    """The data after the phase, from that before it. It changes nothing where the phase is done."""
    before: tuple[Command, ...] = ()
    """What to check before it is written."""
    after: tuple[Command, ...] = ()
    """What to do and to check when it is deployed."""
    stopped_by: Callable[[Data], list[Problem]] = lambda _data: []
    """What stands in its way, from the data before it."""
    cannot_be_undone: bool = False
    """Whether there is no way back."""


@dataclass(frozen=True, slots=True)
class Given:
    """What else is known than the stack file."""

    aws_auth: FilePath | None = None
    """What `kubectl get configmap aws-auth -n kube-system -o yaml` wrote."""
    platform: BlueprintArgs | None = None
    """What the stack file says as specs; None for a blueprint of another shape."""


@dataclass(frozen=True, slots=True)
class Way:
    """A migration of one platform."""

    phases: tuple[Phase, ...]
    stays: tuple[Problem, ...] = ()
    """What it does not move, and why."""
    finished: bool = False
    """Whether the platform is where the migration leads, so that nothing is left to do."""


@dataclass(frozen=True, slots=True)
class Migration:
    """A way from one technique to another."""

    name: str
    title: str
    about: str
    way: Callable[[Data, Given], Way]
    """Its phases for a platform; raises InputError with what the platform lacks for it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A phase on one stack file."""

    phase: Phase
    state: str
    """`done`, `next` or `later`; `nothing` where a phase to come has nothing to change."""
    diff: str = ""
    files: Mapping[FilePath, str] = field(default_factory=dict)
    """New texts by file."""
    problems: tuple[Problem, ...] = ()
    """What stands in its way."""

    def to_data(self) -> dict[str, Any]:
        """It as JSON."""
        return {
            "id": self.phase.id,
            "title": self.phase.title,
            "why": self.phase.why,
            "state": self.state,
            "cannotBeUndone": self.phase.cannot_be_undone,
            "before": [each.to_data() for each in self.phase.before],
            "diff": self.diff,
            "after": [each.to_data() for each in self.phase.after],
            "inTheWay": [str(each) for each in self.problems],
        }


@dataclass(frozen=True, slots=True)
class Found:
    """A migration on one stack file."""

    migration: Migration
    stack: str
    file: FilePath
    phases: tuple[Shown, ...]
    stays: tuple[Problem, ...]
    finished: bool
    shared: tuple[str, ...] = ()
    """Other stack files that extend a file which the next phase changes."""

    @property
    def next(self) -> Shown | None:
        """The phase to write now."""
        return next((each for each in self.phases if each.state == "next"), None)

    def to_data(self) -> dict[str, Any]:
        """It as JSON."""
        return {
            "migration": self.migration.name,
            "stack": self.stack,
            "file": self.file.as_posix(),
            "finished": self.finished,
            "next": self.next.phase.id if self.next else None,
            "phases": [each.to_data() for each in self.phases],
            "stays": [str(each) for each in self.stays],
        }
