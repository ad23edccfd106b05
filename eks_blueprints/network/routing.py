"""How the subnets of a new VPC reach the internet, or do not: gateways, route tables and routes."""

from __future__ import annotations

from functools import cached_property

import pulumi
import pulumi_aws as aws

from eks_blueprints.network import blocks
from eks_blueprints.network.blocks import PlannedSubnet
from eks_blueprints.network.site import Site

ANYWHERE = "0.0.0.0/0"
ANYWHERE_IPV6 = "::/0"


class Routing:
    """One route table for the public subnets, and one per zone for all others.

    Names follow the zone, so that a zone that comes or goes touches no other zone's routes.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._nat = self._nat_gateways()
        self._public = [subnet for subnet in site.planned if subnet.role == "public"]
        self._inner = [subnet for subnet in site.planned if subnet.role != "public"]
        self.tables: dict[str, aws.ec2.RouteTable] = {}
        """Route tables by what they are called: `public`, `private-euw1-az1`."""
        self.ready: tuple[pulumi.Resource, ...] = (*self._public_routes(), *self._inner_routes(), *self._associations())

    @cached_property
    def _internet(self) -> aws.ec2.InternetGateway | None:
        if not self._site.args.has_public:
            return None
        site = self._site
        return aws.ec2.InternetGateway(
            site.name("internet"), vpc_id=site.vpc.id, tags=site.tags("internet"), opts=site.child()
        )

    def _nat_gateways(self) -> dict[str, aws.ec2.NatGateway]:
        return {
            subnet.zone: self._nat_gateway(subnet) for subnet in blocks.nat_subnets(self._site.args, self._site.planned)
        }

    def _nat_gateway(self, subnet: PlannedSubnet) -> aws.ec2.NatGateway:
        site, role = self._site, f"nat-{subnet.zone}"
        # A gateway works, and an address can be given back, only while the internet gateway is attached.
        address = aws.ec2.Eip(
            site.name(f"{role}-address"),
            domain="vpc",
            tags=site.tags(f"{role}-address"),
            opts=site.child(depends_on=[self._internet]),
        )
        return aws.ec2.NatGateway(
            site.name(role),
            subnet_id=site.subnets[subnet.name].id,
            allocation_id=address.id,
            tags=site.tags(role),
            opts=site.child(depends_on=[self._internet]),
        )

    def _table(self, key: str) -> aws.ec2.RouteTable:
        site, role = self._site, f"routes-{key}"
        self.tables[key] = aws.ec2.RouteTable(
            site.name(role), vpc_id=site.vpc.id, tags=site.tags(role), opts=site.child()
        )
        return self.tables[key]

    def _public_routes(self) -> list[pulumi.Resource]:
        if self._internet is None:
            return []
        site, table, gateway = self._site, self._table("public"), self._internet.id
        routes: list[pulumi.Resource] = [
            aws.ec2.Route(
                site.name("routes-public-internet"),
                route_table_id=table.id,
                destination_cidr_block=ANYWHERE,
                gateway_id=gateway,
                opts=site.child(),
            )
        ]
        if site.args.ip_family == "ipv6":
            routes.append(
                aws.ec2.Route(
                    site.name("routes-public-internet-ipv6"),
                    route_table_id=table.id,
                    destination_ipv6_cidr_block=ANYWHERE_IPV6,
                    gateway_id=gateway,
                    opts=site.child(),
                )
            )
        return routes

    def _inner_routes(self) -> list[pulumi.Resource]:
        routes: list[pulumi.Resource] = []
        for zone in dict.fromkeys(subnet.zone for subnet in self._inner):
            table = self._table(f"private-{zone}")
            if self._nat:
                routes.append(self._nat_route(zone, table))
            if self._egress_only is not None:
                routes.append(self._egress_route(zone, table, self._egress_only))
        return routes

    def _nat_route(self, zone: str, table: aws.ec2.RouteTable) -> aws.ec2.Route:
        gateway = self._nat.get(zone) or next(iter(self._nat.values()))
        return aws.ec2.Route(
            self._site.name(f"routes-private-{zone}-nat"),
            route_table_id=table.id,
            destination_cidr_block=ANYWHERE,
            nat_gateway_id=gateway.id,
            opts=self._site.child(),
        )

    @cached_property
    def _egress_only(self) -> aws.ec2.EgressOnlyInternetGateway | None:
        # A private topology has no way out at all, an egress-only one included.
        site = self._site
        if site.args.ip_family != "ipv6" or not site.args.has_public:
            return None
        return aws.ec2.EgressOnlyInternetGateway(
            site.name("egress-only"), vpc_id=site.vpc.id, tags=site.tags("egress-only"), opts=site.child()
        )

    def _egress_route(
        self, zone: str, table: aws.ec2.RouteTable, gateway: aws.ec2.EgressOnlyInternetGateway
    ) -> aws.ec2.Route:
        return aws.ec2.Route(
            self._site.name(f"routes-private-{zone}-egress-only"),
            route_table_id=table.id,
            destination_ipv6_cidr_block=ANYWHERE_IPV6,
            egress_only_gateway_id=gateway.id,
            opts=self._site.child(),
        )

    def _associations(self) -> list[pulumi.Resource]:
        site = self._site
        return [
            aws.ec2.RouteTableAssociation(
                site.name(f"{subnet.name}-routes"),
                subnet_id=site.subnets[subnet.name].id,
                route_table_id=self._table_of(subnet).id,
                opts=site.child(),
            )
            for subnet in site.planned
        ]

    def _table_of(self, subnet: PlannedSubnet) -> aws.ec2.RouteTable:
        return self.tables["public" if subnet.role == "public" else f"private-{subnet.zone}"]
