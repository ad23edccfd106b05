# ruff: noqa: E501 - one answer a line
"""Answers of AWS's APIs for one cluster, written by hand; each is held against botocore's model of the answer."""

from __future__ import annotations

import json
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
KEY_ID = "0a1b2c3d-0000-4000-8000-0123456789ab"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{KEY_ID}"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/edge"
_PIA = {"clusterName": NAME, "createdAt": NOW, "modifiedAt": NOW, "tags": {}}


def association(number: int, account: str, role: str, **more: Any) -> dict[str, Any]:
    arn = f"{EKS}:podidentityassociation/{NAME}/a-{number}"
    where = {"namespace": "kube-system" if more else "shop", "serviceAccount": account, "roleArn": f"{IAM}:role/{role}"}
    return {**_PIA, **where, "associationArn": arn, "associationId": f"a-{number}", **more}


def role(name: str, service: str, *policies: str, path: str = "/", **more: Any) -> tuple[Any, Any, Any]:
    """A role as IAM describes it, and what is attached to it."""
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": f"{service}.amazonaws.com"}}
    answer = {
        "Path": path,
        "RoleName": name,
        "RoleId": f"AROA{name.upper():0<16.16}".replace("-", "0"),
        "Arn": f"{IAM}:role{path}{name}",
        "CreateDate": NOW,
        "AssumeRolePolicyDocument": json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        "MaxSessionDuration": 3600,
        "RoleLastUsed": {"LastUsedDate": NOW, "Region": REGION},
        **more,
    }
    attached = [{"PolicyName": each, "PolicyArn": f"arn:aws:iam::aws:policy/{each}"} for each in policies]
    asked = {"RoleName": name}
    return (asked, {"Role": answer}), (asked, {"AttachedPolicies": attached}), (asked, {"PolicyNames": []})


def belongings() -> dict[str, Any]:
    """The roles and the key of the cluster; the tags of eksctl's CloudFormation are on one of them."""
    made = [
        {"Key": "aws:cloudformation:stack-name", "Value": "eksctl-shop"},
        {"Key": "Zuständig", "Value": "Plattform 基盤"},
    ]
    nodes = ("AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryPullOnly")
    roles = [
        role("shop-cluster", "eks", "AmazonEKSClusterPolicy", path="/platform/", Tags=made, PermissionsBoundary={"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": BOUNDARY}),
        role("shop-nodes", "ec2", *nodes),
        role("shop-fargate", "eks-fargate-pods", "AmazonEKSFargatePodExecutionRolePolicy"),
    ]  # fmt: skip
    gets, attached, inline = (list(each) for each in zip(*roles, strict=True))
    inline[1] = ({"RoleName": "shop-nodes"}, {"PolicyNames": ["logs-to-s3"]})
    profile = {
        "Path": "/",
        "InstanceProfileName": f"eks-{KEY_ID}",
        "InstanceProfileId": f"AIPA{'0' * 16}",
        "Arn": f"{IAM}:instance-profile/eks-{KEY_ID}",
        "CreateDate": NOW,
        "Roles": [],
    }
    everything = {"Effect": "Allow", "Principal": {"AWS": f"{IAM}:root"}, "Action": "kms:*", "Resource": "*"}
    about = {
        "AWSAccountId": ACCOUNT,
        "KeyId": KEY_ID,
        "Arn": KEY,
        "CreationDate": NOW,
        "Enabled": True,
        "Description": "Secrets of shop",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeyState": "Enabled",
        "Origin": "AWS_KMS",
        "KeyManager": "CUSTOMER",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "MultiRegion": False,
    }
    alias = {
        "AliasName": "alias/shop-secrets",
        "AliasArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/shop-secrets",
        "TargetKeyId": KEY_ID,
    }
    return {
        "GetRole": gets,
        "ListAttachedRolePolicies": attached,
        "ListRolePolicies": inline,
        "ListInstanceProfilesForRole": {"InstanceProfiles": [profile]},
        "DescribeKey": key_answers(about),
        "GetKeyPolicy": {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [everything]})},
        "GetKeyRotationStatus": {"KeyRotationEnabled": True, "RotationPeriodInDays": 180},
        "ListResourceTags": {"Tags": [{"TagKey": "team", "TagValue": "platform"}]},
        "ListAliases": {"Aliases": [alias]},
    }  # fmt: skip


def key_answers(about: Any, aliased: Any = None) -> list[tuple[Any, Any]]:
    """What KMS says of the key, and of the alias that a stack gives it: by default that there is none."""
    none = denied("DescribeKey", "NotFoundException")
    alias = none if aliased is None else {"KeyMetadata": aliased}
    return [({"KeyId": f"alias/eks/{NAME}"}, alias), ({}, {"KeyMetadata": about})]


def denied(operation: str, code: str = "AccessDenied") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": f"{IAM}:user/x may not"}}, operation)


def answers(**changed: Any) -> dict[str, Any]:
    """By operation; a list of pairs where the answer depends on what is asked for; an error that is raised."""
    cluster = {
        "name": NAME,
        "arn": f"{EKS}:cluster/{NAME}",
        "createdAt": NOW,
        "version": "1.34",
        "endpoint": "https://shop.example.com",
        "roleArn": f"{IAM}:role/platform/shop-cluster",
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
        "encryptionConfig": [{"resources": ["secrets"], "provider": {"keyArn": KEY}}],
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
    other = {**cluster, "name": "other", "roleArn": f"{IAM}:role/other", "encryptionConfig": []}
    subnet = {"VpcId": "vpc-0aaaaaaaaaaaaaaaa", "MapPublicIpOnLaunch": False}
    return belongings() | {
        "ListClusters": {"clusters": [NAME, "other"]},
        "DescribeCluster": [({"name": NAME}, {"cluster": cluster}), ({}, {"cluster": other})],
        "ListNodegroups": [({"clusterName": NAME}, {"nodegroups": ["general"]}), ({}, {"nodegroups": []})],
        "DescribeNodegroup": {"nodegroup": group},
        "ListFargateProfiles": [({"clusterName": NAME}, {"fargateProfileNames": ["jobs"]}), ({}, {"fargateProfileNames": []})],
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
        if isinstance(found, ClientError):
            raise found
        if found is None:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": "none"}}, operation)
        shape = client.meta.service_model.operation_model(operation).output_shape
        report = ParamValidator().validate(found, shape)
        assert not report.has_errors(), report.generate_report()
        if operation == "GetRole":  # botocore decodes its trust
            about = found["Role"]
            return {"Role": {**about, "AssumeRolePolicyDocument": json.loads(about["AssumeRolePolicyDocument"])}}
        return found

    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", answer)
    return called
