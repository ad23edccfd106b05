"""The arithmetic of subnets."""

from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eks_blueprints.core.errors import InputError
from eks_blueprints.network import layout
from eks_blueprints.network.spec import NetworkArgs

steady = settings(deadline=None, max_examples=60)
ZONES = [f"eu-west-1{letter}" for letter in "abcdef"]


def blocks(args: NetworkArgs, region: str = "eu-west-1") -> dict[str, str]:
    return {subnet.name: subnet.cidr for subnet in layout.plan(args, region)}


def test_the_default_is_eksctls_layout() -> None:
    assert blocks(NetworkArgs()) == {
        "public-eu-west-1a": "192.168.0.0/19",
        "public-eu-west-1b": "192.168.32.0/19",
        "public-eu-west-1c": "192.168.64.0/19",
        "private-eu-west-1a": "192.168.96.0/19",
        "private-eu-west-1b": "192.168.128.0/19",
        "private-eu-west-1c": "192.168.160.0/19",
    }


def test_two_zones_are_cut_as_eksctl_logs_them() -> None:
    assert blocks(NetworkArgs(zones=("us-east-1a", "us-east-1f")), "us-east-1") == {
        "public-us-east-1a": "192.168.0.0/19",
        "public-us-east-1f": "192.168.32.0/19",
        "private-us-east-1a": "192.168.64.0/19",
        "private-us-east-1f": "192.168.96.0/19",
    }


def test_five_zones_take_sixteen_blocks() -> None:
    found = blocks(NetworkArgs(zones=tuple(ZONES[:5])))
    assert len(found) == 10
    assert {IPv4Network(block).prefixlen for block in found.values()} == {20}


def test_us_west_1_gets_the_two_zones_that_eks_takes() -> None:
    assert layout.zones_of(NetworkArgs(), "us-west-1") == ("usw1-az1", "usw1-az3")


def test_us_east_1_leaves_out_the_zone_that_eks_refuses() -> None:
    assert layout.zones_of(NetworkArgs(zone_count=5), "us-east-1") == (
        "use1-az1",
        "use1-az2",
        "use1-az4",
        "use1-az5",
        "use1-az6",
    )


def test_a_newer_region_needs_its_zones_named() -> None:
    with pytest.raises(InputError, match="no zones of eu-north-7 are known; got none; name at least 2 under zones"):
        layout.plan(NetworkArgs(), "eu-north-7")
    assert len(layout.plan(NetworkArgs(zones=("eu-north-7a", "eu-north-7b")), "eu-north-7")) == 4


def test_more_zones_than_a_region_has_are_refused() -> None:
    with pytest.raises(InputError, match="zone_count: eu-west-1 has 3 zones"):
        layout.plan(NetworkArgs(zone_count=4), "eu-west-1")


def test_zones_of_another_region_are_refused_each() -> None:
    with pytest.raises(InputError) as refused:
        layout.plan(NetworkArgs(zones=("euw2-az1", "euw1-az1", "euc1-az2")), "eu-west-1")
    assert [str(problem).partition(";")[0] for problem in refused.value.problems] == [
        "zones[0]: is not a valid zone of eu-west-1",
        "zones[2]: is not a valid zone of eu-west-1",
    ]


def test_addresses_of_the_network_itself_are_not_free() -> None:
    planned = {
        s.name: s for s in layout.plan(NetworkArgs(cidr="10.0.0.0/24", interface_endpoints=("ec2",)), "eu-west-1")
    }
    assert (planned["public-eu-west-1a"].usable, planned["public-eu-west-1a"].free) == (27, 26)
    assert planned["private-eu-west-1b"].free == 26


def test_a_layout_that_leaves_no_room_for_upgrades_is_refused() -> None:
    args = NetworkArgs(cidr="10.0.0.0/24", zones=tuple(ZONES[:5]), topology="private")
    with pytest.raises(
        InputError, match="cidr: leaves too few addresses in private-eu-west-1a: the control plane needs 6"
    ):
        layout.plan(args, "eu-west-1")


def test_less_than_eks_recommends_is_a_warning() -> None:
    found = list(layout.warnings(NetworkArgs(cidr="10.0.0.0/24", zones=tuple(ZONES[:5])), "eu-west-1"))
    assert {problem.severity for problem in found} == {"warning"}
    assert "leaves 11 free addresses in private-eu-west-1a, where EKS recommends 16" in found[0].message


