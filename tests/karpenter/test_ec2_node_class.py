"""Classes of Karpenter's nodes: rules E1 to E9b, E17 to E26, and their quirks."""

from typing import Any

import pytest

from eks_blueprints.core.spec import Reference
from eks_blueprints.karpenter.ec2_node_class import Ec2NodeClass

from .words import AL2023, ec2_class, one, refused


@pytest.mark.parametrize(
    "alias",
    [
        "al2023@latest",
        "al2023@v20240807",
        "bottlerocket@v1.20.5",
        "bottlerocket@1.20.5",
        "windows2025@latest",
        "al2@latest",
    ],
)
def test_aliases(alias: str) -> None:
    assert not refused(ec2_class, ami_selector_terms=[{"alias": alias}])


@pytest.mark.parametrize(
    "alias",
    [
        *("al2023", "al2023@", "AL2023@latest", "ubuntu@latest", "al-2023@latest", "windows2016@latest"),
        *("windows2022@v1.30", "al2023@anything-goes", "al2023@a@b", "al2023@20240807", "bottlerocket@v1.20"),
        *("al2023@latest\n", "@latest", ""),
    ],
)
def test_no_aliases(alias: str) -> None:
    assert one(ec2_class, ami_selector_terms=[{"alias": alias}]).startswith("ami_selector_terms[0].alias: ")


@pytest.mark.parametrize(
    "terms",
    [
        [{"id": "ami-0123456789abcdef0"}],
        [{"id": "ami-1"}, {"id": "ami-2"}],
        [{"name": "x*", "owner": "self"}],
        [{"tags": {"a": "*"}}],
        [{"tags": {"a": "b"}, "name": "x", "owner": "123456789012"}],
        [{"ssm_parameter": "/my/image"}],
        [{"id": "ami-1"}] * 30,
    ],
)
def test_images_by_other_terms(terms: list[dict[str, Any]]) -> None:
    assert not refused(ec2_class, ami_selector_terms=terms, ami_family="AL2023")


@pytest.mark.parametrize(
    "terms",
    [
        [],
        [{}],
        [{"owner": "self"}],
        [{"id": "ami-1", "tags": {"a": "b"}}],
        [{"id": "ami-1", "owner": "self"}],
        [{"id": "ami-1", "ssm_parameter": "/x"}],
        [{"ssm_parameter": "/x", "name": "y"}],
        [{"id": "i-123"}],
        [{"id": "AMI-123"}],
        [{"id": "xxami-1!"}],
        [{"tags": {}}],
        [{"tags": {"a": ""}}],
        [{"tags": {"": "a"}}],
        [{"tags": {f"t{number}": "*" for number in range(21)}}],
        [{"name": ""}],
        [{"name": "x", "owner": "me"}],
        [{"id": "ami-1"}] * 31,
        [{"id": "ami-1"}, {"alias": AL2023}],
    ],
)
def test_no_images(terms: list[dict[str, Any]]) -> None:
    assert one(ec2_class, ami_selector_terms=terms, ami_family="AL2023").startswith("ami_selector_terms")


def test_images_are_required() -> None:
    found = refused(Ec2NodeClass.model_validate, obj={})
    assert found == ["ami_selector_terms: is required; got nothing; add it"]


def test_the_family_follows_the_alias() -> None:
    assert ec2_class().family == "AL2023"
    assert ec2_class(ami_family="Custom").family == "Custom"
    assert "is not that of" in one(ec2_class, ami_family="Bottlerocket")
    assert "required without an alias" in one(ec2_class, ami_selector_terms=[{"id": "ami-1"}])
    assert "is not one of" in one(ec2_class, ami_family="Ubuntu")


@pytest.mark.parametrize("field", ["subnet_selector_terms", "security_group_selector_terms"])
def test_subnets_and_security_groups(field: str) -> None:
    prefix = "subnet" if field.startswith("subnet") else "sg"
    assert not refused(ec2_class, **{field: [{"id": f"{prefix}-1"}, {"tags": {"a": "b"}}]})
    wrong: tuple[dict[str, Any], ...]
    wrong = ({}, {"id": "sn-1"}, {"id": f"x{prefix}-1"}, {"id": f"{prefix}-1", "tags": {"a": "b"}}, {"tags": {}})
    for bad in wrong:
        assert one(ec2_class, **{field: [{"tags": {"a": "b"}}, bad]}).startswith(f"{field}[1]")
    assert one(ec2_class, **{field: []}).startswith(f"{field}: needs at least one")
    assert "at most 30" in one(ec2_class, **{field: [{"id": f"{prefix}-1"}] * 31})


def test_names_of_security_groups_but_not_of_subnets() -> None:
    assert not refused(ec2_class, security_group_selector_terms=[{"name": "my-security-group"}])
    assert "must be alone in a term" in one(
        ec2_class, security_group_selector_terms=[{"name": "x", "tags": {"a": "b"}}]
    )
    assert "no such field" in one(ec2_class, subnet_selector_terms=[{"name": "x"}])


def test_what_is_passed_on_may_come_from_elsewhere() -> None:
    made = ec2_class(role={"stack": "base", "output": "role"}, subnet_selector_terms=[{"id": {"config": "subnet"}}])
    assert isinstance(made.role, Reference)


