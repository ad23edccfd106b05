import pytest

from eks_blueprints.core.facts.instance_types import InstanceType, instance_type
from eks_blueprints.core.facts.pods import (
    Addressing,
    addresses,
    modes,
    on_auto_mode,
    on_windows,
    recommended,
    told_by_itself,
)


def kind(name: str) -> InstanceType:
    found = instance_type(name)
    assert found is not None
    return found


# The numbers of the VPC CNI's own list (eni-max-pods.txt).
@pytest.mark.parametrize(
    ("name", "pods"),
    [
        ("t3.nano", 4),
        ("t3.medium", 17),
        ("t3.large", 35),
        ("m5.large", 29),
        ("m5.24xlarge", 737),
        ("m7g.large", 29),
        ("m7g.16xlarge", 737),
        ("c5n.18xlarge", 737),
        ("p4d.24xlarge", 737),
        ("p5.48xlarge", 100),
        ("t2.small", 11),
        ("inf1.24xlarge", 321),
        ("a1.metal", 234),
    ],
)
def test_single_addresses_are_counted_as_the_cni_does(name: str, pods: int) -> None:
    assert addresses(kind(name), Addressing()).count == pods
    assert told_by_itself(kind(name)).count == pods


# Worked examples of the user guide: 29, 20 and 110 for m5.large.
@pytest.mark.parametrize(
    ("way", "has_addresses_for", "recommends"),
    [
        (Addressing(), 29, 29),
        (Addressing(custom_networking=True), 20, 20),
        (Addressing(prefixes=True), 434, 110),
        (Addressing(prefixes=True, custom_networking=True), 290, 110),
        (Addressing(ipv6=True), None, 110),
        (Addressing(reserved_interfaces=1), 20, 20),
        (Addressing(reserved_interfaces=3), 0, 0),
    ],
)
def test_every_way_of_giving_addresses(way: Addressing, has_addresses_for: int | None, recommends: int) -> None:
    assert addresses(kind("m5.large"), way).count == has_addresses_for
    assert recommended(kind("m5.large"), way).count == recommends


def test_more_is_recommended_for_large_types() -> None:
    assert recommended(kind("m5.8xlarge"), Addressing(prefixes=True)).count == 250
    assert recommended(kind("m5.4xlarge"), Addressing()).count == 110


def test_there_are_no_prefixes_without_nitro() -> None:
    xen = kind("m4.large")
    assert addresses(xen, Addressing(prefixes=True)).count == addresses(xen, Addressing()).count == 20
    assert addresses(xen, Addressing(ipv6=True)).count == 0


def test_karpenter_keeps_interfaces_free() -> None:
    assert told_by_itself(kind("m5.large"), reserved_interfaces=1).count == 20


def test_auto_mode_takes_prefixes_and_stops_at_110() -> None:
    assert on_auto_mode(kind("m5.large")).count == 110
    assert on_auto_mode(kind("m5.24xlarge")).count == 110
    assert on_auto_mode(kind("t3.medium"), prefixes=False).count == 17


def test_windows_uses_the_first_interface_alone() -> None:
    assert on_windows(kind("m5.large")).count == 9
    assert on_windows(kind("m5.large"), prefixes=True).count == 110
    assert on_windows(kind("t3.nano"), prefixes=True).count == 16


def test_the_formula_is_told() -> None:
    assert addresses(kind("m5.large"), Addressing()).formula == "3 x (10 - 1) + 2"
    both = recommended(kind("m5.large"), Addressing(prefixes=True, custom_networking=True))
    assert both.formula == "(3 - 1) x (10 - 1) x 16 + 2 = 290; at most 110 (up to 30 vCPUs)"


def test_every_mode_has_its_number() -> None:
    counts = {mode.name: mode.pods.count for mode in modes(kind("m5.large"), reserved_interfaces=1)}
    assert counts == {
        "managed": 29,
        "managed_prefixes": 110,
        "managed_custom_networking": 20,
        "managed_prefixes_custom_networking": 110,
        "managed_ipv6": 110,
        "told_by_itself": 29,
        "karpenter": 20,
        "auto_mode": 110,
        "auto_mode_single": 29,
        "windows": 9,
        "windows_prefixes": 110,
        "fargate": 1,
        "security_groups": 9,
    }
    assert not {mode.name for mode in modes(kind("m7g.large"))} & {"windows", "windows_prefixes"}
