"""Networks as resources."""

import json
from typing import Any

import pulumi
import pytest
from pydantic import TypeAdapter

from eks_blueprints.core.errors import InputError
from eks_blueprints.core.refs import NetworkRef
from eks_blueprints.network.component import Network, ipv6_block, make_network
from eks_blueprints.network.endpoints import PRIVATE_CLUSTER
from eks_blueprints.network.spec import AnyNetwork, NetworkArgs
from eks_blueprints.recording import PlannedResource, record

ADAPTER: TypeAdapter[Any] = TypeAdapter(AnyNetwork)


class Made:
    """What a network made, by type and name."""

    def __init__(self, region: str = "eu-west-1", **fields: Any) -> None:
        self.ref: NetworkRef
        args = ADAPTER.validate_python(fields)

        def program() -> None:
            made = make_network("net", args, region=region, cluster_name="shop", tags={"team": "platform"})
            self.ref = made.ref
            pulumi.export("ids", {r: made.ref.ids(r) for r in ("public", "private", "pod", "control_plane")})

        self.recording = record(program)
        self.resources = [r for r in self.recording.plan().resources if not r.type.startswith("pulumi:")]

    def all(self, kind: str) -> dict[str, PlannedResource]:
        return {r.name.removeprefix("net-"): r for r in self.resources if r.type.endswith(f":{kind}")}

    def urns(self) -> set[str]:
        return {r.urn for r in self.resources}


@pytest.fixture(scope="module")
def default() -> Made:
    return Made()


def test_the_default_network_is_these_resources(default: Made) -> None:
    kinds = [r.type.rpartition(":")[2] for r in default.resources]
    assert {kind: kinds.count(kind) for kind in sorted(set(kinds))} == {
        "DefaultSecurityGroup": 1,
        "Eip": 1,
        "InternetGateway": 1,
        "NatGateway": 1,
        "Network": 1,
        "Route": 4,
        "RouteTable": 4,
        "RouteTableAssociation": 6,
        "Subnet": 6,
        "Vpc": 1,
        "VpcEndpoint": 1,
    }


def test_no_two_resources_share_a_name_and_each_is_a_child(default: Made) -> None:
    made = Made(flow_logs={}, topology="private", pod_cidr="100.64.0.0/16")
    for resources in (default.resources, made.resources):
        names = [r.name for r in resources]
        assert len(set(names)) == len(names)
        assert all(name == "net" or name.startswith("net-") for name in names)


def test_zones_are_asked_for_by_id_or_by_name_as_written(default: Made) -> None:
    assert default.all("Subnet")["public-eu-west-1a"].inputs["availabilityZone"] == "eu-west-1a"
    named = Made(zones=["euw1-az1", "euw1-az2"]).all("Subnet")
    assert named["public-euw1-az1"].inputs["availabilityZoneId"] == "euw1-az1"
    assert "availabilityZone" not in named["public-euw1-az1"].inputs


def test_subnets_carry_the_tags_of_load_balancers_and_karpenter(default: Made) -> None:
    subnets = default.all("Subnet")
    assert subnets["public-eu-west-1a"].inputs["tags"] == {
        "Name": "net-public-eu-west-1a",
        "kubernetes.io/role/elb": "1",
        "team": "platform",
    }
    assert subnets["private-eu-west-1a"].inputs["tags"] == {
        "Name": "net-private-eu-west-1a",
        "karpenter.sh/discovery": "shop",
        "kubernetes.io/role/internal-elb": "1",
        "team": "platform",
    }


def test_the_cluster_tag_is_set_where_asked_for() -> None:
    tags = Made(cluster_tag="shared").all("Subnet")["public-eu-west-1a"].inputs["tags"]
    assert tags["kubernetes.io/cluster/shop"] == "shared"


def test_tags_of_a_role_and_of_the_network_are_added() -> None:
    tags = Made(tags={"team": "net"}, subnet_tags={"public": {"tier": "edge"}}).all("Subnet")
    assert tags["public-eu-west-1a"].inputs["tags"]["tier"] == "edge"
    assert tags["private-eu-west-1a"].inputs["tags"]["team"] == "net"
    assert "tier" not in tags["private-eu-west-1a"].inputs["tags"]


def test_only_public_subnets_give_public_addresses(default: Made) -> None:
    subnets = default.all("Subnet")
    assert subnets["public-eu-west-1a"].inputs["mapPublicIpOnLaunch"] is True
    assert "mapPublicIpOnLaunch" not in subnets["private-eu-west-1a"].inputs


def test_one_nat_gateway_serves_all_zones(default: Made) -> None:
    routes = default.all("Route")
    assert {routes[f"routes-private-eu-west-1{n}-nat"].inputs["natGatewayId"] for n in "abc"} == {
        "${net-nat-eu-west-1a.id}"
    }


