"""Compute: what pods run on, one sort a file; the file's name is the kind in a stack file."""

from typing import TYPE_CHECKING

from eks_blueprints.core.lazy import served

if TYPE_CHECKING:
    from eks_blueprints.compute.auto_mode import AutoMode as AutoMode
    from eks_blueprints.compute.base import Compute as Compute
    from eks_blueprints.compute.fargate import Fargate as Fargate
    from eks_blueprints.compute.hybrid_nodes import HybridNodes as HybridNodes
    from eks_blueprints.compute.karpenter import Karpenter as Karpenter
    from eks_blueprints.compute.managed_nodes import ManagedNodes as ManagedNodes
    from eks_blueprints.compute.self_managed_nodes import SelfManagedNodes as SelfManagedNodes

_HOMES = {
    "AutoMode": "auto_mode",
    "Compute": "base",
    "Fargate": "fargate",
    "Karpenter": "karpenter",
    "HybridNodes": "hybrid_nodes",
    "ManagedNodes": "managed_nodes",
    "SelfManagedNodes": "self_managed_nodes",
}

__all__ = [*_HOMES]  # noqa: PLE0604 - each name is served below

__getattr__, __dir__ = served(__name__, _HOMES)
