"""What a plan says: the steps of each minor version on the way, what each takes, and all that is in the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from eks_blueprints.lifecycle.upgrade.model import Finding, Situation


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
