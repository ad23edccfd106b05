"""Add-ons: software that is installed on a cluster, one a file; the file's name is the kind in a stack file."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eks_blueprints.addons.aws_ebs_csi_driver import AwsEbsCsiDriver as AwsEbsCsiDriver
    from eks_blueprints.addons.base import AddOn as AddOn
    from eks_blueprints.addons.base import EksAddOn as EksAddOn
    from eks_blueprints.addons.cluster_autoscaler import ClusterAutoscaler as ClusterAutoscaler
    from eks_blueprints.addons.coredns import Coredns as Coredns
    from eks_blueprints.addons.eks_pod_identity_agent import EksPodIdentityAgent as EksPodIdentityAgent
    from eks_blueprints.addons.kube_proxy import KubeProxy as KubeProxy
    from eks_blueprints.addons.metrics_server import MetricsServer as MetricsServer
    from eks_blueprints.addons.vpc_cni import VpcCni as VpcCni

_HOMES = {
    "AddOn": "base",
    "AwsEbsCsiDriver": "aws_ebs_csi_driver",
    "ClusterAutoscaler": "cluster_autoscaler",
    "Coredns": "coredns",
    "EksAddOn": "base",
    "EksPodIdentityAgent": "eks_pod_identity_agent",
    "KubeProxy": "kube_proxy",
    "MetricsServer": "metrics_server",
    "VpcCni": "vpc_cni",
}

__all__ = [*_HOMES]  # noqa: PLE0604 - each name is served by __getattr__ below


def __getattr__(name: str) -> Any:
    if home := _HOMES.get(name):
        return getattr(importlib.import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