def test_a_nat_gateway_and_its_address_wait_for_the_internet_gateway(default: Made) -> None:
    gateway = next(iter(default.all("InternetGateway").values())).urn
    for kind in ("NatGateway", "Eip"):
        for resource in default.all(kind).values():
            assert gateway in resource.dependencies


def test_a_nat_gateway_a_zone_serves_its_own() -> None:
    routes = Made(nat_gateways="per_zone").all("Route")
    for n in "abc":
        assert routes[f"routes-private-eu-west-1{n}-nat"].inputs["natGatewayId"] == f"${{net-nat-eu-west-1{n}.id}}"


def test_no_nat_gateway_is_no_route_either() -> None:
    made = Made(nat_gateways="none")
    assert not made.all("NatGateway")
    assert set(made.all("Route")) == {"routes-public-internet"}


def test_a_private_network_has_endpoints_and_no_way_to_the_internet() -> None:
    made = Made(topology="private", ip_family="ipv6")
    for kind in ("InternetGateway", "NatGateway", "EgressOnlyInternetGateway", "Route", "Eip"):
        assert not made.all(kind)
    assert sorted(r.inputs["serviceName"].split(".", 3)[3] for r in made.all("VpcEndpoint").values()) == sorted(
        (*PRIVATE_CLUSTER, "s3")
    )


def test_endpoints_take_https_from_every_block_of_the_vpc() -> None:
    rules = Made(interface_endpoints=["ec2"], pod_cidr="100.64.0.0/16").all("SecurityGroupIngressRule")
    found = {(rule.inputs["cidrIpv4"], rule.inputs["fromPort"], rule.inputs["toPort"]) for rule in rules.values()}
    assert found == {("100.64.0.0/16", 443, 443), ("192.168.0.0/16", 443, 443)}


def test_an_endpoint_stands_in_one_private_subnet_a_zone() -> None:
    endpoint = Made(interface_endpoints=["ecr.api"]).all("VpcEndpoint")["endpoint-ecr-api"]
    assert endpoint.inputs["subnetIds"] == [f"${{net-private-eu-west-1{n}.id}}" for n in "abc"]
    assert endpoint.inputs["privateDnsEnabled"] is True


def test_endpoints_have_the_names_of_their_partition() -> None:
    fields = {"topology": "private", "zones": ["cn-north-1a", "cn-north-1b"]}
    endpoints = Made("cn-north-1", **fields).all("VpcEndpoint")
    assert endpoints["endpoint-ec2"].inputs["serviceName"] == "cn.com.amazonaws.cn-north-1.ec2"
    assert endpoints["endpoint-logs"].inputs["serviceName"] == "com.amazonaws.cn-north-1.logs"
    assert endpoints["gateway-s3"].inputs["serviceName"] == "com.amazonaws.cn-north-1.s3"


def test_pod_subnets_wait_for_their_block() -> None:
    made = Made(pod_cidr="100.64.0.0/16")
    block = made.all("VpcIpv4CidrBlockAssociation")["cidr-100-64-0-0-16"].urn
    subnets = made.all("Subnet")
    assert block in subnets["pod-eu-west-1a"].dependencies
    assert block not in subnets["private-eu-west-1a"].dependencies
    association = made.all("RouteTableAssociation")["pod-eu-west-1a-routes"]
    assert association.inputs["routeTableId"] == "${net-routes-private-eu-west-1a.id}"


def test_ipv6_gives_each_subnet_a_block_and_private_ones_a_way_out() -> None:
    made = Made(ip_family="ipv6")
    assert made.all("Vpc")["vpc"].inputs["assignGeneratedIpv6CidrBlock"] is True
    assert made.all("Subnet")["private-eu-west-1a"].inputs["ipv6CidrBlock"] == "${net-vpc.ipv6CidrBlock}[3]"
    assert made.all("Subnet")["private-eu-west-1a"].inputs["assignIpv6AddressOnCreation"] is True
    routes = made.all("Route")
    assert routes["routes-public-internet-ipv6"].inputs["gatewayId"] == "${net-internet.id}"
    assert routes["routes-private-eu-west-1a-egress-only"].inputs["destinationIpv6CidrBlock"] == "::/0"


@pytest.mark.parametrize(
    ("index", "block"), [(0, "2600:1f14::/64"), (3, "2600:1f14:0:3::/64"), (255, "2600:1f14:0:ff::/64")]
)
def test_an_ipv6_block_is_one_of_256(index: int, block: str) -> None:
    assert ipv6_block("2600:1f14::/56", index) == block


def test_flow_logs_go_to_a_log_group_with_a_role() -> None:
    made = Made(flow_logs={"retention_in_days": 90, "kms_key_arn": "arn:aws:kms:eu-west-1:123456789012:key/k"})
    group = made.all("LogGroup")["flow-logs-group"].inputs
    assert (group["retentionInDays"], group["kmsKeyId"]) == (90, "arn:aws:kms:eu-west-1:123456789012:key/k")
    assert made.all("FlowLog")["flow-logs"].inputs["logDestination"] == "${net-flow-logs-group.arn}"


