"""Gateways to other networks, blocks out of pools, several subnets in a zone."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from eks_blueprints.core.errors import problems_of
from eks_blueprints.network.existing import _one_of
from eks_blueprints.network.layout import warnings
from eks_blueprints.network.spec import AnyNetwork, NetworkArgs

from .test_component import Made

ADAPTER: TypeAdapter[Any] = TypeAdapter(AnyNetwork)
TGW = "tgw-0123456789abcdef0"
VGW = "vgw-0123456789abcdef0"
POOL = "ipam-pool-0123456789abcdef0"
ZONES = ["eu-west-1a", "eu-west-1b"]


def problems(**fields: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        ADAPTER.validate_python(fields)
    return "\n".join(map(str, problems_of(caught.value)))


def test_private_subnets_reach_other_networks_through_a_transit_gateway() -> None:
    made = Made(zones=ZONES, gateways={"on_premises": {"id": TGW, "destination_cidrs": ["10.80.0.0/16"]}})
    attachment = made.all("VpcAttachment")["gateway-on-premises"]
    assert attachment.inputs["transitGatewayId"] == TGW
    assert len(attachment.inputs["subnetIds"]) == 2
    route = made.all("Route")["routes-private-eu-west-1a-on-premises-10-80-0-0-16"]
    assert (route.inputs["transitGatewayId"], route.inputs["destinationCidrBlock"]) == (TGW, "10.80.0.0/16")
    assert attachment.urn in route.dependencies
    assert "routes-public-on-premises-10-80-0-0-16" not in made.all("Route")
    assert route.urn in {resource.urn for resource in made.resources}


def test_a_virtual_private_gateway_is_attached_as_such() -> None:
    made = Made(zones=ZONES, gateways={"vpn": {"id": VGW, "destination_cidrs": ["10.80.0.0/16"]}})
    assert made.all("VpnGatewayAttachment")["gateway-vpn"].inputs["vpnGatewayId"] == VGW
    assert made.all("Route")["routes-private-eu-west-1a-vpn-10-80-0-0-16"].inputs["gatewayId"] == VGW


def test_nodes_wait_for_the_routes() -> None:
    made = Made(zones=ZONES, gateways={"vpn": {"id": VGW, "destination_cidrs": ["10.80.0.0/16"]}})
    names = {resource.pulumi_resource_name for resource in made.ref.ready}
    assert "net-routes-private-eu-west-1a-vpn-10-80-0-0-16" in names


def test_another_gateway_touches_nothing_else() -> None:
    one = {"vpn": {"id": VGW, "destination_cidrs": ["10.80.0.0/16"]}}
    two = {"hub": {"id": TGW, "destination_cidrs": ["10.90.0.0/16"]}, **one}
    assert Made(zones=ZONES, gateways=one).urns() <= Made(zones=ZONES, gateways=two).urns()


def test_a_hub_can_be_the_way_to_the_internet() -> None:
    hub = {"hub": {"id": TGW, "destination_cidrs": ["0.0.0.0/0"]}}
    assert list(warnings(NetworkArgs.model_validate({"nat_gateways": "none", "gateways": hub}), "eu-west-1")) == []
    assert list(warnings(NetworkArgs(nat_gateways="none"), "eu-west-1"))


def gateways(**fields: Any) -> dict[str, Any]:
    return {"gateways": {"hub": {"id": TGW, "destination_cidrs": ["10.80.0.0/16"], **fields}}}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (gateways(id="igw-1"), "gateways.hub.id: is not a valid id of a gateway"),
        (gateways(destination_cidrs=[]), "gateways.hub.destination_cidrs"),
        (gateways(destination_cidrs=["0.0.0.0/0"]), "is where NAT gateways lead; got 0.0.0.0/0"),
        (gateways(destination_cidrs=["192.168.0.0/16"]), "is a block of the VPC itself"),
        (gateways(destination_cidrs=["fd00::/8"]), "is IPv6; got fd00::/8 in a network of ipv4"),
        (gateways(destination_cidrs=["10.1.0.0/16", "10.1.0.0/16"]), "destination_cidrs[1]: is listed twice"),
        (gateways(kind="vpn"), "gateways.hub.kind: does not fit the id"),
        (gateways(id={"config": "hub"}), "gateways.hub.kind: is needed where the id is not written"),
        (gateways(id=VGW, appliance_mode_support="enable"), "appliance_mode_support: is for transit gateways"),
        (
            {
                "gateways": {
                    "a": {"id": VGW, "destination_cidrs": ["10.1.0.0/16"]},
                    "b": {"id": "vgw-0fedcba9876543210", "destination_cidrs": ["10.2.0.0/16"]},
                }
            },
            "gateways.b.id: is a second virtual private gateway",
        ),
        ({"ipv4_ipam_pool_id": POOL}, "cidr: is needed with ipv4_ipam_pool_id"),
        ({"ipv4_ipam_pool_id": "pool", "cidr": "10.0.0.0/16"}, "ipv4_ipam_pool_id: is not a valid id of an IPAM pool"),
        ({"ipv6_block": {"ipam_pool_id": POOL}}, "ipv6_block: is for ip_family ipv6"),
        ({"ip_family": "ipv6", "ipv6_block": {}}, "ipv6_block: needs an ipam_pool_id or a pool; got neither"),
        (
            {"ip_family": "ipv6", "ipv6_block": {"pool": "ipv6pool-ec2-0123456789abcdef0"}},
            "ipv6_block.cidr_block: is needed with pool",
        ),
        (
            {"ip_family": "ipv6", "ipv6_block": {"ipam_pool_id": POOL, "cidr_block": "10.0.0.0/16"}},
            "cidr_block: is not a valid block of a VPC",
        ),
        (
            {
                "ip_family": "ipv6",
                "ipv6_block": {"ipam_pool_id": POOL, "cidr_block": "2001:db8::/56", "netmask_length": 56},
            },
            "netmask_length: is for a block that the IPAM pool chooses",
        ),
        (
            {"vpc_id": "vpc-0123456789abcdef0", "subnet_ids": {"private": ["subnet-0123456789abcdef0"] * 2},
             "subnets_per_zone": {"private": 2}},
            "subnets_per_zone.private: is for subnets looked up by subnet_tags",
        ),
    ],
)  # fmt: skip
def test_mistakes_are_told_where_they_stand(fields: dict[str, Any], said: str) -> None:
    assert said in problems(**fields)


def test_blocks_come_from_pools() -> None:
    vpc = Made(cidr="10.0.0.0/16", ipv4_ipam_pool_id=POOL).all("Vpc")["vpc"].inputs
    assert (vpc["cidrBlock"], vpc["ipv4IpamPoolId"]) == ("10.0.0.0/16", POOL)
    vpc = Made(ip_family="ipv6", ipv6_block={"ipam_pool_id": POOL}).all("Vpc")["vpc"].inputs
    assert (vpc["ipv6IpamPoolId"], vpc["ipv6NetmaskLength"]) == (POOL, 56)
    assert "assignGeneratedIpv6CidrBlock" not in vpc


def test_addresses_that_you_brought_are_associated_and_cut() -> None:
    block = {"pool": "ipv6pool-ec2-0123456789abcdef0", "cidr_block": "2001:db8:1200::/56"}
    made = Made(ip_family="ipv6", ipv6_block=block, zones=ZONES)
    associated = made.all("VpcIpv6CidrBlockAssociation")["cidr-ipv6"]
    assert associated.inputs["ipv6Pool"] == block["pool"]
    subnet = made.all("Subnet")["private-eu-west-1a"]
    assert associated.urn in subnet.dependencies


def test_several_subnets_of_a_zone_are_found_by_their_tags() -> None:
    tags = {"private": {"tier": "nodes"}}
    made = Made(vpc_id="vpc-0123456789abcdef0", subnet_tags=tags, zones=ZONES, subnets_per_zone={"private": 2})
    assert [subnet.zone for subnet in made.ref.subnets] == [ZONES[0], ZONES[0], ZONES[1], ZONES[1]]
    ids = made.recording.plan().outputs["ids"]["private"]
    assert len(ids) == 4


def test_they_are_taken_in_an_order_of_their_own_and_counted() -> None:
    assert _one_of(["subnet-b", "subnet-a"], 0, 2, "private", "eu-west-1a") == "subnet-a"
    with pytest.raises(ValueError, match=r"finds 3 subnets in eu-west-1a; got 2 expected"):
        _one_of(["a", "b", "c"], 0, 2, "private", "eu-west-1a")
