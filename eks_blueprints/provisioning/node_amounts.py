"""How much of each resource a node of an instance type has, and what pods may request of it.

There are two answers. Karpenter and EKS Auto Mode choose instance types before a node is there, by an estimate: that
is what pools go by. The nodes of a group have what their kubelet says. Sources: aws/karpenter-provider-aws,
pkg/providers/instancetype/types.go, and awslabs/amazon-eks-ami, nodeadm/internal/kubelet/config.go, both 2026-08;
kubelet's pkg/kubelet/eviction/helpers.go, 1.36.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from eks_blueprints.core.facts.instance_types import InstanceType
from eks_blueprints.core.facts.pods import (
    AUTO_MODE_MOST,
    KUBELET_DEFAULT,
    Addressing,
    Pods,
    addresses,
    at_most,
    on_windows,
    recommended,
    told_by_itself,
)
from eks_blueprints.karpenter.fitting import DEVICES
from eks_blueprints.scheduling.amounts import CPU, DISK, MEMORY, PODS, amount

Kind: TypeAlias = Literal["karpenter", "auto_mode", "managed_node_group", "self_managed_node_group"]
Image: TypeAlias = Literal["AL2", "AL2023", "BOTTLEROCKET", "WINDOWS", "CUSTOM"]

MIB = 2**20
GIB = 2**30
KARPENTERS_OVERHEAD = 0.075
"""Share of a machine's memory that Karpenter takes the hypervisor to need (`vmMemoryOverheadPercent`)."""
DISKS: Mapping[Kind, int] = {
    "karpenter": 20 * GIB,
    "auto_mode": 80 * GIB,
    "managed_node_group": 20 * GIB,
    "self_managed_node_group": 20 * GIB,
}
"""Bytes of the disk that pods of a node share, where nobody says a size."""
DISK_ON_WINDOWS = 50 * GIB

_OF_ARM = 64
"""MiB that the kernel of an Arm machine keeps for devices."""
_KEPT_FOR_ALL = 255
_KEPT_A_POD = 11
_EVICTION: Mapping[str, str] = {"memory.available": "100Mi", "nodefs.available": "10%"}
_KEPT_OF_DISK = GIB


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSettings:
    """What makes nodes of one instance type differ in what pods may request of them."""

    kind: Kind = "karpenter"
    """What makes the nodes, by its name in stack files; `karpenter` and `auto_mode` go by Karpenter's estimate."""
    image: Image = "AL2023"
    """The family of their image; `CUSTOM` is one of your own."""
    max_pods: int | None = None
    """kubelet's `maxPods`; None where it is the default of the kind and image."""
    pods_per_core: int | None = None
    """kubelet's `podsPerCore`."""
    kube_reserved: Mapping[str, str] = field(default_factory=dict)
    """kubelet's `kubeReserved`: quantities by resource, each in place of the image's own."""
    system_reserved: Mapping[str, str] = field(default_factory=dict)
    """kubelet's `systemReserved`."""
    eviction_hard: Mapping[str, str] = field(default_factory=dict)
    """kubelet's `evictionHard`: quantities or percentages by signal, each in place of the image's own. `evictionSoft`
    takes nothing from what pods may request."""
    addressing: Addressing = Addressing()
    """How pods get their addresses; its `reserved_interfaces` are what Karpenter knows as `RESERVED_ENIS`."""
    disk: int | None = None
    """Bytes of the disk that the pods of a node share; None for the default (`DISKS`)."""
    instance_store: bool = False
    """Whether disks that come with the instance type, if any, take its place (`instanceStorePolicy: RAID0`)."""
    memory_overhead: float = KARPENTERS_OVERHEAD
    """Karpenter's `vmMemoryOverheadPercent`, as a share."""
    pod_interfaces: bool = False
    """Whether pods of a group can have security groups of their own (`ENABLE_POD_ENI` of the VPC CNI); Karpenter and
    Auto Mode count their interfaces always."""

    @property
    def estimated(self) -> bool:
        """Whether Karpenter's estimate decides, and not the kubelet of a node."""
        return self.kind in ("karpenter", "auto_mode")


def capacity(facts: InstanceType, settings: NodeSettings) -> dict[str, int]:
    """All that a node has of each resource; of those with none it has no entry."""
    interfaces = facts.branch_interfaces if settings.estimated or settings.pod_interfaces else 0
    found = {
        CPU: facts.vcpus * 1000,
        MEMORY: _memory(facts, settings),
        DISK: _disk(facts, settings),
        PODS: pods(facts, settings),
        "vpc.amazonaws.com/pod-eni": interfaces,
        "vpc.amazonaws.com/efa": len(facts.efa_cards),
        "aws.amazon.com/neuroncore": facts.neuron_cores,
        **_devices(facts, settings),
    }
    if settings.image == "WINDOWS":
        found["vpc.amazonaws.com/PrivateIPv4Address"] = facts.addresses_per_interface - 1
    return {resource: count for resource, count in found.items() if count > 0 or resource == PODS}


