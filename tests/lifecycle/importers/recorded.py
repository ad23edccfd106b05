# ruff: noqa: E501 - one answer a line
"""Answers of AWS's APIs for one cluster, written by hand; each is held against botocore's model of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

ACCOUNT, REGION, NAME = "123456789012", "eu-west-1", "shop"
EKS, IAM = f"arn:aws:eks:{REGION}:{ACCOUNT}", f"arn:aws:iam::{ACCOUNT}"
ISSUER = f"oidc.eks.{REGION}.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
SUBNETS = ["subnet-0a10000000000000", "subnet-0b10000000000000"]
HOME = f"/aws/eks/{NAME}/cluster"
ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
_PIA = {"clusterName": NAME, "createdAt": NOW, "modifiedAt": NOW, "tags": {}}


def association(number: int, account: str, role: str, **more: Any) -> dict[str, Any]:
    arn = f"{EKS}:podidentityassociation/{NAME}/a-{number}"
    where = {"namespace": "kube-system" if more else "shop", "serviceAccount": account, "roleArn": f"{IAM}:role/{role}"}
    return {**_PIA, **where, "associationArn": arn, "associationId": f"a-{number}", **more}


def answers(**changed: Any) -> dict[str, Any]:
    """By operation; a list of pairs where the answer depends on what is asked for."""
    cluster = {
        "name": NAME,
        "arn": f"{EKS}:cluster/{NAME}",
        "createdAt": NOW,
        "version": "1.34",
        "endpoint": "https://shop.example.com",
        "roleArn": f"{IAM}:role/shop-cluster",
        "resourcesVpcConfig": {
            "subnetIds": SUBNETS,
            "securityGroupIds": ["sg-0c0c0c0c0c0c0c0c0"],
            "clusterSecurityGroupId": "sg-0e0e0e0e0e0e0e0e0",
            "vpcId": "vpc-0aaaaaaaaaaaaaaaa",
            "endpointPublicAccess": True,
            "endpointPrivateAccess": True,
            "publicAccessCidrs": ["203.0.113.0/24"],
        },
        "kubernetesNetworkConfig": {
            "serviceIpv4Cidr": "172.20.0.0/16",
            "ipFamily": "ipv4",
            "elasticLoadBalancing": {"enabled": False},
        },
        "computeConfig": {"enabled": False, "nodePools": []},
        "storageConfig": {"blockStorage": {"enabled": False}},
        "logging": {
            "clusterLogging": [{"types": ["api", "audit"], "enabled": True}, {"types": ["scheduler"], "enabled": False}]
        },
        "identity": {"oidc": {"issuer": f"https://{ISSUER}"}},
        "status": "ACTIVE",
        "certificateAuthority": {"data": "Q0E="},
        "platformVersion": "eks.7",
        "tags": {"team": "platform"},
        "encryptionConfig": [
            {"resources": ["secrets"], "provider": {"keyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"}}
        ],
        "accessConfig": {"authenticationMode": "API"},
        "upgradePolicy": {"supportType": "STANDARD"},
        "deletionProtection": True,
        **changed,
    }
    group = {
        "nodegroupName": "general",
        "nodegroupArn": f"{EKS}:nodegroup/{NAME}/general/1",
        "clusterName": NAME,
        "version": "1.34",
        "releaseVersion": "1.34.2-20261101",
        "createdAt": NOW,
        "modifiedAt": NOW,
        "status": "ACTIVE",
        "capacityType": "ON_DEMAND",
        "scalingConfig": {"minSize": 2, "maxSize": 6, "desiredSize": 3},
        "instanceTypes": ["m7g.large"],
        "subnets": SUBNETS,
        "amiType": "AL2023_ARM_64_STANDARD",
        "nodeRole": f"{IAM}:role/shop-nodes",
        "labels": {"Role": "general"},
        "taints": [{"key": "dedicated", "value": "shop", "effect": "PREFER_NO_SCHEDULE"}],
        "updateConfig": {"maxUnavailable": 1},
        "launchTemplate": {"name": "general", "version": "3", "id": "lt-0123456789abcdef0"},
        "tags": {},
    }
    addon = {
        "addonName": "aws-ebs-csi-driver",
        "clusterName": NAME,
        "status": "ACTIVE",
        "addonVersion": "v1.64.0-eksbuild.1",
        "addonArn": f"{EKS}:addon/{NAME}/aws-ebs-csi-driver/1",
        "createdAt": NOW,
        "modifiedAt": NOW,
        "tags": {},
        "podIdentityAssociations": [f"{EKS}:podidentityassociation/{NAME}/a-1"],
    }
    agent = {
        **addon,
        "addonName": "eks-pod-identity-agent",
        "addonVersion": "v1.3.10-eksbuild.3",
        "podIdentityAssociations": [],
    }
    entries = {
        f"{IAM}:role/admins": {"type": "STANDARD", "username": f"arn:aws:sts::{ACCOUNT}:assumed-role/admins/x"},
        f"{IAM}:role/shop-nodes": {"type": "EC2_LINUX", "username": "system:node:{{EC2PrivateDNSName}}"},
        f"{IAM}:role/shop-fargate": {"type": "FARGATE_LINUX", "username": "system:node:{{SessionName}}"},
    }
    made = {"clusterName": NAME, "createdAt": NOW, "modifiedAt": NOW, "tags": {}, "kubernetesGroups": []}
    profile = {
        "fargateProfileName": "jobs",
        "fargateProfileArn": f"{EKS}:fargateprofile/{NAME}/jobs/1",
        "clusterName": NAME,
        "podExecutionRoleArn": f"{IAM}:role/shop-fargate",
        "subnets": SUBNETS,
        "selectors": [{"namespace": "jobs", "labels": {"Runs": "fargate"}}],
        "status": "ACTIVE",
        "tags": {},
    }
    identities = [
        association(1, "ebs-csi-controller-sa", "ebs-csi", ownerArn=addon["addonArn"]),
        association(2, "orders", "OrdersController"),
    ]
    subnet = {"VpcId": "vpc-0aaaaaaaaaaaaaaaa", "MapPublicIpOnLaunch": False}
    return {
        "ListClusters": {"clusters": [NAME, "other"]},
        "DescribeCluster": {"cluster": cluster},
        "ListNodegroups": {"nodegroups": ["general"]},
        "DescribeNodegroup": {"nodegroup": group},
        "ListFargateProfiles": {"fargateProfileNames": ["jobs"]},
        "DescribeFargateProfile": {"fargateProfile": profile},
        "ListAddons": {"addons": ["aws-ebs-csi-driver", "eks-pod-identity-agent"]},
        "DescribeAddon": [({"addonName": each["addonName"]}, {"addon": each}) for each in (addon, agent)],
        "ListPodIdentityAssociations": {"associations": [{"associationId": each["associationId"]} for each in identities]},
        "DescribePodIdentityAssociation": [
            ({"associationId": each["associationId"]}, {"association": each}) for each in identities
        ],
        "ListAccessEntries": {"accessEntries": list(entries)},
        "DescribeAccessEntry": [
            ({"principalArn": arn}, {"accessEntry": {**made, **entry, "principalArn": arn, "accessEntryArn": f"{EKS}:access-entry/{NAME}/{n}"}})
            for n, (arn, entry) in enumerate(entries.items())
        ],
        "ListAssociatedAccessPolicies": [
            ({"principalArn": f"{IAM}:role/admins"}, {"associatedAccessPolicies": [{"policyArn": ADMIN, "accessScope": {"type": "cluster", "namespaces": []}, "associatedAt": NOW, "modifiedAt": NOW}]}),
            ({}, {"associatedAccessPolicies": []}),
        ],
        "ListIdentityProviderConfigs": {"identityProviderConfigs": []},
        "DescribeLogGroups": {"logGroups": [{"logGroupName": HOME, "retentionInDays": 90, "arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{HOME}:*"}]},
        "ListTagsForResource": {"tags": {}},
        "ListOpenIDConnectProviders": {"OpenIDConnectProviderList": [{"Arn": f"{IAM}:oidc-provider/{ISSUER}"}, {"Arn": f"{IAM}:oidc-provider/token.actions.example.com"}]},
        "GetOpenIDConnectProvider": {"Url": ISSUER, "ClientIDList": ["sts.amazonaws.com"], "ThumbprintList": ["9e99a48a9960b14926bb7f3b02e22da2b0ab7280"], "Tags": []},
        "DescribeVpcs": {"Vpcs": [{"VpcId": "vpc-0aaaaaaaaaaaaaaaa", "CidrBlock": "10.0.0.0/16", "Tags": []}]},
        "DescribeSubnets": {
            "Subnets": [
                {**subnet, "SubnetId": id_, "AvailabilityZone": f"{REGION}{zone}", "CidrBlock": f"10.0.{n}.0/24", "Tags": [{"Key": "kubernetes.io/role/internal-elb", "Value": "1"}]}
                for n, (id_, zone) in enumerate(zip(SUBNETS, "ab", strict=True))
            ]
        },
        "DescribeNatGateways": {"NatGateways": [{"NatGatewayId": "nat-0aaaaaaaaaaaaaaaa", "SubnetId": SUBNETS[0], "State": "available"}]},
        "DescribeAutoScalingGroups": {"AutoScalingGroups": []},
    }  # fmt: skip


def self_managed() -> dict[str, Any]:
    """An Auto Scaling group whose instances join the cluster, and one of a managed node group."""
    owned = {"Key": f"kubernetes.io/cluster/{NAME}", "Value": "owned", "PropagateAtLaunch": True}
    common = {
        "MinSize": 1,
        "MaxSize": 4,
        "DesiredCapacity": 2,
        "DefaultCooldown": 300,
        "AvailabilityZones": [f"{REGION}a"],
        "HealthCheckType": "EC2",
        "CreatedTime": NOW,
        "VPCZoneIdentifier": ",".join(SUBNETS),
    }
    template = {"LaunchTemplateId": "lt-0fedcba9876543210", "LaunchTemplateName": "spot", "Version": "2"}
    mixed = {
        "LaunchTemplate": {"LaunchTemplateSpecification": template, "Overrides": [{"InstanceType": "m6g.large"}, {"InstanceType": "m7g.large"}]},
        "InstancesDistribution": {"OnDemandBaseCapacity": 1, "OnDemandPercentageAboveBaseCapacity": 0, "SpotAllocationStrategy": "price-capacity-optimized"},
    }  # fmt: skip
    ours = {**common, "AutoScalingGroupName": "spot", "MixedInstancesPolicy": mixed, "Tags": [owned]}
    managed = {"Key": "eks:nodegroup-name", "Value": "general", "PropagateAtLaunch": True}
    of_eks = {**common, "AutoScalingGroupName": "eks-general-1", "Tags": [owned, managed]}
    return {"AutoScalingGroups": [ours, of_eks]}


def play(monkeypatch: pytest.MonkeyPatch, recorded: Mapping[str, Any]) -> list[str]:
    """Let boto3 answer with these alone, and return the operations that are called."""
    called: list[str] = []

    def answer(client: Any, operation: str, asked: Mapping[str, Any]) -> Any:
        called.append(operation)
        found = recorded.get(operation)
        if isinstance(found, list):
            found = next(said for wanted, said in found if wanted.items() <= dict(asked).items())
        if found is None:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": "none"}}, operation)
        shape = client.meta.service_model.operation_model(operation).output_shape
        report = ParamValidator().validate(found, shape)
        assert not report.has_errors(), report.generate_report()
        return found

    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", answer)
    return called
