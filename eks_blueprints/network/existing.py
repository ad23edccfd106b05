"""A VPC that is there already, seen as a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from eks_blueprints.core.component import Component
from eks_blueprints.core.refs import NetworkRef, SubnetRef, SubnetRole
from eks_blueprints.network import zones
from eks_blueprints.network.attachments import EndpointPlace, make_endpoints
from eks_blueprints.network.described import existing_subnets
from eks_blueprints.network.spec import ExistingNetworkArgs


class ExistingNetwork(Component):
    """A VPC that was created elsewhere; nothing in it is changed, and only the endpoints that are asked for are
    created.
    """

    ref: NetworkRef
    """What others may see of it."""

    def __init__(
        self,
        name: str,
        args: ExistingNetworkArgs,
        opts: pulumi.ResourceOptions | None = None,
        *,
        region: str,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(name, args, opts, spec_path=("network",))
        self._args = args
        vpc_id = args.vpc_id if args.vpc_id is not None else self._look_up_vpc()
        subnets = tuple(existing_subnets(args, lambda *which: self._look_up_subnet(vpc_id, *which)))
        place = EndpointPlace(
            component=self,
            vpc_id=vpc_id,
            region=region,
            blocks=args.endpoint_cidrs,
            subnet_ids=[subnet.id for subnet in _endpoint_subnets(subnets)],
            route_table_ids=args.route_table_ids,
            tags=tags or {},
        )
        services = {"interface": args.interface_endpoints, "gateway": args.gateway_endpoints}
        self.ready, group_id = make_endpoints(place, **services)
        self.ref = NetworkRef(
            vpc_id=vpc_id,
            subnets=subnets,
            cidr=args.cidr,
            ip_family=args.ip_family,
            endpoints_group_id=group_id,
            ready=self.ready,
        )
        self.register_outputs({"vpc_id": vpc_id})

    def _look_up_vpc(self) -> pulumi.Output[str]:
        found = aws.ec2.get_vpc_output(tags=self._args.vpc_tags, opts=pulumi.InvokeOutputOptions(parent=self))
        return found.id

    def _look_up_subnet(
        self, vpc_id: pulumi.Input[str], role: SubnetRole, zone: str, number: int
    ) -> pulumi.Output[str]:
        by_id = zones.is_id(zone)
        if (count := self._args.subnets_per_zone.get(role, 1)) > 1:
            return self._look_up_several(vpc_id, role, zone).apply(lambda ids: _one_of(ids, number, count, role, zone))
        found = aws.ec2.get_subnet_output(
            vpc_id=vpc_id,
            tags=self._args.subnet_tags[role],
            availability_zone=None if by_id else zone,
            availability_zone_id=zone if by_id else None,
            opts=pulumi.InvokeOutputOptions(parent=self),
        )
        return found.id

    def _look_up_several(self, vpc_id: pulumi.Input[str], role: SubnetRole, zone: str) -> pulumi.Output[Sequence[str]]:
        where = "availability-zone-id" if zones.is_id(zone) else "availability-zone"
        filters: Any = [{"name": "vpc-id", "values": [vpc_id]}, {"name": where, "values": [zone]}]
        found = aws.ec2.get_subnets_output(
            filters=filters,
            tags=self._args.subnet_tags[role],
            opts=pulumi.InvokeOutputOptions(parent=self),
        )
        return found.ids


def _one_of(ids: Sequence[str], number: int, count: int, role: str, zone: str) -> str:
    if isinstance(ids, str):  # what a recording has in the place of ids that only AWS knows
        return f"{ids}[{number}]"
    if len(ids) != count:
        do = "correct network.subnets_per_zone or the tags"
        raise ValueError(f"network.subnet_tags.{role}: finds {len(ids)} subnets in {zone}; got {count} expected; {do}")
    # AWS answers in no particular order, which must not move nodes.
    return sorted(ids)[number]


def _endpoint_subnets(subnets: Sequence[SubnetRef]) -> list[SubnetRef]:
    """The subnets that hold interface endpoints: one a zone, where the zone is said, and a private one if there is."""
    for role in ("private", "control_plane", "public"):
        found: dict[str, SubnetRef] = {}
        for index, subnet in enumerate(subnets):
            if subnet.role == role and not (subnet.zone and zones.form(subnet.zone) == "local"):
                found.setdefault(subnet.zone or f"#{index}", subnet)
        if found:
            return list(found.values())
    return []
