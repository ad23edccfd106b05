"""Networks as data: what is refused, and in which words."""

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from eks_blueprints.core.errors import InputError, problems_of
from eks_blueprints.network import layout
from eks_blueprints.network.spec import AnyNetwork, ExistingNetworkArgs, NetworkArgs

ADAPTER: TypeAdapter[Any] = TypeAdapter(AnyNetwork)
LIKELY = [
    "euw1-az1",
    "euw1-az2",
    "eu-west-1a",
    "use1-az3",
    "10.0.0.0/16",
    "10.0.0.0/20",
    "100.64.0.0/16",
    "private",
    "ec2",
]
KEYS = ["role", "zone", "cidr", "private", "public", "pod", "stack", "output", "config"]
IDS = {"private": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]}


def problems(value: Any) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        ADAPTER.validate_python(value)
    return [str(problem) for problem in problems_of(refused.value)]


def test_specs_import_no_pulumi() -> None:
    code = "import sys, eks_blueprints.network.layout; sys.exit('pulumi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_nothing_said_is_a_new_network() -> None:
    assert ADAPTER.validate_python({}) == NetworkArgs()


def test_an_id_makes_it_an_existing_network() -> None:
    found = ADAPTER.validate_python({"vpc_id": "vpc-0123456789abcdef0", "subnet_ids": IDS})
    assert isinstance(found, ExistingNetworkArgs)


def test_the_schema_offers_both_shapes() -> None:
    shapes = ADAPTER.json_schema()["anyOf"]
    assert [shape["$ref"].rpartition("/")[2] for shape in shapes] == ["NetworkArgs", "ExistingNetworkArgs"]


def test_a_network_survives_a_round_trip_through_json() -> None:
    for args in (
        NetworkArgs(zones=("euw1-az1", "euw1-az2")),
        ADAPTER.validate_python({"vpc_tags": {"a": "b"}, "subnet_ids": IDS}),
    ):
        assert ADAPTER.validate_json(ADAPTER.dump_json(args, exclude_unset=True)) == args


def test_fields_of_a_new_network_beside_an_existing_one_are_refused_as_such() -> None:
    assert problems({"vpc_id": "vpc-0123456789abcdef0", "subnet_ids": IDS, "max_zones": 3}) == [
        "max_zones: belongs to a new VPC; got vpc_id of an existing one beside it; remove one of them"
    ]


def test_a_misspelt_field_is_named_with_the_nearest_one_of_its_shape() -> None:
    assert problems({"vpc_id": "vpc-0123456789abcdef0", "subnet_idz": IDS, "subnet_ids": IDS}) == [
        'subnet_idz: no such field of an existing network; got "subnet_idz"; did you mean subnet_ids?'
    ]
    assert problems({"nat_gateway": "single"}) == [
        'nat_gateway: no such field; got "nat_gateway"; did you mean nat_gateways?'
    ]


@pytest.mark.parametrize("value", [None, [], "vpc-1", 3, True])
def test_what_is_no_mapping_is_refused(value: Any) -> None:
    assert problems(value)[0].startswith("needs a mapping; got ")


