"""What a cluster reaches from inside its VPC, and the addresses that it has there."""

from __future__ import annotations

import ipaddress
import re

from eks_blueprints.core.facts.instance_types import instance_type
from eks_blueprints.core.facts.pods import Addressing, addresses
from eks_blueprints.policies.addresses import subnets_of
from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.installed import charts, cluster_autoscalers, karpenters
from eks_blueprints.policies.platform import ASSOCIATION, GROUP, NODE_GROUP, VPC, on_cluster
from eks_blueprints.policies.props import Faults, NotApplicable, Props, Undetermined
from eks_blueprints.policies.stack import CLUSTER, Resource, Stack

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
NAT = "aws:ec2/natGateway:NatGateway"

_SERVICE = re.compile(r"amazonaws\.(?:\$\{[^}]*\}|[^.]+)\.(.+)")


@rule("vpc-endpoints-for-private-cluster", CLUSTER, severity="high", enforcement="mandatory", wave=1, across=True)
def endpoints(cluster: Props, context: Context) -> Faults:
    """A VPC without internet access has the VPC endpoints that the cluster needs.

    A cluster without a public endpoint, in a VPC of the stack that has neither a NAT nor an internet nor a transit
    gateway, has endpoints with private DNS for EC2, ECR, S3, STS and EKS, and for what else the stack installs.
    """
    stack = context.stack
    if cluster.flag("vpcConfig", "endpointPublicAccess") is not False or not stack.of(VPC) or _reaches_out(stack):
        raise NotApplicable
    found, unknown = set(), False
    for endpoint in stack.of(ENDPOINT):
        name = endpoint.props.text("serviceName") or ""
        unknown = unknown or (endpoint.props.symbolic(name) and "." not in name.rpartition("}")[2])
        if endpoint.props.get("vpcEndpointType") in (None, "Gateway") or endpoint.props.flag("privateDnsEnabled"):
            found.add(_service(name))
    missing = [each for each in _needed(context.resource, stack) if each not in found]
    if missing and unknown:
        raise Undetermined(("vpcConfig",), "is in a VPC with endpoints whose services are not known")
    if missing:
        what = f"cannot reach {', '.join(missing)}"
        yield cluster.fault(what, "vpcConfig", got=sorted(found) or None, do="add their endpoints")


@rule("vpc-pod-ip-capacity", NODE_GROUP, severity="medium", enforcement="advisory", wave=3, across=True)
def pod_capacity(group: Props, context: Context) -> Faults:
    """The subnets of a node group have IP addresses for all of its pods.

    The most nodes of a group, each with the addresses of the smallest of its instance types, fit into the usable
    addresses of its subnets. IPv6 clusters are not judged.
    """
    most = group.number("scalingConfig", "maxSize")
    subnets = subnets_of(context.resource, context.stack, "subnetIds")
    types = [found for name in group.words("instanceTypes") if (found := instance_type(name))]
    if most is None or not types or not subnets or any(each.cidr is None for each in subnets):
        raise NotApplicable
    usable = sum(ipaddress.ip_network(str(each.cidr), strict=False).num_addresses - 5 for each in subnets)
    pods = min(addresses(found, Addressing()).count or 0 for found in types)
    if most * pods > usable:
        yield group.fault(f"may need {int(most * pods)} addresses, and its subnets have {usable}", "subnetIds")


def _reaches_out(stack: Stack) -> bool:
    ways = (NAT, "aws:ec2transitgateway/vpcAttachment:VpcAttachment", "aws:ec2/internetGateway:InternetGateway")
    return bool(stack.of(*ways))


def _service(name: str) -> str:
    match = _SERVICE.search(name)
    return match[1] if match else name.rpartition("}.")[2]


def _needed(cluster: Resource, stack: Stack) -> list[str]:
    needed = ["ec2", "ecr.api", "ecr.dkr", "s3", "sts", "eks"]
    if on_cluster(cluster, stack, ASSOCIATION):
        needed.append("eks-auth")
    if cluster.inputs.get("enabledClusterLogTypes"):
        needed.append("logs")
    if charts(stack, "aws-load-balancer-controller"):
        needed.append("elasticloadbalancing")
    if cluster_autoscalers(stack) or stack.of(GROUP):
        needed.append("autoscaling")
    if karpenters(stack):
        needed += ["ssm", "sqs"]
    return needed
