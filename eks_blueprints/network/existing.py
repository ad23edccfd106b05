"""A VPC that is there already, seen as a network."""

from __future__ import annotations

from collections.abc import Iterator

import pulumi
import pulumi_aws as aws

from eks_blueprints.core.component import Component
from eks_blueprints.core.refs import NetworkRef, SubnetRef, SubnetRole
from eks_blueprints.network import zones
from eks_blueprints.network.spec import ROLES, ExistingNetworkArgs


class ExistingNetwork(Component):
    """A VPC that was made elsewhere; nothing in it is made or changed."""

    ref: NetworkRef
    """What others may see of it."""

    def __init__(self, name: str, args: ExistingNetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts, spec_path=("network",))
        self._args = args
        vpc_id = args.vpc_id if args.vpc_id is not None else self._look_up_vpc()
        self.ref = NetworkRef(
            vpc_id=vpc_id,
            subnets=tuple(self._subnets(vpc_id)),
            cidr=args.cidr,
            ip_family=args.ip_family,
        )
        self.register_outputs({"vpc_id": vpc_id})

    def _look_up_vpc(self) -> pulumi.Output[str]:
        found = aws.ec2.get_vpc_output(tags=self._args.vpc_tags, opts=pulumi.InvokeOutputOptions(parent=self))
        return found.id

    def _subnets(self, vpc_id: pulumi.Input[str]) -> Iterator[SubnetRef]:
        # How many there are is plain, so that a preview knows all that is made of them.
        args = self._args
        for subnet in args.subnets.values():
            yield SubnetRef(id=subnet.id, role=subnet.role, zone=subnet.zone, cidr=subnet.cidr)
        for role in ROLES:
            for subnet_id in args.subnet_ids.get(role, ()):
                yield SubnetRef(id=subnet_id, role=role)
            for zone in (args.zones or ()) if role in args.subnet_tags else ():
                yield SubnetRef(id=self._look_up_subnet(vpc_id, role, zone), role=role, zone=zone)

    def _look_up_subnet(self, vpc_id: pulumi.Input[str], role: SubnetRole, zone: str) -> pulumi.Output[str]:
        by_id = zones.is_id(zone)
        found = aws.ec2.get_subnet_output(
            vpc_id=vpc_id,
            tags=self._args.subnet_tags[role],
            availability_zone=None if by_id else zone,
            availability_zone_id=zone if by_id else None,
            opts=pulumi.InvokeOutputOptions(parent=self),
        )
        return found.id