@pytest.mark.parametrize(
    ("fields", "start"),
    [
        ({"cidr": "10.0.0.0"}, "cidr: is not a valid IPv4 CIDR"),
        (
            {"cidr": "10.0.0.1/16"},
            'cidr: is an address inside of a block, not a block; got "10.0.0.1/16"; write 10.0.0.0/16',
        ),
        ({"cidr": "10.0.0.0/15"}, "cidr: needs a block of /16 to /28"),
        ({"cidr": "10.0.0.0/25"}, "cidr: is too small for the layout"),
        ({"cidr": "300.0.0.0/16"}, "cidr: is not a valid IPv4 CIDR"),
        ({"cidr": "fd00::/56"}, "cidr: is not a valid IPv4 CIDR"),
        ({"cidr": "\uff110.0.0.0/16"}, "cidr: is not a valid IPv4 CIDR"),
        ({"cidr": "169.254.0.0/16"}, "cidr: is in a range that AWS does not allow for a VPC"),
        ({"cidr": 10}, "cidr: needs text"),
        ({"zones": []}, "zones: needs 2 to 6 zones; got 0"),
        ({"zones": ["euw1-az1"]}, "zones: needs 2 to 6 zones; got 1"),
        ({"zones": ["euw1-az1", "euw1-az1"]}, "zones[1]: is listed twice; got euw1-az1"),
        ({"zones": ["euw1-az1", "eu-west-1b"]}, "zones: mixes names and ids"),
        ({"zones": ["euw1-az1", "nowhere"]}, 'zones[1]: is not a valid availability zone; got "nowhere"'),
        ({"zones": ["use1-az1", "use1-az3"]}, "zones[1]: is a zone that EKS refuses; got use1-az3"),
        ({"zones": ["us-west-2a", "us-west-2-lax-1a"]}, "zones[1]: is a local or wavelength zone"),
        ({"zones": ["euw1-az1", "euw1-az2"], "zone_count": 2}, "zone_count: is for zones that are not named"),
        ({"zone_count": 7}, "zone_count: is too large"),
        ({"zone_count": True}, "zone_count: needs a whole number"),
        ({"zone_count": 4, "max_zones": 3}, "max_zones: must not be below the number of zones"),
        ({"topology": "private", "nat_gateways": "single"}, "nat_gateways: needs public subnets"),
        ({"nat_gateways": "two"}, "nat_gateways: is not one of the allowed values"),
        ({"pod_cidr": "192.168.0.0/16"}, "pod_cidr: overlaps 192.168.0.0/16"),
        ({"pod_cidr": "10.0.0.0/16"}, "pod_cidr: cannot be in 10.0.0.0/8 beside a VPC of 192.168.0.0/16"),
        ({"pod_cidr": "198.19.0.0/16"}, "pod_cidr: cannot be in 198.19.0.0/16"),
        ({"pod_cidr": "100.64.0.0/26"}, "pod_cidr: is too small"),
        (
            {"cidr": "172.16.0.0/16", "secondary_cidrs": ["172.31.0.0/20"]},
            "secondary_cidrs[0]: cannot be in 172.31.0.0/16",
        ),
        ({"cidr": "10.1.0.0/16", "secondary_cidrs": ["10.0.0.0/20"]}, "secondary_cidrs[0]: cannot be in 10.0.0.0/16"),
        (
            {"secondary_cidrs": [f"100.{n}.0.0/16" for n in range(64, 69)]},
            "secondary_cidrs: is more than 5 blocks; got 6",
        ),
        ({"interface_endpoints": ["ecr.api", "ecr-api"]}, "interface_endpoints[1]: is listed as ecr.api already"),
        ({"interface_endpoints": ["ec2"], "additional_endpoints": ["ec2"]}, "additional_endpoints[0]: is listed"),
        ({"additional_endpoints": ["EC2 "]}, "additional_endpoints[0]: is not a valid service name"),
        ({"gateway_endpoints": ["sqs"]}, "gateway_endpoints[0]: is not one of the allowed values"),
        (
            {"flow_logs": {"bucket_arn": "arn:aws:s3:::b", "retention_in_days": 7}},
            "flow_logs.retention_in_days: is a log group's",
        ),
        ({"flow_logs": {"bucket_arn": "b"}}, "flow_logs.bucket_arn: is not a valid ARN of s3"),
        ({"flow_logs": {"retention_in_days": 8}}, "flow_logs.retention_in_days: is not one of the allowed values"),
        ({"tags": {"aws:x": "y"}}, "tags: needs keys of 1 to 128 characters that do not start with aws:"),
        ({"tags": {"a": 1}}, "tags.a: needs text"),
        ({"subnet_tags": {"internal": {}}}, "subnet_tags.internal: is not one of the allowed values"),
    ],
)
def test_one_problem_is_one_message(fields: dict[str, Any], start: str) -> None:
    found = problems(fields)
    assert len(found) == 1
    assert found[0].startswith(start)


