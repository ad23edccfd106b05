"""Gateways to other networks: the VPC's attachment, and routes of its private subnets."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from eks_blueprints.network import zones
from eks_blueprints.network.attachments import block_label
from eks_blueprints.network.parts import GatewayArgs
from eks_blueprints.network.site import Site


def make_gateways(site: Site, tables: Mapping[str, aws.ec2.RouteTable]) -> tuple[pulumi.Resource, ...]:
    """The attachments of a new VPC, and the routes of all but its public subnets."""
    made: list[pulumi.Resource] = []
    inner = {key: table for key, table in tables.items() if key != "public"}
    for name, gateway in site.args.gateways.items():
        attached = _attachment(site, name, gateway)
        made.append(attached)
        way = {"transit_gateway_id" if gateway.sort == "transit" else "gateway_id": gateway.id}
        # A route needs the attachment, which its properties do not say.
        opts = site.child(depends_on=[attached])
        for key, table in inner.items():
            for block in gateway.destination_cidrs:
                logical = site.name(f"routes-{key}-{name.replace('_', '-')}-{block_label(block)}")
                where = "destination_ipv6_cidr_block" if ":" in block else "destination_cidr_block"
                made.append(aws.ec2.Route(logical, route_table_id=table.id, **{where: block}, **way, opts=opts))
    return tuple(made)


def _attachment(site: Site, name: str, gateway: GatewayArgs) -> pulumi.Resource:
    role = f"gateway-{name.replace('_', '-')}"
    if gateway.sort == "vpn":
        return aws.ec2.VpnGatewayAttachment(
            site.name(role), vpc_id=site.vpc.id, vpn_gateway_id=gateway.id, opts=site.child()
        )
    return aws.ec2transitgateway.VpcAttachment(
        site.name(role),
        vpc_id=site.vpc.id,
        transit_gateway_id=gateway.id,
        subnet_ids=_subnet_ids(site),
        appliance_mode_support=gateway.appliance_mode_support,
        ipv6_support="enable" if site.args.ip_family == "ipv6" else None,
        tags=site.tags(role),
        opts=site.child(),
    )


def _subnet_ids(site: Site) -> list[pulumi.Input[str]]:
    # A transit gateway takes one subnet a zone, and none of a local zone.
    found: dict[str, pulumi.Input[str]] = {}
    for role in ("control_plane", "private", "public"):
        for subnet in site.planned:
            if subnet.role == role and zones.form(subnet.zone) != "local":
                found.setdefault(subnet.zone, site.subnets[subnet.name].id)
    return [found[zone] for zone in sorted(found)]
