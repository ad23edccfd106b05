"""How many pods of a workload may be evicted at a time: PodDisruptionBudgets, and those that never let one go.

Source: k8s.io/kubernetes pkg/controller/disruption, 1.36, and pkg/utils/pdb in sigs.k8s.io/karpenter, v1.14.1.
"""

from __future__ import annotations

from dataclasses import dataclass

from eks_blueprints.scheduling.pod import Pod
from eks_blueprints.scheduling.selectors import Selector

Count = int | str
"""A number of pods, or a share such as `50%`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PodBudget:
    """A PodDisruptionBudget."""

    name: str
    namespace: str
    selector: Selector
    allowed: int
    """How many of its pods may be evicted now (`status.disruptionsAllowed`)."""
    min_available: Count | None = None
    max_unavailable: Count | None = None
    lets_unready_go: bool = False
    """Whether pods that are not ready may always go (`unhealthyPodEvictionPolicy: AlwaysAllow`)."""

    def of(self, pod: Pod) -> bool:
        """Whether it speaks of a pod."""
        return pod.shape.namespace == self.namespace and self.selector.of(pod.shape.labels)

    @property
    def never_lets_go(self) -> bool:
        """Whether its own words let no pod go, as Karpenter reads them; it launches no node for such pods."""
        return self.max_unavailable in (0, "0%") or self.min_available == "100%"


def allowed(
    pods: int, healthy: int, *, min_available: Count | None = None, max_unavailable: Count | None = None
) -> int:
    """How many pods may be evicted now; shares of pods are rounded up.

    Args:
        pods: How many pods there should be.
        healthy: How many of them are ready.
        min_available: How many must stay.
        max_unavailable: How many may be away; without either, `min_available` is 0 and all may go.
    """
    away = None if max_unavailable is None else _of(max_unavailable, pods)
    least = _of(min_available or 0, pods) if away is None else pods - away
    return max(0, healthy - max(0, least))


def blocks_forever(
    pods: int, *, min_available: Count | None = None, max_unavailable: Count | None = None
) -> str | None:
    """What of a budget lets no pod go though all are ready, in words; None if one may go."""
    if not pods or allowed(pods, pods, min_available=min_available, max_unavailable=max_unavailable):
        return None
    if max_unavailable is not None:
        return f"maxUnavailable {max_unavailable} lets none of {pods} pods go"
    return f"minAvailable {min_available} keeps all {pods} pods"


def _of(count: Count, pods: int) -> int:
    return -(-int(count.removesuffix("%")) * pods // 100) if isinstance(count, str) else count
