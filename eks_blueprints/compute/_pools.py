"""Compute whose nodes come from pools, of Karpenter or of EKS Auto Mode: what these say in the words of all compute."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Literal, cast

from eks_blueprints.compute._scheduling import Taint, tolerated
from eks_blueprints.compute.base import Architecture, Compute
from eks_blueprints.core.elements import left_open
from eks_blueprints.core.refs import Place
from eks_blueprints.karpenter.labels import ARCHITECTURE, INSTANCE_TYPE, POOL
from eks_blueprints.karpenter.node_pool import Pool
from eks_blueprints.karpenter.overlap import labels_left

_NAMES: dict[str, Architecture] = {"amd64": "x86_64", "arm64": "arm64"}
_EFFECTS = {"NoSchedule": "NO_SCHEDULE", "PreferNoSchedule": "PREFER_NO_SCHEDULE", "NoExecute": "NO_EXECUTE"}

OWN_POLICIES = ("worker-node", "ecr-pull", "session-manager")
"""Names that the policies of nodes have here, which others cannot take."""


class PooledCompute(Compute):
    """Compute that launches nodes as pods need them."""

    @property
    @left_open
    def pools(self) -> tuple[Pool, ...]:
        """Its own pools."""
        raise NotImplementedError(f"{type(self).__name__} says nothing about its pools")

    @property
    def architectures(self) -> frozenset[Architecture]:
        """Processor architectures of the nodes of its pools."""
        return _architectures(self.pools)

    @property
    def node_instance_types(self) -> tuple[str, ...]:
        """EC2 instance types of its nodes, where every pool names them."""
        return _instance_types(self.pools)

    @property
    def node_taints(self) -> tuple[Taint, ...]:
        """Taints that the nodes of all its pools have in common."""
        return _taints(self.pools)

    def places(self) -> Iterator[tuple[str, Place]]:
        """All of its pools together by its name, and each by `name/pool`."""
        taints = {json.dumps(each): each for pool in self.pools for each in map(tolerated, pool.taints)}
        names = tuple(pool.name for pool in self.pools)
        yield self.name, Place(node_labels={POOL: names}, tolerations=tuple(taints.values()))
        for pool in self.pools:
            tolerations = tuple(map(tolerated, pool.taints))
            yield f"{self.name}/{pool.name}", Place(node_labels={POOL: (pool.name,)}, tolerations=tolerations)


def _architectures(pools: Sequence[Pool]) -> frozenset[Architecture]:
    """The architectures that pools ask for; none where a pool leaves it open."""
    found: set[Architecture] = set()
    for pool in pools:
        left = labels_left(pool).get(ARCHITECTURE)
        if left is None:
            return frozenset()
        found |= {name for word, name in _NAMES.items() if word in left}
    return frozenset(found)


def _instance_types(pools: Sequence[Pool]) -> tuple[str, ...]:
    """The instance types that pools name; none where a pool leaves them open."""
    found: set[str] = set()
    for pool in pools:
        left = labels_left(pool).get(INSTANCE_TYPE)
        if left is None or left.values is None:
            return ()
        found |= {name for name in left.values if name in left}
    return tuple(sorted(found))


def _taints(pools: Sequence[Pool]) -> tuple[Taint, ...]:
    """The taints that every pool has."""
    sets = [{(taint.key, taint.value, _EFFECTS[taint.effect]) for taint in pool.taints} for pool in pools]
    common = set.intersection(*sets) if sets else set()
    return tuple(
        Taint.model_construct(key=key, value=value, effect=_effect(effect)) for key, value, effect in _sorted(common)
    )


def _sorted(taints: set[tuple[str, str | None, str]]) -> list[tuple[str, str | None, str]]:
    return sorted(taints, key=lambda taint: (taint[0], taint[1] or "", taint[2]))


def _effect(text: str) -> Literal["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"]:
    return cast('Literal["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"]', text)
