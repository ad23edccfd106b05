"""Karpenter's and EKS Auto Mode's objects as data: pools, classes of nodes, and what holds across them."""

from typing import TYPE_CHECKING

from eks_blueprints.core.lazy import served

if TYPE_CHECKING:
    from eks_blueprints.karpenter.ec2_node_class import Ec2NodeClass as Ec2NodeClass
    from eks_blueprints.karpenter.node_class import NodeClass as NodeClass
    from eks_blueprints.karpenter.node_pool import AutoModeNodePool as AutoModeNodePool
    from eks_blueprints.karpenter.node_pool import NodePool as NodePool
    from eks_blueprints.karpenter.releases import default_release as default_release
    from eks_blueprints.karpenter.releases import oldest_for as oldest_for

_HOMES = {
    "AutoModeNodePool": "node_pool",
    "Ec2NodeClass": "ec2_node_class",
    "NodeClass": "node_class",
    "NodePool": "node_pool",
    "default_release": "releases",
    "oldest_for": "releases",
}

__all__ = [*_HOMES]  # noqa: PLE0604 - each name is served below

__getattr__, __dir__ = served(__name__, _HOMES)
