"""The pods of the workloads that a stack writes down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from eks_blueprints.capacity.model import Daemon, Demand
from eks_blueprints.capacity.read.claims import named_claim, of_template
from eks_blueprints.capacity.read.objects import Objects
from eks_blueprints.capacity.read.plain import Gaps, plain
from eks_blueprints.capacity.read.pods import OF_CONTAINER, OF_POD, OF_VOLUME, PodError, pod_shape, sized
from eks_blueprints.capacity.read.scaling import count_of, largest_requests
from eks_blueprints.capacity.read.traits import GRACE, traits_of
from eks_blueprints.policies.objects import (
    CRON_JOB,
    DAEMON_SET,
    DEPLOYMENT,
    JOB,
    ROLLOUT,
    STATEFUL_SET,
    namespace_of,
    object_name,
)
from eks_blueprints.policies.objects import template as template_of
from eks_blueprints.policies.props import Props, Undetermined
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.provisioning.fargate_limits import HOST_FIELDS, limits_of_spec
from eks_blueprints.provisioning.karpenter.disruption.state import Traits
from eks_blueprints.scheduling.pod import Claim, Shape
from eks_blueprints.scheduling.selectors import selector

_SELECTING = ("spec", "selector")


def asked_for(workload: Resource, stack: Stack, objects: Objects) -> Iterator[Demand | Daemon | str]:
    """What the pods of a workload ask for; a sentence where that cannot be told.

    Args:
        workload: What makes pods.
        stack: Its stack.
        objects: What its cluster holds.
    """
    name = demand_name(workload, stack)
    gaps = Gaps()
    template = _template(workload, stack)
    if template is None:
        yield f"the pods of {name} are not counted: their template is that of a workload elsewhere"
        return
    namespace = namespace_of(workload, stack)
    spec = _spec(template, stack, gaps)
    labels = plain(template, stack, gaps, "metadata", "labels") or {}
    own = plain(workload.props, stack, Gaps(), *_SELECTING) if workload.type in _WITH_SELECTOR else None
    owner, daemon = selector(own) if isinstance(own, Mapping) else None, workload.type == DAEMON_SET
    more = _made_claims(workload, namespace, stack, objects, gaps)
    try:
        shape = pod_shape(spec, labels, namespace, objects, gaps, owner=owner, daemon=daemon, more=more)
    except PodError as error:
        yield f"the pods of {name} are not counted: their template {error}"
        return
    if daemon:
        if gaps:
            yield f"of the pods of {name}: {gaps}"
        yield Daemon(name=name, shape=shape, position=workload.position)
        return
    largest = _largest(workload, spec, shape, stack, objects, gaps)
    count = count_of(workload, stack, gaps)
    demand = Demand(
        name=name,
        shape=shape,
        least=count.least,
        most=count.most,
        scaled_by=count.scaled_by,
        target=count.target,
        largest=largest,
        position=workload.position,
        barred=tuple(_barred(template, stack)),
        traits=_traits(template, stack),
        lasts=_deadline(workload, stack),
        asked=str(gaps),
    )
    yield from by_volume(demand, objects)


def _traits(template: Props, stack: Stack) -> Traits:
    annotations = plain(template, stack, Gaps(), "metadata", "annotations")
    return traits_of(annotations, plain(template, stack, Gaps(), "spec", GRACE))


def _deadline(workload: Resource, stack: Stack) -> timedelta | None:
    """How long the pods of a Job may run."""
    above = {JOB: ("spec",), CRON_JOB: ("spec", "jobTemplate", "spec")}.get(workload.type)
    found = None if above is None else plain(workload.props, stack, Gaps(), *above, "activeDeadlineSeconds")
    return timedelta(seconds=found) if isinstance(found, int) else None


_WITH_SELECTOR = frozenset({DEPLOYMENT, STATEFUL_SET, "kubernetes:apps/v1:ReplicaSet", ROLLOUT})


def demand_name(workload: Resource, stack: Stack) -> str:
    """Namespace, kind and name; of an object that Pulumi names, its logical name."""
    name = object_name(workload, stack)
    namespace = namespace_of(workload, stack)
    return f"{namespace}/{workload.kind}/{workload.name if '${' in name else name}"


def by_volume(demand: Demand, objects: Objects) -> list[Demand]:
    """Pods of which some have a volume already, each of those by itself: it can run in the zone of its volume alone."""
    bound: dict[int, tuple[Claim, ...]] = {}
    if any(each.own for each in demand.shape.claims):
        for number in range(demand.most):
            claims = tuple(_of_number(each, number, objects) for each in demand.shape.claims)
            if claims != demand.shape.claims:
                bound[number] = claims
            elif number > max(bound, default=-1) + _GAP:
                break
    if not bound:
        return [demand]
    others = [number for number in range(demand.most) if number not in bound]
    found = [
        replace(
            demand,
            name=f"{demand.name}-{number}",
            shape=replace(demand.shape, claims=claims),
            largest=None if demand.largest is None else replace(demand.largest, claims=claims),
            least=int(number < demand.least),
            most=1,
        )
        for number, claims in bound.items()
    ]
    if not others:
        return found
    least = sum(number < demand.least for number in others)
    return [*found, replace(demand, least=least, most=len(others))]


_GAP = 100
"""Pods without a volume after which no more are looked for."""


def _of_number(claim: Claim, number: int, objects: Objects) -> Claim:
    """The claim of one pod of a StatefulSet, where it is there."""
    name = f"{claim.name}-{number}"
    if not claim.own or name not in objects.volumes.claims:
        return claim
    found = named_claim(name, objects, Gaps())
    return found if found.missing or found.zones or found.terms is not None else claim


def _template(workload: Resource, stack: Stack) -> Props | None:
    """The template of a workload's pods, that of the Deployment which a Rollout names among them."""
    if workload.type == ROLLOUT and workload.props.raw("spec", "template") is None:
        wanted = workload.props.raw("spec", "workloadRef", "name")
        here = namespace_of(workload, stack)
        same = (e for e in stack.of(DEPLOYMENT) if object_name(e, stack) == wanted and namespace_of(e, stack) == here)
        found = next(same, None)
        return None if found is None else template_of(found)
    try:
        return template_of(workload)
    except Undetermined:
        return None


