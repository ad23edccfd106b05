import pytest

from eks_blueprints.core.facts.instance_types import date, families, instance_type, names, source


def test_most_types_have_facts() -> None:
    without = [name for name in names() if instance_type(name) is None]
    assert len(names()) > 1400
    assert len(without) < 20


def test_every_line_can_be_read() -> None:
    facts = [found for name in names() if (found := instance_type(name))]
    assert all(each.vcpus > 0 and each.memory_mib > 0 and each.architectures for each in facts)


def test_a_type_has_its_facts() -> None:
    found = instance_type("g6.xlarge")
    assert found is not None
    assert (found.vcpus, found.memory_mib, found.architectures) == (4, 16384, ("x86_64",))
    assert (found.accelerator, found.accelerator_name, found.accelerator_count) == ("nvidia", "L4", 1)


def test_a_type_that_is_no_longer_sold_everywhere_is_known() -> None:
    found = instance_type("p3.2xlarge")
    assert found is not None
    assert found.accelerator == "nvidia"


def test_a_type_has_what_nodes_tell_of_it_in_labels() -> None:
    found = instance_type("g5.xlarge")
    assert found is not None
    assert (found.cpu_manufacturer, found.clock_mhz, found.hypervisor) == ("amd", 3300, "nitro")
    assert (found.gpu_memory_mib, found.ebs_mbps, found.network_mbps) == (22888, 3500, 2500)
    assert {"nvme", "encryption_in_transit", "enclaves"} <= found.flags
    assert found.on_nitro


def test_a_bandwidth_in_words_is_told_from_one_that_nobody_tells() -> None:
    vague, unheard, exact = (instance_type(name) for name in ("m4.large", "t8i.small", "m5.large"))
    assert vague is not None
    assert unheard is not None
    assert exact is not None
    assert (vague.network_mbps, vague.network_is_known) == (None, True)
    assert (unheard.network_mbps, unheard.network_is_known) == (None, False)
    assert exact.network_is_known


# The VPC resource controller's own limits.
@pytest.mark.parametrize(("name", "pods"), [("t3.medium", 0), ("m5.large", 9), ("c5.metal", 107), ("m7g.large", 9)])
def test_interfaces_that_are_trunks(name: str, pods: int) -> None:
    found = instance_type(name)
    assert found is not None
    assert found.branch_interfaces == pods


# The EBS CSI driver's table, which it has from EC2, and corrects for bare metal.
@pytest.mark.parametrize(
    ("name", "volumes", "own"),
    [
        ("m5.large", 27, False),
        ("m5d.24xlarge", 23, False),
        ("c6g.metal", 31, False),
        ("g4ad.16xlarge", 21, False),
        ("m4.large", 39, True),
        ("m7i.large", 32, True),
        ("m7i.48xlarge", 128, True),
        ("r8gb.metal-24xl", 39, True),
    ],
)
def test_volumes_that_can_be_attached(name: str, volumes: int, own: bool) -> None:
    found = instance_type(name)
    assert found is not None
    assert found.volumes == volumes
    assert ("volumes_of_its_own" in found.flags) is own


@pytest.mark.parametrize(("name", "is_one"), [("m5.large", True), ("c5.metal", True), ("m4.large", False)])
def test_the_nitro_system(name: str, is_one: bool) -> None:
    found = instance_type(name)
    assert found is not None
    assert found.on_nitro is is_one


def test_the_sizes_of_a_family_are_in_order() -> None:
    assert families()["t3"] == ("nano", "micro", "small", "medium", "large", "xlarge", "2xlarge")
    assert families()["m7g"][-3:] == ("12xlarge", "16xlarge", "metal")


def test_the_table_says_its_day_and_its_sources() -> None:
    assert len(date().split("-")) == 3
    assert "botocore" in source()


def test_there_is_no_such_type() -> None:
    assert instance_type("m5.huge") is None
    assert "m5.huge" not in names()
