"""What nodes have and what pods may request of them, held by figures that others published."""

from __future__ import annotations

import pytest

from eks_blueprints.core.facts.instance_types import InstanceType, instance_type
from eks_blueprints.core.facts.pods import Addressing
from eks_blueprints.provisioning.node_amounts import (
    GIB,
    MIB,
    Image,
    NodeSettings,
    allocatable,
    capacity,
    cores_kept,
    memory_kept,
    pods,
)
from eks_blueprints.scheduling.amounts import CPU, DISK, MEMORY, PODS

WHOLE = 2**50


def kind(name: str) -> InstanceType:
    found = instance_type(name)
    assert found is not None
    return found


def kept(name: str, settings: NodeSettings) -> dict[str, int]:
    """What is not for pods of a node that has a great deal of everything."""
    has = {CPU: 10**9, MEMORY: WHOLE, DISK: 40 * GIB}
    room = allocatable(kind(name), settings, has)
    return {resource: has[resource] - room[resource] for resource in has}


# Karpenter's own list, website/content/en/preview/reference/instance-types.md, 2026-08: AL2023, no device mappings.
@pytest.mark.parametrize(
    ("name", "cpu", "mebibytes", "count", "more"),
    [
        ("t3.nano", 1930, 74, 4, {}),
        ("m5.large", 1930, 6903, 29, {"vpc.amazonaws.com/pod-eni": 9}),
        ("m7g.large", 1930, 6844, 29, {"vpc.amazonaws.com/pod-eni": 9}),
        ("c6g.medium", 940, 1392, 8, {"vpc.amazonaws.com/pod-eni": 4}),
        ("g4dn.xlarge", 3920, 14481, 29, {"vpc.amazonaws.com/pod-eni": 39, "nvidia.com/gpu": 1}),
        ("g6f.large", 1930, 7002, 20, {"vpc.amazonaws.com/pod-eni": 10}),
        (
            "p5.48xlarge",
            191450,
            1938410,
            100,
            {"vpc.amazonaws.com/pod-eni": 120, "nvidia.com/gpu": 8, "vpc.amazonaws.com/efa": 32},
        ),
        (
            "inf2.24xlarge",
            95690,
            355262,
            737,
            {"vpc.amazonaws.com/pod-eni": 107, "aws.amazon.com/neuron": 6, "aws.amazon.com/neuroncore": 12},
        ),
        ("c5.metal", 95690, 173400, 737, {"vpc.amazonaws.com/pod-eni": 107}),
        ("r7i.48xlarge", 191450, 1446437, 737, {"vpc.amazonaws.com/pod-eni": 107, "vpc.amazonaws.com/efa": 1}),
    ],
)
def test_karpenter_takes_for_allocatable_what_its_list_says(
    name: str, cpu: int, mebibytes: int, count: int, more: dict[str, int]
) -> None:
    settings = NodeSettings()
    found = allocatable(kind(name), settings, capacity(kind(name), settings))
    assert found == {CPU: cpu, MEMORY: mebibytes * MIB, PODS: count, DISK: 17 * GIB, **more}


# Bottlerocket's tests of its own helper (core-kit, sources/api/schnauzer/src/helpers), which does as Amazon Linux does.
@pytest.mark.parametrize(("cores", "kept"), [(0, 0), (1, 60), (2, 70), (3, 75), (4, 80), (5, 82), (6, 85), (48, 190)])
def test_cores_that_are_kept(cores: int, kept: int) -> None:
    assert cores_kept(cores) == kept


# Bottlerocket's tests, and what nodeadm's tests expect (nodeadm/test/e2e/cases).
@pytest.mark.parametrize(("most", "mebibytes"), [(0, 255), (29, 574), (44, 739), (58, 893), (110, 1465)])
def test_memory_that_is_kept(most: int, mebibytes: int) -> None:
    assert memory_kept(most) == mebibytes * MIB


