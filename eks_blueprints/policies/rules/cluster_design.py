"""Choices of a cluster that are hard to change later: subnets, address ranges, Auto Mode, its role."""

from __future__ import annotations

from eks_blueprints.core.leaves import overlap
from eks_blueprints.policies.addresses import ranges_of_vpc, subnets_of
from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.installed import charts, named
from eks_blueprints.policies.platform import (
    ADDON,
    APPLICATION,
    ATTACHMENT,
    CHART,
    EC2_NODE_CLASS,
    FARGATE,
    FLUX_RELEASE,
    GROUP,
    NODE_GROUP,
    RELEASE,
    ROLE,
    auto_mode,
    cluster_of,
    on_cluster,
)
from eks_blueprints.policies.props import Faults, NotApplicable, Props
from eks_blueprints.policies.roles import attached, identity, is_used_as, policy_name
from eks_blueprints.policies.stack import CLUSTER

_BUILT_IN = ("general-purpose", "system")
_AUTO_ADDONS = (
    "vpc-cni",
    "kube-proxy",
    "coredns",
    "aws-ebs-csi-driver",
    "eks-pod-identity-agent",
    "eks-node-monitoring-agent",
)
_CLUSTER_POLICIES = (
    "AmazonEKSClusterPolicy",
    "AmazonEKSVPCResourceController",
    "AmazonEKSComputePolicy",
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSBlockStoragePolicyV2",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingPolicy",
)


@rule("eks-cluster-subnets-multi-az", CLUSTER, severity="high", enforcement="mandatory", wave=1, across=True)
def subnets_multi_az(cluster: Props, context: Context) -> Faults:
    """The cluster's subnets are in at least two Availability Zones."""
    given = cluster.items("vpcConfig", "subnetIds")
    found = subnets_of(context.resource, context.stack, "vpcConfig", "subnetIds")
    zones = {each.zone for each in found if each.zone}
    if len(found) == len(given) and all(each.zone for each in found):
        if len(zones) < 2:
            yield cluster.fault("is in one Availability Zone", "vpcConfig", "subnetIds", got=sorted(zones))
    elif len(given) < 2:
        yield cluster.fault("has fewer than two subnets", "vpcConfig", "subnetIds", got=len(given))


@rule("eks-cluster-subnets-ip-headroom", CLUSTER, severity="medium", enforcement="mandatory", wave=2, across=True)
def subnets_headroom(cluster: Props, context: Context) -> Faults:
    """The cluster's subnets have free IP addresses for an upgrade.

    Every subnet of the cluster whose cidrBlock is known has a prefix of /28 or shorter, which leaves 11 addresses.
    """
    for subnet in subnets_of(context.resource, context.stack, "vpcConfig", "subnetIds"):
        if subnet.cidr and int(subnet.cidr.rpartition("/")[2]) > 28:
            yield cluster.fault("has a subnet too small for an upgrade", "vpcConfig", "subnetIds", got=subnet.cidr)


@rule("eks-cluster-dedicated-subnets", CLUSTER, severity="low", enforcement="advisory", wave=3, across=True)
def dedicated_subnets(cluster: Props, context: Context) -> Faults:
    """The control plane shares no subnet with nodes or pods."""
    stack = context.stack
    own = {each.id for each in subnets_of(context.resource, stack, "vpcConfig", "subnetIds")}
    for other in on_cluster(context.resource, stack, NODE_GROUP, FARGATE):
        if own & {each.id for each in subnets_of(other, stack, "subnetIds")}:
            yield cluster.fault(f"shares subnets with {other.name}", "vpcConfig", "subnetIds")


@rule("eks-service-cidr-no-overlap", CLUSTER, severity="high", enforcement="mandatory", wave=1, across=True)
def service_range(cluster: Props, context: Context) -> Faults:
    """The service CIDR overlaps neither the VPC nor remote networks."""
    service = cluster.get("kubernetesNetworkConfig", "serviceIpv4Cidr")
    if service is None:
        raise NotApplicable
    ranges = ranges_of_vpc(context.resource, context.stack)
    for kind in ("remoteNodeNetworks", "remotePodNetworks"):
        for network in cluster.items("remoteNetworkConfig", kind):
            ranges += network.words("cidrs")
    for other in ranges:
        if overlap(service, other):
            yield cluster.fault(f"overlaps {other}", "kubernetesNetworkConfig", "serviceIpv4Cidr", got=service)


@rule("eks-zonal-shift-enabled", CLUSTER, severity="low", enforcement="advisory", wave=3)
def zonal_shift(cluster: Props) -> Faults:
    """Zonal shift is enabled."""
    if cluster.flag("zonalShiftConfig", "enabled") is not True:
        yield cluster.fault("has no zonal shift", "zonalShiftConfig", "enabled")


@rule("eks-auto-mode-flags-consistent", CLUSTER, severity="critical", enforcement="mandatory", wave=1)
def auto_mode_flags(cluster: Props) -> Faults:
    """The settings of Auto Mode are enabled or disabled together."""
    parts = {
        "computeConfig": cluster.flag("computeConfig", "enabled"),
        "storageConfig": cluster.flag("storageConfig", "blockStorage", "enabled"),
        "kubernetesNetworkConfig": cluster.flag("kubernetesNetworkConfig", "elasticLoadBalancing", "enabled"),
    }
    on = {name for name, value in parts.items() if value}
    if not on:
        return
    for name in sorted(parts.keys() - on):
        yield cluster.fault(f"is in Auto Mode by {', '.join(sorted(on))} and not by this", name, got=parts[name])
    if parts["computeConfig"]:
        if cluster.flag("bootstrapSelfManagedAddons") is not False:
            yield cluster.fault("installs add-ons that Auto Mode runs itself", "bootstrapSelfManagedAddons", got=True)
        mode = cluster.get("accessConfig", "authenticationMode")
        if mode in (None, "CONFIG_MAP"):
            yield cluster.fault("needs access entries for Auto Mode", "accessConfig", "authenticationMode", got=mode)


