"""What makes nodes by an export: NodePools with their classes, overlays and settings of Karpenter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.capacity.model import Doubt
from tests.capacity.read.exports import node, pod
from tests.capacity.read.test_export import alone, node_pool


def ec2_node_class(**status: Any) -> dict[str, Any]:
    spec = {"amiSelectorTerms": [{"alias": "al2023@latest"}]}
    return {
        "apiVersion": "karpenter.k8s.aws/v1",
        "kind": "EC2NodeClass",
        "metadata": {"name": "default"},
        "spec": spec,
        "status": status,
    }


SUBNETS = [
    {"id": "subnet-1", "zone": "eu-west-1a", "zoneID": "euw1-az1"},
    {"id": "subnet-2", "zone": "eu-west-1c", "zoneID": "euw1-az3"},
]


def conditions(status: str, message: str = "") -> dict[str, Any]:
    return {"conditions": [{"type": "Ready", "status": status, "message": message}]}


def test_new_nodes_are_in_the_zones_of_the_subnets_of_their_class(tmp_path: Path) -> None:
    """Not in those alone in which nodes are now."""
    found = alone(tmp_path, node(), node_pool("general"), ec2_node_class(subnets=SUBNETS))
    assert {each.zone for each in found.pools[0].machines[0].offerings} == {"eu-west-1a", "eu-west-1c"}
    assert not any("zone" in each for each in found.unknown)


def test_zones_that_are_not_known_are_those_of_nodes_and_said(tmp_path: Path) -> None:
    found = alone(tmp_path, node(), node_pool("general"), ec2_node_class())
    assert {each.zone for each in found.pools[0].machines[0].offerings} == {"eu-west-1a"}
    assert "the zones of the subnets of general are not known: taken for eu-west-1a" in found.unknown


def test_reservations_of_a_class_are_said(tmp_path: Path) -> None:
    reserved = [{"id": "cr-1", "instanceType": "m7g.large", "availabilityZone": "eu-west-1a"}]
    found = alone(tmp_path, node(), node_pool("x"), ec2_node_class(subnets=SUBNETS, capacityReservations=reserved))
    assert any(each.startswith("capacity reservations of the class default are not counted") for each in found.unknown)


UNUSED: dict[str, tuple[dict[str, Any], str, bool]] = {
    "not ready": ({"status": conditions("False", "no subnets")}, "is not ready (no subnets): it gets no further", True),
    "not known": ({"status": conditions("Unknown")}, "is not ready: it gets no further nodes until it is", True),
    "being deleted": ({"metadata": {"deletionTimestamp": "2026-03-02T10:00:00Z"}}, "is being deleted: it gets", True),
    "of v1beta1": ({"apiVersion": "karpenter.sh/v1beta1"}, "is of karpenter.sh/v1beta1, which is not read", False),
}


@pytest.mark.parametrize("name", UNUSED)
def test_karpenter_takes_no_nodes_from_some_pools(name: str, tmp_path: Path) -> None:
    more, wanted, certain = UNUSED[name]
    pool = node_pool("general")
    pool |= {**more, "metadata": {**pool["metadata"], **more.get("metadata", {})}}
    found = alone(tmp_path, node(labels={"karpenter.sh/nodepool": "general"}), pool, node_pool("other"))
    assert [each.name for each in found.pools] == ["other"]
    (said,) = (each for each in found.unknown if each.startswith("the NodePool general"))
    assert wanted in said
    assert isinstance(said, Doubt) == certain
    assert not any("are not in the export" in each for each in found.unknown)


def test_a_pool_without_instance_types_is_said(tmp_path: Path) -> None:
    """Nothing of the type runs Windows that it asks for."""
    windows = ec2_node_class(subnets=SUBNETS)
    windows["spec"] = {"amiSelectorTerms": [{"alias": "windows2022@latest"}]}
    found = alone(tmp_path, node(), node_pool("general"), windows)
    assert found.pools[0].machines == ()
    assert "the pool general has no instance type of which anything is known" in found.unknown


def test_a_pool_that_is_ready_is_used(tmp_path: Path) -> None:
    pool = {**node_pool("general"), "status": conditions("True")}
    assert [each.name for each in alone(tmp_path, node(), pool).pools] == ["general"]


def overlay(**more: Any) -> dict[str, Any]:
    asked = [{"key": "node.kubernetes.io/instance-type", "operator": "In", "values": ["m7g.large"]}]
    made = {"apiVersion": "karpenter.sh/v1alpha1", "kind": "NodeOverlay", "metadata": {"name": "cheap"}}
    return {**made, "spec": {"requirements": asked, "price": "0.5", "capacity": {"example.com/x": "2"}}, **more}


def test_overlays_that_karpenter_follows_change_instance_types(tmp_path: Path) -> None:
    found = alone(tmp_path, node(), node_pool("general"), overlay(status=conditions("True")))
    (machine,) = found.pools[0].machines
    assert {each.price for each in machine.offerings} == {0.5}
    assert machine.allocatable["example.com/x"] == 2


def test_overlays_that_are_not_known_to_count_are_said(tmp_path: Path) -> None:
    found = alone(tmp_path, node(), node_pool("general"), overlay())
    assert 0.5 not in {each.price for each in found.pools[0].machines[0].offerings}
    assert any(each.startswith("the NodeOverlay cheap is not counted") for each in found.unknown)


def with_env(name: str, image: str, **env: str) -> dict[str, Any]:
    container = {"name": "a", "image": image, "env": [{"name": key, "value": value} for key, value in env.items()]}
    return pod(name, containers=[container])


def test_settings_of_karpenter_are_read_off_its_pods(tmp_path: Path) -> None:
    image = "public.ecr.aws/karpenter/controller:1.14.1"
    controller = with_env("karpenter", image, VM_MEMORY_OVERHEAD_PERCENT="0.2", RESERVED_ENIS="1")
    objects = [node(), node_pool("general"), ec2_node_class(subnets=SUBNETS)]
    (usual,) = alone(tmp_path, *objects).pools[0].machines
    (found,) = alone(tmp_path, *objects, controller).pools[0].machines
    assert found.allocatable["memory"] < usual.allocatable["memory"]
    assert found.allocatable["pods"] < usual.allocatable["pods"]
    ignoring = with_env("karpenter", image, PREFERENCE_POLICY="Ignore")
    assert any("preferencePolicy Ignore" in each for each in alone(tmp_path, *objects, ignoring).unknown)
