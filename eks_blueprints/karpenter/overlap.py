"""Whether two pools could launch nodes for the same pods."""

from __future__ import annotations

from eks_blueprints.core.form import Form
from eks_blueprints.karpenter.labels import INSTANCE_TYPE
from eks_blueprints.karpenter.node_pool import Pool
from eks_blueprints.karpenter.requirements import Allowed, Requirement, allowed

_TYPE = Form(r"([a-z]+)(?:-[0-9]+tb)?([0-9]+)[^.]*")


def labels_left(pool: Pool) -> dict[str, Allowed]:
    """What the pool's conditions and labels leave of each label, with what its instance types imply."""
    labels = [
        Requirement.model_construct(key=key, operator="In", values=(value,)) for key, value in pool.labels.items()
    ]
    left = allowed((*pool.all_requirements, *labels))
    types = left.get(INSTANCE_TYPE, Allowed()).values
    if types:
        for label, values in _implied(types).items():
            key = f"{pool.flavor.group}/{label}"
            left[key] = left.get(key, Allowed()).narrowed(Allowed(values=frozenset(values)))
    return left


def arrive_at_both(one: Pool, other: Pool) -> bool:
    """Whether some pod that says nothing of either pool could get a node of both."""
    if _repelling(one) != _repelling(other):
        return False
    left, right = labels_left(one), labels_left(other)
    return not any(_apart(left[key], right[key]) for key in left.keys() & right.keys())


def _apart(one: Allowed, other: Allowed) -> bool:
    both = one.narrowed(other)
    if both.values is None:
        return both.least is not None and both.most is not None and both.least > both.most
    return not any(value in both for value in both.values)


def _repelling(pool: Pool) -> set[tuple[str, str | None]]:
    return {(taint.key, taint.value) for taint in pool.taints if taint.effect != "PreferNoSchedule"}


def _implied(types: frozenset[str]) -> dict[str, set[str]]:
    implied: dict[str, set[str]] = {"instance-family": set(), "instance-size": set(), "instance-category": set()}
    implied["instance-generation"] = set()
    for name in types:
        family, _, size = name.partition(".")
        implied["instance-family"].add(family)
        implied["instance-size"].add(size)
        if match := _TYPE.fullmatch(family):
            implied["instance-category"].add(match[1])
            implied["instance-generation"].add(match[2])
    return implied