def subnets(**changes: dict[str, Any]) -> dict[str, Any]:
    named: dict[str, Any] = {
        "a": {"role": "private", "zone": "euw1-az1", "cidr": "10.0.0.0/20"},
        "b": {"role": "private", "zone": "euw1-az2", "cidr": "10.0.16.0/20"},
    }
    for key, fields in changes.items():
        named[key] = {**named.get(key, {}), **fields}
    return {"cidr": "10.0.0.0/16", "subnets": named}


@pytest.mark.parametrize(
    ("fields", "start"),
    [
        (subnets(b={"cidr": "10.0.0.0/21"}), "subnets.b.cidr: overlaps that of a"),
        (subnets(b={"cidr": "10.1.0.0/20"}), "subnets.b.cidr: lies outside of the VPC"),
        (subnets(b={"cidr": "10.0.16.0/29"}), "subnets.b.cidr: needs a block of /16 to /28"),
        (subnets(b={"zone": "euw1-az1"}), "subnets: needs private subnets in at least 2 zones"),
        (subnets(b={"role": "privat"}), "subnets.b.role: is not one of the allowed values"),
        (subnets(a={"zone": "use1-az3"}), "subnets.a.zone: is a zone where EKS does not support control plane subnets"),
        (subnets(b={"zone": "eu-west-1b"}), "subnets: mixes names and ids"),
        (subnets(a={"ipv6_index": 1}), "subnets.a.ipv6_index: is for ipv6 networks"),
        (subnets() | {"zone_count": 2}, "zone_count: belongs to the layout"),
        (subnets() | {"pod_cidr": "100.64.0.0/16"}, "pod_cidr: belongs to the layout"),
        (subnets() | {"nat_gateways": "single"}, "nat_gateways: needs public subnets"),
        ({"subnets": {}}, "subnets: needs private or public subnets"),
        (subnets(B={"role": "pod", "zone": "euw1-az2", "cidr": "10.0.32.0/20"}), "subnets.B: is not a valid name"),
    ],
)
def test_subnets_given_in_full_are_checked(fields: dict[str, Any], start: str) -> None:
    found = problems(fields)
    assert len(found) == 1
    assert found[0].startswith(start)


def test_each_subnet_of_an_ipv6_network_has_its_index() -> None:
    assert [p.partition(";")[0] for p in problems(subnets(a={"ipv6_index": 0}) | {"ip_family": "ipv6"})] == [
        "subnets.b.ipv6_index: is needed in an ipv6 network"
    ]


def test_a_nat_gateway_in_each_zone_needs_a_public_subnet_there() -> None:
    public = {"role": "public", "zone": "euw1-az1", "cidr": "10.0.32.0/20"}
    found = problems(subnets(c=public) | {"nat_gateways": "per_zone"})
    message = "has no public subnet for a NAT gateway of its own; got euw1-az2"
    assert found == [f"subnets.b.zone: {message}; add one there or set nat_gateways: single"]


def test_local_zones_are_for_nodes_beside_a_control_plane_elsewhere() -> None:
    local = {"role": "private", "zone": "usw2-lax1-az1", "cidr": "10.0.32.0/20"}
    fields = subnets(
        a={"zone": "usw2-az1", "role": "control_plane"}, b={"zone": "usw2-az2", "role": "control_plane"}, c=local
    )
    assert ADAPTER.validate_python(fields).subnets["c"].zone == "usw2-lax1-az1"


VPC = {"vpc_id": "vpc-0123456789abcdef0"}
LOOKUP = {"subnet_tags": {"pod": {}}, "zones": ["euw1-az1", "euw1-az2"]}


