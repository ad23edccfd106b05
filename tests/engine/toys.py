"""Small programs on the plain SDKs, to try the stand-ins themselves."""

from __future__ import annotations

NETWORK = """
import pulumi
import pulumi_aws as aws

vpc = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16", tags={"team": "a"})
for i, zone in enumerate("ab"):
    aws.ec2.Subnet(f"net-{zone}", vpc_id=vpc.id, cidr_block=f"10.0.{i}.0/24", availability_zone=f"eu-west-1{zone}")
pulumi.export("vpc", vpc.id)
"""

PLATFORM = """
import json
import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s

after = pulumi.ResourceOptions
vpc = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16", enable_dns_hostnames=True)
gateway = aws.ec2.InternetGateway("net", vpc_id=vpc.id)
table = aws.ec2.RouteTable("net", vpc_id=vpc.id)
aws.ec2.Route("out", route_table_id=table.id, destination_cidr_block="0.0.0.0/0", gateway_id=gateway.id)
subnets = []
for i, zone in enumerate("ab"):
    subnet = aws.ec2.Subnet(
        f"net-{zone}", vpc_id=vpc.id, cidr_block=f"10.0.{i}.0/24", availability_zone=f"eu-west-1{zone}"
    )
    aws.ec2.RouteTableAssociation(f"net-{zone}", subnet_id=subnet.id, route_table_id=table.id)
    subnets.append(subnet.id)


def role(name, service, *policies):
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    made = aws.iam.Role(name, assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    arn = "arn:aws:iam::aws:policy/"
    return made, [aws.iam.RolePolicyAttachment(f"{name}-{p}", role=made.name, policy_arn=arn + p) for p in policies]


control, held = role("control", "eks.amazonaws.com", "AmazonEKSClusterPolicy")
nodes, joined = role(
    "nodes", "ec2.amazonaws.com", "AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"
)
cluster = aws.eks.Cluster(
    "shop",
    name="shop",
    version="1.34",
    role_arn=control.arn,
    vpc_config={"subnet_ids": subnets, "endpoint_private_access": True},
    access_config={"authentication_mode": "API"},
    opts=after(depends_on=held),
)
workers = aws.eks.NodeGroup(
    "workers",
    cluster_name=cluster.name,
    node_role_arn=nodes.arn,
    subnet_ids=subnets,
    scaling_config={"min_size": 1, "desired_size": 2, "max_size": 3},
    opts=after(depends_on=joined),
)
aws.eks.Addon("dns", cluster_name=cluster.name, addon_name="coredns", opts=after(depends_on=[workers]))


def kubeconfig(values):
    name, endpoint, authority = values
    args = ["eks", "get-token", "--cluster-name", name]
    command = {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "aws", "args": args}
    return json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": name,
        "clusters": [{"name": name, "cluster": {"server": endpoint, "certificate-authority-data": authority}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "users": [{"name": name, "user": {"exec": command}}],
    })


facts = pulumi.Output.all(cluster.name, cluster.endpoint, cluster.certificate_authority.data)
provider = k8s.Provider(
    "k8s", kubeconfig=pulumi.Output.secret(facts.apply(kubeconfig)), cluster_identifier=cluster.endpoint
)
inside = after(provider=provider, depends_on=[workers])
team = k8s.core.v1.Namespace("team", metadata={"name": "team"}, opts=inside)
k8s.helm.v3.Release(
    "web",
    chart="web",
    namespace=team.metadata.name,
    repository_opts={"repo": "https://charts.example.com"},
    opts=inside,
)
pulumi.export("endpoint", cluster.endpoint)
"""

COMPONENTS = """
import json
import warnings
import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as k8s

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import pulumi_eks as eks

vpc = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16")
subnets = [
    aws.ec2.Subnet(
        f"net-{zone}", vpc_id=vpc.id, cidr_block=f"10.0.{i}.0/24", availability_zone=f"eu-west-1{zone}"
    ).id
    for i, zone in enumerate("ab")
]
cluster = eks.Cluster(
    "shop", vpc_id=vpc.id, private_subnet_ids=subnets, authentication_mode="API", skip_default_node_group=True
)
statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
role = aws.iam.Role("nodes", assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
joined = [
    aws.iam.RolePolicyAttachment(f"nodes-{p}", role=role.name, policy_arn=f"arn:aws:iam::aws:policy/{p}")
    for p in ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")
]
after = pulumi.ResourceOptions(depends_on=joined)
workers = eks.ManagedNodeGroup("workers", cluster=cluster, node_role=role, opts=after)
eks.Addon("dns", cluster=cluster, addon_name="coredns", opts=pulumi.ResourceOptions(depends_on=[workers]))
provider = k8s.Provider("k8s", kubeconfig=cluster.kubeconfig_json)
k8s.yaml.v2.ConfigGroup(
    "team",
    objs=[
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", "namespace": "team"}},
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "team"}},
    ],
    opts=pulumi.ResourceOptions(providers=[provider], depends_on=[workers]),
)
pulumi.export("name", cluster.eks_cluster.name)
"""
