"""What Karpenter may do in an account: no more than on nodes of its own cluster.

The statements are those of Karpenter's own CloudFormation template (v1.14, getting-started-with-karpenter); the calls
that its code makes are the same in 1.15.2, but for the reboots that one feature gate asks for (pkg/aws/sdk.go).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eks_blueprints.core.iam import Allow

_MADE = ("fleet", "instance", "volume", "network-interface", "launch-template", "spot-instances-request")
_READ = (
    "CapacityReservations",
    "Images",
    "Instances",
    "InstanceStatus",
    "InstanceTypeOfferings",
    "InstanceTypes",
    "LaunchTemplates",
    "PlacementGroups",
    "SecurityGroups",
    "SpotPriceHistory",
    "Subnets",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """Where Karpenter works, in plain text."""

    partition: str
    region: str
    account: str
    cluster: str
    queue_arn: str
    node_role_arns: Sequence[str]
    reboots: bool = False
    """Whether it repairs nodes by rebooting them."""

    def ec2(self, *kinds: str) -> tuple[str, ...]:
        """ARNs of things of EC2."""
        return tuple(f"arn:{self.partition}:ec2:{self.region}:*:{kind}/*" for kind in kinds)

    @property
    def profiles(self) -> str:
        """ARN of instance profiles."""
        return f"arn:{self.partition}:iam::{self.account}:instance-profile/*"

    @property
    def cluster_arn(self) -> str:
        """ARN of the cluster."""
        return f"arn:{self.partition}:eks:{self.region}:{self.account}:cluster/{self.cluster}"


def permissions(scope: Scope) -> dict[str, list[Allow]]:
    """What the controller may do, by what for."""
    return {
        "node-lifecycle": _node_lifecycle(scope),
        "iam-integration": _iam_integration(scope),
        "eks-integration": [Allow("eks:DescribeCluster", on=scope.cluster_arn)],
        "interruption": [Allow("sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage", on=scope.queue_arn)],
        "zonal-shift": [
            Allow(
                "arc-zonal-shift:GetManagedResource",
                when={"StringEquals": {"arc-zonal-shift:ResourceIdentifier": scope.cluster_arn}},
            )
        ],
        "resource-discovery": _discovery(scope),
    }


def _node_lifecycle(scope: Scope) -> list[Allow]:
    owned = {f"aws:ResourceTag/kubernetes.io/cluster/{scope.cluster}": "owned"}
    of_a_pool = {"StringLike": {"aws:ResourceTag/karpenter.sh/nodepool": "*"}}
    tagging = {
        f"aws:RequestTag/kubernetes.io/cluster/{scope.cluster}": "owned",
        "aws:RequestTag/eks:eks-cluster-name": scope.cluster,
    }
    for_a_pool = {"StringLike": {"aws:RequestTag/karpenter.sh/nodepool": "*"}}
    run = ("ec2:RunInstances", "ec2:CreateFleet")
    found = tuple(f"arn:{scope.partition}:ec2:{scope.region}::{kind}/*" for kind in ("image", "snapshot"))
    used = scope.ec2("security-group", "subnet", "capacity-reservation", "placement-group")
    at_creation = {"ec2:CreateAction": ("RunInstances", "CreateFleet", "CreateLaunchTemplate")}
    own_tags = {"aws:TagKeys": ("eks:eks-cluster-name", "karpenter.sh/nodeclaim", "Name")}
    reboot = Allow("ec2:RebootInstances", on=scope.ec2("instance"), when={"StringEquals": owned, **of_a_pool})
    return [
        *([reboot] if scope.reboots else []),
        Allow(*run, on=(*found, *used)),
        Allow(*run, on=scope.ec2("launch-template"), when={"StringEquals": owned, **of_a_pool}),
        Allow(*run, "ec2:CreateLaunchTemplate", on=scope.ec2(*_MADE), when={"StringEquals": tagging, **for_a_pool}),
        Allow("ec2:CreateTags", on=scope.ec2(*_MADE), when={"StringEquals": {**tagging, **at_creation}, **for_a_pool}),
        Allow(
            "ec2:CreateTags",
            on=scope.ec2("instance"),
            when={
                "StringEquals": owned,
                **of_a_pool,
                "StringEqualsIfExists": {"aws:RequestTag/eks:eks-cluster-name": scope.cluster},
                "ForAllValues:StringEquals": own_tags,
            },
        ),
        Allow(
            "ec2:TerminateInstances",
            "ec2:DeleteLaunchTemplate",
            on=scope.ec2("instance", "launch-template"),
            when={"StringEquals": owned, **of_a_pool},
        ),
    ]


def _iam_integration(scope: Scope) -> list[Allow]:
    there = {
        f"aws:ResourceTag/kubernetes.io/cluster/{scope.cluster}": "owned",
        "aws:ResourceTag/topology.kubernetes.io/region": scope.region,
    }
    asked = {
        f"aws:RequestTag/kubernetes.io/cluster/{scope.cluster}": "owned",
        "aws:RequestTag/eks:eks-cluster-name": scope.cluster,
        "aws:RequestTag/topology.kubernetes.io/region": scope.region,
    }
    has_class, gets_class = ({f"aws:{side}Tag/karpenter.k8s.aws/ec2nodeclass": "*"} for side in ("Resource", "Request"))
    services = ("ec2.amazonaws.com", "ec2.amazonaws.com.cn")
    passed = {"StringEquals": {"iam:PassedToService": services}}
    pass_role = [Allow("iam:PassRole", on=tuple(scope.node_role_arns), when=passed)] if scope.node_role_arns else []
    return [
        *pass_role,
        Allow("iam:CreateInstanceProfile", on=scope.profiles, when={"StringEquals": asked, "StringLike": gets_class}),
        Allow(
            "iam:TagInstanceProfile",
            on=scope.profiles,
            when={"StringEquals": {**there, **asked}, "StringLike": {**has_class, **gets_class}},
        ),
        Allow(
            "iam:AddRoleToInstanceProfile",
            "iam:RemoveRoleFromInstanceProfile",
            "iam:DeleteInstanceProfile",
            on=scope.profiles,
            when={"StringEquals": there, "StringLike": has_class},
        ),
    ]


def _discovery(scope: Scope) -> list[Allow]:
    parameters = f"arn:{scope.partition}:ssm:{scope.region}::parameter/aws/service/*"
    here = {"StringEquals": {"aws:RequestedRegion": scope.region}}
    return [
        Allow(*(f"ec2:Describe{what}" for what in _READ), when=here),
        Allow("ssm:GetParameter", on=parameters),
        Allow("pricing:GetProducts"),
        Allow("iam:ListInstanceProfiles"),
        Allow("iam:GetInstanceProfile", on=scope.profiles),
    ]
