"""What pools of Karpenter and of EKS Auto Mode say of their nodes, in the words that all compute shares."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, cast

from eks_blueprints.compute._scheduling import Taint
from eks_blueprints.compute.base import Architecture
from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.karpenter.labels import ARCHITECTURE, INSTANCE_TYPE
from eks_blueprints.karpenter.node_pool import Pool
from eks_blueprints.karpenter.overlap import labels_left

_NAMES: dict[str, Architecture] = {"amd64": "x86_64", "arm64": "arm64"}
_EFFECTS = {"NoSchedule": "NO_SCHEDULE", "PreferNoSchedule": "PREFER_NO_SCHEDULE", "NoExecute": "NO_EXECUTE"}
_POLICY_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,29}")

OWN_POLICIES = ("worker-node", "ecr-pull", "session-manager")
"""Names that the policies of nodes have here, which others cannot take."""


def architectures_of(pools: Sequence[Pool]) -> frozenset[Architecture]:
    """The architectures that pools ask for; none where a pool leaves it open."""
    found: set[Architecture] = set()
    for pool in pools:
        left = labels_left(pool).get(ARCHITECTURE)
        if left is None:
            return frozenset()
        found |= {name for word, name in _NAMES.items() if word in left}
    return frozenset(found)


def instance_types_of(pools: Sequence[Pool]) -> tuple[str, ...]:
    """The instance types that pools name; none where a pool leaves them open."""
    found: set[str] = set()
    for pool in pools:
        left = labels_left(pool).get(INSTANCE_TYPE)
        if left is None or left.values is None:
            return ()
        found |= {name for name in left.values if name in left}
    return tuple(sorted(found))


def taints_of(pools: Sequence[Pool]) -> tuple[Taint, ...]:
    """The taints that every pool has."""
    sets = [{(taint.key, taint.value, _EFFECTS[taint.effect]) for taint in pool.taints} for pool in pools]
    common = set.intersection(*sets) if sets else set()
    return tuple(
        Taint.model_construct(key=key, value=value, effect=_effect(effect)) for key, value, effect in _sorted(common)
    )


def check_policies(names: Iterable[str], faults: Faults, field: str) -> None:
    """Note names of further policies that cannot become part of a resource's name."""
    for name in names:
        if not _POLICY_NAME.fullmatch(name) or name in OWN_POLICIES:
            do = f"use up to 30 letters, digits, - and _, and none of {', '.join(OWN_POLICIES)}"
            faults.add((field, name), f"is no usable name; got {shown(name)}; {do}")


def _sorted(taints: set[tuple[str, str | None, str]]) -> list[tuple[str, str | None, str]]:
    return sorted(taints, key=lambda taint: (taint[0], taint[1] or "", taint[2]))


def _effect(text: str) -> Literal["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"]:
    return cast('Literal["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"]', text)