def allocatable(facts: InstanceType, settings: NodeSettings, has: Mapping[str, int]) -> dict[str, int]:
    """What pods may request of a node: what it has less what kubelet keeps for itself, the system and evictions.

    Args:
        facts: What its instance type has.
        settings: How it is run.
        has: Its capacity.

    Raises:
        ValueError: if an amount in the settings is no quantity.
    """
    kept = {CPU: cores_kept(facts.vcpus), MEMORY: memory_kept(_counted(facts, settings)), DISK: _KEPT_OF_DISK}
    kept |= {name: amount(name, each) for name, each in settings.kube_reserved.items()}
    system = {name: amount(name, each) for name, each in settings.system_reserved.items()}
    signals = {**_EVICTION, **settings.eviction_hard}
    free = {
        MEMORY: _threshold(has[MEMORY], signals["memory.available"], estimated=settings.estimated),
        DISK: _threshold(has[DISK], signals["nodefs.available"], estimated=settings.estimated),
    }
    return {
        name: max(count - kept.get(name, 0) - system.get(name, 0) - free.get(name, 0), 0) for name, count in has.items()
    }


def pods(facts: InstanceType, settings: NodeSettings) -> int:
    """How many pods a node takes at most."""
    count = _pods_by_default(facts, settings).count if settings.max_pods is None else settings.max_pods
    found = KUBELET_DEFAULT if count is None else count
    ignored = settings.kind == "karpenter" and settings.image == "BOTTLEROCKET"
    if settings.pods_per_core and not ignored:
        found = min(found, settings.pods_per_core * facts.vcpus)
    return found


def cores_kept(vcpus: int) -> int:
    """Thousandths of a core that kubelet keeps: 6 % of the first core, 1 % of the next, 0.5 % of two, 0.25 % of all."""
    kept = 0
    for begin, end, hundredths in ((0, 1000, 600), (1000, 2000, 100), (2000, 4000, 50), (4000, None, 25)):
        upto = vcpus * 1000 if end is None else min(end, vcpus * 1000)
        kept += max(upto - begin, 0) * hundredths // 10000
    return kept


def memory_kept(most_pods: int) -> int:
    """Bytes that kubelet keeps: 255 MiB, and 11 MiB for each pod that there may be."""
    return (_KEPT_FOR_ALL + _KEPT_A_POD * most_pods) * MIB


def _pods_by_default(facts: InstanceType, settings: NodeSettings) -> Pods:
    if settings.kind == "auto_mode":
        return at_most(addresses(facts, settings.addressing), AUTO_MODE_MOST, "on Auto Mode")
    windows = settings.image == "WINDOWS"
    if settings.kind == "karpenter":
        reserved = settings.addressing.reserved_interfaces
        return Pods(KUBELET_DEFAULT, "Windows") if windows else told_by_itself(facts, reserved_interfaces=reserved)
    if windows:
        return on_windows(facts, prefixes=settings.addressing.prefixes)
    own = settings.kind == "self_managed_node_group" or settings.image == "CUSTOM"
    return told_by_itself(facts) if own else recommended(facts, settings.addressing)


def _counted(facts: InstanceType, settings: NodeSettings) -> int:
    """The pods for which memory is kept.

    Amazon Linux counts those that the interfaces have addresses for, whatever `maxPods` says, and Karpenter knows so;
    Bottlerocket counts `maxPods`.
    """
    if settings.kind == "auto_mode" or settings.image in ("BOTTLEROCKET", "WINDOWS"):
        return pods(facts, settings)
    return told_by_itself(facts).count or 0


def _devices(facts: InstanceType, settings: NodeSettings) -> dict[str, int]:
    """Accelerators; EC2 counts a fraction of a GPU as none, and so does Karpenter, where the node has one."""
    count = 0 if settings.estimated and "fraction_of_a_gpu" in facts.flags else facts.accelerator_count
    return {resource: count if facts.accelerator == maker else 0 for resource, maker in DEVICES.items()}


def _memory(facts: InstanceType, settings: NodeSettings) -> int:
    mib = facts.memory_mib
    if not settings.estimated:
        return mib * MIB
    if facts.architectures[:1] == ("arm64",):
        mib -= _OF_ARM
    return (mib - math.ceil(mib * MIB * settings.memory_overhead / 1024 / 1024)) * MIB


def _disk(facts: InstanceType, settings: NodeSettings) -> int:
    if settings.instance_store and facts.storage_gb:
        return facts.storage_gb * 10**9
    if settings.disk is not None:
        return settings.disk
    return DISK_ON_WINDOWS if settings.image == "WINDOWS" else DISKS[settings.kind]


def _threshold(whole: int, said: str, *, estimated: bool) -> int:
    """Bytes that are kept free; 0 % and 100 % switch the threshold off."""
    if not said.endswith("%"):
        return amount(MEMORY, said)
    share = float(said.rstrip("%"))
    if share in (0, 100):
        return 0
    if estimated:
        return math.ceil(whole / 100 * share)
    return int(whole * _single(_single(share) / 100))


def _single(value: float) -> float:
    """A number as kubelet holds percentages, in 32 bits."""
    found: float = struct.unpack("f", struct.pack("f", value))[0]
    return found
