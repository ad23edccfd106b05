"""The controller's decisions over a series of moments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from eks_blueprints.kubernetes.autoscaler.limits import History, limited, rescaled
from eks_blueprints.kubernetes.autoscaler.observed import Config, Moment
from eks_blueprints.kubernetes.autoscaler.proposals import Proposal, propose, tolerances

# What Kubernetes fills in where an autoscaler names no metric.
_CPU = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}


@dataclass
class Decision:
    """What the controller does at one moment, and why."""

    at: float
    current: int
    desired: int
    proposals: list[Proposal] = field(default_factory=list)
    wanted: int | None = None
    """What the metrics want; None where they are not looked at, or say nothing."""
    steps: list[str] = field(default_factory=list)
    """What became of that."""


def decisions(spec: Mapping[str, Any], replicas: int, moments: Iterable[Moment], config: Config) -> Iterator[Decision]:
    """What the controller does over time with an autoscaler (HorizontalPodAutoscalerSpec), which it has just met.

    Raises:
        TooLargeError: if a number is beyond what it counts right.
    """
    history = History(config.downscale_stabilization)
    current = replicas
    for moment in moments:
        current = current if moment.replicas is None else moment.replicas
        if not history.recommended:
            history.recommended.append((moment.at, current))
        found = _decided(spec, current, moment, history, config)
        rescaled(spec, current, found.desired, moment.at, history)
        yield found
        current = found.desired


def _decided(spec: Mapping[str, Any], current: int, moment: Moment, history: History, config: Config) -> Decision:
    found = Decision(moment.at, current, current)
    least, most = int(spec.get("minReplicas", 1)), int(spec["maxReplicas"])
    if current == 0:
        found.steps.append("there are no pods: the autoscaler does nothing until somebody sets their number")
    elif current > most:
        found.desired = most
        found.steps.append(f"max_replicas: {current} becomes {most}; metrics are not looked at")
    elif current < least:
        found.desired = least
        found.steps.append(f"min_replicas: {current} becomes {least}; metrics are not looked at")
    else:
        _measured(spec, current, moment, config, found)
        if found.wanted is not None:
            wanted = max(found.wanted, 0)
            history.say = found.steps.append
            found.desired = limited(spec, current, wanted, moment.at, history)
    return found


def _measured(spec: Mapping[str, Any], current: int, moment: Moment, config: Config, found: Decision) -> None:
    within = tolerances(spec.get("behavior"), config)
    for metric in spec.get("metrics") or [_CPU]:
        found.proposals.append(propose(metric, current, moment, within, config))
    known = [each.replicas for each in found.proposals if each.replicas is not None]
    failed = [each for each in found.proposals if each.replicas is None]
    wanted = _largest(known)
    if not known or (failed and wanted < current):
        why = "no metric can be computed" if not known else f"{failed[0].name} fails, and fewer pods would be wanted"
        found.steps.append(f"{why}: it stays at {current}")
        return
    found.wanted = wanted
    if len(found.proposals) > 1:
        of = ", ".join(str(each) for each in known)
        found.steps.append(f"of several metrics the one that wants most counts: {wanted} of {of}")


def _largest(counts: Iterable[int]) -> int:
    found = 0
    for each in counts:
        # A first proposal counts even if it is below zero.
        found = each if found == 0 or each > found else found
    return found
