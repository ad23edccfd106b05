"""What the engine says while it previews, kept in the order in which it says it.

The events are what the digest of `pulumi preview --json` leaves out: what policy packs find, and everything that was
worked out before a preview failed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pulumi.automation import EngineEvent
    from pulumi.automation.events import DiagnosticEvent, StepEventMetadata, StepEventStateMetadata

Row = dict[str, Any]
"""One resource as an exported state spells it."""

_STACK = "pulumi:pulumi:Stack"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a preview is."""

    stack: str
    done: int
    """Resources that the engine has looked at."""
    total: int | None
    """Resources that the program asks for, once the recording knows."""
    name: str
    """Logical name of the last one; before the first, what is being waited for."""


OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Step:
    """What the engine would do to one resource; a replacement takes several steps."""

    op: str
    urn: str
    type: str
    old: Row | None
    new: Row | None
    keys: tuple[str, ...]
    """Properties that force a replacement."""
    paths: Mapping[str, bool]
    """Paths of the properties that change, and whether each forces a replacement; empty where the provider was not
    asked, because what it depends on is deleted first."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A message of the engine, of a provider, or of the program."""

    severity: str
    """`error`, `warning`, `info`, or `info#err`, which is the program's standard error."""
    message: str
    urn: str


@dataclass(frozen=True, slots=True)
class Violation:
    """What a policy pack says no to, or advises against."""

    policy: str
    pack: str
    version: str
    mandatory: bool
    message: str
    urn: str


@dataclass
class Stream:
    """Gathers events; they come from another thread, and those of parallel steps out of order."""

    on_step: Callable[[Step], None] | None = None
    steps: list[Step] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    """The stack's outputs, as far as a preview knows them."""
    packs: Mapping[str, str] = field(default_factory=dict)
    """Versions of the policy packs that were asked."""
    started: bool = False
    summed_up: bool = False
    """Whether the engine got to its end, be it a good one or not."""
    ended: threading.Event = field(default_factory=threading.Event)

    def add(self, event: EngineEvent) -> None:
        """Take one event."""
        self.started = True
        if event.resource_pre_event:
            self._step(event.resource_pre_event.metadata)
        elif event.res_outputs_event and event.res_outputs_event.metadata.type == _STACK:
            new = event.res_outputs_event.metadata.new
            self.outputs = (new and new.outputs) or {}
        elif event.diagnostic_event:
            self._diagnostic(event.diagnostic_event)
        elif found := event.policy_event:
            self.violations.append(
                Violation(
                    policy=found.policy_name,
                    pack=found.policy_pack_name,
                    version=found.policy_pack_version_tag or found.policy_pack_version,
                    mandatory=found.enforcement_level == "mandatory",
                    message=found.message.strip(),
                    urn=found.resource_urn or "",
                )
            )
        elif event.summary_event:
            self.packs = dict(event.summary_event.policy_packs or {})
            self.summed_up = True
        elif event.cancel_event:
            self.ended.set()

    def errors(self) -> list[Diagnostic]:
        """What made the preview fail."""
        return [each for each in self.diagnostics if each.severity == "error"]

    def _step(self, found: StepEventMetadata) -> None:
        paths = {path: each.diff_kind.value.endswith("-replace") for path, each in (found.detailed_diff or {}).items()}
        keys = tuple(found.keys or ())
        if not paths:
            paths = {path: path in keys for path in found.diffs or ()}
        op = found.op.value
        step = Step(op, found.urn, found.type, _row(found.old), _row(found.new), keys, paths)
        self.steps.append(step)
        if self.on_step:
            self.on_step(step)

    def _diagnostic(self, found: DiagnosticEvent) -> None:
        if found.severity != "debug" and not found.ephemeral and found.message.strip():
            self.diagnostics.append(Diagnostic(found.severity, found.message.strip("\n"), found.urn or ""))


def _row(found: StepEventStateMetadata | None) -> Row | None:
    if found is None:
        return None
    return {
        "urn": found.urn,
        "type": found.type,
        "custom": bool(found.custom),
        "delete": bool(found.delete),
        "id": found.id,
        "parent": found.parent or None,
        "provider": found.provider or "",
        "inputs": dict(found.inputs or {}),
        "outputs": dict(found.outputs or {}),
        "protect": bool(found.protect),
        "retainOnDelete": bool(found.retain_on_delete),
        "taint": bool(found.taint),
    }
