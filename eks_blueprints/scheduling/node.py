"""A node as the scheduler sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from eks_blueprints.karpenter.tolerating import Taint, taint_of
from eks_blueprints.scheduling.amounts import Amounts, amounts

HOST = "kubernetes.io/hostname"
ZONE = "topology.kubernetes.io/zone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[Taint, ...] = ()
    allocatable: Amounts = field(default_factory=dict)
    """What its pods may request together, `pods` among it."""
    volumes: Mapping[str, int] = field(default_factory=dict)
    """Most volumes that can be attached, by CSI driver; a driver that is not named has no limit."""
    cordoned: bool = False
    """Whether it is marked as unschedulable."""


def node_of(given: Mapping[str, Any], volumes: Mapping[str, int] | None = None) -> Node:
    """A Node object.

    Args:
        given: The object.
        volumes: The limits of its CSINode object, by driver.

    Raises:
        ValueError: if an amount is no quantity.
    """
    metadata, spec = given.get("metadata") or {}, given.get("spec") or {}
    status = given.get("status") or {}
    return Node(
        name=str(metadata.get("name")),
        labels={str(key): str(value) for key, value in (metadata.get("labels") or {}).items()},
        taints=tuple(
            taint_of(str(each.get("key")), each.get("value"), str(each.get("effect")))
            for each in spec.get("taints") or ()
        ),
        allocatable=amounts(status.get("allocatable") or status.get("capacity")),
        volumes=volumes or {},
        cordoned=spec.get("unschedulable") is True,
    )
