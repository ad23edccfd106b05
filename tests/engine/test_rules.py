"""The stand-ins' rules called directly: what they refuse, and with which words. These need no engine."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .standins.aws.provider import AwsProvider
from .standins.base import ServiceError
from .standins.kubernetes.provider import RELEASE, KubernetesProvider
from .standins.wire import UNKNOWN

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
GATEWAY = "aws:ec2/internetGateway:InternetGateway"
TABLE = "aws:ec2/routeTable:RouteTable"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
NAT = "aws:ec2/natGateway:NatGateway"
ROLE = "aws:iam/role:Role"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
CLUSTER = "aws:eks/cluster:Cluster"
NODES = "aws:eks/nodeGroup:NodeGroup"
FARGATE = "aws:eks/fargateProfile:FargateProfile"
ADDON = "aws:eks/addon:Addon"
ENTRY = "aws:eks/accessEntry:AccessEntry"
ENTRY_POLICY = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
IDENTITY = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
LOGS = "aws:cloudwatch/logGroup:LogGroup"
QUEUE = "aws:sqs/queue:Queue"
NAMESPACE = "kubernetes:core/v1:Namespace"
POOL = "kubernetes:karpenter.sh/v1:NodePool"

ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
PERSON = "arn:aws:iam::123456789012:role/person"


class Cloud:
    """A stand-in account with a VPC, two subnets and two roles in it, and both providers' hands on it."""

    def __init__(self) -> None:
        self.aws = AwsProvider()
        self.aws.config = {"region": "eu-west-1"}
        self.aws.configure()
        self.account = self.aws.account
        self.kubernetes = KubernetesProvider()
        self.kubernetes.account.close()
        self.kubernetes.account = self.account
        self.vpc = self.make(VPC, "net", cidrBlock="10.0.0.0/16")["id"]
        self.subnets = [
            self.make(
                SUBNET, f"net-{zone}", vpcId=self.vpc, cidrBlock=f"10.0.{i}.0/24", availabilityZone=f"eu-west-1{zone}"
            )["id"]
            for i, zone in enumerate("ab")
        ]
        self.control = self.role("control", "eks.amazonaws.com", "AmazonEKSClusterPolicy")
        self.worker = self.role(
            "worker", "ec2.amazonaws.com", "AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"
        )

    def make(self, type: str, name: str, /, **inputs: Any) -> dict[str, Any]:
        provider = self.aws if type.startswith("aws:") else self.kubernetes
        checked, failures = provider.check(type, name, {}, inputs, b"seed")
        if failures:
            raise AssertionError("; ".join(f"{path}: {reason}" for path, reason in failures))
        with self.account.transaction():
            id, outputs = provider.create(type, name, checked)
        return {**outputs, "id": id}

    def change(self, type: str, id: str, /, **inputs: Any) -> dict[str, Any]:
        row = self.account.find(type, id)
        assert row is not None
        with self.account.transaction():
            return self.aws.update(type, id, row.outputs, {**row.inputs, **inputs})

    def drop(self, type: str, id: str) -> None:
        provider = self.aws if type.startswith("aws:") else self.kubernetes
        with self.account.transaction():
            provider.delete(type, id, {})

    def role(self, name: str, service: str, *policies: str) -> str:
        statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
        made = self.make(ROLE, name, name=name, assumeRolePolicy=json.dumps({"Statement": [statement]}))
        for policy in policies:
            self.make(ATTACHMENT, f"{name}-{policy}", role=name, policyArn=f"arn:aws:iam::aws:policy/{policy}")
        return str(made["arn"])

    def cluster(self, name: str = "shop", **inputs: Any) -> dict[str, Any]:
        given: dict[str, Any] = {
            "version": "1.34",
            "roleArn": self.control,
            "accessConfig": {"authenticationMode": "API"},
        }
        return self.make(CLUSTER, name, name=name, **given | {"vpcConfig": {"subnetIds": self.subnets}} | inputs)

    def nodes(self, name: str = "workers", **inputs: Any) -> dict[str, Any]:
        given: dict[str, Any] = {"clusterName": "shop", "nodeRoleArn": self.worker, "subnetIds": self.subnets}
        scaling = {"scalingConfig": {"minSize": 1, "desiredSize": 1, "maxSize": 2}}
        return self.make(NODES, name, nodeGroupName=name, **given | scaling | inputs)

    def connect(self) -> None:
        """Point the Kubernetes provider at the cluster `shop`."""
        row = self.account.find(CLUSTER, "shop")
        assert row is not None
        authority = row.get("certificateAuthority.data")
        entry = {"server": row.outputs["endpoint"], "certificate-authority-data": authority}
        command = {"command": "aws", "args": ["eks", "get-token", "--cluster-name", "shop"]}
        config = {
            "current-context": "shop",
            "clusters": [{"name": "shop", "cluster": entry}],
            "contexts": [{"name": "shop", "context": {"cluster": "shop", "user": "shop"}}],
            "users": [{"name": "shop", "user": {"exec": command}}],
        }
        self.kubernetes.config = {"kubeconfig": json.dumps(config)}
        self.kubernetes.configure()


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setenv("STANDIN_ACCOUNT", str(tmp_path / "account.db"))
    made = Cloud()
    yield made
    made.account.close()


