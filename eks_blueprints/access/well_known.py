"""What well-known controllers may do in AWS, for add-ons and for service accounts of the user's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from eks_blueprints.core.iam import Allow, managed_policy
from eks_blueprints.core.spec import In

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef

WellKnown = Literal[
    "auto_scaler",
    "aws_load_balancer_controller",
    "cert_manager",
    "ebs_csi_controller",
    "efs_csi_controller",
    "external_dns",
    "image_builder",
]
"""The names that eksctl has for them, in snake_case. Source: eksctl's schema, WellKnownPolicies (2026-11)."""

_MANAGED = {
    "ebs_csi_controller": "service-role/AmazonEBSCSIDriverPolicy",
    "efs_csi_controller": "service-role/AmazonEFSCSIDriverPolicy",
    "image_builder": "AmazonEC2ContainerRegistryPowerUser",
}
_ENABLED = "aws:ResourceTag/k8s.io/cluster-autoscaler/enabled"
_OWNED = "aws:ResourceTag/k8s.io/cluster-autoscaler/"


def well_known_policies(names: Sequence[WellKnown], partition: str) -> dict[str, In[str]]:
    """AWS's own policies for some of them, by a short name each."""
    return {name.replace("_", "-"): managed_policy(partition, _MANAGED[name]) for name in names if name in _MANAGED}


def well_known_permissions(names: Sequence[WellKnown], cluster: ClusterRef) -> list[Allow]:
    """What those may do that AWS has no policy for."""
    allowed: list[Allow] = []
    zones = (f"arn:{cluster.partition}:route53:::hostedzone/*",)
    if "auto_scaler" in names:
        allowed += autoscaler_permissions(cluster)
    if "aws_load_balancer_controller" in names:
        from eks_blueprints.access.load_balancer_permissions import controller_permissions

        allowed += controller_permissions(cluster.partition)
    if "cert_manager" in names:
        allowed += certificate_permissions(cluster.partition, zones)
    if "external_dns" in names:
        allowed += dns_permissions(zones)
    return allowed


def autoscaler_permissions(cluster: ClusterRef) -> list[Allow]:
    """Cluster Autoscaler: look at all groups, and change those that carry the tags of a cluster."""
    import pulumi

    look = (
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeAutoScalingInstances",
        "autoscaling:DescribeLaunchConfigurations",
        "autoscaling:DescribeScalingActivities",
        "ec2:DescribeImages",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeLaunchTemplateVersions",
        "ec2:GetInstanceTypesFromInstanceRequirements",
    )
    change = ("autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup")
    # The name of the cluster is part of a key, and a key is plain.
    tagged = pulumi.Output.from_input(cluster.name).apply(
        lambda name: {"StringEquals": {_ENABLED: "true", f"{_OWNED}{name}": "owned"}}
    )
    groups = pulumi.Output.from_input(cluster.arn).apply(lambda arn: f"{arn.replace(':cluster/', ':nodegroup/')}/*/*")
    return [Allow(*look), Allow("eks:DescribeNodegroup", on=groups), Allow(*change, when=tagged)]


def dns_permissions(zones: Sequence[In[str]]) -> list[Allow]:
    """external-dns: change records in zones; look at zones and records, which IAM cannot tell apart beforehand."""
    return [
        Allow("route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets", on=zones),
        Allow("route53:ListHostedZones", "route53:ListTagsForResources"),
    ]


def certificate_permissions(partition: str, zones: Sequence[In[str]]) -> list[Allow]:
    """cert-manager: TXT records of zones, by which it proves that a name is its own."""
    records = {"ForAllValues:StringEquals": {"route53:ChangeResourceRecordSetsRecordTypes": ["TXT"]}}
    return [
        Allow("route53:GetChange", on=f"arn:{partition}:route53:::change/*"),
        Allow("route53:ChangeResourceRecordSets", on=zones, when=records),
        Allow("route53:ListResourceRecordSets", on=zones),
        Allow("route53:ListHostedZonesByName"),
    ]
