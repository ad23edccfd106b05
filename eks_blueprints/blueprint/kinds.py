"""Kinds of elements that checks ask about by `isinstance`; one that a platform does not have is not loaded for it.

Loading them all would take longer than the rest of a check does.
"""

# ruff: noqa: PLC0414 - what is exported again is written so

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eks_blueprints.addons._capability import CapabilityAddOn as CapabilityAddOn
    from eks_blueprints.addons._chart_addon import ChartAddOn as ChartAddOn
    from eks_blueprints.addons._helm_addon import HelmAddOn as HelmAddOn
    from eks_blueprints.addons.argo_rollouts import ArgoRollouts as ArgoRollouts
    from eks_blueprints.addons.argocd import Argocd as Argocd
    from eks_blueprints.addons.argocd_capability import ArgocdCapability as ArgocdCapability
    from eks_blueprints.addons.argocd_image_updater import ArgocdImageUpdater as ArgocdImageUpdater
    from eks_blueprints.addons.aws_ebs_csi_driver import AwsEbsCsiDriver as AwsEbsCsiDriver
    from eks_blueprints.addons.aws_efs_csi_driver import AwsEfsCsiDriver as AwsEfsCsiDriver
    from eks_blueprints.addons.cluster_autoscaler import ClusterAutoscaler as ClusterAutoscaler
    from eks_blueprints.addons.coredns import Coredns as Coredns
    from eks_blueprints.addons.eks_addon import EksAddon as EksAddon
    from eks_blueprints.addons.eks_pod_identity_agent import EksPodIdentityAgent as EksPodIdentityAgent
    from eks_blueprints.addons.fluxcd import Fluxcd as Fluxcd
    from eks_blueprints.addons.kube_prometheus_stack import KubePrometheusStack as KubePrometheusStack
    from eks_blueprints.addons.kube_proxy import KubeProxy as KubeProxy
    from eks_blueprints.addons.kyverno_policies import KyvernoPolicies as KyvernoPolicies
    from eks_blueprints.addons.manifests import Manifests as Manifests
    from eks_blueprints.addons.snapshot_controller import SnapshotController as SnapshotController
    from eks_blueprints.addons.storage_classes import StorageClasses as StorageClasses
    from eks_blueprints.addons.vpc_cni import VpcCni as VpcCni
    from eks_blueprints.compute._ec2_nodes import Ec2Nodes as Ec2Nodes
    from eks_blueprints.compute.auto_mode import AutoMode as AutoMode
    from eks_blueprints.compute.fargate import Fargate as Fargate
    from eks_blueprints.compute.hybrid_nodes import HybridNodes as HybridNodes
    from eks_blueprints.compute.karpenter import Karpenter as Karpenter
    from eks_blueprints.compute.managed_nodes import ManagedNodes as ManagedNodes
    from eks_blueprints.compute.self_managed_nodes import SelfManagedNodes as SelfManagedNodes
else:
    from eks_blueprints.core.late_specs import late

    ArgoRollouts = late("eks_blueprints.addons.argo_rollouts", "ArgoRollouts")
    Argocd = late("eks_blueprints.addons.argocd", "Argocd")
    ArgocdCapability = late("eks_blueprints.addons.argocd_capability", "ArgocdCapability")
    ArgocdImageUpdater = late("eks_blueprints.addons.argocd_image_updater", "ArgocdImageUpdater")
    AutoMode = late("eks_blueprints.compute.auto_mode", "AutoMode")
    AwsEbsCsiDriver = late("eks_blueprints.addons.aws_ebs_csi_driver", "AwsEbsCsiDriver")
    AwsEfsCsiDriver = late("eks_blueprints.addons.aws_efs_csi_driver", "AwsEfsCsiDriver")
    CapabilityAddOn = late("eks_blueprints.addons._capability", "CapabilityAddOn")
    ChartAddOn = late("eks_blueprints.addons._chart_addon", "ChartAddOn")
    ClusterAutoscaler = late("eks_blueprints.addons.cluster_autoscaler", "ClusterAutoscaler")
    Coredns = late("eks_blueprints.addons.coredns", "Coredns")
    Ec2Nodes = late("eks_blueprints.compute._ec2_nodes", "Ec2Nodes")
    EksAddon = late("eks_blueprints.addons.eks_addon", "EksAddon")
    EksPodIdentityAgent = late("eks_blueprints.addons.eks_pod_identity_agent", "EksPodIdentityAgent")
    Fargate = late("eks_blueprints.compute.fargate", "Fargate")
    Fluxcd = late("eks_blueprints.addons.fluxcd", "Fluxcd")
    HelmAddOn = late("eks_blueprints.addons._helm_addon", "HelmAddOn")
    HybridNodes = late("eks_blueprints.compute.hybrid_nodes", "HybridNodes")
    Karpenter = late("eks_blueprints.compute.karpenter", "Karpenter")
    KubePrometheusStack = late("eks_blueprints.addons.kube_prometheus_stack", "KubePrometheusStack")
    KubeProxy = late("eks_blueprints.addons.kube_proxy", "KubeProxy")
    KyvernoPolicies = late("eks_blueprints.addons.kyverno_policies", "KyvernoPolicies")
    ManagedNodes = late("eks_blueprints.compute.managed_nodes", "ManagedNodes")
    Manifests = late("eks_blueprints.addons.manifests", "Manifests")
    SelfManagedNodes = late("eks_blueprints.compute.self_managed_nodes", "SelfManagedNodes")
    SnapshotController = late("eks_blueprints.addons.snapshot_controller", "SnapshotController")
    StorageClasses = late("eks_blueprints.addons.storage_classes", "StorageClasses")
    VpcCni = late("eks_blueprints.addons.vpc_cni", "VpcCni")
