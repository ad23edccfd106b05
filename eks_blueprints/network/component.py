"""A network as resources: a new VPC, or one that is there."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from typing import Any

import pulumi
import pulumi_aws as aws

from eks_blueprints.core.component import Component, merge_tags
from eks_blueprints.core.refs import NetworkRef
from eks_blueprints.network import attachments, blocks, endpoints, layout, zones
from eks_blueprints.network.blocks import PlannedSubnet
from eks_blueprints.network.described import new_subnets, subnet_tags
from eks_blueprints.network.existing import ExistingNetwork
from eks_blueprints.network.gateways import make_gateways
from eks_blueprints.network.routing import Routing
from eks_blueprints.network.site import Site
from eks_blueprints.network.spec import AnyNetwork, ExistingNetworkArgs, NetworkArgs


class Network(Component):
    """A new VPC with its subnets, routes, NAT gateways and endpoints."""

    ref: NetworkRef
    """What others may see of it."""

    def __init__(
        self,
        name: str,
        args: NetworkArgs,
        opts: pulumi.ResourceOptions | None = None,
        *,
        region: str,
        cluster_name: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Make the VPC.

        Args:
            name: start of the logical name of everything in it.
            args: what it is.
            opts: Pulumi's own.
            region: AWS region that it stands in; says which zones there are.
            cluster_name: the cluster that subnets are tagged for.
            tags: tags of the platform.

        Raises:
            InputError: if it cannot be made in that region, or cannot hold a cluster.
        """
        planned = layout.plan(args, region)
        super().__init__(name, args, opts, spec_path=("network",))
        self._args = args
        self._cluster_name = cluster_name
        self._tags = merge_tags(tags or {}, args.tags)
        self._vpc = self._make_vpc()
        self._blocks = self._make_blocks()
        self._ipv6 = self._make_ipv6_block()
        subnets = {subnet.name: self._make_subnet(subnet) for subnet in planned}
        site = Site(
            component=self,
            args=args,
            region=region,
            base_tags=self._tags,
            vpc=self._vpc,
            planned=planned,
            subnets=subnets,
        )
        routing = Routing(site)
        reached = make_gateways(site, routing.tables)
        made, self._endpoints_group = self._make_endpoints(site, routing)
        self.ready = (*routing.ready, *reached, *made)
        if args.default_security_group == "closed":
            attachments.close_default_group(site)
        if args.flow_logs is not None:
            attachments.make_flow_logs(site, args.flow_logs)
        self.ref = self._seen_by_others(planned, subnets)
        self.register_outputs({"vpc_id": self._vpc.id, "subnet_ids": {n: s.id for n, s in subnets.items()}})

    def _tagged(self, name: str, *layers: Mapping[str, str]) -> dict[str, str]:
        return merge_tags({"Name": name}, self._tags, *layers)

    def _make_vpc(self) -> aws.ec2.Vpc:
        name = f"{self.pulumi_resource_name}-vpc"
        return aws.ec2.Vpc(
            name,
            cidr_block=self._args.cidr,
            enable_dns_hostnames=True,
            enable_dns_support=True,
            ipv4_ipam_pool_id=self._args.ipv4_ipam_pool_id,
            **self._ipv6_inputs(),
            tags=self._tagged(name),
            opts=self.child(),
        )

    def _ipv6_inputs(self) -> dict[str, Any]:
        block = self._args.ipv6_block
        if block is None:
            return {"assign_generated_ipv6_cidr_block": True if self._args.ip_family == "ipv6" else None}
        if block.pool is not None:
            return {}
        length = (block.netmask_length or 56) if block.cidr_block is None else None
        found = {
            "ipv6_ipam_pool_id": block.ipam_pool_id,
            "ipv6_netmask_length": length,
            "ipv6_cidr_block": block.cidr_block,
        }
        return {key: value for key, value in found.items() if value is not None}

    def _make_ipv6_block(self) -> pulumi.Output[Any]:
        block = self._args.ipv6_block
        if block is None or block.pool is None:
            return self._vpc.ipv6_cidr_block
        made = aws.ec2.VpcIpv6CidrBlockAssociation(
            f"{self.pulumi_resource_name}-cidr-ipv6",
            vpc_id=self._vpc.id,
            ipv6_pool=block.pool,
            ipv6_cidr_block=block.cidr_block,
            opts=self.child(),
        )
        return made.ipv6_cidr_block

    def _make_blocks(self) -> dict[str, pulumi.Resource]:
        return {
            block: aws.ec2.VpcIpv4CidrBlockAssociation(
                f"{self.pulumi_resource_name}-cidr-{attachments.block_label(block)}",
                vpc_id=self._vpc.id,
                cidr_block=block,
                opts=self.child(),
            )
            for block in self._args.cidrs[1:]
        }

    def _make_subnet(self, subnet: PlannedSubnet) -> aws.ec2.Subnet:
        name = f"{self.pulumi_resource_name}-{subnet.name}"
        own = IPv4Network(subnet.cidr)
        # A subnet of a further block can be made only once that block is there, which its properties do not say.
        waits = [made for block, made in self._blocks.items() if own.subnet_of(IPv4Network(block))]
        return aws.ec2.Subnet(
            name,
            vpc_id=self._vpc.id,
            cidr_block=subnet.cidr,
            availability_zone=None if zones.is_id(subnet.zone) else subnet.zone,
            availability_zone_id=subnet.zone if zones.is_id(subnet.zone) else None,
            map_public_ip_on_launch=self._args.map_public_ip_on_launch if subnet.role == "public" else None,
            ipv6_cidr_block=self._ipv6_block(subnet),
            assign_ipv6_address_on_creation=True if subnet.ipv6_index is not None else None,
            private_dns_hostname_type_on_launch=self._args.private_dns_hostname_type_on_launch,
            tags=self._tagged(name, subnet_tags(self._args, subnet, self._cluster_name)),
            opts=self.child(depends_on=waits),
        )

    def _ipv6_block(self, subnet: PlannedSubnet) -> pulumi.Output[str | None] | None:
        if (index := subnet.ipv6_index) is None:
            return None
        return self._ipv6.apply(lambda block: ipv6_block(block, index))

    def _make_endpoints(
        self, site: Site, routing: Routing
    ) -> tuple[tuple[pulumi.Resource, ...], pulumi.Output[str] | None]:
        place = attachments.EndpointPlace(
            component=self,
            vpc_id=self._vpc.id,
            region=site.region,
            blocks=self._args.cidrs,
            subnet_ids=[site.subnets[subnet.name].id for subnet in blocks.endpoint_subnets(site.planned)],
            route_table_ids=[table.id for table in routing.tables.values()],
            tags=self._tags,
        )
        services = endpoints.interface_services(self._args, site.region)
        return attachments.make_endpoints(place, interface=services, gateway=self._args.gateway_endpoints)

    def _seen_by_others(self, planned: tuple[PlannedSubnet, ...], subnets: Mapping[str, aws.ec2.Subnet]) -> NetworkRef:
        return NetworkRef(
            vpc_id=self._vpc.id,
            subnets=tuple(new_subnets(planned, lambda subnet: subnets[subnet.name].id)),
            cidr=self._args.cidr,
            ip_family=self._args.ip_family,
            endpoints_group_id=self._endpoints_group,
            ready=self.ready,
            discovery=self._cluster_name,
        )


def make_network(
    name: str,
    args: AnyNetwork,
    opts: pulumi.ResourceOptions | None = None,
    *,
    region: str,
    cluster_name: str | None = None,
    tags: Mapping[str, str] | None = None,
) -> Network | ExistingNetwork:
    """The component of a network of either shape."""
    if isinstance(args, ExistingNetworkArgs):
        return ExistingNetwork(name, args, opts, region=region, tags=tags)
    return Network(name, args, opts, region=region, cluster_name=cluster_name, tags=tags)


def ipv6_block(vpc_block: str | None, index: int) -> str | None:
    """One of the first 256 blocks of /64 in a VPC's block; None while that has none."""
    if not vpc_block:
        return None
    if str.startswith(vpc_block, "${"):  # a recording has a symbol where AWS has a block, one that is not to be read
        return f"{vpc_block}[{index}]"
    whole = IPv6Network(vpc_block)
    return f"{whole.network_address + (index << 64)}/64"