# Karpenter's tests (pkg/providers/instancetype/suite_test.go): t3.large with maxPods 10, and with a reserved interface.
@pytest.mark.parametrize(
    ("image", "with_ten", "alone", "count"),
    [
        ("AL2", 640, 640, 24),
        ("AL2023", 640, 640, 24),
        ("CUSTOM", 640, 640, 24),
        ("BOTTLEROCKET", 365, 519, 24),
        ("WINDOWS", 365, 1465, 110),
    ],
)
def test_karpenter_counts_pods_by_image(image: Image, with_ten: int, alone: int, count: int) -> None:
    ten = NodeSettings(image=image, max_pods=10)
    assert pods(kind("t3.large"), ten) == 10
    assert kept("t3.large", ten)[MEMORY] == (with_ten + 100) * MIB
    one = NodeSettings(image=image, addressing=Addressing(reserved_interfaces=1))
    assert pods(kind("t3.large"), one) == count
    assert kept("t3.large", one)[MEMORY] == (alone + 100) * MIB


def test_interfaces_that_pods_do_not_get() -> None:
    """Karpenter's tests: 394 pods on m6idn.32xlarge, 345 with one EFA interface on the first card, 0 with none left."""
    assert pods(kind("m6idn.32xlarge"), NodeSettings(efa_interfaces=1)) == 394
    first = NodeSettings(efa_interfaces=1, efa_on_first_card=1)
    assert pods(kind("m6idn.32xlarge"), first) == 345
    assert capacity(kind("m6idn.32xlarge"), first)["vpc.amazonaws.com/efa"] == 1
    assert pods(kind("t3.large"), NodeSettings(addressing=Addressing(reserved_interfaces=1_000_000))) == 0


@pytest.mark.parametrize(("image", "count"), [("AL2023", 2), ("BOTTLEROCKET", 35), ("WINDOWS", 2)])
def test_pods_per_core_count_where_karpenter_can_say_so(image: Image, count: int) -> None:
    assert pods(kind("t3.large"), NodeSettings(image=image, pods_per_core=1)) == count


def test_what_karpenter_keeps_is_what_it_is_told() -> None:
    """Karpenter's tests of m5.xlarge: 80m, 893Mi and 1Gi by default, and what its class says instead."""
    assert kept("m5.xlarge", NodeSettings()) == {CPU: 80, MEMORY: (893 + 100) * MIB, DISK: 5 * GIB}
    told = NodeSettings(
        kube_reserved={"cpu": "2", "memory": "10Gi", "ephemeral-storage": "2Gi"},
        system_reserved={"cpu": "2", "memory": "20Gi", "ephemeral-storage": "10Gi"},
    )
    assert kept("m5.xlarge", told) == {CPU: 4000, MEMORY: 30 * GIB + 100 * MIB, DISK: 16 * GIB}


