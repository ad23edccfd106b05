import pytest

from eks_blueprints.core.facts.instance_types import instance_type, names


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


# The numbers of the VPC CNI's own list (eni-max-pods.txt).
@pytest.mark.parametrize(
    ("name", "pods"), [("t3.nano", 4), ("m5.large", 29), ("m5.24xlarge", 737), ("p4d.24xlarge", 737)]
)
def test_pods_are_counted_as_the_cni_does(name: str, pods: int) -> None:
    found = instance_type(name)
    assert found is not None
    assert found.max_pods() == pods


def test_there_is_no_such_type() -> None:
    assert instance_type("m5.huge") is None
    assert "m5.huge" not in names()
