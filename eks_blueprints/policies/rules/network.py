"""VPCs, subnets, security groups and endpoints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eks_blueprints.core.address_ranges import is_world
from eks_blueprints.policies.addresses import is_public, subnet_of, subnets_of, world_known
from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.platform import (
    FARGATE,
    LAUNCH_TEMPLATE,
    NODE_GROUP,
    SUBNET,
    VPC,
)
from eks_blueprints.policies.props import Faults, NotApplicable, Props, known_only
from eks_blueprints.policies.stack import CLUSTER, Resource, Stack

FLOW_LOG = "aws:ec2/flowLog:FlowLog"
NAT = "aws:ec2/natGateway:NatGateway"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
_DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
_DETECTOR = "aws:guardduty/detectorFeature:DetectorFeature"

_ADMIN_PORTS = ((22, 22), (3389, 3389), (2379, 2380), (6443, 6443), (10250, 10250), (10255, 10256))
_NODE_PORTS = (30000, 32767)


@rule("guardduty-eks-protection", _DETECTOR, severity="medium", enforcement="advisory", wave=3, across=True)
def guardduty(feature: Props) -> Faults:
    """GuardDuty monitors the control plane and the nodes.

    A stack that sets GuardDuty's features for EKS has them on; one that sets none is not judged.
    """
    name = feature.get("name")
    if name not in ("EKS_AUDIT_LOGS", "RUNTIME_MONITORING", "EKS_RUNTIME_MONITORING"):
        raise NotApplicable
    if feature.get("status") != "ENABLED":
        yield feature.fault(f"turns {name} off", "status", got=feature.get("status"))
    elif name != "EKS_AUDIT_LOGS":
        found = [each.get("status") for each in feature.items("additionalConfigurations") if _manages_addon(each)]
        if "ENABLED" not in found:
            yield feature.fault("leaves the agent on the nodes to others", "additionalConfigurations", got=found)


@rule("vpc-flow-logs-enabled", VPC, severity="medium", enforcement="advisory", wave=2, across=True)
def flow_logs(vpc: Props, context: Context) -> Faults:
    """VPC flow logs are enabled."""
    for log in context.stack.of(FLOW_LOG):
        if _vpc_of(log, context.stack) is context.resource and log.props.get("trafficType") in ("ALL", "REJECT"):
            return
    yield vpc.fault("has no flow log")


@rule("vpc-default-sg-closed", VPC, severity="medium", enforcement="advisory", wave=2, across=True)
def default_group(vpc: Props, context: Context) -> Faults:
    """The default security group of a VPC allows no traffic."""
    for group in context.stack.of(_DEFAULT_GROUP):
        if _vpc_of(group, context.stack) is context.resource:
            if group.props.items("ingress") or group.props.items("egress"):
                yield vpc.fault(f"has a default security group, {group.name}, with rules")
            return
    yield vpc.fault("leaves its default security group open")


@rule("vpc-dns-enabled", VPC, severity="high", enforcement="mandatory", wave=1)
def dns(vpc: Props) -> Faults:
    """DNS support and DNS hostnames are enabled in the VPC."""
    if vpc.flag("enableDnsSupport") is False:
        yield vpc.fault("resolves no names", "enableDnsSupport", got=False)
    if vpc.flag("enableDnsHostnames") is not True:
        yield vpc.fault("gives its hosts no names", "enableDnsHostnames", got=vpc.raw("enableDnsHostnames"))


@rule("subnet-no-auto-public-ip", SUBNET, severity="medium", enforcement="advisory", wave=2)
def no_auto_public_ip(subnet: Props) -> Faults:
    """Subnets do not assign public IP addresses automatically."""
    if subnet.flag("mapPublicIpOnLaunch") and str(subnet.get("tags", "kubernetes.io/role/elb")) != "1":
        yield subnet.fault("gives instances public addresses", "mapPublicIpOnLaunch", got=True)


@rule("subnet-elb-role-tags", SUBNET, severity="medium", enforcement="advisory", wave=3, across=True)
def elb_tags(subnet: Props, context: Context) -> Faults:
    """Subnets have the tags that load balancers need.

    The subnets of clusters and nodes carry kubernetes.io/role/elb where they are public, and
    kubernetes.io/role/internal-elb where they are private.
    """
    if context.resource.urn not in _used(context.stack):
        raise NotApplicable
    key = "kubernetes.io/role/elb" if is_public(context.resource, context.stack) else "kubernetes.io/role/internal-elb"
    if str(subnet.get("tags", key)) != "1":
        yield subnet.fault("is not found by load balancers", "tags", key, got=subnet.get("tags", key))


@rule("nat-gateway-per-az", VPC, severity="medium", enforcement="advisory", wave=3, across=True, production_only=True)
def nat_per_zone(vpc: Props, context: Context) -> Faults:
    """In production each zone has its own NAT gateway."""
    stack = context.stack
    gateways = stack.of(NAT)
    inside = [each for each in stack.of(SUBNET) if _vpc_of(each, stack) is context.resource]
    if not gateways or any(each.props.get("availabilityMode") == "regional" for each in gateways):
        raise NotApplicable
    behind = [stack.resolved(each, "subnetId", types=(SUBNET,)) for each in gateways]
    served = {subnet_of(each).zone for each in behind if each is not None and each in inside}
    wanted = {subnet_of(each).zone for each in inside if each.urn in _used(stack) and not is_public(each, stack)}
    if served and wanted - served:
        lacking = ", ".join(sorted(str(zone) for zone in wanted - served))
        yield vpc.fault(f"has no NAT gateway in {lacking}", got=sorted(str(zone) for zone in served))


@rule(
    "sg-no-open-admin-ports", SECURITY_GROUP, RULE, INGRESS_RULE, severity="critical", enforcement="mandatory", wave=1
)
def no_open_admin_ports(subject: Props, context: Context) -> Faults:
    """Administration ports are not open to the internet.

    What the rules of a security group let in counts together: two halves of the internet are the internet.
    """
    for ports in _ADMIN_PORTS:
        for ingress in _opening(subject, context, ports):
            yield ingress.fault("opens ports of administrators to the internet", got=_range(ingress))


@rule(
    "sg-nodes-no-public-nodeport",
    SECURITY_GROUP,
    RULE,
    INGRESS_RULE,
    severity="high",
    enforcement="mandatory",
    wave=1,
    across=True,
)
def no_public_node_port(subject: Props, context: Context) -> Faults:
    """Node ports are not open to the internet.

    Security groups of nodes, launch templates and clusters let nobody from everywhere into ports 30000 to 32767.
    """
    resource, stack = context.resource, context.stack
    if resource.type == SECURITY_GROUP:
        group: Resource | None = resource
    else:
        key = "securityGroupId"
        group = stack.resolved(resource, key, types=(SECURITY_GROUP,))
    if group is None or group.urn not in _node_groups_of(stack):
        raise NotApplicable
    for ingress in _opening(subject, context, _NODE_PORTS):
        yield ingress.fault("opens node ports to the internet", got=_range(ingress))


def _manages_addon(part: Props) -> bool:
    return part.get("name") in ("EKS_ADDON_MANAGEMENT",)


def _vpc_of(resource: Resource, stack: Stack) -> Resource | None:
    return stack.resolved(resource, "vpcId", types=(VPC,))


def _used(stack: Stack) -> set[str]:
    found: set[str] | None = stack.cache.get("used subnets")
    if found is None:
        found = set()
        for type_, keys in (
            (CLUSTER, ("vpcConfig", "subnetIds")),
            (NODE_GROUP, ("subnetIds",)),
            (FARGATE, ("subnetIds",)),
        ):
            for each in stack.of(type_):
                if each.props.is_known(*keys):
                    found |= {subnet.id for subnet in subnets_of(each, stack, *keys)}
        stack.cache["used subnets"] = found
    return found


def _ingresses(subject: Props, resource: Resource) -> Iterator[Props]:
    if resource.type == SECURITY_GROUP:
        yield from subject.items("ingress")
    elif resource.type == INGRESS_RULE or subject.get("type") == "ingress":
        yield subject


def _opening(subject: Props, context: Context, ports: tuple[int, int]) -> Iterator[Props]:
    """The rules of a subject that let the internet into some ports, by themselves or with others of their group."""
    resource, stack = context.resource, context.stack
    mine = [each for each in _ingresses(subject, resource) if _covers(each, ports)]
    if not mine:
        return
    alone = [each for each in mine if world_known(_sources(each))]
    if alone:
        yield from alone
        return
    key = _group_of(resource, stack)
    others = [
        ingress
        for each in stack.of(SECURITY_GROUP, RULE, INGRESS_RULE)
        if each is not resource and key is not None and _group_of(each, stack) == key
        for ingress in _ingresses(each.props, each)
        if _covers(ingress, ports) and not is_world(known_only(_sources(ingress))[0])
    ]
    if world_known(source for each in (*mine, *others) for source in _sources(each)):
        yield from mine


def _group_of(resource: Resource, stack: Stack) -> Any:
    """What tells the security group of a rule, or that a resource is one."""
    if resource.type == SECURITY_GROUP:
        return resource.urn
    group = stack.resolved(resource, "securityGroupId", types=(SECURITY_GROUP,))
    given = resource.inputs.get("securityGroupId")
    return group.urn if group else given if isinstance(given, str) else None


def _sources(ingress: Props) -> list[Props]:
    parts = [*ingress.items("cidrBlocks"), *ingress.items("ipv6CidrBlocks")]
    return parts + [ingress.at(key) for key in ("cidrIpv4", "cidrIpv6") if ingress.has(key)]


def _covers(ingress: Props, ports: tuple[int, int]) -> bool:
    protocol = str(ingress.get("protocol") or ingress.get("ipProtocol") or "-1").lower()
    if protocol in ("-1", "all"):
        return True
    if protocol not in ("tcp", "udp", "6", "17"):
        return False
    first, last = ingress.number("fromPort"), ingress.number("toPort")
    return first is not None and last is not None and first <= ports[1] and last >= ports[0]


def _range(ingress: Props) -> str:
    return f"{ingress.raw('fromPort')}-{ingress.raw('toPort')}"


def _node_groups_of(stack: Stack) -> set[str]:
    found: set[str] | None = stack.cache.get("node security groups")
    if found is None:
        found = set()
        for type_, keys in ((CLUSTER, ("vpcConfig", "securityGroupIds")), (LAUNCH_TEMPLATE, ("vpcSecurityGroupIds",))):
            for each in stack.of(type_):
                found |= _groups(each.props, keys, stack)
        for template in stack.of(LAUNCH_TEMPLATE):
            if template.props.is_known("networkInterfaces"):
                for interface in template.props.items("networkInterfaces"):
                    found |= _groups(interface, ("securityGroups",), stack)
        stack.cache["node security groups"] = found
    return found


def _groups(part: Props, keys: tuple[str, ...], stack: Stack) -> set[str]:
    items = part.items(*keys) if part.is_known(*keys) else []
    groups = [stack.resolve(item.value, SECURITY_GROUP) for item in items]
    return {group.urn for group in groups if group is not None}