def test_private_subnets_without_any_way_out_are_a_warning() -> None:
    found = list(layout.warnings(NetworkArgs(nat_gateways="none"), "eu-west-1"))
    assert [problem.path for problem in found] == [("nat_gateways",)]


def test_pod_subnets_are_cut_from_their_own_block() -> None:
    found = blocks(NetworkArgs(pod_cidr="100.64.0.0/16"))
    assert [found[f"pod-eu-west-1{n}"] for n in "abc"] == ["100.64.0.0/18", "100.64.64.0/18", "100.64.128.0/18"]


networks = st.builds(
    lambda prefix, number, count, room, topology, pods, family: NetworkArgs(
        cidr=str(IPv4Network((0x0A000000 + (number << 8), prefix), strict=False)),
        zones=tuple(ZONES[:count]),
        max_zones=max(room, count) if room else None,
        topology=topology,
        pod_cidr="100.64.0.0/17" if pods else None,
        ip_family=family,
        interface_endpoints=(),
    ),
    prefix=st.integers(16, 24),
    number=st.integers(0, 0xFFFF),
    count=st.integers(2, 6),
    room=st.one_of(st.none(), st.integers(2, 6)),
    topology=st.sampled_from(["public_and_private", "private"]),
    pods=st.booleans(),
    family=st.sampled_from(["ipv4", "ipv6"]),
)


@steady
@given(networks)
def test_subnets_never_overlap(args: NetworkArgs) -> None:
    found = [IPv4Network(block) for block in blocks(args).values()]
    assert not any(one.overlaps(other) for one, other in combinations(found, 2))


@steady
@given(networks)
def test_subnets_lie_inside_the_vpc_and_aws_takes_their_size(args: NetworkArgs) -> None:
    whole = [IPv4Network(block) for block in args.cidrs]
    for text in blocks(args).values():
        block = IPv4Network(text)
        assert any(block.subnet_of(outer) for outer in whole)
        assert 16 <= block.prefixlen <= 28


@steady
@given(networks)
def test_a_layout_is_the_same_every_time(args: NetworkArgs) -> None:
    assert layout.plan(args, "eu-west-1") == layout.plan(args.but(), "eu-west-1")


@steady
@given(networks)
def test_each_zone_has_one_subnet_of_each_role(args: NetworkArgs) -> None:
    found = [(subnet.role, subnet.zone) for subnet in layout.plan(args, "eu-west-1")]
    assert len(set(found)) == len(found)
    assert {zone for role, zone in found if role == "private"} == set(args.zones or ())


@steady
@given(networks)
def test_ipv6_blocks_are_told_apart_by_their_index(args: NetworkArgs) -> None:
    found = [subnet.ipv6_index for subnet in layout.plan(args, "eu-west-1")]
    if args.ip_family == "ipv4":
        assert set(found) == {None}
    else:
        assert len(set(found)) == len(found)
        assert all(index is not None and 0 <= index <= 255 for index in found)


@steady
@given(networks, st.integers(2, 6))
def test_with_room_for_them_later_zones_move_nothing(args: NetworkArgs, count: int) -> None:
    fewer = args.but(zones=tuple(ZONES[: min(count, len(args.zones or ()))]), max_zones=6)
    more = args.but(max_zones=6)
    if not list(layout.problems(more, "eu-west-1")):
        assert blocks(fewer).items() <= blocks(more).items()


@steady
@given(networks)
def test_a_zone_at_the_end_moves_no_public_subnet_while_the_blocks_are_as_many(args: NetworkArgs) -> None:
    zones = args.zones or ()
    if args.max_zones is None and len(zones) not in (4, 6):
        before, after = blocks(args), blocks(args.but(zones=(*zones, ZONES[len(zones)])))
        assert {n: b for n, b in before.items() if not n.startswith("private")}.items() <= after.items()


@steady
@given(networks)
def test_private_subnets_are_where_they_are_with_public_ones_beside_them(args: NetworkArgs) -> None:
    private = blocks(args.but(topology="private"))
    assert private.items() <= blocks(args.but(topology="public_and_private")).items()
