"""Networks: VPCs, subnets, gateways, routes, security groups, launch templates, endpoints."""

from __future__ import annotations

import base64
import binascii
import ipaddress
from typing import Any

from .rules import ZONES, Context, Row, ServiceError, creates, deletes, updates

VPC = "aws:ec2/vpc:Vpc"
CIDR = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
SUBNET = "aws:ec2/subnet:Subnet"
IGW = "aws:ec2/internetGateway:InternetGateway"
IGW_ATTACHMENT = "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment"
EIGW = "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway"
EIP = "aws:ec2/eip:Eip"
NAT = "aws:ec2/natGateway:NatGateway"
ROUTE_TABLE = "aws:ec2/routeTable:RouteTable"
ROUTE = "aws:ec2/route:Route"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"

CLUSTER = "aws:eks/cluster:Cluster"
NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
FARGATE = "aws:eks/fargateProfile:FargateProfile"
SCALING_GROUP = "aws:autoscaling/group:Group"


def vpc(ctx: Context, id: Any) -> Row:
    return ctx.need(VPC, id, "InvalidVpcID.NotFound", "vpc ID")


def subnet(ctx: Context, id: Any) -> Row:
    return ctx.need(SUBNET, id, "InvalidSubnetID.NotFound", "subnet ID")


def check_group(ctx: Context, id: Any) -> None:
    """A group that the program made, the default one of a VPC or the one that EKS made with a cluster."""
    if any(row.outputs.get("defaultSecurityGroupId") == id for row in ctx.account.rows(VPC)):
        return
    if any(row.get("vpcConfig.clusterSecurityGroupId") == id for row in ctx.account.rows(CLUSTER)):
        return
    ctx.need(GROUP, id, "InvalidGroup.NotFound", "security group")


def in_use(row: Row, by: str) -> ServiceError:
    return ServiceError("DependencyViolation", f"The '{row.id}' has dependencies and cannot be deleted: {by}")


