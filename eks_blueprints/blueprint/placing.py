"""Whether the nodes of an element of compute take pods with some tolerations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from eks_blueprints.compute.base import Compute
from eks_blueprints.karpenter.tolerating import keeping_off, taint_of, toleration_of

CRITICAL = {"key": "CriticalAddonsOnly", "operator": "Exists"}
"""What EKS's own add-ons and Karpenter's controller tolerate by themselves."""


def admits(host: Compute, tolerations: Iterable[Any]) -> bool:
    """Whether a host has no taint that keeps them off; what is not a mapping tolerates nothing."""
    taints = [taint_of(each.key, each.value, each.effect) for each in host.node_taints]
    return keeping_off(taints, [toleration_of(each) for each in tolerations if isinstance(each, dict)]) is None