@rule("eks-auto-mode-node-role-set", CLUSTER, severity="high", enforcement="mandatory", wave=1)
def auto_mode_role(cluster: Props) -> Faults:
    """Built-in node pools of Auto Mode have a node role."""
    pools = cluster.words("computeConfig", "nodePools")
    if not pools:
        raise NotApplicable
    if strange := [pool for pool in pools if pool not in _BUILT_IN]:
        yield cluster.fault("names a node pool that is not built in", "computeConfig", "nodePools", got=strange)
    if not cluster.has("computeConfig", "nodeRoleArn"):
        yield cluster.fault("has no role for the nodes of its pools", "computeConfig", "nodeRoleArn")


@rule(
    "eks-auto-mode-no-duplicate-controllers",
    ADDON,
    RELEASE,
    CHART,
    APPLICATION,
    FLUX_RELEASE,
    severity="high",
    enforcement="advisory",
    production="mandatory",
    wave=2,
    across=True,
    params={"migration": False},
)
def auto_mode_duplicates(installed: Props, context: Context) -> Faults:
    """No controller is installed that Auto Mode already includes."""
    stack, resource = context.stack, context.resource
    cluster = cluster_of(resource, stack)
    if not auto_mode(cluster):
        raise NotApplicable
    if resource.type == ADDON:
        name = installed.get("addonName")
        if name in _AUTO_ADDONS and not on_cluster(cluster, stack, NODE_GROUP, GROUP, FARGATE, EC2_NODE_CLASS):
            yield installed.fault("is run by Auto Mode already", "addonName", got=name)
        return
    named(resource)
    for chart in charts(stack, "karpenter", "aws-load-balancer-controller"):
        if chart.resource is resource and not context.params["migration"]:
            yield installed.fault("is run by Auto Mode already", "chart", got=chart.chart)


@rule("eks-cluster-role-separate", NODE_GROUP, FARGATE, severity="medium", enforcement="mandatory", wave=2, across=True)
def cluster_role_separate(compute: Props, context: Context) -> Faults:
    """Nodes and Fargate pods do not share the cluster's role."""
    stack, resource = context.stack, context.resource
    cluster = cluster_of(resource, stack)
    if cluster is None:
        raise NotApplicable
    key = "nodeRoleArn" if resource.type == NODE_GROUP else "podExecutionRoleArn"
    if identity(resource, stack, key, types=(ROLE,)) == identity(cluster, stack, "roleArn", types=(ROLE,)):
        yield compute.fault("has the role of the cluster", key)


@rule(
    "eks-cluster-role-least-privilege",
    ATTACHMENT,
    ROLE,
    severity="high",
    enforcement="mandatory",
    wave=1,
    across=True,
    params={"extra": []},
)
def cluster_role_policies(_: Props, context: Context) -> Faults:
    """The cluster's role has only the policies that EKS names for it."""
    asked = False
    for role, policy in attached(context.resource, context.stack):
        if not is_used_as(role, "cluster", context.stack):
            continue
        asked = True
        name = policy_name(policy.policy)
        if name not in (*_CLUSTER_POLICIES, *context.params["extra"]):
            yield context.resource.props.fault("has more rights than a cluster needs", *policy.keys, got=name)
    if not asked:
        raise NotApplicable


@rule(
    "eks-oidc-identity-provider-prefixed",
    "aws:eks/identityProviderConfig:IdentityProviderConfig",
    severity="medium",
    enforcement="advisory",
    wave=3,
)
def oidc_prefixes(config: Props) -> Faults:
    """Names from an OIDC identity provider have a prefix that separates them from Kubernetes names."""
    oidc = config.at("oidc")
    for key in ("usernamePrefix", "groupsPrefix"):
        prefix = oidc.get(key)
        if not prefix or prefix.startswith("system:"):
            yield oidc.fault("has no prefix of its own", key, got=prefix)
    issuer = oidc.text("issuerUrl")
    if issuer is not None and issuer.startswith("http://"):
        yield oidc.fault("is not served over https", "issuerUrl", got=issuer)


@rule(
    "eks-capability-locked-down",
    "aws:eks/capability:Capability",
    severity="medium",
    enforcement="advisory",
    wave=3,
    across=True,
    params={"max_admins": 2},
)
def capability(capability: Props, context: Context) -> Faults:
    """EKS capabilities have limited permissions and keep resources when they are deleted."""
    stack = context.stack
    role = stack.resolved(context.resource, "roleArn", types=(ROLE,))
    if role is None:
        capability.text("roleArn")
    for resource in stack.of(ATTACHMENT, ROLE):
        for owner, policy in attached(resource, stack):
            if role is not None and owner is role and policy_name(policy.policy) == "AdministratorAccess":
                yield capability.fault("may do anything in the account", "roleArn", got="AdministratorAccess")
    if capability.get("deletePropagationPolicy") != "RETAIN":
        got = capability.get("deletePropagationPolicy")
        yield capability.fault("deletes what it created when it is deleted", "deletePropagationPolicy", got=got)
    if capability.get("type") != "ARGOCD":
        return
    argo = capability.at("configuration", "argoCd")
    if not argo.items("networkAccess", "vpceIds"):
        yield argo.fault("is reachable from the internet", "networkAccess", "vpceIds")
    admins = [each for each in argo.items("rbacRoleMappings") if each.get("role") == "ADMIN"]
    people = sum(len(each.items("identities")) or 1 for each in admins)
    if people > context.params["max_admins"]:
        yield argo.fault("has too many administrators", "rbacRoleMappings", got=people)
