"""What running a program in-process left behind."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from pulumi import Resource

from eks_blueprints.recording.monitor import STACK, Call, Entry
from eks_blueprints.recording.plan import Plan, by_default_provider
from eks_blueprints.recording.planning import plan
from eks_blueprints.recording.positions import Position
from eks_blueprints.recording.render import plain, wire

_Class = type  # `RecordedResource.type` hides the name inside that class


@dataclass(frozen=True, slots=True)
class LogMessage:
    """A message of `pulumi.log`; debug messages, which the SDK itself writes by the thousand, are not kept."""

    severity: str
    """``info``, ``warning`` or ``error``."""
    text: str
    urn: str | None = None


class RecordedResource:
    """One resource of a recording, with its whole request and the Python class that asked for it."""

    __slots__ = ("_entry",)

    def __init__(self, entry: Entry) -> None:
        self._entry = entry

    @property
    def urn(self) -> str:
        return self._entry.urn

    @property
    def type(self) -> str:
        return str(self._entry.request.type)

    @property
    def name(self) -> str:
        return str(self._entry.request.name)

    @property
    def request(self) -> Any:
        """The `RegisterResourceRequest`, or `ReadResourceRequest` of one got by its id. Secrets are in plain text."""
        return self._entry.request

    @property
    def resource(self) -> Resource | None:
        """The program's own object; None for the stack, which the SDK makes."""
        return self._entry.resource

    @property
    def resource_class(self) -> _Class | None:
        """The class of that object."""
        return self._entry.resource_class

    @property
    def position(self) -> Position | None:
        """The line in the user's program."""
        return self._entry.position

    @property
    def innermost(self) -> Position | None:
        """The line nearest to the SDK."""
        return self._entry.innermost

    @property
    def read(self) -> bool:
        """Whether an existing resource is read by its id instead of being managed."""
        return not hasattr(self._entry.request, "object")

    @property
    def inputs(self) -> dict[str, Any]:
        """The inputs as plain values; a secret is a `Secret`, the other forms are those of `render.py`."""
        return plain(self._entry.request.properties if self.read else self._entry.request.object)

    @property
    def wire_inputs(self) -> dict[str, Any]:
        """The inputs as they were sent, with the wire's own marks for secrets, unknowns, assets and references."""
        fields = (self._entry.request.properties if self.read else self._entry.request.object).fields
        return {key: wire(fields[key]) for key in sorted(fields)}

    @property
    def source(self) -> Position | None:
        """The line of the stack file that it comes from, where there is one."""
        return self._entry.source

    def __repr__(self) -> str:
        return f"RecordedResource({self.urn!r})"


class Recording:
    """One run of a program: what it asked for, what it exported, what it called and what it said."""

    def __init__(  # noqa: PLR0917 - made in one place
        self,
        project: str,
        stack: str,
        entries: list[Entry],
        calls: tuple[Call, ...],
        logs: tuple[LogMessage, ...],
        gaps: tuple[str, ...] = (),
        region: str | None = None,
    ) -> None:
        self.project = project
        self.stack = stack
        self.calls = calls
        """Provider functions, in the order they were called."""
        self.logs = logs
        self.gaps = gaps
        """What the program did that could not be followed, so that resources may be missing or differ."""
        self.region = region
        """Region of the default AWS provider, where the stack's settings name one (`aws:region`)."""
        self._entries = entries

    @cached_property
    def resources(self) -> tuple[RecordedResource, ...]:
        """All resources, in the order they were registered; the stack is the first."""
        return tuple(RecordedResource(entry) for entry in self._entries)

    @property
    def requests(self) -> tuple[Any, ...]:
        """The requests as the SDK sent them. Secrets in them are in plain text."""
        return tuple(entry.request for entry in self._entries)

    @cached_property
    def outputs(self) -> Mapping[str, Any]:
        """The stack's outputs as plain values; a secret is a `Secret`."""
        for entry in self._entries:
            if entry.request.type == STACK and entry.outputs is not None:
                return plain(entry.outputs)
        return {}

    def plan(self) -> Plan:
        """The resources in a stable order, secrets masked."""
        return self._plan

    @cached_property
    def _plan(self) -> Plan:
        found = plan(self.project, self.stack, self._entries)
        return replace(found, region=self.region) if any(map(by_default_provider, found.resources)) else found
