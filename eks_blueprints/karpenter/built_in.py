"""The pools that EKS Auto Mode brings, as specs: to be read and compared, never made.

Source: EKS user guide, "Enable or disable built-in NodePools"; consolidate_after from a dump of a live cluster.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from eks_blueprints.core.errors import Faults, unknown_name
from eks_blueprints.karpenter import pool_rules
from eks_blueprints.karpenter.node_pool import AutoModeNodePool

_COMMON: dict[str, Any] = {
    "capacity_types": ["on-demand"],
    "instance_categories": ["c", "m", "r"],
    "min_instance_generation": 5,
    "disruption": {
        "consolidation_policy": "WhenEmptyOrUnderutilized",
        "consolidate_after": "30s",
        "budgets": [{"nodes": "10%"}],
    },
    "expire_after": "336h",
    "termination_grace_period": "24h",
}
BUILT_IN: dict[str, dict[str, Any]] = {
    "general-purpose": {"architectures": ["amd64"]},
    "system": {
        "architectures": ["amd64", "arm64"],
        "taints": [{"key": "CriticalAddonsOnly", "effect": "NoSchedule"}],
    },
}


"""What each pool has of its own, by name."""


class BuiltInPool(AutoModeNodePool):
    """A pool that Auto Mode brings; it weighs nothing, so that one's own pools with a weight come first."""

    def _check_flavor(self, faults: Faults) -> None:
        pool_rules.check_lifetime(self, faults)


@cache
def built_in_pool(name: str) -> BuiltInPool:
    """The pool that Auto Mode brings under a name.

    Raises:
        ValueError: if it brings none of that name.
    """
    if name not in BUILT_IN:
        raise ValueError(unknown_name(name, BUILT_IN, "built-in pool"))
    return BuiltInPool.model_validate({"name": name} | _COMMON | BUILT_IN[name])