# Karpenter's tests again; a threshold of 100 % is none.
@pytest.mark.parametrize(
    ("threshold", "free"), [("500Mi", 500 * MIB), ("10%", WHOLE // 10 + 1), ("100%", 0), ("1Gi", GIB)]
)
def test_memory_that_karpenter_leaves_to_evictions(threshold: str, free: int) -> None:
    found = kept("m5.xlarge", NodeSettings(eviction_hard={"memory.available": threshold}))
    assert found[MEMORY] == 893 * MIB + free
    assert found[DISK] == 5 * GIB


def test_disks_that_come_with_a_type_take_the_place_of_the_volume() -> None:
    """Karpenter's tests: 7600G on m6idn.32xlarge."""
    assert capacity(kind("m6idn.32xlarge"), NodeSettings(instance_store=True))[DISK] == 7600 * 10**9
    assert capacity(kind("m5.large"), NodeSettings(instance_store=True, disk=50 * GIB))[DISK] == 50 * GIB


# Nodes that people showed: capacity and allocatable in KiB of memory, by `kubectl describe node`.
@pytest.mark.parametrize(
    ("name", "has", "room"),
    [("t3.medium", 3967480, 3412472), ("t3.medium", 3977916, 3422908), ("t3.large", 8166336, 7408576)],
)
def test_the_kubelet_of_a_group_says_what_nodes_said(name: str, has: int, room: int) -> None:
    settings = NodeSettings(kind="managed_node_group", image="AL2")
    found = allocatable(kind(name), settings, {CPU: 2000, MEMORY: has * 1024, DISK: 20959212 * 1024})
    assert found == {CPU: 1930, MEMORY: room * 1024, DISK: 18242267924}


def test_memory_of_nodes_is_not_overrated() -> None:
    """The memory of nodes that people showed, in KiB: all but one have what is taken for theirs, or a little more."""
    shown = {"t3.medium": 3967476, "m5.large": 7865400, "c5.2xlarge": 15835156, "m5.xlarge": 15919124}
    for name, kibibytes in {**shown, "m5.2xlarge": 32067240, "c6a.48xlarge": 387900104}.items():
        found = capacity(kind(name), NodeSettings(kind="managed_node_group"))[MEMORY]
        assert 0.94 < found / (kibibytes * 1024) <= 1, name


# Managed groups have EKS's recommended number; their memory is kept for as many as there are addresses for.
@pytest.mark.parametrize(
    ("image", "addressing", "count", "mebibytes"),
    [
        ("AL2023", Addressing(), 110, 255 + 11 * 234),
        ("AL2", Addressing(prefixes=True), 110, 255 + 11 * 234),
        ("BOTTLEROCKET", Addressing(), 110, 1465),
        ("CUSTOM", Addressing(), 234, 255 + 11 * 234),
    ],
)
def test_managed_groups(image: Image, addressing: Addressing, count: int, mebibytes: int) -> None:
    settings = NodeSettings(kind="managed_node_group", image=image, addressing=addressing)
    assert pods(kind("m5.4xlarge"), settings) == count
    assert kept("m5.4xlarge", settings)[MEMORY] == (mebibytes + 100) * MIB


def test_windows_keeps_nothing_unless_it_is_told_to() -> None:
    """EKS best practices, "Avoiding OOM errors": the flags that leave 2 GiB and a threshold of 200 MiB."""
    own = NodeSettings(kind="self_managed_node_group", image="WINDOWS")
    assert kept("m5.large", own) == {CPU: 0, MEMORY: 500 * MIB, DISK: int(4 * GIB * 1.0000000149011612)}
    assert capacity(kind("m5.large"), own)[MEMORY] == 8 * GIB
    told = NodeSettings(
        kind="self_managed_node_group",
        image="WINDOWS",
        kube_reserved={"memory": "0.5Gi", "ephemeral-storage": "1Gi"},
        system_reserved={"memory": "1.5Gi", "ephemeral-storage": "1Gi"},
        eviction_hard={"memory.available": "200Mi", "nodefs.available": "10%"},
    )
    assert kept("m5.large", told)[MEMORY] == 2 * GIB + 200 * MIB


def test_thresholds_of_groups_are_all_or_each_by_image() -> None:
    hard = {"memory.available": "5%"}
    nodeadm = NodeSettings(kind="managed_node_group", image="AL2023", eviction_hard=hard)
    others = NodeSettings(kind="managed_node_group", image="BOTTLEROCKET", eviction_hard=hard)
    assert kept("m5.large", nodeadm)[DISK] > 5 * GIB
    assert kept("m5.large", others)[DISK] == GIB


def test_flags_of_amazon_linux_2_take_the_place_of_all_that_is_kept() -> None:
    told = NodeSettings(kind="managed_node_group", image="AL2", kube_reserved={"memory": "1Gi"})
    assert kept("m5.large", told)[CPU] == 0
    assert kept("m5.large", NodeSettings(kind="managed_node_group", kube_reserved={"memory": "1Gi"}))[CPU] == 70


def test_auto_mode_takes_110_pods_at_most_on_80_gib() -> None:
    settings = NodeSettings(kind="auto_mode", image="BOTTLEROCKET", addressing=Addressing(prefixes=True))
    found = capacity(kind("m5.4xlarge"), settings)
    assert (found[PODS], found[DISK]) == (110, 80 * GIB)
    assert kept("m5.4xlarge", settings)[MEMORY] == (1465 + 100) * MIB


def test_groups_have_interfaces_for_pods_and_efa_where_they_are_switched_on() -> None:
    plain = capacity(kind("r7i.48xlarge"), NodeSettings(kind="managed_node_group"))
    assert not {"vpc.amazonaws.com/pod-eni", "vpc.amazonaws.com/efa"} & set(plain)
    both = NodeSettings(kind="managed_node_group", pod_interfaces=True, efa_interfaces=1)
    found = capacity(kind("r7i.48xlarge"), both)
    assert (found["vpc.amazonaws.com/pod-eni"], found["vpc.amazonaws.com/efa"]) == (107, 1)
    assert capacity(kind("g6f.large"), both)["nvidia.com/gpu"] == 1
