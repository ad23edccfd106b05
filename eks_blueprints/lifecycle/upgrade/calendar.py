"""When support of every cluster's Kubernetes version ends, over all stacks of a project, and what waiting costs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from eks_blueprints.core import versions
from eks_blueprints.core.document import Document
from eks_blueprints.core.support import Standing, standing
from eks_blueprints.policies.stack import CLUSTER
from eks_blueprints.review.preview.run import preview
from eks_blueprints.review.preview.targets import Target
from eks_blueprints.stackfile.extends import read_stack


@dataclass(frozen=True, slots=True)
class Entry:
    """One cluster of one stack."""

    stack: str
    cluster: str
    standing: Standing | None
    """None where the version is not known, or the stack makes no cluster; `why` says so."""
    place: str = ""
    why: str = ""

    @property
    def months(self) -> float:
        """US dollars a month that extended support costs now."""
        return self.standing.month if self.standing is not None and self.standing.paid else 0.0

    def to_data(self) -> dict[str, Any]:
        """The entry as JSON data."""
        found = self.standing
        data: dict[str, Any] = {"stack": self.stack, "cluster": self.cluster, "place": self.place}
        if found is None:
            return data | {"version": None, "why": self.why}
        return data | {
            "version": found.version,
            "support": found.support,
            "end_of_standard_support": _day(found.standard),
            "end_of_extended_support": _day(found.extended),
            "days_left": found.days,
            "upgrades_itself": found.upgrades_itself,
            "dollars_a_month": round(self.months, 2),
            "dollars_to_the_end": found.still_to_pay,
            "sentence": found.sentence(),
        }


@dataclass(frozen=True, slots=True)
class Calendar:
    """All entries, the most urgent first."""

    entries: tuple[Entry, ...]

    @property
    def months(self) -> float:
        """US dollars a month of extended support, all clusters together, now."""
        return sum(each.months for each in self.entries)

    def to_data(self) -> dict[str, Any]:
        """The calendar as JSON data."""
        return {
            "kind": "eks-blueprints/calendar",
            "version": 1,
            "as_of": versions.as_of().isoformat(),
            "dollars_a_month": round(self.months, 2),
            "entries": [each.to_data() for each in self.entries],
        }


def entries(targets: Iterable[Target]) -> Calendar:
    """The calendar of some stacks.

    Raises:
        InputError: if a stack file or a program is invalid.
    """
    with versions.what_stands():
        found = [entry for target in targets for entry in _of(target)]
    return Calendar(tuple(sorted(found, key=_urgency)))


def _of(target: Target) -> Iterator[Entry]:
    document = read_stack(target.file, str(target.file)) if target.file is not None else None
    said = _said(document) if document is not None else None
    if document is not None and said is not None:
        place = document.place(("cluster", "version"), of_key=True)
        where = f"{place.file or document.file}:{place.line}" if place is not None else ""
        name, version, policy = said
        yield _entry(target.stack, name or target.stack, version, policy, where)
        return
    plan = preview(target).plan
    clusters = [each for each in plan.resources if each.type == CLUSTER]
    if not clusters:
        yield Entry(target.stack, "", None, why="makes no cluster")
    for each in clusters:
        policy = each.inputs.get("upgradePolicy")
        kind = policy.get("supportType") if isinstance(policy, dict) else None
        position = each.source or each.position
        where = f"{position.file}:{position.line}" if position is not None else ""
        yield _entry(
            target.stack, str(each.inputs.get("name") or each.name), str(each.inputs.get("version")), kind, where
        )


def _said(document: Document) -> tuple[str | None, str, str | None] | None:
    """Name, version and support type, where a stack file of this library's own platform says them plainly."""
    cluster = document.data.get("cluster")
    if "blueprint" in document.data or not isinstance(cluster, dict) or not isinstance(cluster.get("version"), str):
        return None
    name, policy = cluster.get("name"), cluster.get("support_type")
    return (name if isinstance(name, str) else None), cluster["version"], policy if isinstance(policy, str) else None


def _entry(stack: str, cluster: str, version: str, policy: str | None, place: str) -> Entry:
    try:
        return Entry(stack, cluster, standing(version, policy), place)
    except ValueError as error:
        return Entry(stack, cluster, None, place, f"version {error}")


def _urgency(each: Entry) -> tuple[int, int, str, str]:
    if each.standing is None:
        return 2, 0, each.stack, each.cluster
    days = each.standing.days
    return (1, 0, each.stack, each.cluster) if days is None else (0, days, each.stack, each.cluster)


def _day(day: Any) -> str | None:
    return day.isoformat() if day is not None else None