def entry(cloud: Cloud, **inputs: Any) -> dict[str, Any]:
    return cloud.make(ENTRY, "person", clusterName="shop", principalArn=PERSON, **inputs)


def entry_policy(cloud: Cloud) -> dict[str, Any]:
    scope = {"type": "cluster"}
    return cloud.make(
        ENTRY_POLICY, "person", clusterName="shop", principalArn=PERSON, policyArn=ADMIN, accessScope=scope
    )


def fargate_in_public_subnets(cloud: Cloud) -> None:
    cloud.cluster()
    gateway = cloud.make(GATEWAY, "net", vpcId=cloud.vpc)["id"]
    table = cloud.make(TABLE, "net", vpcId=cloud.vpc, routes=[{"cidrBlock": "0.0.0.0/0", "gatewayId": gateway}])["id"]
    cloud.make(ASSOCIATION, "a", routeTableId=table, subnetId=cloud.subnets[0])
    pods = cloud.role("pods", "eks-fargate-pods.amazonaws.com")
    selectors = [{"namespace": "team"}]
    given = {"clusterName": "shop", "podExecutionRoleArn": pods, "subnetIds": cloud.subnets}
    cloud.make(FARGATE, "serverless", selectors=selectors, **given)


def same_rule_twice(cloud: Cloud) -> None:
    group = cloud.make(GROUP, "web", vpcId=cloud.vpc)["id"]
    for name in ("first", "second"):
        rule = {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "10.0.0.0/8"}
        cloud.make(INGRESS, name, securityGroupId=group, **rule)


def log_group_after_its_cluster(cloud: Cloud) -> None:
    cloud.cluster(enabledClusterLogTypes=["audit"])
    cloud.make(LOGS, "logs", name="/aws/eks/shop/cluster")


def pool_without_its_controller(cloud: Cloud) -> None:
    cloud.cluster()
    cloud.nodes()
    cloud.connect()
    chart = {"namespace": "kube-system", "createNamespace": True}
    cloud.make(RELEASE, "karpenter", name="karpenter", chart="karpenter", **chart)
    cloud.make(POOL, "default", apiVersion="karpenter.sh/v1", kind="NodePool", metadata={"name": "default"})
    cloud.drop(RELEASE, "kube-system/karpenter")


def release_without_nodes(cloud: Cloud) -> None:
    cloud.cluster()
    cloud.connect()
    cloud.make(RELEASE, "web", chart="web", namespace="default")


def shut_out(cloud: Cloud) -> None:
    access = {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False}
    cloud.cluster(accessConfig=access)
    cloud.connect()
    cloud.make(NAMESPACE, "team", apiVersion="v1", kind="Namespace")


def object_in_a_deleted_cluster(cloud: Cloud) -> None:
    cloud.cluster()
    cloud.connect()
    cloud.make(NAMESPACE, "team", apiVersion="v1", kind="Namespace", metadata={"name": "team"})
    cloud.drop(CLUSTER, "shop")
    cloud.drop(NAMESPACE, "team")


def role_without_its_policy(cloud: Cloud) -> None:
    cloud.cluster()
    attachment = next(row for row in cloud.account.rows(ATTACHMENT) if row.outputs["role"] == "control")
    cloud.drop(ATTACHMENT, attachment.id)
    cloud.drop(CLUSTER, "shop")


def after_a_cluster(**inputs: Any) -> Callable[[Callable[[Cloud], Any]], Callable[[Cloud], None]]:
    def wrap(then: Callable[[Cloud], Any]) -> Callable[[Cloud], None]:
        def run(cloud: Cloud) -> None:
            cloud.cluster(**inputs)
            then(cloud)

        return run

    return wrap


