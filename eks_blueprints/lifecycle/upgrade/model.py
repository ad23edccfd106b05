"""What an upgrade is about: the platform as it stands, what is in its way, and the steps of each minor version."""

from __future__ import annotations

from collections.abc import Iterator
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


@dataclass(frozen=True, slots=True)
class Range:
    """From how much to how much something takes, and who says so."""

    low: float
    high: float | None
    """None where nothing bounds it."""
    unit: Literal["minutes", "dollars"]
    source: str

    def to_data(self) -> dict[str, Any]:
        """The range as JSON data."""
        return {"low": round(self.low, 2), "high": None if self.high is None else round(self.high, 2)} | {
            "unit": self.unit,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do, in its order."""

    id: str
    title: str
    why: str
    found: tuple[str, ...] = ()
    """What of the platform it is about."""
    commands: tuple[str, ...] = ()
    until: str = ""
    """What has to be seen before the next step begins; empty where nothing has."""
    edits: bool = False
    """Whether `upgrade apply --step N` writes it into the stack file."""
    done: bool = False
    """Whether the stack file says it already."""
    time: Range | None = None
    cost: Range | None = None

    def to_data(self, number: int) -> dict[str, Any]:
        """The step as JSON data."""
        return {
            "number": number,
            "id": self.id,
            "title": self.title,
            "why": self.why,
            "found": list(self.found),
            "commands": list(self.commands),
            "until": self.until,
            "edits": self.edits,
            "done": self.done,
            "time": self.time.to_data() if self.time else None,
            "cost": self.cost.to_data() if self.cost else None,
        }


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


@dataclass(frozen=True, slots=True)
class Hop:
    """One minor version up, or down."""

    minor: int
    findings: tuple[Finding, ...]
    steps: tuple[Step, ...]

    @property
    def version(self) -> str:
        """Such as `1.35`."""
        return f"1.{self.minor}"

    def to_data(self) -> dict[str, Any]:
        """The hop as JSON data."""
        return {
            "version": self.version,
            "findings": [each.to_data() for each in self.findings],
            "steps": [each.to_data(number) for number, each in enumerate(self.steps, 1)],
        }


@dataclass(frozen=True, slots=True)
class UpgradePlan:
    """All of it, for one cluster."""

    situation: Situation
    target: int
    hops: tuple[Hop, ...]
    findings: tuple[Finding, ...]
    """What is found of the way as a whole."""
    calendar: str
    waiting: Range | None
    """What a year of extended support costs at most, if nobody upgrades."""
    rollback: bool = False

    def every(self) -> Iterator[Finding]:
        """All findings, those of the whole way first, each once."""
        yield from dict.fromkeys((*self.findings, *(each for hop in self.hops for each in hop.findings)))

    def stops(self, *, strict: bool = False) -> list[Finding]:
        """What must be settled before it begins; `strict` counts all that is unknown."""
        return [each for each in self.every() if each.stops or (strict and each.level == "unknown")]

    def to_data(self) -> dict[str, Any]:
        """The plan as JSON data; `docs/reference/upgrade.schema.json`."""
        situation = self.situation
        return {
            "kind": "eks-blueprints/upgrade",
            "version": 1,
            "stack": situation.stack,
            "cluster": situation.cluster,
            "from": f"1.{situation.minor}",
            "to": f"1.{self.target}",
            "rollback": self.rollback,
            "calendar": self.calendar,
            "waiting": self.waiting.to_data() if self.waiting else None,
            "looked_at": list(situation.looked_at),
            "record": [{"question": question, "answer": answer} for question, answer in situation.record],
            "nodes": [
                {"name": each.name, "kind": each.kind, "version": None if each.minor is None else f"1.{each.minor}"}
                for each in situation.nodes
            ],
            "findings": [each.to_data() for each in self.findings],
            "hops": [each.to_data() for each in self.hops],
        }
