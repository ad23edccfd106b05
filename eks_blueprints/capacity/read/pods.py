"""A pod's spec as the scheduler reads it, once admission has filled in what classes and defaults say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from eks_blueprints.capacity.read.claims import claims
from eks_blueprints.capacity.read.objects import Manifest, Objects
from eks_blueprints.capacity.read.plain import Gaps
from eks_blueprints.karpenter.quantities import exact
from eks_blueprints.scheduling.pod import Claim, Shape, shape_of
from eks_blueprints.scheduling.selectors import Selector

OF_POD = (
    *("affinity", "hostNetwork", "nodeName", "nodeSelector", "overhead", "preemptionPolicy", "priority"),
    *("priorityClassName", "resourceClaims", "resources", "runtimeClassName", "schedulerName", "schedulingGates"),
    *("tolerations", "topologySpreadConstraints"),
)
"""What is read of a pod's spec besides its containers and volumes."""
OF_CONTAINER = ("name", "ports", "resources", "restartPolicy")
OF_VOLUME = ("name", "persistentVolumeClaim", "ephemeral")
_THERE_ALWAYS = (
    *("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable", "node.kubernetes.io/disk-pressure"),
    *("node.kubernetes.io/memory-pressure", "node.kubernetes.io/pid-pressure", "node.kubernetes.io/unschedulable"),
)
"""Taints that pods of DaemonSets tolerate. Source: Kubernetes, "DaemonSet", "Taints and tolerations"."""
_NOT_NAMED = frozenset({"default-scheduler", "fargate-scheduler", None, ""})
"""Schedulers that are looked at."""


class PodError(ValueError):
    """A pod that cannot be read; its text says why."""


def pod_shape(
    spec: Manifest,
    labels: Mapping[str, Any],
    namespace: str,
    objects: Objects,
    gaps: Gaps,
    *,
    owner: Selector | None = None,
    daemon: bool = False,
    of: str = "",
    more: Iterable[Claim] = (),
) -> Shape:
    """What the scheduler reads of a pod.

    Args:
        spec: Its spec as plain values.
        labels: Its labels.
        namespace: Its namespace.
        objects: What its cluster holds.
        gaps: Takes what is not known.
        owner: The selector of what makes it.
        daemon: Whether a DaemonSet makes it.
        of: Its name, where it is a pod that is there already.
        more: Claims besides those of its volumes.

    Raises:
        PodError: if it is not written as Kubernetes writes pods.
    """
    try:
        known = {str(key): str(value) for key, value in labels.items()}
        admitted = spec if of else _admitted(spec, namespace, objects)
        if daemon:
            always = [{"key": key, "operator": "Exists"} for key in _THERE_ALWAYS]
            admitted = {**admitted, "tolerations": [*(admitted.get("tolerations") or ()), *always]}
        found = shape_of(
            admitted,
            known,
            namespace,
            claims=(*claims(spec, namespace, objects, gaps, of=of), *more),
            alike=objects.kept_apart(namespace, known, owner),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise PodError(
            str(error) if isinstance(error, ValueError) else "is not written as Kubernetes writes it"
        ) from None
    if spec.get("schedulerName") not in _NOT_NAMED:
        gaps.say(f"the scheduler {spec.get('schedulerName')} places it, and is taken for Kubernetes' own")
    if not of and (runtime := _runtime_elsewhere(spec, objects)):
        gaps.say(f"the RuntimeClass {runtime} is made elsewhere: what it adds and where its pods run is not known")
    if spec.get("resourceClaims"):
        gaps.say("its claims of devices (resourceClaims) are not followed")
    if gates := [str(each.get("name")) for each in spec.get("schedulingGates") or () if isinstance(each, Mapping)]:
        gaps.say(
            f"nothing places it while its scheduling gates are there ({', '.join(gates)}): they are taken for gone"
        )
    if any(each.get("operator") in ("Gt", "Lt") for each in spec.get("tolerations") or ()):
        gaps.say("it tolerates taints by their numbers, which is not looked at: it may run on more nodes")
    priority = objects.priority(spec)
    if priority is None:
        gaps.say(f"the PriorityClass {spec.get('priorityClassName')} is made elsewhere: its priority is taken for 0")
        return found
    return replace(found, priority=priority[0], preempts=priority[1] != "Never")


def _runtime_elsewhere(spec: Manifest, objects: Objects) -> str:
    """The RuntimeClass of a pod, where it is not known."""
    name = str(spec.get("runtimeClassName") or "")
    return "" if name in objects.of("RuntimeClass") else name


def _admitted(spec: Manifest, namespace: str, objects: Objects) -> dict[str, Any]:
    """A pod with what its RuntimeClass and the LimitRanges of its namespace add."""
    admitted = dict(spec)
    if runtime := objects.of("RuntimeClass").get(str(spec.get("runtimeClassName"))):
        placing = runtime.get("scheduling") or {}
        admitted["overhead"] = (runtime.get("overhead") or {}).get("podFixed") or spec.get("overhead")
        admitted["nodeSelector"] = {**(spec.get("nodeSelector") or {}), **(placing.get("nodeSelector") or {})}
        admitted["tolerations"] = [*(spec.get("tolerations") or ()), *(placing.get("tolerations") or ())]
    requests, limits = objects.defaults(namespace)
    if requests or limits:
        for key in ("initContainers", "containers"):
            admitted[key] = [_filled(each, requests, limits) for each in spec.get(key) or ()]
    return admitted


def _filled(container: Manifest, requests: Manifest, limits: Manifest) -> dict[str, Any]:
    said = container.get("resources") or {}
    own = said.get("limits") or {}
    # What a container limits and does not request it requests as much of, before a LimitRange is looked at.
    wanted = {**requests, **own, **(said.get("requests") or {})}
    return {**container, "resources": {**said, "requests": wanted, "limits": {**limits, **own}}}


def sized(spec: Manifest, most: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """A pod with the requests of its containers raised to the most that is said, by container and resource.

    Raises:
        ValueError: if an amount is no quantity.
    """
    return {**spec, "containers": [_raised(each, most) for each in spec.get("containers") or ()]}


def _raised(container: Manifest, most: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    bounds = most.get(str(container.get("name")), {})
    said = container.get("resources") or {}
    wanted = {**(said.get("limits") or {}), **(said.get("requests") or {})}
    for resource, bound in bounds.items():
        if resource not in wanted or exact(str(bound)) > exact(str(wanted[resource])):
            wanted[resource] = bound
    return {**container, "resources": {**said, "requests": wanted}}
