"""A VPC that is there already, seen as a network."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from eks_blueprints.core.component import Component
from eks_blueprints.core.refs import NetworkRef, SubnetRole
from eks_blueprints.network import zones
from eks_blueprints.network.described import existing_subnets
from eks_blueprints.network.spec import ExistingNetworkArgs


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
            subnets=tuple(existing_subnets(args, lambda role, zone: self._look_up_subnet(vpc_id, role, zone))),
            cidr=args.cidr,
            ip_family=args.ip_family,
        )
        self.register_outputs({"vpc_id": vpc_id})

    def _look_up_vpc(self) -> pulumi.Output[str]:
        found = aws.ec2.get_vpc_output(tags=self._args.vpc_tags, opts=pulumi.InvokeOutputOptions(parent=self))
        return found.id

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