@creates(VPC)
def create_vpc(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if not inputs.get("cidrBlock") and not inputs.get("ipv4IpamPoolId"):
        raise ServiceError("MissingParameter", "The request must contain a cidrBlock or an IPAM pool")
    cidr = inputs.get("cidrBlock", "10.0.0.0/16")
    if not 16 <= ipaddress.ip_network(cidr).prefixlen <= 28:
        raise ServiceError("InvalidVpc.Range", f"The CIDR '{cidr}' is invalid: a VPC is between /16 and /28")
    id = ctx.new_id("vpc")
    outputs = {
        "arn": ctx.arn("ec2", f"vpc/{id}"),
        "cidrBlock": cidr,
        "defaultNetworkAclId": ctx.new_id("acl"),
        "defaultRouteTableId": (table := ctx.new_id("rtb")),
        "defaultSecurityGroupId": ctx.new_id("sg"),
        "mainRouteTableId": table,
        "dhcpOptionsId": "dopt-00000000000000001",
        "enableDnsHostnames": inputs.get("enableDnsHostnames", False),
        "enableDnsSupport": inputs.get("enableDnsSupport", True),
        "ownerId": ctx.account_id,
    }
    if inputs.get("assignGeneratedIpv6CidrBlock"):
        outputs["ipv6CidrBlock"] = f"2600:1f14:{ctx.account.count('ipv6'):x}::/56"
        outputs["ipv6AssociationId"] = ctx.new_id("vpc-cidr-assoc")
    return id, outputs


@deletes(VPC)
def delete_vpc(ctx: Context, row: Row) -> None:
    for type in (SUBNET, ROUTE_TABLE, ENDPOINT, EIGW, IGW, IGW_ATTACHMENT):
        for other in ctx.account.rows(type, vpcId=row.id):
            raise in_use(row, f"{type.split(':')[-1]} {other.id}")
    for other in ctx.account.rows(GROUP, vpcId=row.id):
        raise in_use(row, f"SecurityGroup {other.id}")


@creates(CIDR)
def create_cidr(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    owner = vpc(ctx, inputs["vpcId"])
    new = ipaddress.ip_network(inputs["cidrBlock"])
    for cidr in cidrs(ctx, owner):
        if new.version == cidr.version and new.overlaps(cidr):
            raise ServiceError("InvalidVpc.Range", f"The CIDR '{new}' overlaps {cidr} of the same VPC")
    return ctx.new_id("vpc-cidr-assoc"), {}


@deletes(CIDR)
def delete_cidr(ctx: Context, row: Row) -> None:
    gone = ipaddress.ip_network(row.outputs["cidrBlock"])
    for other in ctx.account.rows(SUBNET, vpcId=row.outputs["vpcId"]):
        if ipaddress.ip_network(other.outputs["cidrBlock"]).subnet_of(gone):  # type: ignore[arg-type]
            raise in_use(row, f"Subnet {other.id}")


def cidrs(ctx: Context, owner: Row) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    extra = [row.outputs["cidrBlock"] for row in ctx.account.rows(CIDR, vpcId=owner.id)]
    return [ipaddress.ip_network(cidr) for cidr in [owner.outputs["cidrBlock"], *extra]]


@creates(SUBNET)
def create_subnet(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    owner = vpc(ctx, inputs["vpcId"])
    zones = [f"{ctx.region}{letter}" for letter in ZONES]
    zone = inputs.get("availabilityZone") or zones[int(str(inputs.get("availabilityZoneId", "1"))[-1]) - 1]
    if zone not in zones and "-lax-" not in zone:
        raise ServiceError("InvalidParameterValue", f"Value ({zone}) for parameter availabilityZone is invalid")
    id = ctx.new_id("subnet")
    outputs = {"arn": ctx.arn("ec2", f"subnet/{id}"), "availabilityZone": zone, "ownerId": ctx.account_id}
    outputs["availabilityZoneId"] = f"{ctx.region}-az{ZONES.find(zone[-1]) + 1}"
    if not inputs.get("ipv6Native"):
        cidr = ipaddress.ip_network(inputs["cidrBlock"])
        if not 16 <= cidr.prefixlen <= 28:
            raise ServiceError("InvalidSubnet.Range", f"The CIDR '{cidr}' is invalid: a subnet is between /16 and /28")
        if not any(cidr.version == of.version and cidr.subnet_of(of) for of in cidrs(ctx, owner)):  # type: ignore[arg-type]
            raise ServiceError("InvalidSubnet.Range", f"The CIDR '{cidr}' is invalid: not inside vpc '{owner.id}'")
        for other in ctx.account.rows(SUBNET, vpcId=owner.id):
            if cidr.overlaps(ipaddress.ip_network(other.outputs["cidrBlock"])):
                raise ServiceError("InvalidSubnet.Conflict", f"The CIDR '{cidr}' conflicts with subnet {other.id}")
    return id, outputs


@deletes(SUBNET)
def delete_subnet(ctx: Context, row: Row) -> None:
    users = {NAT: "subnetId", NODE_GROUP: "subnetIds", FARGATE: "subnetIds", ENDPOINT: "subnetIds",
             CLUSTER: "vpcConfig.subnetIds", SCALING_GROUP: "vpcZoneIdentifiers"}  # fmt: skip
    for type, path in users.items():
        for other in ctx.account.rows(type):
            if row.id in (other.get(path) or []):
                raise in_use(row, f"network interfaces of {type.split(':')[-1]} {other.id}")


@creates(IGW)
def create_igw(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if inputs.get("vpcId"):
        vpc(ctx, inputs["vpcId"])
        if gateway_of(ctx, inputs["vpcId"]):
            raise ServiceError("Resource.AlreadyAssociated", f"{inputs['vpcId']} has an internet gateway already")
    id = ctx.new_id("igw")
    return id, {"arn": ctx.arn("ec2", f"internet-gateway/{id}"), "ownerId": ctx.account_id}


def gateway_of(ctx: Context, vpc_id: str) -> str | None:
    for row in ctx.account.rows(IGW, vpcId=vpc_id):
        return row.id
    for row in ctx.account.rows(IGW_ATTACHMENT, vpcId=vpc_id):
        return str(row.outputs["internetGatewayId"])
    return None


@creates(IGW_ATTACHMENT)
def create_attachment(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    vpc(ctx, inputs["vpcId"])
    ctx.need(IGW, inputs["internetGatewayId"], "InvalidInternetGatewayID.NotFound", "internetGateway ID")
    return f"{inputs['internetGatewayId']}:{inputs['vpcId']}", {}


@deletes(IGW, IGW_ATTACHMENT)
def delete_igw(ctx: Context, row: Row) -> None:
    if not row.outputs.get("vpcId"):
        return
    subnets = {s.id for s in ctx.account.rows(SUBNET, vpcId=row.outputs["vpcId"])}
    for nat in ctx.account.rows(NAT):
        if nat.outputs.get("subnetId") in subnets and nat.outputs.get("connectivityType") != "private":
            raise ServiceError(
                "DependencyViolation", f"Network {row.outputs['vpcId']} has mapped public addresses: {nat.id}"
            )


@creates(EIGW)
def create_eigw(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    vpc(ctx, inputs["vpcId"])
    return ctx.new_id("eigw"), {}


@creates(EIP)
def create_eip(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    id, number = ctx.new_id("eipalloc"), ctx.account.count("public ip")
    ip = f"203.0.113.{number % 250 + 1}"
    return id, {
        "allocationId": id, "arn": ctx.arn("ec2", f"elastic-ip/{id}"), "publicIp": ip, "domain": "vpc",
        "publicDns": f"ec2-{ip.replace('.', '-')}.{ctx.region}.compute.amazonaws.com",
    }  # fmt: skip


@deletes(EIP)
def delete_eip(ctx: Context, row: Row) -> None:
    for nat in ctx.account.rows(NAT):
        if row.id in [nat.outputs.get("allocationId"), *nat.outputs.get("secondaryAllocationIds", [])]:
            raise ServiceError("InvalidIPAddress.InUse", f"Address {row.id} is in use by {nat.id}")


@creates(NAT)
def create_nat(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if inputs.get("availabilityMode") == "regional":
        vpc(ctx, inputs.get("vpcId"))
        return ctx.new_id("nat"), {"routeTableId": ctx.new_id("rtb")}
    inside = subnet(ctx, inputs.get("subnetId"))
    public = None
    if inputs.get("connectivityType", "public") == "public":
        address = ctx.need(EIP, inputs.get("allocationId"), "InvalidAllocationID.NotFound", "allocation ID")
        public = address.outputs["publicIp"]
        if ctx.account.rows(NAT, allocationId=address.id):
            raise ServiceError("Resource.AlreadyAssociated", f"resource {address.id} is already associated")
        if not gateway_of(ctx, inside.outputs["vpcId"]):
            raise ServiceError("Gateway.NotAttached", f"Network {inside.outputs['vpcId']} has no Internet gateway")
    private = str(ipaddress.ip_network(inside.outputs["cidrBlock"])[-10])
    return ctx.new_id("nat"), {
        "networkInterfaceId": ctx.new_id("eni"), "privateIp": private, "publicIp": public or "",
        "associationId": ctx.new_id("eipassoc"), "connectivityType": inputs.get("connectivityType", "public"),
    }  # fmt: skip


DESTINATIONS = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")
TARGETS = {
    "natGatewayId": (NAT, "InvalidNatGatewayID.NotFound"),
    "vpcEndpointId": (ENDPOINT, "InvalidVpcEndpointId.NotFound"),
    "egressOnlyGatewayId": (EIGW, "InvalidGatewayID.NotFound"),
}


def check_target(ctx: Context, route: dict[str, Any]) -> None:
    for name, (type, code) in TARGETS.items():
        if route.get(name):
            ctx.need(type, route[name], code, name)
    if str(route.get("gatewayId", "")).startswith("igw-"):
        ctx.need(IGW, route["gatewayId"], "InvalidInternetGatewayID.NotFound", "internetGateway ID")
    others = ("coreNetworkArn", "carrierGatewayId", "gatewayId", "localGatewayId", "networkInterfaceId",
              "transitGatewayId", "vpcPeeringConnectionId")  # fmt: skip
    if not any(route.get(name) for name in (*TARGETS, *others)):
        raise ServiceError("MissingParameter", "The route has no target")


@creates(ROUTE_TABLE)
def create_route_table(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    vpc(ctx, inputs["vpcId"])
    for route in inputs.get("routes", []):
        check_target(ctx, route)
    id = ctx.new_id("rtb")
    return id, {"arn": ctx.arn("ec2", f"route-table/{id}"), "ownerId": ctx.account_id, "propagatingVgws": []}


@deletes(ROUTE_TABLE)
def delete_route_table(ctx: Context, row: Row) -> None:
    for other in ctx.account.rows(ASSOCIATION, routeTableId=row.id):
        raise in_use(row, f"RouteTableAssociation {other.id}")


@creates(ROUTE)
def create_route(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    table = ctx.need(ROUTE_TABLE, inputs["routeTableId"], "InvalidRouteTableID.NotFound", "routeTable ID")
    check_target(ctx, inputs)
    to = next((inputs[name] for name in DESTINATIONS if inputs.get(name)), None)
    if to is None:
        raise ServiceError("MissingParameter", "The route has no destination")
    routes = [row.outputs for row in ctx.account.rows(ROUTE, routeTableId=table.id)]
    if any(to in [route.get(name) for name in DESTINATIONS] for route in routes):
        raise ServiceError("RouteAlreadyExists", f"The route identified by {to} already exists in {table.id}")
    return f"r-{table.id}{ctx.account.count('route')}", {"origin": "CreateRoute", "state": "active"}


@creates(ASSOCIATION)
def create_association(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    ctx.need(ROUTE_TABLE, inputs["routeTableId"], "InvalidRouteTableID.NotFound", "routeTable ID")
    if inputs.get("subnetId"):
        subnet(ctx, inputs["subnetId"])
        for other in ctx.account.rows(ASSOCIATION, subnetId=inputs["subnetId"]):
            raise ServiceError(
                "Resource.AlreadyAssociated", f"{inputs['subnetId']} is associated already with {other.id}"
            )
    return ctx.new_id("rtbassoc"), {}


def is_public(ctx: Context, subnet_id: str) -> bool:
    """A subnet is public if its route table leads to an internet gateway."""
    for association in ctx.account.rows(ASSOCIATION, subnetId=subnet_id):
        table = ctx.account.find(ROUTE_TABLE, association.outputs["routeTableId"])
        routes = list(table.outputs.get("routes") or []) if table else []
        routes += [r.outputs for r in ctx.account.rows(ROUTE, routeTableId=association.outputs["routeTableId"])]
        return any(str(route.get("gatewayId", "")).startswith("igw-") for route in routes)
    return False


@creates(GROUP)
def create_group(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if inputs.get("vpcId"):
        vpc(ctx, inputs["vpcId"])
        if ctx.account.rows(GROUP, vpcId=inputs["vpcId"], name=inputs.get("name")):
            raise ServiceError("InvalidGroup.Duplicate", f"The security group '{inputs['name']}' already exists")
    id = ctx.new_id("sg")
    return id, {
        "arn": ctx.arn("ec2", f"security-group/{id}"), "ownerId": ctx.account_id,
        "description": inputs.get("description", "Managed by Pulumi"),
    }  # fmt: skip


@deletes(GROUP)
def delete_group(ctx: Context, row: Row) -> None:
    users = {CLUSTER: "vpcConfig.securityGroupIds", ENDPOINT: "securityGroupIds"}
    for type, path in users.items():
        for other in ctx.account.rows(type):
            if row.id in (other.get(path) or []):
                raise in_use(row, f"{type.split(':')[-1]} {other.id}")
    # A template alone holds no interface; the nodes made from it do.
    for node_group in [*ctx.account.rows(NODE_GROUP), *ctx.account.rows(SCALING_GROUP)]:
        template = ctx.account.find(TEMPLATE, node_group.get("launchTemplate.id"))
        if template and row.id in (template.get("vpcSecurityGroupIds") or []):
            raise in_use(row, f"nodes of {node_group.id}")
    for rule in [*ctx.account.rows(INGRESS), *ctx.account.rows(EGRESS), *ctx.account.rows(RULE)]:
        source = rule.outputs.get("referencedSecurityGroupId") or rule.outputs.get("sourceSecurityGroupId")
        if source == row.id and rule.outputs["securityGroupId"] != row.id:
            raise in_use(row, f"a rule of {rule.outputs['securityGroupId']}")
    for type in (INGRESS, EGRESS, RULE):  # the rules of a group go with it
        for rule in ctx.account.rows(type, securityGroupId=row.id):
            ctx.account.remove(rule)


SOURCES = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")


@creates(INGRESS, EGRESS)
def create_vpc_rule(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    owner = inputs["securityGroupId"]
    check_group(ctx, owner)
    given = [name for name in SOURCES if inputs.get(name)]
    if len(given) != 1:
        raise ServiceError("InvalidParameterCombination", f"Exactly one of {', '.join(SOURCES)} is needed, got {given}")
    protocol = str(inputs["ipProtocol"])
    if protocol == "-1" and (inputs.get("fromPort") is not None or inputs.get("toPort") is not None):
        raise ServiceError("InvalidParameterCombination", "Ports must not be given with the protocol -1")
    if protocol in ("tcp", "udp") and (inputs.get("fromPort") is None or inputs.get("toPort") is None):
        raise ServiceError("InvalidParameterValue", f"{protocol} needs fromPort and toPort")
    if given[0] == "referencedSecurityGroupId":
        check_group(ctx, inputs[given[0]])
    for other in ctx.account.rows(ctx.type, securityGroupId=owner):
        if _vpc_rule(other.outputs) == _vpc_rule(inputs):
            raise ServiceError("InvalidPermission.Duplicate", f"the specified rule already exists in {owner}")
    id = ctx.new_id("sgr")
    return id, {"arn": ctx.arn("ec2", f"security-group-rule/{id}"), "securityGroupRuleId": id}


def _vpc_rule(values: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(values.get(name) for name in (*SOURCES, "ipProtocol", "fromPort", "toPort"))


@creates(RULE)
def create_rule(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    owner = inputs["securityGroupId"]
    check_group(ctx, owner)
    source = inputs.get("sourceSecurityGroupId")
    if source:
        check_group(ctx, source)
    elif not any(inputs.get(name) for name in ("cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "self")):
        raise ServiceError("MissingParameter", "The rule has no source")
    names = ("type", "protocol", "fromPort", "toPort", "cidrBlocks", "ipv6CidrBlocks", "sourceSecurityGroupId", "self")
    for other in ctx.account.rows(RULE, securityGroupId=owner):
        if all(other.outputs.get(name) == inputs.get(name) for name in names):
            raise ServiceError("InvalidPermission.Duplicate", f"the specified rule already exists in {owner}")
    return ctx.new_id("sgrule"), {"securityGroupRuleId": ctx.new_id("sgr")}


def check_user_data(inputs: dict[str, Any]) -> None:
    if inputs.get("userData"):
        try:
            base64.b64decode(inputs["userData"], validate=True)
        except (binascii.Error, ValueError):
            raise ServiceError("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data") from None


@creates(TEMPLATE)
def create_template(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    check_user_data(inputs)
    if ctx.account.rows(TEMPLATE, ctx.region, name=inputs.get("name")):
        raise ServiceError("InvalidLaunchTemplateName.AlreadyExistsException", f"{inputs['name']} is in use already")
    for id in inputs.get("vpcSecurityGroupIds", []):
        check_group(ctx, id)
    id = ctx.new_id("lt")
    return id, {"arn": ctx.arn("ec2", f"launch-template/{id}"), "latestVersion": 1, "defaultVersion": 1}


@updates(TEMPLATE)
def update_template(ctx: Context, row: Row, inputs: dict[str, Any]) -> dict[str, Any]:
    check_user_data(inputs)
    ignored = ("tags", "updateDefaultVersion", "defaultVersion", "__defaults")
    changed = {k: v for k, v in inputs.items() if k not in ignored} != {
        k: v for k, v in row.inputs.items() if k not in ignored
    }
    latest = row.outputs["latestVersion"] + (1 if changed else 0)
    return {
        "latestVersion": latest,
        "defaultVersion": latest
        if inputs.get("updateDefaultVersion")
        else inputs.get("defaultVersion", row.outputs.get("defaultVersion", 1)),
    }


@deletes(TEMPLATE)
def delete_template(ctx: Context, row: Row) -> None:
    for other in ctx.account.rows(SCALING_GROUP):
        if other.get("launchTemplate.id") == row.id:
            raise in_use(row, f"autoscaling group {other.id}")


@creates(ENDPOINT)
def create_endpoint(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    owner = vpc(ctx, inputs["vpcId"])
    kind = inputs.get("vpcEndpointType", "Gateway")
    service = inputs.get("serviceName", "")
    if not inputs.get("serviceRegion") and f".{ctx.region}." not in f"{service}.":
        raise ServiceError("InvalidServiceName", f"The Vpc Endpoint Service '{service}' does not exist")
    if kind == "Gateway" and service.rsplit(".", 1)[-1] not in ("s3", "dynamodb"):
        raise ServiceError(
            "InvalidParameter", f"Endpoint type (Gateway) does not match available service types: {service}"
        )
    for id in inputs.get("routeTableIds", []):
        ctx.need(ROUTE_TABLE, id, "InvalidRouteTableId.NotFound", "routeTable ID")
    for id in inputs.get("subnetIds", []):
        subnet(ctx, id)
    for id in inputs.get("securityGroupIds", []):
        check_group(ctx, id)
    if inputs.get("privateDnsEnabled"):
        if not (owner.outputs.get("enableDnsHostnames") and owner.outputs.get("enableDnsSupport", True)):
            raise ServiceError(
                "InvalidParameter", "Enabling private DNS requires enableDnsSupport and enableDnsHostnames"
            )
        for other in ctx.account.rows(ENDPOINT, vpcId=owner.id, serviceName=service):
            if other.outputs.get("privateDnsEnabled"):
                raise ServiceError("InvalidParameter", f"private-dns-enabled cannot be set: conflicts with {other.id}")
    id = ctx.new_id("vpce")
    entries = [{"dnsName": f"{id}.{service}", "hostedZoneId": "Z00000000"}] if kind == "Interface" else []
    return id, {
        "arn": ctx.arn("ec2", f"vpc-endpoint/{id}"), "state": "available", "ownerId": ctx.account_id,
        "dnsEntries": entries, "networkInterfaceIds": [ctx.new_id("eni") for _ in inputs.get("subnetIds", [])],
        "prefixListId": "pl-00000001" if kind == "Gateway" else "", "cidrBlocks": [],
    }  # fmt: skip


@creates(FLOW_LOG)
def create_flow_log(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    given = [n for n in ("vpcId", "subnetId", "eniId", "transitGatewayId") if inputs.get(n)]
    if len(given) != 1:
        raise ServiceError("InvalidParameterCombination", "A flow log watches exactly one thing")
    if inputs.get("vpcId"):
        vpc(ctx, inputs["vpcId"])
    id = ctx.new_id("fl")
    return id, {"arn": ctx.arn("ec2", f"vpc-flow-log/{id}")}


__all__ = ["check_group", "is_public", "subnet", "vpc"]