def test_role_or_profile() -> None:
    assert not refused(ec2_class, role="shop-nodes")
    assert not refused(ec2_class, instance_profile="X")
    assert "got both" in one(ec2_class, role="X", instance_profile="Y")
    assert one(ec2_class, role="").startswith("role: ")
    assert one(ec2_class, role="arn:aws:iam::111122223333:role/nodes").endswith("write nodes")


@pytest.mark.parametrize(
    "tags",
    [
        {"kubernetes.io/cluster/demo": "x"},
        {"kubernetes.io/clusterfoo": "x"},
        {"karpenter.sh/nodepool": "x"},
        {"karpenter.sh/nodeclaim": "x"},
        {"karpenter.k8s.aws/ec2nodeclass": "x"},
        {"eks:eks-cluster-name": "x"},
        {"": "x"},
        {"aws:foo": "x"},
        {"CostCenter": 1234},
        {f"t{number}": "" for number in range(45)},
    ],
)
def test_no_tags(tags: dict[str, Any]) -> None:
    assert one(ec2_class, tags=tags).startswith("tags")


def test_tags() -> None:
    assert not refused(ec2_class, tags={"Team": "a", "Name": "", "karpenter.sh/discovery": "x"})


def test_what_a_family_ignores_is_refused() -> None:
    bottlerocket = [{"alias": "bottlerocket@v1.47.0"}]
    assert "on Bottlerocket" in one(ec2_class, ami_selector_terms=bottlerocket, kubelet={"pods_per_core": 2})
    two = {"cluster_dns": ["10.0.0.1", "10.0.0.2"]}
    assert "accepts one server on" in one(ec2_class, ami_selector_terms=bottlerocket, kubelet=two)
    windows = [{"alias": "windows2022@latest"}]
    assert "on Windows" in one(ec2_class, ami_selector_terms=windows, instance_store_policy="RAID0")


@pytest.mark.parametrize(
    "fields",
    [
        {"metadata_options": {"http_put_response_hop_limit": 2, "http_tokens": "required"}},
        {"metadata_options": {}},
        {"detailed_monitoring": True, "associate_public_ip_address": False, "ip_prefix_count": 0},
        {"capacity_reservation_selector_terms": [{"id": "cr-1"}, {"tags": {"a": "b"}, "owner_id": "123456789012"}]},
        {"capacity_reservation_selector_terms": [{"instance_match_criteria": "targeted"}]},
        {"capacity_reservation_selector_terms": []},
        {"placement_group_selector": {"name": "pg"}},
        {"placement_group_selector": {"id": "pg-0123"}},
        {"connection_tracking": {"tcp_established_timeout": 60}},
        {"cpu_options": {"nested_virtualization": "enabled"}},
        {"network_interfaces": []},
    ],
)
def test_other_settings(fields: dict[str, Any]) -> None:
    assert not refused(ec2_class, **fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"metadata_options": {"http_tokens": "disabled"}},
        {"metadata_options": {"http_put_response_hop_limit": 65}},
        {"metadata_options": {"http_put_response_hop_limit": "2"}},
        {"metadata_options": {"http_endpoint": "on"}},
        {"metadata_options": {"instance_metadata_tags": "enabled"}},
        {"detailed_monitoring": "true"},
        {"instance_store_policy": "RAID1"},
        {"capacity_reservation_selector_terms": [{"owner_id": "123456789012"}]},
        {"capacity_reservation_selector_terms": [{"id": "cr-1", "owner_id": "123456789012"}]},
        {"capacity_reservation_selector_terms": [{"id": "xcr-1"}]},
        {"capacity_reservation_selector_terms": [{"tags": {"a": "b"}, "owner_id": "12345"}]},
        {"placement_group_selector": {}},
        {"placement_group_selector": {"name": "a", "id": "pg-1"}},
        {"placement_group_selector": {"name": ""}},
        {"connection_tracking": {}},
        {"connection_tracking": {"tcp_established_timeout": 59}},
        {"connection_tracking": {"udp_stream_timeout": 181}},
        {"connection_tracking": {"udp_timeout": 61}},
        {"cpu_options": {"nested_virtualization": "on"}},
        {"ip_prefix_count": -1},
        {"name": "a" * 64},
    ],
)
def test_no_other_settings(fields: dict[str, Any]) -> None:
    assert one(ec2_class, **fields)


def interface(card: int, device: int, kind: str = "efa-only") -> dict[str, Any]:
    return {"network_card_index": card, "device_index": device, "interface_type": kind}


FIRST = interface(0, 0, "interface")


def test_network_interfaces() -> None:
    assert not refused(ec2_class, network_interfaces=[FIRST, interface(0, 1), interface(1, 0)])
    assert "no first interface" in one(ec2_class, network_interfaces=[interface(1, 0)])
    assert "at the place of another" in one(ec2_class, network_interfaces=[FIRST, FIRST])
    assert "second efa-only" in one(ec2_class, network_interfaces=[FIRST, interface(0, 1), interface(0, 2)])
    assert "is not one of" in one(ec2_class, network_interfaces=[FIRST, interface(0, 1, "efa")])
