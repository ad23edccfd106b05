"""Our cluster as the `CoreData` of pulumi-eks, so that node groups of pulumi-eks can join it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from eks_blueprints.cluster.component import Cluster

if TYPE_CHECKING:
    import pulumi_eks


def core_data(cluster: Cluster, *, instance_roles: tuple[aws.iam.Role, ...] = ()) -> pulumi_eks.CoreDataArgs:
    """What `pulumi_eks.ManagedNodeGroup`, `NodeGroup` and `NodeGroupV2` take as `cluster`.

    Args:
        cluster: the cluster to join.
        instance_roles: roles of nodes, for node groups that are to find theirs here.

    Raises:
        pulumi.RunError: if pulumi-eks is not installed.
    """
    eks = _pulumi_eks()
    network = cluster.ref.network
    data: pulumi_eks.CoreDataArgs = eks.CoreDataArgs(
        cluster=cluster.resource,
        cluster_iam_role=_role(cluster),
        cluster_security_group=_security_group(cluster),
        endpoint=cluster.endpoint,
        instance_roles=list(instance_roles),
        node_group_options=eks.ClusterNodeGroupOptionsArgs(),
        provider=cluster.kubernetes,
        kubeconfig=pulumi.Output.json_loads(cluster.kubeconfig),
        oidc_provider=cluster.oidc_provider,
        vpc_id=network.vpc_id,
        subnet_ids=list(dict.fromkeys(subnet.id for subnet in network.subnets)),
        private_subnet_ids=network.ids("private"),
        public_subnet_ids=network.ids("public"),
        tags=dict(cluster.ref.tags),
    )
    return data


def _role(cluster: Cluster) -> aws.iam.Role:
    if cluster.role is not None:
        return cluster.role.role
    name = cluster.resource.role_arn.apply(lambda arn: arn.rpartition("/")[2])
    return aws.iam.Role.get(f"{cluster.pulumi_resource_name}-cluster-role", name, opts=cluster.child())


def _security_group(cluster: Cluster) -> aws.ec2.SecurityGroup:
    # pulumi-eks wants the resource, and EKS makes the group: it is read, not made.
    name = f"{cluster.pulumi_resource_name}-cluster-security-group"
    return aws.ec2.SecurityGroup.get(name, cluster.security_group_id, opts=cluster.child())


def _pulumi_eks() -> Any:
    try:
        import pulumi_eks
    except ImportError:
        raise pulumi.RunError(
            "core_data needs pulumi-eks; got none installed; run: pip install 'eks-blueprints[eks]'"
        ) from None
    return pulumi_eks
