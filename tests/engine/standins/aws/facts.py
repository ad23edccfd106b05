"""Facts about AWS types that annotations do not tell: what forces a replacement, names and their lengths, sets, JSON.

Written from the Terraform provider's documented behaviour for the types that an EKS library makes. A type that is not
in `FORCE_NEW` is replaced on a changed name or region only.
"""

from __future__ import annotations

import re

# fmt: off
FORCE_NEW: dict[str, tuple[str, ...]] = {
    "aws:autoscaling/group:Group": ("name", "namePrefix"),
    "aws:cloudwatch/eventRule:EventRule": ("name", "namePrefix", "eventBusName"),
    "aws:cloudwatch/eventTarget:EventTarget": ("rule", "targetId", "eventBusName"),
    "aws:cloudwatch/logGroup:LogGroup": ("name", "namePrefix", "logGroupClass"),
    "aws:codebuild/project:Project": ("name",),
    "aws:codebuild/reportGroup:ReportGroup": ("name", "type"),
    "aws:codeconnections/connection:Connection": ("hostArn", "name", "providerType"),
    "aws:codepipeline/pipeline:Pipeline": ("name",),
    "aws:codestarnotifications/notificationRule:NotificationRule": ("resource",),
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": ("vpcId",),
    "aws:ec2/eip:Eip": ("address", "domain", "ipamPoolId", "networkBorderGroup", "publicIpv4Pool"),
    "aws:ec2/flowLog:FlowLog": (
        "deliverLogsPermissionRole", "destinationOptions", "eniId", "iamRoleArn", "logDestination",
        "logDestinationType", "logFormat", "logGroupName", "maxAggregationInterval", "subnetId", "trafficType",
        "transitGatewayId", "vpcId",
    ),
    "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment": ("internetGatewayId", "vpcId"),
    "aws:ec2/launchTemplate:LaunchTemplate": ("name", "namePrefix"),
    "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation": ("vpcId",),
    "aws:ec2/natGateway:NatGateway": ("allocationId", "connectivityType", "privateIp", "subnetId"),
    "aws:ec2/networkAcl:NetworkAcl": ("vpcId",),
    "aws:ec2/placementGroup:PlacementGroup": ("name", "partitionCount", "spreadLevel", "strategy"),
    "aws:ec2/route:Route": (
        "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId", "routeTableId",
    ),
    "aws:ec2/routeTable:RouteTable": ("vpcId",),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": ("gatewayId", "subnetId"),
    "aws:ec2/securityGroup:SecurityGroup": ("description", "name", "namePrefix", "vpcId"),
    "aws:ec2/securityGroupRule:SecurityGroupRule": (
        "cidrBlocks", "fromPort", "ipv6CidrBlocks", "prefixListIds", "protocol", "securityGroupId", "self",
        "sourceSecurityGroupId", "toPort", "type",
    ),
    "aws:ec2/subnet:Subnet": (
        "availabilityZone", "availabilityZoneId", "cidrBlock", "ipv4IpamPoolId", "ipv6Native", "outpostArn", "vpcId",
    ),
    "aws:ec2/tag:Tag": ("key", "resourceId"),
    "aws:ec2/vpc:Vpc": ("cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("serviceName", "serviceRegion", "vpcEndpointType", "vpcId"),
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": ("cidrBlock", "ipv4IpamPoolId", "vpcId"),
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": ("ecrRepositoryPrefix", "upstreamRegistryUrl"),
    "aws:efs/mountTarget:MountTarget": ("fileSystemId", "ipAddress", "subnetId"),
    "aws:efs/fileSystem:FileSystem": ("creationToken", "encrypted", "kmsKeyId", "performanceMode"),
    "aws:eks/accessEntry:AccessEntry": ("clusterName", "principalArn", "type"),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": (
        "accessScope", "clusterName", "policyArn", "principalArn",
    ),
    "aws:eks/addon:Addon": ("addonName", "clusterName", "namespaceConfig"),
    "aws:eks/capability:Capability": ("capabilityName", "clusterName", "type"),
    "aws:eks/cluster:Cluster": (
        "accessConfig.bootstrapClusterCreatorAdminPermissions", "bootstrapSelfManagedAddons", "encryptionConfig",
        "kubernetesNetworkConfig.ipFamily", "kubernetesNetworkConfig.serviceIpv4Cidr", "name", "outpostConfig",
        "roleArn",
    ),
    "aws:eks/fargateProfile:FargateProfile": (
        "clusterName", "fargateProfileName", "podExecutionRoleArn", "selectors", "subnetIds",
    ),
    "aws:eks/identityProviderConfig:IdentityProviderConfig": ("clusterName", "oidc"),
    "aws:eks/nodeGroup:NodeGroup": (
        "amiType", "capacityType", "clusterName", "diskSize", "instanceTypes", "launchTemplate.id",
        "launchTemplate.name", "nodeGroupName", "nodeGroupNamePrefix", "nodeRoleArn", "remoteAccess", "subnetIds",
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": ("clusterName", "namespace", "serviceAccount"),
    "aws:iam/instanceProfile:InstanceProfile": ("name", "namePrefix", "path"),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": ("url",),
    "aws:iam/policy:Policy": ("description", "name", "namePrefix", "path"),
    "aws:iam/role:Role": ("name", "namePrefix", "path"),
    "aws:iam/rolePolicy:RolePolicy": ("name", "namePrefix", "role"),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ("policyArn", "role"),
    "aws:iam/serviceLinkedRole:ServiceLinkedRole": ("awsServiceName", "customSuffix"),
    "aws:kms/alias:Alias": ("name", "namePrefix"),
    "aws:kms/key:Key": ("customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "xksKeyId"),
    "aws:kms/keyPolicy:KeyPolicy": ("keyId",),
    "aws:route53/record:Record": ("name", "type", "zoneId"),
    "aws:s3/bucket:Bucket": ("bucket", "bucketPrefix"),
    "aws:sqs/queue:Queue": ("fifoQueue", "name", "namePrefix"),
    "aws:sqs/queuePolicy:QueuePolicy": ("queueUrl",),
    "aws:ssm/activation:Activation": (
        "description", "expirationDate", "iamRole", "name", "registrationLimit", "tags",
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ("securityGroupId",),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ("securityGroupId",),
}

# The property that is filled in from the logical name where it is not `name`.
AUTONAMED = {
    "aws:eks/fargateProfile:FargateProfile": "fargateProfileName",
    "aws:eks/nodeGroup:NodeGroup": "nodeGroupName",
    "aws:s3/bucket:Bucket": "bucket",
}

# `name` that the user must give, or that the provider leaves alone.
NOT_AUTONAMED = {"aws:route53/zone:Zone"}

NAME_LENGTHS = {
    "aws:codebuild/project:Project": 150,
    "aws:codebuild/reportGroup:ReportGroup": 128,
    "aws:codeconnections/connection:Connection": 32,
    "aws:codepipeline/pipeline:Pipeline": 100,
    "aws:codestarnotifications/notificationRule:NotificationRule": 64,
    "aws:autoscaling/group:Group": 255,
    "aws:cloudwatch/eventRule:EventRule": 64,
    "aws:cloudwatch/logGroup:LogGroup": 512,
    "aws:ec2/launchTemplate:LaunchTemplate": 125,
    "aws:ec2/securityGroup:SecurityGroup": 255,
    "aws:eks/cluster:Cluster": 100,
    "aws:eks/fargateProfile:FargateProfile": 100,
    "aws:eks/nodeGroup:NodeGroup": 63,
    "aws:iam/instanceProfile:InstanceProfile": 128,
    "aws:iam/policy:Policy": 128,
    "aws:iam/role:Role": 64,
    "aws:iam/rolePolicy:RolePolicy": 128,
    "aws:kms/alias:Alias": 256,
    "aws:lb/loadBalancer:LoadBalancer": 32,
    "aws:lb/targetGroup:TargetGroup": 32,
    "aws:s3/bucket:Bucket": 63,
    "aws:sqs/queue:Queue": 80,
}

NAME_PATTERNS = {
    "aws:codebuild/project:Project": r"[A-Za-z0-9][A-Za-z0-9_-]+",
    "aws:codepipeline/pipeline:Pipeline": r"[A-Za-z0-9.@_-]+",
    "aws:codestarnotifications/notificationRule:NotificationRule": r"[A-Za-z0-9_ -]+",
    "aws:cloudwatch/eventRule:EventRule": r"[\w.-]+",
    "aws:cloudwatch/logGroup:LogGroup": r"[\w./#-]+",
    "aws:ec2/launchTemplate:LaunchTemplate": r"[\w()./-]{3,}",
    "aws:ec2/securityGroup:SecurityGroup": r"(?!sg-)[\w .:/()#,@\[\]+=&;{}!$*-]+",
    "aws:eks/cluster:Cluster": r"[0-9A-Za-z][A-Za-z0-9_-]*",
    "aws:eks/fargateProfile:FargateProfile": r"[0-9A-Za-z][A-Za-z0-9_-]*",
    "aws:eks/nodeGroup:NodeGroup": r"[0-9A-Za-z][A-Za-z0-9_-]*",
    "aws:iam/instanceProfile:InstanceProfile": r"[\w+=,.@-]+",
    "aws:iam/policy:Policy": r"[\w+=,.@-]+",
    "aws:iam/role:Role": r"[\w+=,.@-]+",
    "aws:iam/rolePolicy:RolePolicy": r"[\w+=,.@-]+",
    "aws:kms/alias:Alias": r"alias/(?!aws/)[\w/-]+",
    "aws:s3/bucket:Bucket": r"[a-z0-9][a-z0-9.-]+[a-z0-9]",
    "aws:sqs/queue:Queue": r"[\w-]+(\.fifo)?",
}

ENUMS: dict[tuple[str, str], tuple[str, ...]] = {
    ("aws:cloudwatch/logGroup:LogGroup", "logGroupClass"): ("STANDARD", "INFREQUENT_ACCESS", "DELIVERY"),
    ("aws:ec2/eip:Eip", "domain"): ("vpc", "standard"),
    ("aws:ec2/flowLog:FlowLog", "trafficType"): ("ACCEPT", "REJECT", "ALL"),
    ("aws:ec2/natGateway:NatGateway", "connectivityType"): ("public", "private"),
    ("aws:ec2/securityGroupRule:SecurityGroupRule", "type"): ("ingress", "egress"),
    ("aws:ec2/vpcEndpoint:VpcEndpoint", "vpcEndpointType"): (
        "Gateway", "Interface", "GatewayLoadBalancer", "Resource", "ServiceNetwork",
    ),
    ("aws:eks/accessEntry:AccessEntry", "type"): (
        "STANDARD", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "EC2", "HYBRID_LINUX", "HYPERPOD_LINUX",
    ),
    ("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", "accessScope.type"): ("cluster", "namespace"),
    ("aws:eks/addon:Addon", "resolveConflictsOnCreate"): ("NONE", "OVERWRITE"),
    ("aws:eks/addon:Addon", "resolveConflictsOnUpdate"): ("NONE", "OVERWRITE", "PRESERVE"),
    ("aws:eks/cluster:Cluster", "accessConfig.authenticationMode"): ("CONFIG_MAP", "API_AND_CONFIG_MAP", "API"),
    ("aws:eks/cluster:Cluster", "enabledClusterLogTypes[]"): (
        "api", "audit", "authenticator", "controllerManager", "scheduler",
    ),
    ("aws:eks/cluster:Cluster", "kubernetesNetworkConfig.ipFamily"): ("ipv4", "ipv6"),
    ("aws:eks/cluster:Cluster", "upgradePolicy.supportType"): ("STANDARD", "EXTENDED"),
    ("aws:eks/cluster:Cluster", "computeConfig.nodePools[]"): ("general-purpose", "system"),
    ("aws:eks/nodeGroup:NodeGroup", "amiType"): (
        "AL2_x86_64", "AL2_x86_64_GPU", "AL2_ARM_64", "CUSTOM", "BOTTLEROCKET_ARM_64", "BOTTLEROCKET_x86_64",
        "BOTTLEROCKET_ARM_64_FIPS", "BOTTLEROCKET_x86_64_FIPS", "BOTTLEROCKET_ARM_64_NVIDIA",
        "BOTTLEROCKET_x86_64_NVIDIA", "BOTTLEROCKET_ARM_64_NVIDIA_FIPS", "BOTTLEROCKET_x86_64_NVIDIA_FIPS",
        "WINDOWS_CORE_2019_x86_64", "WINDOWS_FULL_2019_x86_64",
        "WINDOWS_CORE_2022_x86_64", "WINDOWS_FULL_2022_x86_64", "WINDOWS_CORE_2025_x86_64", "WINDOWS_FULL_2025_x86_64",
        "AL2023_x86_64_STANDARD", "AL2023_ARM_64_STANDARD", "AL2023_x86_64_NEURON", "AL2023_x86_64_NVIDIA",
        "AL2023_ARM_64_NVIDIA",
    ),
    ("aws:eks/nodeGroup:NodeGroup", "capacityType"): ("ON_DEMAND", "SPOT", "CAPACITY_BLOCK"),
    ("aws:eks/nodeGroup:NodeGroup", "taints[].effect"): ("NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"),
    ("aws:kms/key:Key", "keyUsage"): ("ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"),
}

RETENTION_DAYS = {
    0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
}

RANGES: dict[tuple[str, str], tuple[int, int]] = {
    ("aws:eks/nodeGroup:NodeGroup", "diskSize"): (1, 16384),
    ("aws:eks/nodeGroup:NodeGroup", "scalingConfig.desiredSize"): (0, 10000),
    ("aws:eks/nodeGroup:NodeGroup", "scalingConfig.minSize"): (0, 10000),
    ("aws:eks/nodeGroup:NodeGroup", "scalingConfig.maxSize"): (1, 10000),
    ("aws:eks/nodeGroup:NodeGroup", "updateConfig.maxUnavailable"): (1, 100),
    ("aws:eks/nodeGroup:NodeGroup", "updateConfig.maxUnavailablePercentage"): (1, 100),
    ("aws:iam/role:Role", "maxSessionDuration"): (3600, 43200),
    ("aws:kms/key:Key", "deletionWindowInDays"): (7, 30),
    ("aws:kms/key:Key", "rotationPeriodInDays"): (90, 2560),
    ("aws:sqs/queue:Queue", "messageRetentionSeconds"): (60, 1209600),
    ("aws:sqs/queue:Queue", "visibilityTimeoutSeconds"): (0, 43200),
    ("aws:sqs/queue:Queue", "receiveWaitTimeSeconds"): (0, 20),
}

# fmt: on

# What the provider takes where a program says nothing: to write it down changes nothing.
DEFAULTS: dict[str, dict[str, object]] = {
    "aws:cloudwatch/logGroup:LogGroup": {"retentionInDays": 0, "skipDestroy": False},
    "aws:ec2/vpc:Vpc": {"enableDnsSupport": True, "instanceTenancy": "default"},
    "aws:ec2/securityGroup:SecurityGroup": {"description": "Managed by Pulumi", "revokeRulesOnDelete": False},
    "aws:ec2/subnet:Subnet": {"assignIpv6AddressOnCreation": False, "mapPublicIpOnLaunch": False},
    "aws:ec2/vpcEndpoint:VpcEndpoint": {"vpcEndpointType": "Gateway"},
    "aws:eks/cluster:Cluster": {"bootstrapSelfManagedAddons": True},
    "aws:iam/policy:Policy": {"path": "/"},
    "aws:iam/instanceProfile:InstanceProfile": {"path": "/"},
    "aws:iam/role:Role": {"forceDetachPolicies": False, "maxSessionDuration": 3600, "path": "/"},
    "aws:kms/key:Key": {
        "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "enableKeyRotation": False,
        "isEnabled": True,
        "keyUsage": "ENCRYPT_DECRYPT",
    },
    "aws:sqs/queue:Queue": {"fifoQueue": False, "messageRetentionSeconds": 345600, "visibilityTimeoutSeconds": 30},
}

# Lists whose order the service ignores.
UNORDERED = {
    "accessScope.namespaces", "associatedRoleArns", "availabilityZones", "cidrBlocks", "clientIdLists",
    "enabledClusterLogTypes", "kubernetesGroups", "managedPolicyArns", "podIdentityAssociations", "policyArns",
    "publicAccessCidrs", "routeTableIds", "routes", "securityGroupIds", "securityGroups", "selectors", "subnetIds",
    "taints", "vpcConfig.publicAccessCidrs", "vpcConfig.securityGroupIds", "vpcConfig.subnetIds",
    "vpcSecurityGroupIds", "vpcZoneIdentifiers", "ingress", "egress", "computeConfig.nodePools",
}  # fmt: skip

# Properties that hold JSON: compared as values, checked by parsing.
JSON_PROPERTIES = {
    "assumeRolePolicy", "configurationValues", "eventPattern", "policy", "redriveAllowPolicy", "redrivePolicy",
}  # fmt: skip

# Nested properties that the service fills in and a preview of a create cannot know.
COMPUTED_NESTED = {
    "aws:eks/cluster:Cluster": {
        "vpcConfig": ("clusterSecurityGroupId", "vpcId"),
        "kubernetesNetworkConfig": ("serviceIpv4Cidr", "serviceIpv6Cidr"),
    },
}

GLOBAL_SERVICES = {"iam", "route53", "cloudfront"}

ARN = re.compile(r"^arn:aws[\w-]*:[\w.-]+:[\w-]*:(\d{12}|aws|)?:.+$")
ARN_SUFFIXES = ("Arn", "Arns")
