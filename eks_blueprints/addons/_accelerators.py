"""Nodes with accelerators, as the DaemonSets that offer these to pods find them."""

from __future__ import annotations

from functools import cache
from typing import Any

from eks_blueprints.core.facts.instance_types import instance_type, names

TYPE = "node.kubernetes.io/instance-type"
COMPUTE_TYPE = "eks.amazonaws.com/compute-type"

NOT_AUTO_MODE = {"key": COMPUTE_TYPE, "operator": "NotIn", "values": ["auto"]}
"""Nodes of EKS Auto Mode bring a device plugin of their own, and two would offer each device twice."""


@cache
def types_with(maker: str) -> tuple[str, ...]:
    """EC2 instance types that have accelerators of a maker: `nvidia`, `neuron`."""
    facts = (instance_type(name) for name in sorted(names()))
    return tuple(each.name for each in facts if each is not None and each.accelerator == maker)


def required(*terms: dict[str, Any]) -> dict[str, Any]:
    """An affinity for nodes that one of the terms fits, and that are none of EKS Auto Mode."""
    wanted = [{"matchExpressions": [term, NOT_AUTO_MODE]} for term in terms] or [{"matchExpressions": [NOT_AUTO_MODE]}]
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": wanted}}}


def among(key: str, *values: str) -> dict[str, Any]:
    """A requirement that a label has one of some values."""
    return {"key": key, "operator": "In", "values": list(values)}
