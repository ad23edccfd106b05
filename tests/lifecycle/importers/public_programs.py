"""What public programs of Pulumi leave in their stacks, written by hand after their code and the schemas.

The programs are aws-py-eks and aws-ts-eks of pulumi/examples, and examples/managed-nodegroups-py of pulumi/pulumi-eks;
ids are made up.
"""

from __future__ import annotations

import json
from typing import Any

from tests.lifecycle.importers.pulumi_states import (
    COMPONENT,
    HIDDEN,
    Row,
    access,
    addon,
    cluster,
    exported,
    group,
)
from tests.lifecycle.importers.states import ACCOUNT, IAM, NODE_POLICIES, REGION, TRUSTS, private, subnet

SERVICE_ROLE = f"{COMPONENT}$eks:index:ServiceRole"
PUBLIC = [subnet("public", index) for index in range(3)]
AWS = "arn:aws:iam::aws:policy/"


def _role(parents: str, logical: str, name: str, service: str, *policies: str) -> list[Row]:
    """A role of a program with what is attached to it."""
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}, "Sid": ""}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    given = {"name": name, "assumeRolePolicy": trust, "path": "/", "maxSessionDuration": 3600}
    found: list[Row] = [
        (
            parents,
            "aws:iam/role:Role",
            logical,
            {"forceDetachPolicies": False, **given},
            {"id": name, "arn": f"{IAM}:role/{name}", "managedPolicyArns": [f"{AWS}{each}" for each in policies]},
        )
    ]
    for at, each in enumerate(policies):
        attached = {"role": name, "policyArn": f"{AWS}{each}"}
        row = (parents, "aws:iam/rolePolicyAttachment:RolePolicyAttachment", f"{logical}-{at}", attached)
        found.append((*row, {"id": f"{name}-202609010800{at}"}))
    return found


def _subnets(kind: str) -> list[Row]:
    """A VPC with subnets of one kind, as a program makes it."""
    rows: list[Row] = [("", "aws:ec2/vpc:Vpc", "vpc", {"cidrBlock": "10.100.0.0/16"}, {"id": "vpc-0aaaaaaaaaaaaaaaa"})]
    rows.append(("", "aws:ec2/internetGateway:InternetGateway", "vpc-ig", {}, {"id": "igw-0aaaaaaaaaaaaaaaa"}))
    for index in range(3):
        place = {
            "vpcId": "vpc-0aaaaaaaaaaaaaaaa",
            "availabilityZone": f"{REGION}{'abc'[index]}",
            "cidrBlock": f"10.100.{index}.0/24",
            "mapPublicIpOnLaunch": kind == "public",
        }
        rows.append(("", "aws:ec2/subnet:Subnet", f"vpc-subnet-{index}", place, {"id": subnet(kind, index)}))
    return rows


def _open(ids: list[str], **more: Any) -> dict[str, Any]:
    """The network of a cluster whose endpoint is public."""
    given = {"endpointPrivateAccess": False, "endpointPublicAccess": True, "publicAccessCidrs": ["0.0.0.0/0"]}
    return {**given, "subnetIds": ids, "securityGroupIds": ["sg-0c0c0c0c0c0c0c0c0"], **more}


def _cluster(parents: str, logical: str, name: str, role: str, mode: str, **more: Any) -> Row:
    """A cluster, with what AWS answers of its network."""
    row = cluster(parents, name, logical, "1.33", mode, roleArn=f"{IAM}:role/{role}", **more)
    known = {"vpcId": "vpc-0aaaaaaaaaaaaaaaa", "clusterSecurityGroupId": "sg-0e0e0e0e0e0e0e0e0"}
    # EKS takes this range for a VPC in 10.0.0.0/8.
    row[4]["kubernetesNetworkConfig"] = {"ipFamily": "ipv4", "serviceIpv4Cidr": "172.20.0.0/16"}
    row[4]["vpcConfig"] = {**row[3]["vpcConfig"], **known}
    return row


def aws_py_eks() -> dict[str, Any]:
    """pulumi/examples, aws-py-eks: plain resources, public subnets, aws-auth, no launch template."""
    eks, nodes = "eks-iam-role-1111111", "ec2-nodegroup-iam-role-2222222"
    name = "eks-cluster-3333333"
    given = {"vpcConfig": _open(PUBLIC), "tags": {"Name": "pulumi-eks-cluster"}}
    more = {"nodeRoleArn": f"{IAM}:role/{nodes}", "subnetIds": PUBLIC, "instanceTypes": ["t3.medium"]}
    sizes = {"desiredSize": 2, "maxSize": 2, "minSize": 1}
    return exported(
        [
            *_subnets("public"),
            ("", "aws:ec2/securityGroup:SecurityGroup", "eks-cluster-sg", {}, {"id": "sg-0c0c0c0c0c0c0c0c0"}),
            *_role("", "eks-iam-role", eks, TRUSTS["eks"], "AmazonEKSServicePolicy", "AmazonEKSClusterPolicy"),
            *_role("", "ec2-nodegroup-iam-role", nodes, TRUSTS["ec2"], *NODE_POLICIES),
            _cluster("", "eks-cluster", name, eks, "CONFIG_MAP", **given),
            group("", "eks-node-group", "pulumi-eks-nodegroup", name, "1.33", scalingConfig=sizes, **more),
        ]
    )


