"""On which compute of a cluster each workload can run, and what keeps it off the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from eks_blueprints.karpenter import cron
from eks_blueprints.karpenter.fitting import ZONE, fit
from eks_blueprints.policies.node_kinds import kinds_of
from eks_blueprints.policies.objects import CRON_JOB, DAEMON_SET, WORKLOADS, namespace_of, object_name, pod_of
from eks_blueprints.policies.platform import cluster_of, fargate_profile_of
from eks_blueprints.policies.pod_needs import needs_of
from eks_blueprints.policies.pod_totals import Totals, totals
from eks_blueprints.policies.props import Undetermined
from eks_blueprints.policies.stack import Resource, Stack

_RUNS = 3
"""How many runs of a CronJob are shown."""


_NOTHING = Totals()


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the pods of one workload can run."""

    kind: str
    namespace: str
    name: str
    urn: str
    runs_on: tuple[str, ...] = ()
    """Compute that takes them."""
    may_run_on: dict[str, str] = field(default_factory=dict)
    """Compute that may take them, and what that depends on."""
    not_on: dict[str, str] = field(default_factory=dict)
    """Compute that does not take them, and what keeps them off."""
    unknown: str = ""
    """What nobody knows here about it; empty if all is known."""
    next_runs: tuple[datetime, ...] = ()
    """When a CronJob starts its next Jobs, in its time zone; empty for other kinds, and where that is not known."""
    totals: Totals = _NOTHING

    @property
    def is_nowhere(self) -> bool:
        """Whether it is certain that no compute takes them."""
        return not (self.runs_on or self.may_run_on or self.unknown)

    def to_data(self) -> dict[str, Any]:
        """It as JSON."""
        return {
            "kind": self.kind,
            "namespace": self.namespace,
            "name": self.name,
            "urn": self.urn,
            "runsOn": list(self.runs_on),
            "mayRunOn": self.may_run_on,
            "notOn": self.not_on,
            "unknown": self.unknown,
            "nextRuns": [each.isoformat() for each in self.next_runs],
            "requests": self.totals.requests,
            "limits": self.totals.limits,
            "rollout": None if self.totals.rollout is None else list(self.totals.rollout),
        }


def placements(stack: Stack, after: datetime) -> Iterator[Placement]:
    """The placement of every workload that a stack writes down, by namespace and name; runs are those after a time."""
    found = [placement(each, stack, after) for each in stack.of(*WORKLOADS) if not each.patch]
    yield from sorted(found, key=lambda each: (each.namespace, each.name, each.kind))


def placement(workload: Resource, stack: Stack, after: datetime) -> Placement:
    """Where the pods of a workload can run, and when those of a CronJob start after a time."""
    said: dict[str, Any] = {
        "kind": workload.type.rpartition(":")[2],
        "namespace": namespace_of(workload, stack),
        "name": object_name(workload, stack),
        "urn": workload.urn,
        "next_runs": _next_runs(workload, after) if workload.type == CRON_JOB else (),
        "totals": totals(workload, stack),
    }
    cluster = cluster_of(workload, stack)
    if cluster is None:
        return Placement(**said, unknown="the compute of its cluster is not part of this stack")
    if pod_of(workload).has("schedulerName"):
        return Placement(**said, unknown="a scheduler of its own places its pods")
    try:
        profile = None if workload.type == DAEMON_SET else fargate_profile_of(workload, stack)
        needs = needs_of(workload)
    except Undetermined as error:
        return Placement(**said, unknown=str(error))
    if profile is not None:
        return Placement(**said, runs_on=(f"{profile.name} (Fargate)",))
    kinds, unknown = kinds_of(cluster, stack)
    answers = {nodes.name: fit(nodes, needs) for nodes in kinds}
    return Placement(
        **said,
        runs_on=tuple(name for name, answer in answers.items() if answer.takes),
        may_run_on={name: answer.unknown for name, answer in answers.items() if answer.unknown and not answer.refused},
        not_on={name: answer.refused for name, answer in answers.items() if answer.refused},
        unknown="" if unknown is None else str(unknown),
    )


def zones_for(workload: Resource, stack: Stack) -> frozenset[str] | None:
    """The zones of all compute that takes the pods of a workload; None where one of them is not known."""
    cluster = cluster_of(workload, stack)
    if cluster is None or pod_of(workload).has("schedulerName"):
        return None
    kinds, unknown = kinds_of(cluster, stack)
    if unknown is not None or fargate_profile_of(workload, stack) is not None:
        return None
    found: set[str] = set()
    needs = needs_of(workload)
    for nodes in kinds:
        answer = fit(nodes, needs)
        if answer.refused:
            continue
        zones = nodes.labels.get(ZONE)
        if zones is None or zones.values is None:
            return None
        found |= zones.values
    return frozenset(found) or None


def _next_runs(workload: Resource, after: datetime) -> tuple[datetime, ...]:
    try:
        if workload.props.get("spec", "suspend") is True:
            return ()
        schedule = workload.props.get("spec", "schedule")
        zone = workload.props.get("spec", "timeZone")
        return cron.parse(str(schedule)).runs(after, ZoneInfo(str(zone or "Etc/UTC")), _RUNS)
    except (Undetermined, ValueError, ZoneInfoNotFoundError):
        return ()
