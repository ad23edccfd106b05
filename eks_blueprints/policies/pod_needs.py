"""What the pods of a workload ask of a node."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from eks_blueprints.karpenter.fitting import Needs, Toleration
from eks_blueprints.karpenter.labels import OPERATING_SYSTEM
from eks_blueprints.karpenter.requirements import Requirement
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
        devices=found,
        tolerations=tuple(map(_toleration, pod.items("tolerations"))),
        alternatives=_alternatives(pod),
    )


def requests_of(pod: Props) -> Counter[str]:
    """What a pod requests of each resource, in cores, bytes and pieces: by itself, or by its containers.

    Containers count together, and so do those started before them that keep running; the others that start it run one
    by one, beside what keeps running by then. What has a limit and no request requests its limit. Requests that are not
    known count for nothing.
    """
    running, peak = Counter[str](), Counter[str]()
    for container in pod.items("initContainers"):
        mine = _resources(container)
        if container.raw("restartPolicy") == "Always":
            running.update(mine)
            peak |= running
        else:
            peak |= running + mine
    for container in pod.items("containers"):
        running.update(_resources(container))
    found = running | peak
    own = _resources(pod)
    for resource, amount in own.items():
        found[resource] = amount
    for resource, value in pod.pairs("overhead"):
        found[resource] += quantity(value.value) or 0
    return found


def _resources(part: Props) -> Counter[str]:
    found: Counter[str] = Counter()
    for key in ("limits", "requests"):
        if part.is_known("resources", key):
            for resource, value in part.pairs("resources", key):
                if (amount := quantity(value.value) if value.is_known() else None) is not None:
                    found[resource] = amount  # type: ignore[assignment] - cores are fractions
    return found


def _toleration(part: Props) -> Toleration:
    given = {key: str(part.get(key) or "") for key in ("key", "operator", "value", "effect")}
    return Toleration(**{**given, "operator": given["operator"] or "Equal"})


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
