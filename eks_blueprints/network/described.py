"""A network as others see it before any of it is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from eks_blueprints.core.refs import NetworkRef, SubnetRef, SubnetRole
from eks_blueprints.network import layout
from eks_blueprints.network.spec import ROLES, AnyNetwork, ExistingNetworkArgs, NetworkArgs

if TYPE_CHECKING:
    import pulumi

    from eks_blueprints.network.blocks import PlannedSubnet

Find = Callable[[SubnetRole, str, int], "pulumi.Input[str]"]
"""The id of one of the subnets of a role in a zone, counted from 0."""


def described(args: AnyNetwork, region: str) -> NetworkRef:
    """The network that a spec describes; where no id is written, the subnet's name stands for it.

    Raises:
        InputError: if it cannot be made in that region, or cannot hold a cluster.
    """
    if isinstance(args, ExistingNetworkArgs):
        subnets = existing_subnets(args, lambda role, zone, number: f"{role}-{zone}-{number}")
    else:
        subnets = new_subnets(layout.plan(args, region), lambda subnet: subnet.name)
    return NetworkRef(vpc_id=region, subnets=tuple(subnets), ip_family=args.ip_family)


def new_subnets(
    planned: Iterable[PlannedSubnet], id_of: Callable[[PlannedSubnet], pulumi.Input[str]]
) -> Iterator[SubnetRef]:
    """The subnets of a new VPC."""
    for subnet in planned:
        yield SubnetRef(id=id_of(subnet), role=subnet.role, zone=subnet.zone, cidr=subnet.cidr)


def subnet_tags(args: NetworkArgs, subnet: PlannedSubnet, cluster_name: str | None) -> dict[str, str]:
    """The tags of a subnet of a new VPC besides those of all of the network."""
    tags: dict[str, str] = {}
    if subnet.role == "public":
        tags["kubernetes.io/role/elb"] = "1"
    if subnet.role == "private":
        tags["kubernetes.io/role/internal-elb"] = "1"
        if cluster_name is not None:
            tags["karpenter.sh/discovery"] = cluster_name
    if args.cluster_tag is not None and cluster_name is not None:
        tags[f"kubernetes.io/cluster/{cluster_name}"] = args.cluster_tag
    return {**tags, **args.subnet_tags.get(subnet.role, {}), **subnet.tags}


def existing_subnets(args: ExistingNetworkArgs, find: Find) -> Iterator[SubnetRef]:
    """The subnets of a VPC that is there; `find` gives the ids of those that are looked up by their tags."""
    # How many there are is plain, so that a preview knows all that is made of them.
    for subnet in args.subnets.values():
        yield SubnetRef(id=subnet.id, role=subnet.role, zone=subnet.zone, cidr=subnet.cidr)
    for role in ROLES:
        for subnet_id in args.subnet_ids.get(role, ()):
            yield SubnetRef(id=subnet_id, role=role)
        for zone in (args.zones or ()) if role in args.subnet_tags else ():
            for number in range(args.subnets_per_zone.get(role, 1)):
                yield SubnetRef(id=find(role, zone, number), role=role, zone=zone)
