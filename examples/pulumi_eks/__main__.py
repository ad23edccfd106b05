"""Choose this when a team has a cluster of pulumi-eks and wants this package's access, add-ons and nodes on it."""

import pulumi
import pulumi_eks

from eks_blueprints import AccessEntry, ClusterRef, NetworkRef
from eks_blueprints.access.component import Access
from eks_blueprints.access.spec import AccessArgs
from eks_blueprints.addons.aws_ebs_csi_driver import AwsEbsCsiDriver
from eks_blueprints.addons.eks_pod_identity_agent import EksPodIdentityAgent
from eks_blueprints.compute.managed_nodes import ManagedNodes
from eks_blueprints.refs import SubnetRef

VPC = "vpc-0123456789abcdef0"
SUBNETS = ("subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb")

theirs = pulumi_eks.Cluster(
    "shop",
    version="1.35",
    vpc_id=VPC,
    private_subnet_ids=list(SUBNETS),
    authentication_mode=pulumi_eks.AuthenticationMode.API,
    skip_default_node_group=True,
)
cluster = ClusterRef.of(
    theirs,
    region="eu-west-1",
    version="1.35",
    network=NetworkRef(vpc_id=VPC, subnets=tuple(SubnetRef(id=each, role="private") for each in SUBNETS)),
    tags={"owner": "shop"},
)

operators = AccessEntry.model_validate({
    "principal_arn": "arn:aws:iam::111122223333:role/operators",
    "policies": [{"policy": "cluster_admin"}],
})
Access("shop-access", AccessArgs(entries={"operators": operators}), cluster=cluster)

agent = EksPodIdentityAgent().install(cluster)
nodes = ManagedNodes(name="nodes", instance_types=("m7g.large",), min_size=2, max_size=6).attach(cluster)
AwsEbsCsiDriver().install(cluster.after(*agent.ready, *nodes.ready))

pulumi.export("cluster", cluster.name)
