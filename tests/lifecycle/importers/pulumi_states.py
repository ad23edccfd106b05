"""Exported stacks of Pulumi for tests, written by hand: what pulumi-eks 2, 3 and 4 and plain aws.eks leave."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.lifecycle.importers.states import ACCOUNT, EKS, IAM, REGION, SECRET, private, subnet

PROJECT = "urn:pulumi:prod::shop::"
STACK = f"{PROJECT}pulumi:pulumi:Stack::shop-prod"
DEFAULT = f"{PROJECT}pulumi:providers:aws::default_7_25_0"
COMPONENT = "eks:index:Cluster"
ISSUER = f"https://oidc.eks.{REGION}.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"
HIDDEN = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": SECRET}
POLICIES = "arn:aws:eks::aws:cluster-access-policy/"

Row = tuple[str, str, str, dict[str, Any], dict[str, Any]]
"""Types of its parents, type, name, inputs, and outputs besides them."""


def exported(rows: Iterable[Row], *, provider: str = DEFAULT) -> dict[str, Any]:
    """What `pulumi stack export` writes."""
    region = {"region": REGION}
    found: list[dict[str, Any]] = [
        {"urn": STACK, "type": "pulumi:pulumi:Stack", "custom": False},
        {
            "urn": DEFAULT,
            "type": "pulumi:providers:aws",
            "custom": True,
            "id": "0",
            "inputs": region,
            "outputs": region,
        },
    ]
    kubernetes = f"{PROJECT}pulumi:providers:kubernetes::shop-eks-k8s"
    found.append(
        {
            "urn": kubernetes,
            "type": "pulumi:providers:kubernetes",
            "custom": True,
            "id": "1",
            "inputs": {"kubeconfig": HIDDEN},
            "outputs": {"kubeconfig": HIDDEN},
        }
    )
    made: set[str] = set()
    for parents, type_, name, inputs, outputs in rows:
        parent = STACK
        if parents:
            parent = f"{PROJECT}{parents}::{'shop' if parents == COMPONENT else name.split('-')[0]}"
            if parent not in made:
                made.add(parent)
                outputs_of = {"kubeconfig": HIDDEN}
                found.append({"urn": parent, "type": parents, "custom": False, "outputs": outputs_of, "parent": STACK})
        urn = f"{PROJECT}{parents}${type_}::{name}" if parents else f"{PROJECT}{type_}::{name}"
        row = {
            "urn": urn,
            "type": type_,
            "custom": True,
            "id": outputs["id"],
            "parent": parent,
            "provider": f"{provider}::0",
        }
        found.append({**row, "inputs": {"__defaults": [], **inputs}, "outputs": {**inputs, **outputs}})
    return {"version": 3, "deployment": {"manifest": {}, "resources": found}}


def cluster(parents: str, name: str, logical: str, version: str, mode: str, **more: Any) -> Row:
    """A cluster."""
    network = {
        "endpointPrivateAccess": True,
        "endpointPublicAccess": False,
        "subnetIds": private(),
        "securityGroupIds": ["sg-0c0c0c0c0c0c0c0c0"],
    }
    inputs = {
        "name": name,
        "version": version,
        "roleArn": f"{IAM}:role/{name}-eksRole",
        "accessConfig": {"authenticationMode": mode, "bootstrapClusterCreatorAdminPermissions": True},
        "vpcConfig": network,
        "tags": {"Name": f"{name}-eksCluster"},
        **more,
    }
    outputs = {
        "id": name,
        "arn": f"{EKS}:cluster/{name}",
        "endpoint": "https://shop.eks",
        "status": "ACTIVE",
        "certificateAuthority": {"data": "Y2VydGlmaWNhdGU="},
        "identities": [{"oidcs": [{"issuer": ISSUER}]}],
        "vpcConfig": {
            **network,
            "vpcId": "vpc-0aaaaaaaaaaaaaaaa",
            "clusterSecurityGroupId": "sg-0e0e0e0e0e0e0e0e0",
            "publicAccessCidrs": [],
        },
        "kubernetesNetworkConfig": {
            "ipFamily": "ipv4",
            "serviceIpv4Cidr": "10.100.0.0/16",
            **more.get("kubernetesNetworkConfig", {}),
        },
        "upgradePolicy": {"supportType": "EXTENDED"},
        "tagsAll": inputs["tags"],
    }
    return parents, "aws:eks/cluster:Cluster", logical, inputs, outputs


def role(parents: str, name: str) -> Row:
    """A role."""
    arn = f"{IAM}:role/{name}"
    return (
        parents,
        "aws:iam/role:Role",
        f"{name}-role",
        {"name": name, "assumeRolePolicy": "{}"},
        {"id": name, "arn": arn},
    )


def group(parents: str, logical: str, name: str, cluster_name: str, version: str, **more: Any) -> Row:
    """A managed node group."""
    inputs = {
        "clusterName": cluster_name,
        "nodeGroupName": name,
        "nodeRoleArn": f"{IAM}:role/{cluster_name}-nodes",
        "subnetIds": private(),
        "scalingConfig": {"minSize": 1, "maxSize": 3, "desiredSize": 2},
        "tags": {"Name": name},
        "instanceTypes": ["t3.large"],
        "amiType": "AL2023_x86_64_STANDARD",
        **more,
    }
    outputs = {
        "id": f"{cluster_name}:{name}",
        "arn": f"{EKS}:nodegroup/{cluster_name}/{name}/0",
        "capacityType": "ON_DEMAND",
        "diskSize": more.get("diskSize", 20),
        "version": version,
        "releaseVersion": f"{version}.1-20260801",
        "status": "ACTIVE",
        "updateConfig": {"maxUnavailable": 1, "maxUnavailablePercentage": 0},
        "tagsAll": inputs["tags"],
    }
    return parents, "aws:eks/nodeGroup:NodeGroup", logical, inputs, outputs


def addon(parents: str, logical: str, name: str, cluster_name: str, version: str) -> Row:
    """An add-on."""
    inputs = {
        "clusterName": cluster_name,
        "addonName": name,
        "addonVersion": version,
        "resolveConflictsOnCreate": "OVERWRITE",
    }
    return parents, "aws:eks/addon:Addon", logical, inputs, {"id": f"{cluster_name}:{name}", "tagsAll": {}}


def access(parents: str, cluster_name: str, key: str, principal: str, policy: str) -> list[Row]:
    """An access entry and its policy."""
    entry = {"clusterName": cluster_name, "principalArn": principal, "type": "STANDARD"}
    arn = f"{POLICIES}{policy}"
    scope = {
        "clusterName": cluster_name,
        "principalArn": principal,
        "policyArn": arn,
        "accessScope": {"type": "cluster"},
    }
    return [
        (
            parents,
            "aws:eks/accessEntry:AccessEntry",
            f"shop-{key}",
            entry,
            {"id": f"{cluster_name}:{principal}", "userName": principal},
        ),
        (
            parents,
            "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
            f"shop-{key}-policy",
            scope,
            {"id": f"{cluster_name}#{principal}#{arn}"},
        ),
    ]


def eks_2() -> dict[str, Any]:
    """pulumi-eks 2: aws-auth alone, a default node group in CloudFormation, a managed group beside it."""
    name = "shop-eksCluster-1a2b3c4"
    return exported(
        [
            role(COMPONENT, f"{name}-eksRole"),
            cluster(COMPONENT, name, "shop-eksCluster", "1.32", "CONFIG_MAP"),
            role(COMPONENT, "shop-instanceRole"),
            (
                COMPONENT,
                "aws:cloudformation/stack:Stack",
                "shop-nodes",
                {"templateBody": SECRET},
                {"id": "arn:aws:cloudformation:x"},
            ),
            (
                COMPONENT,
                "kubernetes:core/v1:ConfigMap",
                "shop-nodeAccess",
                {"data": {"mapRoles": SECRET}},
                {"id": "kube-system/aws-auth"},
            ),
            group(
                "eks:index:ManagedNodeGroup",
                "apps",
                "apps-5d6e7f8",
                name,
                "1.32",
                launchTemplate={"id": "lt-0a0a0a0a0a0a0a0a0", "version": "1"},
            ),
        ]
    )


def eks_3() -> dict[str, Any]:
    """pulumi-eks 3: access entries, EKS add-ons, a NodeGroupV2, an OIDC provider, logs."""
    name = "shop-eksCluster-9f8e7d6"
    asg = "spot-1111111"
    url = ISSUER.removeprefix("https://")
    tags = [
        {"key": f"kubernetes.io/cluster/{name}", "value": "owned", "propagateAtLaunch": True},
        {"key": "Name", "value": "shop-spot-worker", "propagateAtLaunch": True},
    ]
    inputs = {
        "name": asg,
        "minSize": 1,
        "maxSize": 4,
        "desiredCapacity": 2,
        "vpcZoneIdentifiers": private(),
        "tags": tags,
        "launchTemplate": {"id": "lt-0b0b0b0b0b0b0b0b0", "version": "3"},
        "metricsGranularity": "1Minute",
    }
    return exported(
        [
            role(COMPONENT, f"{name}-eksRole"),
            cluster(COMPONENT, name, "shop-eksCluster", "1.33", "API", enabledClusterLogTypes=["api", "audit"]),
            addon(COMPONENT, "shop-kube-proxy", "kube-proxy", name, "v1.33.0-eksbuild.2"),
            addon(COMPONENT, "shop-vpc-cni", "vpc-cni", name, "v1.20.4-eksbuild.2"),
            addon(COMPONENT, "shop-coredns", "coredns", name, "v1.12.1-eksbuild.2"),
            *access(COMPONENT, name, "admins", f"{IAM}:role/admins", "AmazonEKSClusterAdminPolicy"),
            (
                COMPONENT,
                "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
                "shop-oidcProvider",
                {
                    "url": ISSUER,
                    "clientIdLists": ["sts.amazonaws.com"],
                    "thumbprintLists": ["9e99a48a9960b14926bb7f3b02e22da2b0ab7280"],
                },
                {"id": f"{IAM}:oidc-provider/{url}", "arn": f"{IAM}:oidc-provider/{url}"},
            ),
            (
                "eks:index:NodeGroupV2",
                "aws:autoscaling/group:Group",
                "spot",
                inputs,
                {
                    "id": asg,
                    "arn": f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:autoScalingGroup:x:autoScalingGroupName/{asg}",
                },
            ),
            group("eks:index:ManagedNodeGroup", "apps", "apps-5d6e7f8", name, "1.33", diskSize=60),
        ]
    )


def eks_4() -> dict[str, Any]:
    """pulumi-eks 4 with EKS Auto Mode."""
    name = "shop-eksCluster-2468ace"
    compute = {
        "enabled": True,
        "nodePools": ["general-purpose", "system"],
        "nodeRoleArn": f"{IAM}:role/{name}-nodeRole",
    }
    more: dict[str, Any] = {
        "computeConfig": compute,
        "storageConfig": {"blockStorage": {"enabled": True}},
        "bootstrapSelfManagedAddons": False,
        "kubernetesNetworkConfig": {"elasticLoadBalancing": {"enabled": True}},
    }
    return exported(
        [
            role(COMPONENT, f"{name}-eksRole"),
            role(COMPONENT, f"{name}-nodeRole"),
            cluster(COMPONENT, name, "shop-eksCluster", "1.34", "API", **more),
            addon(COMPONENT, "shop-coredns", "coredns", name, "v1.12.3-eksbuild.1"),
            *access(COMPONENT, name, "admins", f"{IAM}:role/admins", "AmazonEKSClusterAdminPolicy"),
        ]
    )


def plain() -> dict[str, Any]:
    """A program of plain aws.eks resources with its own VPC, a Fargate profile and Pod Identity."""
    name = "shop-1357bdf"
    net = [
        ("", "aws:ec2/vpc:Vpc", "shop-vpc", {"cidrBlock": "10.0.0.0/16"}, {"id": "vpc-0aaaaaaaaaaaaaaaa"}),
        *(
            (
                "",
                "aws:ec2/subnet:Subnet",
                f"shop-{kind}-{index}",
                {
                    "vpcId": "vpc-0aaaaaaaaaaaaaaaa",
                    "availabilityZone": f"{REGION}{'abc'[index]}",
                    "cidrBlock": f"10.0.{start + index * 16}.0/20",
                    "mapPublicIpOnLaunch": kind == "public",
                    "tags": {"kubernetes.io/role/internal-elb" if kind == "private" else "kubernetes.io/role/elb": "1"},
                },
                {"id": subnet(kind, index)},
            )
            for kind, start in (("private", 0), ("public", 48))
            for index in range(3)
        ),
    ]
    return exported(
        [
            *net,
            role("", f"{name}-eksRole"),
            cluster("", name, "shop", "1.34", "API"),
            group(
                "", "apps", "apps-5d6e7f8", name, "1.34", launchTemplate={"id": "lt-0a0a0a0a0a0a0a0a0", "version": "2"}
            ),
            (
                "",
                "aws:eks/fargateProfile:FargateProfile",
                "batch",
                {
                    "clusterName": name,
                    "fargateProfileName": "batch-aaaaaaa",
                    "podExecutionRoleArn": f"{IAM}:role/fargate-pods",
                    "subnetIds": private(),
                    "selectors": [{"namespace": "batch"}],
                },
                {"id": f"{name}:batch-aaaaaaa", "status": "ACTIVE"},
            ),
            addon("", "cni", "vpc-cni", name, "v1.20.4-eksbuild.2"),
            addon("", "agent", "eks-pod-identity-agent", name, "v1.3.8-eksbuild.2"),
            *access("", name, "admins", f"{IAM}:role/admins", "AmazonEKSClusterAdminPolicy"),
            (
                "",
                "aws:eks/podIdentityAssociation:PodIdentityAssociation",
                "app",
                {
                    "clusterName": name,
                    "namespace": "shop",
                    "serviceAccount": "app",
                    "roleArn": f"{IAM}:role/app-Controller",
                },
                {"id": "a-0123456789abcdef1", "associationId": "a-0123456789abcdef1"},
            ),
        ]
    )
