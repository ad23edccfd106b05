"""How many nodes there may be for the pods of a DaemonSet, and which compute has no bound on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eks_blueprints.karpenter.quantities import exact
from eks_blueprints.karpenter.tolerating import Taint, keeping_off, taint_of, toleration_of

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs
    from eks_blueprints.karpenter.node_pool import Pool

_BUILT_IN = {"general-purpose": (), "system": (Taint("CriticalAddonsOnly", "", "NoSchedule"),)}
"""The pools that EKS Auto Mode brings, with their taints. Source: EKS user guide, "Review built-in node pools"."""
_ALIKE = frozenset({"kubernetes.io/os", "kubernetes.io/arch"})
"""Labels that differ from node to node of a pool, and that keep a DaemonSet off none of them for sure."""


@dataclass(frozen=True, slots=True)
class _Nodes:
    """Nodes that are alike."""

    name: str
    labels: Mapping[str, str]
    taints: Sequence[Taint]
    most: int
    """How many there are at most; of those without a bound, at least."""
    bounded: bool


def counted(pod: Mapping[str, Any], args: BlueprintArgs) -> int:
    """How many nodes take a pod at most; of compute that nothing limits, its fewest nodes."""
    return sum(each.most for each in _taking(pod, args))


def unbounded(pod: Mapping[str, Any], args: BlueprintArgs) -> list[str]:
    """The compute that takes a pod and may have any number of nodes."""
    return [each.name for each in _taking(pod, args) if not each.bounded]


def _taking(pod: Mapping[str, Any], args: BlueprintArgs) -> Iterator[_Nodes]:
    tolerations = [toleration_of(each) for each in pod.get("tolerations") or ()]
    wanted = {key: value for key, value in (pod.get("nodeSelector") or {}).items() if key not in _ALIKE}
    for each in _every(args):
        others = any(key in each.labels and each.labels[key] != value for key, value in wanted.items())
        if not others and keeping_off(each.taints, tolerations) is None:
            yield each


def _every(args: BlueprintArgs) -> Iterator[_Nodes]:
    for name in args.cluster.auto_mode.node_pools if args.cluster.auto_mode is not None else ():
        yield _Nodes(f"the pool {name} of EKS Auto Mode", {"karpenter.sh/nodepool": name}, _BUILT_IN[name], 0, False)
    for compute in args.compute:
        for pool in getattr(compute, "pools", ()):
            yield _of_pool(f"{compute.name}/{pool.name}", pool)
        if compute.node_count is not None:
            fewest, most = compute.node_count
            taints = [taint_of(each.key, each.value, each.effect) for each in compute.node_taints]
            labels = dict(compute.node_labels)
            yield _Nodes(compute.name, labels, taints, fewest if most is None else most, most is not None)


def _of_pool(name: str, pool: Pool) -> _Nodes:
    """A pool; how many cores or how much memory it may have bounds its nodes, but far above what there will be."""
    labels = {**pool.labels, "karpenter.sh/nodepool": pool.name}
    taints = [taint_of(each.key, each.value, each.effect) for each in pool.taints]
    if (limit := pool.limits.get("nodes")) is not None:
        return _Nodes(name, labels, taints, int(exact(str(limit))), True)
    return _Nodes(name, labels, taints, pool.replicas or 0, pool.replicas is not None)