@pytest.mark.parametrize(("region", "partition"), [("eu-west-1", "aws"), ("cn-north-1", "aws-cn")])
def test_the_role_of_flow_logs_is_for_those_of_its_account(region: str, partition: str) -> None:
    trust = json.loads(Made(region=region, flow_logs={}).all("Role")["flow-logs-role"].inputs["assumeRolePolicy"])
    logs = f"arn:{partition}:ec2:{region}:${{net-vpc.ownerId}}:vpc-flow-log/*"
    assert trust["Statement"][0]["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "${net-vpc.ownerId}"},
        "ArnLike": {"aws:SourceArn": logs},
    }


def test_flow_logs_go_to_a_bucket_without_any_role() -> None:
    made = Made(flow_logs={"bucket_arn": "arn:aws:s3:::logs"})
    assert made.all("FlowLog")["flow-logs"].inputs["logDestinationType"] == "s3"
    assert not made.all("LogGroup")
    assert not made.all("Role")


def test_the_default_security_group_may_be_left_alone() -> None:
    assert not Made(default_security_group="unmanaged").all("DefaultSecurityGroup")


def test_a_zone_more_changes_no_other_name() -> None:
    fewer, more = Made(zones=["eu-west-1a", "eu-west-1b"]), Made(zones=["eu-west-1a", "eu-west-1b", "eu-west-1c"])
    assert fewer.urns() < more.urns()


SUBNETS = {
    "edge-a": {"role": "public", "zone": "eu-west-1a", "cidr": "10.0.0.0/24"},
    "edge-b": {"role": "public", "zone": "eu-west-1b", "cidr": "10.0.1.0/24"},
    "nodes-a": {"role": "private", "zone": "eu-west-1a", "cidr": "10.0.16.0/20", "tags": {"x": "y"}},
    "nodes-b": {"role": "private", "zone": "eu-west-1b", "cidr": "10.0.32.0/20"},
    "api-a": {"role": "control_plane", "zone": "eu-west-1a", "cidr": "10.0.2.0/28"},
    "api-b": {"role": "control_plane", "zone": "eu-west-1b", "cidr": "10.0.2.16/28"},
}


def test_subnets_given_in_full_are_made_as_they_are() -> None:
    made = Made(cidr="10.0.0.0/16", subnets=SUBNETS)
    assert set(made.all("Subnet")) == {f"subnet-{key}" for key in SUBNETS}
    assert made.all("Subnet")["subnet-nodes-a"].inputs["tags"]["x"] == "y"
    assert [len(made.ref.ids(role)) for role in ("public", "private", "control_plane")] == [2, 2, 2]


def test_subnets_listed_in_another_order_change_nothing() -> None:
    one = Made(cidr="10.0.0.0/16", subnets=SUBNETS, interface_endpoints=["ec2"])
    other = Made(cidr="10.0.0.0/16", subnets=dict(reversed(SUBNETS.items())), interface_endpoints=["ec2"])
    assert one.urns() == other.urns()
    for kind in ("NatGateway", "Route", "Subnet"):
        before, after = one.all(kind), other.all(kind)
        assert {n: r.inputs for n, r in before.items()} == {n: r.inputs for n, r in after.items()}


def test_others_see_ids_and_zones_and_what_to_wait_for(default: Made) -> None:
    assert default.recording.outputs["ids"]["private"] == [f"${{net-private-eu-west-1{n}.id}}" for n in "abc"]
    assert len(default.ref.ids("private", zones=("eu-west-1b",))) == 1
    kinds = {type(resource).__name__ for resource in default.ref.ready}
    assert kinds == {"Route", "RouteTableAssociation", "VpcEndpoint"}


def test_a_network_that_cannot_be_is_refused_before_anything_is_made() -> None:
    with pytest.raises(InputError, match="zones"):
        Network("net", NetworkArgs(zones=("euw2-az1", "euw2-az2")), region="eu-west-1")


def test_an_existing_network_makes_nothing() -> None:
    ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
    made = Made(vpc_id="vpc-0123456789abcdef0", subnet_ids={"private": ids})
    assert [r.type for r in made.resources] == ["eks-blueprints:index:ExistingNetwork"]
    assert made.recording.outputs["ids"]["private"] == ids
    assert not made.recording.calls


def test_an_existing_network_is_found_by_tags_one_subnet_a_zone() -> None:
    made = Made(
        vpc_tags={"Name": "core"},
        subnet_tags={"private": {"tier": "app"}},
        zones=["eu-west-1a", "eu-west-1b", "eu-west-1c"],
    )
    assert len(made.ref.ids("private")) == 3
    tokens = [call.token for call in made.recording.calls]
    assert tokens.count("aws:ec2/getVpc:getVpc") == 1
    assert tokens.count("aws:ec2/getSubnet:getSubnet") == 3
