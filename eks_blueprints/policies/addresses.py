"""Subnets, routes and address ranges of a stack, as far as it holds them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from eks_blueprints.core.address_ranges import is_world
from eks_blueprints.policies.platform import SUBNET, VPC
from eks_blueprints.policies.props import Props, Undetermined, known_only
from eks_blueprints.policies.stack import Resource, Stack

ROUTE = "aws:ec2/route:Route"
ROUTE_TABLE = "aws:ec2/routeTable:RouteTable"
TABLE_OF_SUBNET = "aws:ec2/routeTableAssociation:RouteTableAssociation"
GATEWAY = "aws:ec2/internetGateway:InternetGateway"
SECONDARY = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet that a property names and the stack makes."""

    id: str
    zone: str | None
    """Its Availability Zone, or the symbol for one."""
    cidr: str | None
    resource: Resource


def world_known(parts: Iterable[Props]) -> bool:
    """Whether address ranges are the internet together.

    Raises:
        Undetermined: if those that are known are not, and one is not known.
    """
    ranges, unknown = known_only(parts)
    if is_world(ranges):
        return True
    if unknown is not None:
        raise unknown
    return False


def subnets_of(resource: Resource, stack: Stack, *keys: str) -> list[Subnet]:
    """The subnets that a property names, those alone that the stack makes.

    Raises:
        Undetermined: if the property as a whole is not known.
    """
    found = []
    for index, _ in enumerate(resource.props.items(*keys)):
        subnet = stack.resolved(resource, *keys, index, types=(SUBNET,))
        if subnet is not None:
            found.append(subnet_of(subnet))
    return found


def all_resolved(resource: Resource, stack: Stack, *keys: str) -> bool:
    """Whether the stack makes every subnet that a property names."""
    return len(subnets_of(resource, stack, *keys)) == len(resource.props.items(*keys))


def subnet_of(resource: Resource) -> Subnet:
    """A subnet of the stack."""
    zone = _text(resource, "availabilityZone") or _text(resource, "availabilityZoneId")
    cidr = _text(resource, "cidrBlock")
    return Subnet(resource.urn, zone, cidr if cidr and "${" not in cidr else None, resource)


def is_public(subnet: Resource, stack: Stack) -> str:
    """Why instances in a subnet are reachable from the internet; empty if they are not, as far as the stack tells.

    Raises:
        Undetermined: if that hangs on an unknown value.
    """
    if subnet.props.flag("mapPublicIpOnLaunch"):
        return "gives its instances public addresses"
    if subnet.urn in _public_subnets(stack):
        return "has a route to an internet gateway"
    return ""


def ranges_of_vpc(resource: Resource, stack: Stack) -> list[str]:
    """The address ranges of the VPC that a cluster stands in, as far as the stack tells."""
    vpcs = {}
    for subnet in subnets_of(resource, stack, "vpcConfig", "subnetIds"):
        vpc = stack.resolved(subnet.resource, "vpcId", types=(VPC,))
        if vpc is not None:
            vpcs[vpc.urn] = vpc
    ranges: list[str] = []
    for vpc in vpcs.values():
        blocks = [vpc, *(each for each in stack.of(SECONDARY) if stack.resolved(each, "vpcId", types=(VPC,)) is vpc)]
        for block in blocks:
            if block.props.has("cidrBlock"):
                ranges.append(str(block.props.get("cidrBlock")))
    return ranges


def _public_subnets(stack: Stack) -> set[str]:
    found: set[str] | None = stack.cache.get("public subnets")
    if found is None:
        tables = {_table(route, stack) for route in stack.of(ROUTE) if _to_internet(route, route.inputs, stack)}
        tables |= {table.urn for table in stack.of(ROUTE_TABLE) if _any_inline(table, stack)}
        found = set()
        for each in stack.of(TABLE_OF_SUBNET):
            subnet = stack.resolve(
                each.inputs.get("subnetId"), SUBNET, near=each.property_dependencies.get("subnetId", ())
            )
            if subnet is not None and _table(each, stack) in tables:
                found.add(subnet.urn)
        stack.cache["public subnets"] = found
    return found


def _table(resource: Resource, stack: Stack) -> str:
    value = resource.inputs.get("routeTableId")
    near = resource.property_dependencies.get("routeTableId", ())
    table = stack.resolve(value, ROUTE_TABLE, near=near)
    return table.urn if table else str(value)


def _any_inline(table: Resource, stack: Stack) -> bool:
    routes = table.inputs.get("routes")
    return isinstance(routes, list) and any(_to_internet(table, route, stack) for route in routes)


def _to_internet(resource: Resource, route: Any, stack: Stack) -> bool:
    if not isinstance(route, dict):
        return False
    to = (route.get("destinationCidrBlock"), route.get("cidrBlock"), route.get("destinationIpv6CidrBlock"))
    gateway = route.get("gatewayId")
    near = resource.property_dependencies.get("gatewayId", ())
    is_gateway = isinstance(gateway, str) and gateway.startswith("igw-")
    return is_world(each for each in to if each) and (
        is_gateway or stack.resolve(gateway, GATEWAY, near=near) is not None
    )


def _text(resource: Resource, key: str) -> str | None:
    try:
        return resource.props.text(key)
    except Undetermined:
        return None
