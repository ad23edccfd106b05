"""Choose this when a team has a cluster of pulumi-eks and wants this package's access, add-ons and nodes on it."""

import pulumi
import pulumi_eks

from eks_blueprints import Access, AccessArgs, AccessEntry, ClusterRef, Network, NetworkArgs
from eks_blueprints.addons import AwsEbsCsiDriver, EksPodIdentityAgent
from eks_blueprints.compute import ManagedNodes

network = Network("shop-network", NetworkArgs(cidr="10.60.0.0/16"), region="eu-west-1", cluster_name="shop").ref
theirs = pulumi_eks.Cluster(
    "shop",
    version="1.35",
    vpc_id=network.vpc_id,
    public_subnet_ids=network.ids("public"),
    private_subnet_ids=network.ids("private"),
    authentication_mode=pulumi_eks.AuthenticationMode.API,
    skip_default_node_group=True,
)
cluster = ClusterRef.of(
    theirs,
    region="eu-west-1",
    version="1.35",
    network=network,
    tags={"owner": "shop"},
)

operators = AccessEntry.model_validate(
    {
        "principal_arn": "arn:aws:iam::111122223333:role/operators",
        "policies": [{"policy": "cluster_admin"}],
    }
)
Access("shop-access", AccessArgs(entries={"operators": operators}), cluster=cluster)

agent = EksPodIdentityAgent().install(cluster)
nodes = ManagedNodes(name="nodes", instance_types=("m7g.large",), min_size=2, max_size=6)
attached = nodes.attach(cluster.after(*network.ready))
AwsEbsCsiDriver().install(cluster.after(*agent.ready, *attached.ready))

pulumi.export("cluster", cluster.name)
