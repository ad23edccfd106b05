"""How many pods a workload has, and how large one of them becomes: by itself, and by what scales it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from eks_blueprints.capacity.read.plain import Gaps
from eks_blueprints.policies.objects import CRON_JOB, JOB, POD, SCALED_JOB, object_name, replicas, target_of
from eks_blueprints.policies.props import Props, Undetermined
from eks_blueprints.policies.rules.autoscalers import VPA
from eks_blueprints.policies.rules.availability import HPA, scaler_of
from eks_blueprints.policies.stack import Resource, Stack

_MOST_BY_KEDA = 100
"""Replicas that KEDA goes up to where nothing says how many. Source: KEDA 2.x, ScaledObject and ScaledJob spec."""
_PAUSED = "autoscaling.keda.sh/paused-replicas"
_LEFT_ALONE = ("Off",)
"""Modes of a VerticalPodAutoscaler, and of its policy of a container, in which it changes nothing."""
_SIZED = ("cpu", "memory")


@dataclass(frozen=True, slots=True)
class Count:
    """How many pods there are."""

    least: int
    most: int
    scaled_by: str = ""
    """What scales them, such as `HorizontalPodAutoscaler web`."""
    target: int | None = None
    """Use of the cores that they request, in per cent, at which a HorizontalPodAutoscaler aims."""


def count_of(workload: Resource, stack: Stack, gaps: Gaps) -> Count:
    """How many pods a workload has at least and at most."""
    if workload.type == POD:
        return Count(1, 1)
    if workload.type in (JOB, CRON_JOB, SCALED_JOB):
        return _of_jobs(workload, gaps)
    scaler = scaler_of(workload, stack)
    if scaler is None:
        own = _number(partial(replicas, workload), 1, "how many replicas it has is not known: taken for 1", gaps)
        return Count(own, own)
    name = f"{scaler.kind} {object_name(scaler, stack)}"
    if scaler.type == HPA:
        least = _said(scaler.props, ("spec", "minReplicas"), 1, gaps)
        most = _said(scaler.props, ("spec", "maxReplicas"), least, gaps)
        return Count(least, max(least, most), name, _target(scaler))
    if (paused := _annotation(scaler, _PAUSED)) is not None:
        return Count(paused, paused, name)
    least = _said(scaler.props, ("spec", "minReplicaCount"), 0, gaps)
    most = _said(scaler.props, ("spec", "maxReplicaCount"), _MOST_BY_KEDA, gaps)
    idle = _said(scaler.props, ("spec", "idleReplicaCount"), least, gaps)
    return Count(min(idle, least), max(least, most), name)


def _target(scaler: Resource) -> int | None:
    """The use of cores at which a HorizontalPodAutoscaler aims; None where it aims at something else."""
    try:
        for metric in scaler.props.items("spec", "metrics"):
            if metric.get("resource", "name") == "cpu":
                found = metric.get("resource", "target", "averageUtilization")
                return found if isinstance(found, int) else None
    except Undetermined:
        return None
    return None


def largest_requests(
    workload: Resource, containers: Iterable[str], stack: Stack, gaps: Gaps
) -> dict[str, dict[str, Any]] | None:
    """The most that a VerticalPodAutoscaler lets containers request, by container and resource.

    None where nothing sizes the pods.
    """
    vpa = _sizers(stack).get(workload.urn)
    if vpa is None:
        return None
    try:
        if vpa.props.get("spec", "updatePolicy", "updateMode") in _LEFT_ALONE:
            return None
        policies = {str(each.get("containerName")): _bounds(each) for each in vpa.props.items(*_POLICIES)}
    except Undetermined as error:
        gaps.say(f"{object_name(vpa, stack)} resizes it, and {error}")
        return None
    found = {name: policies.get(name, policies.get("*", {})) for name in containers}
    resized = {name: bounds for name, bounds in found.items() if bounds is not None}
    if unbound := {resource for bounds in resized.values() for resource in _SIZED if resource not in bounds}:
        said = " and ".join(sorted(unbound))
        gaps.say(f"{vpa.kind} {object_name(vpa, stack)} sets no maxAllowed of {said}: its pods may become larger")
    return resized


_POLICIES = ("spec", "resourcePolicy", "containerPolicies")


def _bounds(policy: Props) -> dict[str, Any] | None:
    """What one container may request at most; None where it is left alone."""
    if policy.get("mode") in _LEFT_ALONE:
        return None
    words = policy.words("controlledResources") or _SIZED
    return {key: part.get() for key, part in policy.pairs("maxAllowed") if key in words}


def _sizers(stack: Stack) -> Mapping[str, Resource]:
    """VerticalPodAutoscalers by the URNs of what they size."""

    def index() -> dict[str, Resource]:
        found = {}
        for each in stack.of(VPA):
            try:
                target = target_of(each, stack, "spec", "targetRef")
            except Undetermined:
                continue
            if target is not None:
                found[target.urn] = each
        return found

    return stack.once("sizers", index)


def _of_jobs(workload: Resource, gaps: Gaps) -> Count:
    """Pods of one run: a CronJob and a ScaledJob may have no run at all."""
    keys = {JOB: ("spec",), CRON_JOB: ("spec", "jobTemplate", "spec"), SCALED_JOB: ("spec", "jobTargetRef")}
    at = keys[workload.type]
    together = _said(workload.props, (*at, "parallelism"), 1, gaps)
    run = min(together, _said(workload.props, (*at, "completions"), together, gaps))
    suspended = _flag(workload.props, (*at, "suspend")) or _flag(workload.props, ("spec", "suspend"))
    if suspended:
        return Count(0, 0)
    if workload.type == JOB:
        return Count(run, run)
    if workload.type == CRON_JOB:
        return Count(0, run, "its schedule")
    least = _said(workload.props, ("spec", "minReplicaCount"), 0, gaps)
    most = _said(workload.props, ("spec", "maxReplicaCount"), _MOST_BY_KEDA, gaps)
    return Count(least * run, max(least, most) * run, "KEDA")


def _said(props: Props, keys: tuple[str, ...], default: int, gaps: Gaps) -> int:
    found = _number(lambda: props.number(*keys), default, f"{'.'.join(keys)} is not known: taken for {default}", gaps)
    return max(found, 0)


def _number(read: Any, default: int, unknown: str, gaps: Gaps) -> int:
    try:
        found = read()
    except Undetermined:
        gaps.say(unknown)
        return default
    return default if found is None else int(found)


def _flag(props: Props, keys: tuple[str, ...]) -> bool:
    return props.is_known(*keys) and props.flag(*keys) is True


def _annotation(scaler: Resource, key: str) -> int | None:
    props = scaler.props
    found = props.number("metadata", "annotations", key) if props.is_known("metadata", "annotations", key) else None
    return None if found is None else int(found)
