"""What ${PROJECT} puts on a cluster: the fields of its settings, and what is made of them."""

from collections.abc import Sequence
from typing import Any

import pulumi
from eks_blueprints import ClusterRef, Component, ExistingNetwork, ExistingNetworkArgs, In, Spec
from eks_blueprints.addons import AddOn, EksNodeMonitoringAgent, MetricsServer
from eks_blueprints.compute import Compute, ManagedNodes
from eks_blueprints.teams import ApplicationTeam, Team, TeamAccess

PROJECT = "${PROJECT}"


class TeamArgs(Spec):
    """What the settings of a stack can say, below `team:platform`. A field that you add here is checked as well."""

    cluster: str
    """Name of the cluster in AWS."""

    version: str | None = None
    """Kubernetes version of the cluster, for checks. Default: not known."""

    network: ExistingNetworkArgs
    """VPC of the cluster, and the private subnets for the nodes."""

    nodes: ManagedNodes
    """The node group: instance types, sizes and whatever else differs between stacks."""

    developers: In[str]
    """ARN of the IAM role of the people of the team shop."""

    owner: str = "platform-team"
    """Team that answers for what is put on the cluster; a tag of every AWS resource. Default: platform-team."""


class TeamPlatform(Component):
    """Puts add-ons, nodes and a team on a cluster that exists. The cluster itself is not changed."""

    def __init__(self, name: str, args: TeamArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self.args = args
        region = pulumi.Config("aws").require("region")
        network = ExistingNetwork(f"{name}-network", args.network, self.child(), region=region)
        self.cluster = ClusterRef.existing(
            args.cluster,
            region=region,
            prefix=name,
            version=args.version,
            network=network.ref,
            tags={"project": PROJECT, "owner": args.owner},
            parent=self,
        )
        self.nodes = [each.attach(self.cluster) for each in self.compute()]
        # The pods of add-ons and of teams may have no other nodes to run on.
        on_nodes = self.cluster.after(*(resource for each in self.nodes for resource in each.ready))
        self.installed = [each.install(on_nodes) for each in self.addons()]
        self.onboarded = [each.onboard(on_nodes) for each in self.teams()]
        self.extend()
        self.register_outputs(self.outputs())

    def compute(self) -> Sequence[Compute]:
        """The nodes. Return an empty list where those of the cluster are enough."""
        return [self.args.nodes.but(name="nodes")]

    def addons(self) -> Sequence[AddOn]:
        """The add-ons. Leave out those that the cluster has already: EKS refuses to install one twice."""
        return [EksNodeMonitoringAgent(), MetricsServer()]

    def teams(self) -> Sequence[Team]:
        """The teams, each with its own namespace, quota, network policy and access."""
        people = TeamAccess(principal_arn=self.args.developers)
        return [ApplicationTeam(name="shop", access={"developers": people})]

    def extend(self) -> None:
        """Add resources; give them `self.child()` as options."""

    def outputs(self) -> dict[str, Any]:
        """What the stack exports."""
        return {"cluster_name": self.cluster.name, "cluster_endpoint": self.cluster.endpoint}
