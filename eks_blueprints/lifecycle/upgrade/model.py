"""What an upgrade is about: the platform as it stands, and what is found in its way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

Level = Literal["blocker", "warning", "unknown", "note"]
"""`blocker`: the upgrade fails or breaks what runs. `warning`: it goes on, with this effect. `unknown`: it could not be
found out. `note`: what only has to be known."""

NodeKind = Literal["managed", "self-managed", "fargate", "karpenter", "auto mode", "hybrid"]

LEVELS: tuple[Level, ...] = ("blocker", "unknown", "warning", "note")
"""In the order in which they are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nodes:
    """Nodes of one kind: a group, a Fargate profile, a pool of Karpenter's or of Auto Mode's."""

    name: str
    """Name in the stack file; the group's in AWS where there is none."""
    kind: NodeKind
    minor: int | None = None
    """Of the oldest kubelet; None where it is not known."""
    release: str | None = None
    """Release of EKS's image that the stack file pins."""
    follows: bool = False
    """Whether the nodes get the control plane's version in the same deployment: the stack file names none for them."""
    ami_type: str | None = None
    image: str = ""
    """How the image is chosen, where it is not EKS's own: an id, a parameter, an alias."""
    count: int | None = None
    most: int | None = None
    zones: int | None = None
    pace: int | None = None
    """How many nodes an update may take away at once."""
    pace_share: int | None = None
    """The same as a percentage."""
    force: bool = False
    """Whether an update ends pods that a disruption budget keeps."""
    instance_types: tuple[str, ...] = ()
    spot: bool = False
    place: str = ""
    """`file:line` of the stack file."""
    blocked: str = ""
    """Why nodes are never replaced by themselves: a disruption budget of a pool that allows none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """An add-on of EKS or a chart."""

    name: str
    """Name of the add-on in EKS, or of the chart."""
    version: str | None
    eks: bool
    """Whether EKS installs it."""
    element: str = ""
    """Its name in the stack file."""
    pinned: bool = False
    """Whether the stack file says the version."""
    app: str | None = None
    """Version of the program in a chart, where it is another one than the chart's."""
    conflicts: str = ""
    """`resolveConflictsOnUpdate` of an EKS add-on."""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Api:
    """One use of an API version and kind."""

    api_version: str
    kind: str
    name: str
    origin: str
    """Where it comes from: `declared`, `chart NAME`, or `requests`: what clients asked a running API server for."""
    place: str = ""
    removed_in: int | None = None
    """The minor that removes it, as the API server itself says of requests."""


@dataclass(frozen=True, slots=True)
class FieldUse:
    """One use of a field, an annotation or a flag that Kubernetes stops honouring."""

    where: str
    match: str
    """The row of `notes.toml`, by both."""
    name: str
    """Logical name of the resource that has it."""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet of the control plane."""

    name: str
    zone: str
    size: int | None
    """Addresses that it has in all, less the five that AWS keeps; None where its range is not known."""
    free: int | None = None
    """Free addresses, where they were looked up."""
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that stands in the way, or has to be known."""

    level: Level
    code: str
    """A stable short name, such as `node-skew`."""
    what: str
    do: str
    """What to write or to run."""
    place: str = ""
    """`file:line` where there is one."""
    source: str = ""
    """Whose rule it is."""
    gate: bool = False
    """Whether it stops the upgrade although it is only unknown: what was asked for could not be answered."""

    @property
    def stops(self) -> bool:
        """Whether the upgrade must not begin."""
        return self.level == "blocker" or self.gate

    def to_data(self) -> dict[str, Any]:
        """The finding as JSON data."""
        data = {"level": self.level, "code": self.code, "what": self.what, "do": self.do, "stops": self.stops}
        more = {"place": self.place, "source": self.source}
        return data | {key: value for key, value in more.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """The platform as it stands, as far as it is known."""

    stack: str
    cluster: str
    """Name of the cluster in AWS."""
    minor: int
    """Kubernetes minor of the control plane."""
    declared: int | None = None
    """The minor that the stack file says, where that is another one."""
    place: str = ""
    region: str | None = None
    support_type: str | None = None
    auto_mode: bool = False
    force: bool = False
    nodes: tuple[Nodes, ...] = ()
    components: tuple[Component, ...] = ()
    apis: tuple[Api, ...] = ()
    fields: tuple[FieldUse, ...] = ()
    subnets: tuple[Subnet, ...] = ()
    delivery: tuple[str, ...] = ()
    """GitOps agents that it runs, which bring objects of which the program knows nothing."""
    findings: tuple[Finding, ...] = ()
    """What was found while reading it, whatever the target: disruption budgets, what could not be read."""
    upgraded_on: date | None = None
    """The day of the last upgrade in place, where it is known."""
    record: tuple[tuple[str, str], ...] = ()
    """What people said in the form of `upgrade record`: questions and answers."""
    looked_at: tuple[str, ...] = ()
    """What was read beside the plan: `state`, `cluster`, `insights`, `subnets`, `add-on versions`."""
    offered: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    """Versions of EKS add-ons by name and Kubernetes version, the newest first."""

    def of_kind(self, *kinds: NodeKind) -> list[Nodes]:
        """Its nodes of some kinds."""
        return [each for each in self.nodes if each.kind in kinds]

    def component(self, name: str) -> Component | None:
        """One of its add-ons or charts."""
        return next((each for each in self.components if each.name == name), None)