def _spec(template: Props, stack: Stack, gaps: Gaps) -> dict[str, Any]:
    try:
        pod = template.at("spec")
        given = {key: plain(pod, stack, gaps, key) for key in OF_POD if pod.has(key)}
        found = {key: value for key, value in given.items() if value is not None}
        for key, keep in (("containers", OF_CONTAINER), ("initContainers", OF_CONTAINER), ("volumes", OF_VOLUME)):
            found[key] = [
                {part: plain(each, stack, gaps, part) for part in keep if each.has(part)} for each in pod.items(key)
            ]
    except Undetermined as error:
        gaps.at(error.path)
        return {"containers": []}
    return found


def _barred(template: Props, stack: Stack) -> Iterator[tuple[str, str]]:
    """What of a pod Fargate refuses that the scheduler does not read; what is not known is not held against it."""
    try:
        pod = template.at("spec")
        found = {key: plain(pod, stack, Gaps(), key) for key in (*HOST_FIELDS, "volumes") if pod.has(key)}
        for key in ("containers", "initContainers"):
            found[key] = [
                {part: plain(each, stack, Gaps(), part) for part in ("name", "securityContext") if each.has(part)}
                for each in pod.items(key)
            ]
    except Undetermined:
        return
    yield from limits_of_spec({key: value for key, value in found.items() if value is not None})


def _made_claims(workload: Resource, namespace: str, stack: Stack, objects: Objects, gaps: Gaps) -> list[Claim]:
    if workload.type != STATEFUL_SET:
        return []
    templates = plain(workload.props, stack, gaps, "spec", "volumeClaimTemplates") or []
    name = object_name(workload, stack)
    return [of_template(each, name, namespace, objects, gaps) for each in templates if isinstance(each, Mapping)]


def _largest(  # noqa: PLR0917 - what is known of one workload
    workload: Resource, spec: Mapping[str, Any], shape: Shape, stack: Stack, objects: Objects, gaps: Gaps
) -> Shape | None:
    names = [str(each.get("name")) for each in spec["containers"]]
    most = largest_requests(workload, names, stack, gaps)
    if most is None:
        return None
    try:
        larger = pod_shape(sized(spec, most), shape.labels, shape.namespace, objects, Gaps())
    except (PodError, ValueError) as error:
        gaps.say(f"what a VerticalPodAutoscaler lets it become cannot be read: {error}")
        return None
    return replace(shape, requests=larger.requests, counted=larger.counted)
