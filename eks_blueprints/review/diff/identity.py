"""What there can be only one of: the inputs by which AWS and Kubernetes tell two things of a type apart.

AWS refuses the second with a conflict (409, `AlreadyExists`, `Duplicate`), whatever its other inputs are. From the API
references of the services, November 2026. A type is left out where its names are generated or may repeat. Blocks of
addresses are told by their overlap, not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eks_blueprints.recording.plan import PlannedResource

UNIQUE: dict[str, tuple[str, ...]] = {
    "aws:autoscaling/group:Group": ("name",),
    "aws:autoscaling/lifecycleHook:LifecycleHook": ("autoscalingGroupName", "name"),
    "aws:cloudwatch/eventRule:EventRule": ("name",),
    "aws:cloudwatch/logGroup:LogGroup": ("name",),
    "aws:ec2/launchTemplate:LaunchTemplate": ("name",),
    "aws:ec2/placementGroup:PlacementGroup": ("name",),
    "aws:ec2/route:Route": ("routeTableId", "destinationCidrBlock"),
    "aws:ec2/securityGroup:SecurityGroup": ("vpcId", "name"),
    "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": ("ecrRepositoryPrefix",),
    "aws:ecr/repository:Repository": ("name",),
    "aws:efs/mountTarget:MountTarget": ("fileSystemId", "subnetId"),
    "aws:eks/accessEntry:AccessEntry": ("clusterName", "principalArn"),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": ("clusterName", "principalArn", "policyArn"),
    "aws:eks/addon:Addon": ("clusterName", "addonName"),
    "aws:eks/capability:Capability": ("clusterName", "capabilityName"),
    "aws:eks/cluster:Cluster": ("name",),
    "aws:eks/fargateProfile:FargateProfile": ("clusterName", "fargateProfileName"),
    "aws:eks/identityProviderConfig:IdentityProviderConfig": ("clusterName",),
    "aws:eks/nodeGroup:NodeGroup": ("clusterName", "nodeGroupName"),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": ("clusterName", "namespace", "serviceAccount"),
    "aws:iam/instanceProfile:InstanceProfile": ("name",),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": ("url",),
    "aws:iam/policy:Policy": ("name",),
    "aws:iam/role:Role": ("name",),
    "aws:iam/user:User": ("name",),
    "aws:kms/alias:Alias": ("name",),
    "aws:lb/loadBalancer:LoadBalancer": ("name",),
    "aws:lb/targetGroup:TargetGroup": ("name",),
    "aws:rds/instance:Instance": ("identifier",),
    "aws:s3/bucket:Bucket": ("bucket",),
    "aws:sns/topic:Topic": ("name",),
    "aws:sqs/queue:Queue": ("name",),
    "kubernetes:helm.sh/v3:Release": ("namespace", "name"),
}

Identity = tuple[Any, ...]


def keys(type_: str) -> tuple[str, ...]:
    """The inputs that make up the identity of a type, nested ones with dots; empty where there is none."""
    if type_ in UNIQUE:
        return UNIQUE[type_]
    if type_.startswith("kubernetes:") and not type_.startswith(("kubernetes:helm.sh/", "kubernetes:yaml")):
        return ("apiVersion", "kind", "metadata.namespace", "metadata.name")
    return ()


def identity(resource: PlannedResource) -> Identity | None:
    """What no other resource may have at the same time; None where the program leaves that to the provider."""
    found = [_at(resource.inputs, key) for key in keys(resource.type)]
    required = [value for key, value in zip(keys(resource.type), found, strict=True) if key != "metadata.namespace"]
    if not required or not all(isinstance(value, str) for value in required):
        return None
    return (resource.type, resource.provider if resource.type.startswith("kubernetes:") else None, *found)


def _at(inputs: Any, path: str) -> Any:
    for part in path.split("."):
        inputs = inputs.get(part) if isinstance(inputs, Mapping) else None
    return inputs