there = after_a_cluster()
REFUSED: dict[str, tuple[Callable[[Cloud], Any], str]] = {
    "a subnet outside its VPC": (
        lambda c: c.make(SUBNET, "x", vpcId=c.vpc, cidrBlock="10.1.0.0/24"),
        "InvalidSubnet.Range: The CIDR '10.1.0.0/24' is invalid",
    ),
    "subnets that overlap": (
        lambda c: c.make(SUBNET, "x", vpcId=c.vpc, cidrBlock="10.0.0.128/25"),
        "InvalidSubnet.Conflict: The CIDR '10.0.0.128/25' conflicts",
    ),
    "a zone of another region": (
        lambda c: c.make(SUBNET, "x", vpcId=c.vpc, cidrBlock="10.0.9.0/24", availabilityZone="us-east-1a"),
        "InvalidParameterValue: Value (us-east-1a)",
    ),
    "a NAT gateway without a gateway to the Internet": (
        lambda c: c.make(NAT, "x", subnetId=c.subnets[0], allocationId=c.make("aws:ec2/eip:Eip", "x")["id"]),
        "Gateway.NotAttached",
    ),
    "the same rule twice": (same_rule_twice, "InvalidPermission.Duplicate"),
    "a cluster in one zone": (
        lambda c: c.cluster(vpcConfig={"subnetIds": c.subnets[:1]}),
        "must be in at least two different AZs",
    ),
    "a cluster whose role EKS cannot assume": (
        lambda c: c.cluster(roleArn=c.worker),
        "the trusted entity is not correct",
    ),
    "half of auto mode": (
        lambda c: c.cluster(computeConfig={"enabled": True}, bootstrapSelfManagedAddons=False),
        "fully enabled or fully disabled",
    ),
    "nodes before their cluster": (lambda c: c.nodes(), "No cluster found for name: shop."),
    "an add-on before its cluster": (
        lambda c: c.make(ADDON, "x", clusterName="shop", addonName="vpc-cni"),
        "No cluster found for name: shop.",
    ),
    "nodes whose role may not join": (there(lambda c: c.nodes(nodeRoleArn=c.role("bare", "ec2."))), "Instances failed"),
    "nodes without a network plugin": (
        after_a_cluster(bootstrapSelfManagedAddons=False)(lambda c: c.nodes()),
        "cni plugin not initialized",
    ),
    "a desired size out of bounds": (
        there(lambda c: c.nodes(scalingConfig={"minSize": 2, "desiredSize": 1, "maxSize": 3})),
        "must be between minSize 2 and maxSize 3",
    ),
    "an add-on with nowhere to run": (
        there(lambda c: c.make(ADDON, "x", clusterName="shop", addonName="coredns")),
        "nowhere to run its pods",
    ),
    "a policy without its entry": (there(entry_policy), "no access entry"),
    "the same entry twice": (there(lambda c: [entry(c), entry(c)]), "ResourceInUseException"),
    "an entry in a cluster that reads a map": (
        after_a_cluster(accessConfig={"authenticationMode": "CONFIG_MAP"})(entry),
        "authentication mode must be API",
    ),
    "a group of the system": (there(lambda c: entry(c, kubernetesGroups=["system:masters"])), "must not begin with"),
    "an identity whose role pods cannot take": (
        there(lambda c: c.make(IDENTITY, "x", clusterName="shop", namespace="a", serviceAccount="b", roleArn=c.worker)),
        "it must allow pods.eks.amazonaws.com",
    ),
    "Fargate in public subnets": (fargate_in_public_subnets, "is not a private subnet"),
    "two minor versions at once": (
        after_a_cluster(version="1.32")(lambda c: c.change(CLUSTER, "shop", version="1.34")),
        "Unsupported Kubernetes minor version update from 1.32 to 1.34",
    ),
    "a downgrade": (there(lambda c: c.change(CLUSTER, "shop", version="1.33")), "downgrade is not supported"),
    "nodes newer than their cluster": (there(lambda c: c.nodes(version="1.35")), "newer than the cluster's"),
    "a log group that the cluster made": (log_group_after_its_cluster, "ResourceAlreadyExistsException"),
    "deleting a cluster with nodes": (
        there(lambda c: [c.nodes(), c.drop(CLUSTER, "shop")]),
        "Cluster has nodegroups attached",
    ),
    "deleting a protected cluster": (
        after_a_cluster(deletionProtection=True)(lambda c: c.drop(CLUSTER, "shop")),
        "deletion protection is enabled",
    ),
    "deleting a cluster after its role's policy": (role_without_its_policy, "lost its policies"),
    "deleting a subnet in use": (there(lambda c: c.drop(SUBNET, c.subnets[0])), "DependencyViolation"),
    "deleting a VPC with subnets": (lambda c: c.drop(VPC, c.vpc), "DependencyViolation"),
    "deleting a role with policies": (lambda c: c.drop(ROLE, "control"), "must detach all policies first"),
    "a release without nodes": (release_without_nodes, "no node can run its pods"),
    "a caller without an entry": (shut_out, "no admin access entry"),
    "an object of a deleted cluster": (object_in_a_deleted_cluster, "configured Kubernetes cluster is unreachable"),
    "a controller deleted before what it finalizes": (pool_without_its_controller, "takes the kinds of karpenter.sh"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_the_service_refuses(cloud: Cloud, case: str) -> None:
    act, word = REFUSED[case]
    with pytest.raises(ServiceError) as refused:
        act(cloud)
    assert word in str(refused.value)


CHECKED: dict[str, tuple[str, dict[str, Any], str]] = {
    "a key that is not there": (VPC, {"cidrBlok": "10.0.0.0/16"}, "cidrBlok: Invalid or unknown key"),
    "a nested key that is not there": (
        CLUSTER,
        {"roleArn": UNKNOWN, "vpcConfig": {"subnetIds": [], "subnetIdz": []}},
        "vpcConfig.subnetIdz: Invalid or unknown key; did you mean 'subnetIds'?",
    ),
    "a nested key that is missing": (CLUSTER, {"roleArn": UNKNOWN, "vpcConfig": {}}, "vpcConfig.subnetIds: Missing"),
    "text for a number": (
        NODES,
        {"clusterName": "a", "nodeRoleArn": UNKNOWN, "subnetIds": [], "diskSize": "20", "scalingConfig": UNKNOWN},
        "diskSize: expected number type, got '20' of type string",
    ),
    "an ARN that is none": (ATTACHMENT, {"role": "r", "policyArn": "Admin"}, "policyArn: (Admin) is an invalid ARN"),
    "a CIDR with host bits": (VPC, {"cidrBlock": "10.0.0.1/16"}, '"10.0.0.1/16" is not a valid CIDR block'),
    "a policy that is not JSON": (ROLE, {"assumeRolePolicy": "{"}, "assumeRolePolicy: contains an invalid JSON policy"),
    "a long role name": (ROLE, {"name": "r" * 65, "assumeRolePolicy": "{}"}, "range (1 - 64)"),
    "a long queue name": (QUEUE, {"name": "q" * 81}, "range (1 - 80)"),
    "a retention that is not sold": (LOGS, {"retentionInDays": 8}, "expected retentionInDays to be one of"),
    "an unknown enum": (ADDON, {"clusterName": "a", "addonName": "b", "resolveConflictsOnUpdate": "MERGE"}, "MERGE"),
    "a reserved tag": (VPC, {"cidrBlock": "10.0.0.0/16", "tags": {"aws:x": "y"}}, "the prefix aws: is reserved"),
    "a field of no pod": (
        "kubernetes:apps/v1:Deployment",
        {"metadata": {}, "spec": {"selector": {}, "template": {"spec": {"containers": [{"name": "a", "imag": "b"}]}}}},
        "spec.template.spec.containers[0].imag: Invalid or unknown key; did you mean 'image'?",
    ),
    "a name with capitals": (NAMESPACE, {"kind": "Namespace", "metadata": {"name": "Team"}}, "RFC 1123"),
    "a release name that Helm refuses": (RELEASE, {"chart": "a", "name": "r" * 54}, "exceeds max length of 53"),
}


@pytest.mark.parametrize("case", CHECKED)
def test_the_check_refuses(cloud: Cloud, case: str) -> None:
    type, inputs, word = CHECKED[case]
    provider = cloud.aws if type.startswith("aws:") else cloud.kubernetes
    _, failures = provider.check(type, "x", {}, inputs, b"seed")
    assert word in "; ".join(f"{path}: {reason}" for path, reason in failures)


def test_a_logical_name_too_long_for_its_random_end_is_refused(cloud: Cloud) -> None:
    _, failures = cloud.aws.check(ROLE, "r" * 57, {}, {"assumeRolePolicy": "{}"}, b"seed")
    assert "longer than maximum length 64" in failures[0][1]


def test_what_is_right_goes_through(cloud: Cloud) -> None:
    cloud.cluster()
    cloud.nodes()
    entry(cloud)
    entry_policy(cloud)
    cloud.make(ADDON, "dns", clusterName="shop", addonName="coredns")
    cloud.connect()
    cloud.make(NAMESPACE, "team", apiVersion="v1", kind="Namespace", metadata={"name": "team"})
    cloud.make(RELEASE, "web", chart="web", namespace="team")
    cloud.change(CLUSTER, "shop", version="1.35")
    assert cloud.change(NODES, "shop:workers", version="1.35")["version"] == "1.35"
    cloud.drop(RELEASE, next(row.id for row in cloud.account.rows(RELEASE)))
    cloud.drop(NODES, "shop:workers")
    cloud.drop(CLUSTER, "shop")
    left = {row.type for row in cloud.account.rows()}
    assert left == {VPC, SUBNET, ROLE, ATTACHMENT}