@pytest.mark.parametrize(
    ("fields", "start"),
    [
        ({"subnet_ids": IDS}, "vpc_id: needs the id or the vpc_tags of the VPC; got neither"),
        (
            VPC | {"vpc_tags": {"a": "b"}, "subnet_ids": IDS},
            "vpc_id: needs the id or the vpc_tags of the VPC; got both",
        ),
        ({"vpc_id": "vpc-1", "subnet_ids": IDS}, "vpc_id: is not a valid id of a vpc"),
        (VPC, "subnet_ids: needs at least 2 private or public subnets; got none"),
        (VPC | {"subnet_ids": {"private": []}}, "subnet_ids: needs at least 2 private or public subnets; got none"),
        (
            VPC | {"subnet_ids": {"private": IDS["private"][:1]}},
            "subnet_ids.private: needs subnets in at least 2 zones",
        ),
        (
            VPC | {"subnet_ids": {"private": [*IDS["private"], "subnet-x"]}},
            "subnet_ids.private[2]: is not a valid id of a subnet",
        ),
        (VPC | {"subnet_tags": {"private": {"a": "b"}}}, "zones: is needed to look subnets up by tags"),
        (
            VPC | {"subnet_ids": IDS, "zones": ["euw1-az1", "euw1-az2"]},
            "zones: is for subnets looked up by subnet_tags",
        ),
        (VPC | LOOKUP | {"subnet_ids": IDS}, "subnet_tags.pod: needs at least one tag"),
    ],
)
def test_an_existing_network_is_checked(fields: dict[str, Any], start: str) -> None:
    found = problems(fields)
    assert len([problem for problem in found if problem.startswith(start)]) == 1


def test_a_subnet_listed_twice_is_refused_at_both_places() -> None:
    twice = VPC | {"subnet_ids": IDS | {"public": IDS["private"][:1]}}
    assert [p.partition(":")[0] for p in problems(twice)] == ["subnet_ids.private[0]", "subnet_ids.public[0]"]


def test_a_subnet_of_the_control_plane_may_have_another_role_too() -> None:
    found = ADAPTER.validate_python(VPC | {"subnet_ids": IDS | {"control_plane": IDS["private"]}})
    assert found.subnet_ids["control_plane"] == found.subnet_ids["private"]
    twice = VPC | {"subnet_ids": {"control_plane": IDS["private"][:1] * 2}}
    assert [p.partition(":")[0] for p in problems(twice)] == [f"subnet_ids.control_plane[{n}]" for n in (0, 1)]


def test_ids_may_come_from_another_stack() -> None:
    reference = {"stack": "org/net/prod", "output": "vpc_id"}
    assert isinstance(ADAPTER.validate_python({"vpc_id": reference, "subnet_ids": IDS}), ExistingNetworkArgs)


def test_a_block_that_shares_addresses_is_found() -> None:
    args = NetworkArgs(pod_cidr="100.64.0.0/16")
    assert args.overlaps("100.64.8.0/24") == "100.64.0.0/16"
    assert args.overlaps("10.100.0.0/16") is None


TEXT = st.text("aZ1-./é", max_size=6)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 300) | TEXT | st.sampled_from(LIKELY),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT | st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None, max_examples=300)
@given(
    st.dictionaries(
        st.sampled_from([*NetworkArgs.model_fields, *ExistingNetworkArgs.model_fields, "typo"]), JSON, max_size=4
    )
)
def test_whatever_is_written_ends_in_a_plan_or_in_located_problems(value: dict[str, Any]) -> None:
    try:
        args = ADAPTER.validate_python(value)
        if isinstance(args, NetworkArgs):
            layout.plan(args, "eu-west-1")
    except ValidationError as error:
        found = problems_of(error)
        assert found
        assert all(problem.path and "\n" not in problem.message for problem in found)
    except InputError as error:
        assert all(problem.message for problem in error.problems)  # noqa: PT017 - either end is right
