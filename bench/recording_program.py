"""A platform's worth of resources (150), registered by hand: what the recorder's speed is measured on."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s


class Group(pulumi.ComponentResource):
    """A component, so that parents are not all the stack."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("bench:index:Group", name, {}, opts)


def _assume(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _network(name: str, opts: pulumi.ResourceOptions, tags: dict[str, str]) -> list[Any]:
    vpc = aws.ec2.Vpc(f"{name}-vpc", cidr_block="10.0.0.0/16", enable_dns_hostnames=True, tags=tags, opts=opts)
    gateway = aws.ec2.InternetGateway(f"{name}-igw", vpc_id=vpc.id, tags=tags, opts=opts)
    subnets = []
    for i in range(6):
        subnet = aws.ec2.Subnet(
            f"{name}-subnet-{i}",
            vpc_id=vpc.id,
            cidr_block=f"10.0.{i}.0/24",
            availability_zone=f"us-west-2{'abc'[i % 3]}",
            tags={**tags, "kubernetes.io/role/elb": "1"},
            opts=opts,
        )
        table = aws.ec2.RouteTable(f"{name}-rt-{i}", vpc_id=vpc.id, tags=tags, opts=opts)
        aws.ec2.Route(
            f"{name}-route-{i}",
            route_table_id=table.id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=gateway.id,
            opts=opts,
        )
        aws.ec2.RouteTableAssociation(f"{name}-rta-{i}", subnet_id=subnet.id, route_table_id=table.id, opts=opts)
        subnets.append(subnet)
    return subnets


def program(name: str = "shop") -> None:
    """Register 150 resources: network, cluster, nodes, add-ons with their roles, and Kubernetes objects."""
    platform = Group(name)
    opts = pulumi.ResourceOptions(parent=platform)
    tags = {"team": "platform", "stack": name, "managed-by": "pulumi"}
    subnets = _network(name, opts, tags)
    role = aws.iam.Role(f"{name}-role", assume_role_policy=_assume("eks.amazonaws.com"), tags=tags, opts=opts)
    cluster = aws.eks.Cluster(
        f"{name}-cluster",
        role_arn=role.arn,
        version="1.34",
        access_config={"authentication_mode": "API"},
        vpc_config={"subnet_ids": [s.id for s in subnets], "endpoint_private_access": True},
        tags=tags,
        opts=opts,
    )
    kubeconfig = pulumi.Output.secret(
        pulumi.Output.json_dumps(
            {
                "clusters": [{"cluster": {"server": cluster.endpoint, "ca": cluster.certificate_authority.data}}],
                "users": [{"user": {"exec": {"args": ["eks", "get-token", "--cluster-name", cluster.name]}}}],
            }
        )
    )
    provider = k8s.Provider(f"{name}-k8s", kubeconfig=kubeconfig, cluster_identifier=cluster.endpoint, opts=opts)
    _nodes(name, cluster, subnets, tags, opts)
    issuer = cluster.identities[0].oidcs[0].issuer.apply(lambda url: url.replace("https://", ""))
    for i in range(18):
        addon = Group(f"{name}-addon-{i}", opts)
        _addon(f"{name}-addon-{i}", i, cluster, issuer, tags, addon, provider)
    pulumi.export("endpoint", cluster.endpoint)


def _nodes(
    name: str, cluster: aws.eks.Cluster, subnets: list[Any], tags: dict[str, str], opts: pulumi.ResourceOptions
) -> None:
    role = aws.iam.Role(f"{name}-node", assume_role_policy=_assume("ec2.amazonaws.com"), tags=tags, opts=opts)
    for policy in ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonEKS_CNI_Policy"):
        aws.iam.RolePolicyAttachment(
            f"{name}-node-{policy}", role=role.name, policy_arn=f"arn:aws:iam::aws:policy/{policy}", opts=opts
        )
    for i in range(3):
        aws.eks.NodeGroup(
            f"{name}-nodes-{i}",
            cluster_name=cluster.name,
            node_role_arn=role.arn,
            subnet_ids=[s.id for s in subnets],
            scaling_config={"min_size": 1, "max_size": 5, "desired_size": 2},
            tags=tags,
            opts=pulumi.ResourceOptions.merge(
                opts, pulumi.ResourceOptions(ignore_changes=["scalingConfig.desiredSize"])
            ),
        )


def _addon(  # noqa: PLR0917
    name: str, i: int, cluster: aws.eks.Cluster, issuer: Any, tags: dict[str, str], parent: Group, provider: Any
) -> None:
    opts = pulumi.ResourceOptions(parent=parent)
    inside = pulumi.ResourceOptions(parent=parent, provider=provider, depends_on=[cluster])
    role = aws.iam.Role(
        f"{name}-role",
        assume_role_policy=pulumi.Output.json_dumps({"Statement": [{"Principal": {"Federated": issuer}}]}),
        tags=tags,
        opts=opts,
    )
    aws.iam.RolePolicy(f"{name}-policy", role=role.id, policy=pulumi.Output.format("{{{0}}}", cluster.arn), opts=opts)
    aws.eks.PodIdentityAssociation(
        f"{name}-pia",
        cluster_name=cluster.name,
        namespace="kube-system",
        service_account=f"sa-{i}",
        role_arn=role.arn,
        opts=opts,
    )
    k8s.core.v1.Namespace(f"{name}-ns", metadata={"name": name, "labels": tags}, opts=inside)
    k8s.helm.v3.Release(
        f"{name}-chart",
        chart="chart",
        namespace=name,
        repository_opts={"repo": "https://charts.example.com"},
        values={"clusterName": cluster.name, "serviceAccount": {"create": True, "name": f"sa-{i}"}, "replicas": 2},
        opts=inside,
    )
