"""How a node goes: it is tainted, its pods are evicted, and it ends when they are off, or when it must.

Pods are evicted in groups, one after the other: those of workloads, those of DaemonSets, then those that are critical
to the cluster in the same order. Pods that tolerate the taint are not waited for. Each takes as long as its grace
period allows. Source: `Terminator.Drain` in sigs.k8s.io/karpenter pkg/controllers/node/termination, v1.14.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from eks_blueprints.karpenter.tolerating import keeping_off
from eks_blueprints.provisioning.karpenter.disruption.pod_budgets import PodBudget
from eks_blueprints.provisioning.karpenter.disruption.state import DISRUPTED, State
from eks_blueprints.scheduling.pod import Pod

SPOT_NOTICE = timedelta(minutes=2)
"""How long before its end EC2 says that a spot instance is interrupted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """How a node goes."""

    begun: datetime
    """When it is tainted, so that no pod comes any more; launches for its pods begin then too."""
    ends: datetime | None
    """When it is gone at the latest; None where a pod keeps it for as long as that likes."""
    off: Mapping[str, datetime] = field(default_factory=dict)
    """When each of the pods that are waited for is off it at the latest."""
    cut: Mapping[str, timedelta] = field(default_factory=dict)
    """Pods that have less time to end than they ask for: how much they have."""
    kept: Mapping[str, str] = field(default_factory=dict)
    """Pods that are not evicted, and why."""


def interrupted(state: State, name: str, at: datetime) -> Departure:
    """How a spot node goes of which EC2 says at a moment that it is interrupted: two minutes later it is gone."""
    return depart(state, name, at, stops=at + SPOT_NOTICE)


def depart(
    state: State,
    name: str,
    at: datetime,
    *,
    stops: datetime | None = None,
    again: timedelta = timedelta(seconds=30),
) -> Departure:
    """How a node goes that is deleted at a moment.

    Args:
        state: The cluster.
        name: The node.
        at: When.
        stops: When its instance ends, whatever runs on it. Default: never by itself.
        again: How long a pod takes to be ready elsewhere, for which the next pod of a PodDisruptionBudget waits.
    """
    grace = state.nodes[name].grace
    forced = None if grace is None else at + grace
    end = min((each for each in (forced, stops) if each is not None), default=None)
    kept: dict[str, str] = {}
    off: dict[str, datetime] = {}
    cut: dict[str, timedelta] = {}
    last: datetime | None = at
    for group in _groups(state, name):
        evicted = _evicted(state, group, last, again, kept)
        for pod in group:
            asked = state.traits_of(pod).grace
            # Shortly before its node is forced to end, a pod is deleted, so that it has the time that it asks for.
            told = [evicted.get(pod.name), None if forced is None else max(at, forced - asked)]
            begins = min((each for each in told if each is not None), default=None)
            ends = min((each for each in (begins and begins + asked, end) if each is not None), default=None)
            if ends is None:
                continue
            off[pod.name] = ends
            had = ends - begins if begins is not None and begins < ends else timedelta(0)
            if had < asked:
                cut[pod.name] = had
        ended = [off[pod.name] for pod in group if pod.name in off]
        last = max([last, *ended]) if last is not None and len(ended) == len(group) else None
    gone = min((each for each in (last, end) if each is not None), default=None)
    return Departure(begun=at, ends=gone, off=off, cut=cut, kept=kept)


def _groups(state: State, name: str) -> list[list[Pod]]:
    groups: dict[tuple[bool, bool], list[Pod]] = {}
    for pod in state.pods_of(name):
        traits = state.traits_of(pod)
        if traits.static or keeping_off((DISRUPTED,), pod.shape.tolerations) is None:
            continue
        groups.setdefault((traits.critical, traits.daemon), []).append(pod)
    return [groups[each] for each in sorted(groups)]


def _evicted(
    state: State, group: Iterable[Pod], at: datetime | None, again: timedelta, kept: dict[str, str]
) -> dict[str, datetime]:
    """When each pod of a group is evicted; `at` is when its turn comes."""
    found: dict[str, datetime] = {}
    gone: dict[PodBudget, list[datetime]] = {}
    for pod in group:
        traits = state.traits_of(pod)
        if traits.keeps_at(state.now) and traits.keeps_until is None:
            kept[pod.name] = "it has the annotation karpenter.sh/do-not-disrupt"
        elif (why := state.held(pod)) is not None:
            kept[pod.name] = why
        elif at is None:
            kept[pod.name] = "pods that go before it are not gone"
        else:
            start = max(at, traits.keeps_until or at)
            for budget in (each for each in state.pod_budgets if each.of(pod)):
                before = gone.setdefault(budget, [])
                if len(before) >= budget.allowed:
                    start = max(start, before[len(before) - budget.allowed])
                before.append(start + traits.grace + again)
            found[pod.name] = start
    return found
