"""Choose this when a team wants this package's platform and keeps node groups of pulumi-eks on it."""

import pulumi
import pulumi_aws as aws
import pulumi_eks

from eks_blueprints import Blueprint, BlueprintArgs, ClusterArgs, NetworkArgs, core_data
from eks_blueprints.addons import Coredns

platform = Blueprint(
    "shop",
    BlueprintArgs(
        region="eu-west-1",
        network=NetworkArgs(cidr="10.50.0.0/16"),
        cluster=ClusterArgs(version="1.35"),
        core_addons=("vpc_cni", "kube_proxy", "eks_pod_identity_agent"),  # CoreDNS follows the nodes, below
    ),
)

network = platform.network.ref

role = aws.iam.Role(
    "shop-nodes-role",
    assume_role_policy=aws.iam.get_policy_document_output(
        statements=[
            {
                "actions": ["sts:AssumeRole"],
                "principals": [{"type": "Service", "identifiers": ["ec2.amazonaws.com"]}],
            }
        ]
    ).json,
    opts=platform.child(),
)
policies = [
    aws.iam.RolePolicyAttachment(
        f"shop-nodes-role-{name}",
        role=role.name,
        policy_arn=f"arn:aws:iam::aws:policy/{name}",
        opts=platform.child(),
    )
    for name in ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")
]
nodes = pulumi_eks.ManagedNodeGroup(
    "shop-nodes",
    cluster=core_data(platform.cluster, instance_roles=(role,)),
    node_role_arn=role.arn,
    subnet_ids=network.ids("private"),
    instance_types=["m7g.large"],
    ami_type="AL2023_ARM_64_STANDARD",
    scaling_config={"min_size": 2, "desired_size": 2, "max_size": 6},
    opts=platform.child(depends_on=[*policies, *network.ready, *platform.addons.values()]),
)
Coredns().install(platform.ref.after(nodes))

pulumi.export("cluster", platform.cluster.name)