def aws_ts_eks() -> dict[str, Any]:
    """pulumi/examples, aws-ts-eks: awsx and pulumi-eks 4, access entries, the default group of NodeGroupV2."""
    name, eks, nodes = "cluster-eksCluster-4444444", "cluster-eksRole-role-5555555", "cluster-instanceRole-role-6666666"
    asg = "cluster-nodes-7777777"
    tags = [
        {"key": f"kubernetes.io/cluster/{name}", "value": "owned", "propagateAtLaunch": True},
        {"key": "Name", "value": "cluster-nodes-worker", "propagateAtLaunch": True},
    ]
    scaled = {
        "name": asg,
        "minSize": 1,
        "maxSize": 2,
        "desiredCapacity": 2,
        "vpcZoneIdentifiers": PUBLIC,
        "tags": tags,
        "launchTemplate": {"id": "lt-0b0b0b0b0b0b0b0b0", "version": "1"},
    }
    arn = f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:autoScalingGroup:x:autoScalingGroupName/{asg}"
    entry = {"clusterName": name, "principalArn": f"{IAM}:role/{nodes}", "type": "EC2_LINUX"}
    return exported(
        [
            *_subnets("public"),
            *_role(SERVICE_ROLE, "cluster-eksRole-role", eks, TRUSTS["eks"], "AmazonEKSClusterPolicy"),
            *_role(SERVICE_ROLE, "cluster-instanceRole-role", nodes, TRUSTS["ec2"], *NODE_POLICIES),
            _cluster(COMPONENT, "cluster-eksCluster", name, eks, "API", vpcConfig=_open(PUBLIC)),
            addon(COMPONENT, "cluster-vpc-cni", "vpc-cni", name, "v1.20.4-eksbuild.2"),
            addon(COMPONENT, "cluster-kube-proxy", "kube-proxy", name, "v1.33.0-eksbuild.2"),
            addon(COMPONENT, "cluster-coredns", "coredns", name, "v1.12.1-eksbuild.2"),
            (
                COMPONENT,
                "aws:eks/accessEntry:AccessEntry",
                "cluster-default-ng",
                entry,
                {
                    "id": f"{name}:{entry['principalArn']}",
                    "userName": "system:node:{{EC2PrivateDNSName}}",
                    "kubernetesGroups": ["system:nodes"],
                },
            ),
            *access(COMPONENT, name, "admins", f"{IAM}:role/admins", "AmazonEKSClusterAdminPolicy"),
            ("", "aws:ec2/launchTemplate:LaunchTemplate", "lt", {"userData": HIDDEN}, {"id": "lt-0b0b0b0b0b0b0b0b0"}),
            (COMPONENT, "aws:autoscaling/group:Group", "cluster-nodes", scaled, {"id": asg, "arn": arn}),
        ]
    )


def managed_nodegroups_py() -> dict[str, Any]:
    """pulumi/pulumi-eks, examples/managed-nodegroups-py: three groups, each with a role of the program's own."""
    name, eks = "example-managed-nodegroups-eksCluster-8888888", "example-managed-nodegroups-eksRole-role-9999999"
    roles = [f"example-role{at}-aaaaaa{at}" for at in range(3)]
    m = "eks:index:ManagedNodeGroup"
    third = {
        "scalingConfig": {"desiredSize": 1, "minSize": 1, "maxSize": 2},
        "diskSize": 20,
        "instanceTypes": ["t3.medium"],
        "labels": {"ondemand": "true"},
        "tags": {"org": "pulumi"},
        "taints": [{"effect": "NO_SCHEDULE", "key": "dedicated", "value": "gpuGroup"}],
    }
    groups = [
        group(m, "example", "example-managed-ng0-bbbbbb0", name, "1.33", nodeRoleArn=f"{IAM}:role/{roles[0]}"),
        group(m, "example-1", "aws-managed-ng1", name, "1.33", nodeRoleArn=f"{IAM}:role/{roles[1]}"),
        group(m, "example-2", "aws-managed-ng2", name, "1.33", nodeRoleArn=f"{IAM}:role/{roles[2]}", **third),
    ]
    maps = (COMPONENT, "kubernetes:core/v1:ConfigMap", "nodeAccess", {"data": HIDDEN}, {"id": "kube-system/aws-auth"})
    made = [_role("", f"example-role{at}", each, TRUSTS["ec2"], *NODE_POLICIES) for at, each in enumerate(roles)]
    return exported(
        [
            *(row for rows in made for row in rows),
            *_role(SERVICE_ROLE, "example-eksRole-role", eks, TRUSTS["eks"], "AmazonEKSClusterPolicy"),
            _cluster(COMPONENT, "example-eksCluster", name, eks, "CONFIG_MAP", vpcConfig=_open(private())),
            addon(COMPONENT, "example-vpc-cni", "vpc-cni", name, "v1.20.4-eksbuild.2"),
            maps,
            *groups,
        ]
    )
