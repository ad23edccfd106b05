"""What the pods of a workload ask of a node."""

from __future__ import annotations

from collections.abc import Iterable

from eks_blueprints.karpenter.fitting import Needs
from eks_blueprints.karpenter.labels import OPERATING_SYSTEM
from eks_blueprints.karpenter.requirements import Requirement
from eks_blueprints.karpenter.tolerating import Toleration, toleration_of
from eks_blueprints.policies.objects import pod_of
from eks_blueprints.policies.props import Props
from eks_blueprints.policies.quantities import quantity
from eks_blueprints.policies.stack import Resource

_AFFINITY = ("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")


def needs_of(workload: Resource) -> Needs:
    """What a pod of a workload asks of its node.

    Raises:
        Undetermined: if that is not known.
    """
    pod = pod_of(workload)
    found = requests_of(pod)
    return Needs(
        cpu=found.pop("cpu", 0),
        memory=found.pop("memory", 0),
        disk=found.pop("ephemeral-storage", 0),
        devices=found,
        tolerations=tuple(map(_toleration, pod.items("tolerations"))),
        alternatives=_alternatives(pod),
    )


def requests_of(pod: Props) -> dict[str, float]:
    """What a pod requests of each resource, in cores, bytes and pieces: by itself, or by its containers.

    Containers count together, and so do those started before them that keep running; the others that start it run one
    by one, beside what keeps running by then. What has a limit and no request requests its limit. Requests that are not
    known count for nothing.
    """
    running: dict[str, float] = {}
    peak: dict[str, float] = {}
    for container in pod.items("initContainers"):
        mine = _sum(running, _resources(container))
        peak = _most(peak, mine)
        if container.raw("restartPolicy") == "Always":
            running = mine
    for container in pod.items("containers"):
        running = _sum(running, _resources(container))
    found = {**_most(peak, running), **_resources(pod)}
    return _sum(found, {key: quantity(value.value) or 0 for key, value in pod.pairs("overhead")})


def running(pod: Props) -> list[Props]:
    """The containers of a pod that run all the time, those that are started before the others too."""
    before = [each for each in pod.items("initContainers") if each.raw("restartPolicy") == "Always"]
    return [*pod.items("containers"), *before]


def _resources(part: Props) -> dict[str, float]:
    found: dict[str, float] = {}
    for key in ("limits", "requests"):
        if part.is_known("resources", key):
            for resource, value in part.pairs("resources", key):
                if (amount := quantity(value.value) if value.is_known() else None) is not None:
                    found[resource] = amount
    return found


def _sum(one: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in {**one, **other}}


def _most(one: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    return {key: max(one.get(key, 0), other.get(key, 0)) for key in {**one, **other}}


def _toleration(part: Props) -> Toleration:
    return toleration_of({key: part.get(key) for key in ("key", "operator", "value", "effect")})


def _alternatives(pod: Props) -> tuple[tuple[Requirement, ...], ...]:
    always = [_condition(key, "In", [str(value.get())]) for key, value in pod.pairs("nodeSelector")]
    if (system := pod.get("os", "name")) is not None:
        always.append(_condition(OPERATING_SYSTEM, "In", [str(system)]))
    terms = pod.items(*_AFFINITY)
    if not terms:
        return (tuple(always),)
    # A term without conditions selects no node.
    listed = [term.items("matchExpressions") for term in terms if term.items("matchExpressions")]
    return tuple((*always, *map(_expression, each)) for each in listed) or (tuple(always),)


def _expression(part: Props) -> Requirement:
    return _condition(str(part.get("key")), str(part.get("operator")), part.words("values"))


def _condition(key: str, operator: str, values: Iterable[str]) -> Requirement:
    return Requirement.model_construct(key=key, operator=operator, values=tuple(values))
