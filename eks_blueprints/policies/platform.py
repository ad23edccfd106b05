"""What a stack makes of EKS: clusters, what runs their pods, and their add-ons."""

from __future__ import annotations

import re
from typing import Any

from eks_blueprints.core.wildcards import matches
from eks_blueprints.policies.objects import namespace_of, pod_labels
from eks_blueprints.policies.props import Props, Undetermined
from eks_blueprints.policies.stack import CLUSTER, Resource, Stack
from eks_blueprints.provisioning.fargate import PROFILE_LABEL

NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
FARGATE = "aws:eks/fargateProfile:FargateProfile"
ADDON = "aws:eks/addon:Addon"
GROUP = "aws:autoscaling/group:Group"
LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
SUBNET = "aws:ec2/subnet:Subnet"
VPC = "aws:ec2/vpc:Vpc"
ROLE = "aws:iam/role:Role"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
POLICY = "aws:iam/policy:Policy"
ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
NODE_POOL = "kubernetes:karpenter.sh/v1:NodePool"
EC2_NODE_CLASS = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass"
NODE_CLASS = "kubernetes:eks.amazonaws.com/v1:NodeClass"
RELEASE = "kubernetes:helm.sh/v3:Release"
CHART = "kubernetes:helm.sh/v4:Chart"
APPLICATION = "kubernetes:argoproj.io/v1alpha1:Application"
FLUX_RELEASE = "kubernetes:helm.toolkit.fluxcd.io/v2:HelmRelease"
CHARTS = (RELEASE, CHART, APPLICATION, FLUX_RELEASE)
"""What installs charts."""


def clusters(stack: Stack) -> list[Resource]:
    """The clusters that the stack makes."""
    return stack.of(CLUSTER)


def cluster_of(resource: Resource, stack: Stack) -> Resource | None:
    """The cluster a resource belongs to, if the stack makes it."""
    if resource.type == CLUSTER:
        return resource
    found = clusters(stack)
    if resource.inputs.get("clusterName") is not None:
        named = stack.resolved(resource, "clusterName", types=(CLUSTER,)) or _by_name(resource, found)
        return named or (found[0] if len(found) == 1 and not _plain(resource) else None)
    if len(found) <= 1:
        return found[0] if found else None
    provider = stack.by_urn.get(resource.provider or "")
    behind = [each for each in found if provider is not None and each.urn in provider.dependencies]
    return behind[0] if len(behind) == 1 else None


def on_cluster(cluster: Resource | None, stack: Stack, *types: str) -> list[Resource]:
    """The resources of some types that belong to a cluster; all of them where the cluster is not known."""
    return stack.once(
        ("on cluster", cluster, types),
        lambda: [each for each in stack.of(*types) if cluster is None or cluster_of(each, stack) in (cluster, None)],
    )


def version_of(cluster: Resource | None) -> int | None:
    """The minor version of a cluster: 34 for 1.34; None where it is not given.

    Raises:
        Undetermined: if it is not known.
    """
    if cluster is None:
        return None
    version = cluster.props.get("version")
    match = re.fullmatch(r"1\.(\d+)", version) if isinstance(version, str) else None
    return int(match[1]) if match else None


def minor_of(resource: Resource, stack: Stack, given: Any = None) -> int:
    """The minor version of the cluster an object is meant for; `given` is what a parameter says.

    Raises:
        Undetermined: if neither the stack nor the parameter tells.
    """
    minor = version_of(cluster_of(resource, stack))
    if minor is None and isinstance(given, str) and (match := re.fullmatch(r"1\.(\d+)", given)):
        minor = int(match[1])
    if minor is None:
        raise Undetermined((), "the Kubernetes version of its cluster is not known; set kubernetes_version")
    return minor


def auto_mode(cluster: Resource | None) -> bool:
    """Whether a cluster is in Auto Mode."""
    return cluster is not None and cluster.props.flag("computeConfig", "enabled") is True


def compute(cluster: Resource | None, stack: Stack) -> list[Resource]:
    """Node groups, Auto Scaling groups and node pools of a cluster: what runs pods on EC2."""
    return on_cluster(cluster, stack, NODE_GROUP, GROUP, NODE_POOL)


def fargate_profile_of(workload: Resource, stack: Stack) -> Resource | None:
    """The Fargate profile that takes a workload's pods: of several that match, the one that their label names.

    Raises:
        Undetermined: if none is known to take them and one might.
    """
    unknown: Undetermined | None = None
    found = []
    for profile in on_cluster(cluster_of(workload, stack), stack, FARGATE):
        try:
            if any(_takes(selector, workload, stack) for selector in profile.props.items("selectors")):
                found.append(profile)
        except Undetermined as error:
            unknown = error
    if len(found) > 1:
        wanted = pod_labels(workload).get(PROFILE_LABEL)
        found.sort(key=lambda each: profile_name(each) != wanted)
    if not found and unknown is not None:
        raise unknown
    return found[0] if found else None


def profile_name(profile: Resource) -> str:
    """The name of a Fargate profile in AWS; where that is not known before it is there, the one in the program."""
    name = profile.inputs.get("fargateProfileName")
    return name if isinstance(name, str) and "${" not in name else profile.name


def addon(name: str, cluster: Resource | None, stack: Stack) -> Resource | None:
    """An EKS add-on of a cluster."""
    for each in on_cluster(cluster, stack, ADDON):
        if each.inputs.get("addonName") == name:
            return each
    return None


def _takes(selector: Props, workload: Resource, stack: Stack) -> bool:
    namespace = selector.text("namespace")
    if namespace is None:
        return False
    from eks_blueprints.policies.objects import canonical

    if not matches(canonical(namespace, stack), namespace_of(workload, stack)):
        return False
    wanted = selector.pairs("labels")
    labels = pod_labels(workload) if wanted else {}
    return all(key in labels and matches(str(value.get()), str(labels[key])) for key, value in wanted)


def _by_name(resource: Resource, found: list[Resource]) -> Resource | None:
    name = resource.inputs.get("clusterName")
    for cluster in found:
        if isinstance(name, str) and name == cluster.inputs.get("name"):
            return cluster
    return None


def _plain(resource: Resource) -> bool:
    name = resource.inputs.get("clusterName")
    return isinstance(name, str) and "${" not in name
