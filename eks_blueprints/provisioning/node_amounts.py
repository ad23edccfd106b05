"""How much of each resource a node of an instance type has, and what pods may request of it.

There are two answers. Karpenter and EKS Auto Mode choose instance types before a node is there, by an estimate: that
is what pools go by. The nodes of a group have what their kubelet says, as their image sets it up. Neither knows what
the hypervisor and the kernel take of the memory: nobody publishes that. Nodes that people have shown the output of
`kubectl describe node` of have 2.6 to 8.6 % less than EC2 says, so Karpenter's 7.5 % is taken for all of Linux.

Sources: aws/karpenter-provider-aws, pkg/providers/instancetype/types.go, 2026-08; awslabs/amazon-eks-ami,
nodeadm/internal/kubelet/config.go, 2026-07, and templates/al2/runtime/bootstrap.sh, 2026-03;
bottlerocket-os/bottlerocket-core-kit, packages/kubernetes-*/kubelet-config; aws/containers-roadmap, issue 1245 (EKS's
Windows images keep nothing); Kubernetes, "Node-pressure Eviction", and kubelet's pkg/kubelet/eviction, 1.36.
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
OVERHEAD = 0.075
"""Share of a machine's memory that the hypervisor and the kernel take, as Karpenter estimates it."""
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
_ON_LINUX: Mapping[str, str] = {"memory.available": "100Mi", "nodefs.available": "10%"}
_ON_WINDOWS: Mapping[str, str] = {"memory.available": "500Mi", "nodefs.available": "10%"}
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
    kube_reserved: Mapping[str, str] = field(default_factory=dict, hash=False)
    """kubelet's `kubeReserved`: quantities by resource, each in place of the image's own. In groups on Amazon Linux 2
    and Windows, where it is a flag of kubelet, it takes the place of all of them."""
    system_reserved: Mapping[str, str] = field(default_factory=dict, hash=False)
    """kubelet's `systemReserved`."""
    eviction_hard: Mapping[str, str] = field(default_factory=dict, hash=False)
    """kubelet's `evictionHard`: quantities or percentages by signal. In pools, and in groups on Amazon Linux 2023, each
    is in place of the image's own; elsewhere they take the place of all of them. `evictionSoft` takes nothing from
    what pods may request."""
    addressing: Addressing = field(default_factory=Addressing)
    """How pods get their addresses; its `reserved_interfaces` are what Karpenter knows as `RESERVED_ENIS`."""
    disk: int | None = None
    """Bytes of the disk that the pods of a node share; None for the default (`DISKS`)."""
    instance_store: bool = False
    """Whether disks that come with the instance type, if any, take its place (`instanceStorePolicy: RAID0`)."""
    memory_overhead: float = OVERHEAD
    """Share of the memory that the hypervisor and the kernel take: Karpenter's `vmMemoryOverheadPercent`."""
    pod_interfaces: bool = False
    """Whether pods of a group can have security groups of their own (`ENABLE_POD_ENI` of the VPC CNI); Karpenter and
    Auto Mode count their interfaces always."""
    efa_interfaces: int | None = None
    """Interfaces of the Elastic Fabric Adapter that nodes get; None for as many as the type takes in pools, and for
    none in groups."""
    efa_on_first_card: int = 0
    """How many of them are on the first network card and take the place of one with addresses for pods."""

    @property
    def estimated(self) -> bool:
        """Whether Karpenter's estimate decides, and not the kubelet of a node."""
        return self.kind in ("karpenter", "auto_mode")

    @property
    def windows(self) -> bool:
        """Whether its nodes run Windows."""
        return self.image == "WINDOWS"


def capacity(facts: InstanceType, settings: NodeSettings) -> dict[str, int]:
    """All that a node has of each resource; of those with none it has no entry."""
    interfaces = facts.branch_interfaces if settings.estimated or settings.pod_interfaces else 0
    fabric = settings.efa_interfaces
    if fabric is None:
        fabric = len(facts.efa_cards) if settings.estimated else 0
    found = {
        CPU: facts.vcpus * 1000,
        MEMORY: _memory(facts, settings),
        DISK: _disk(facts, settings),
        PODS: pods(facts, settings),
        "vpc.amazonaws.com/pod-eni": interfaces,
        "vpc.amazonaws.com/efa": fabric,
        "aws.amazon.com/neuroncore": facts.neuron_cores,
        **_devices(facts, settings),
    }
    if settings.windows:
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
    kept = _kept(facts, settings)
    system = {name: amount(name, each) for name, each in settings.system_reserved.items()}
    signals = _signals(settings)
    free = {
        name: _threshold(has[name], signals.get(signal, "0"), estimated=settings.estimated)
        for signal, name in (("memory.available", MEMORY), ("nodefs.available", DISK))
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
    if settings.kind == "karpenter":
        reserved = settings.addressing.reserved_interfaces + settings.efa_on_first_card
        own = told_by_itself(facts, reserved_interfaces=reserved)
        return Pods(KUBELET_DEFAULT, "Windows") if settings.windows else own
    if settings.windows:
        return on_windows(facts, prefixes=settings.addressing.prefixes)
    if settings.kind == "self_managed_node_group" or settings.image == "CUSTOM":
        return told_by_itself(facts)
    return recommended(facts, settings.addressing)


def _kept(facts: InstanceType, settings: NodeSettings) -> dict[str, int]:
    own = {CPU: cores_kept(facts.vcpus), MEMORY: memory_kept(_counted(facts, settings)), DISK: _KEPT_OF_DISK}
    given = {name: amount(name, each) for name, each in settings.kube_reserved.items()}
    if settings.estimated:
        return own | given
    if settings.windows or (settings.image == "AL2" and given):
        return given
    return own | given


def _signals(settings: NodeSettings) -> Mapping[str, str]:
    if settings.estimated or settings.image in ("AL2023", "CUSTOM"):
        return {**_ON_LINUX, **settings.eviction_hard}
    return settings.eviction_hard or (_ON_WINDOWS if settings.windows else _ON_LINUX)


def _counted(facts: InstanceType, settings: NodeSettings) -> int:
    """The pods for which memory is kept.

    Amazon Linux counts those that the interfaces have addresses for, whatever `maxPods` says, and Karpenter knows so;
    Bottlerocket counts `maxPods`.
    """
    if settings.kind == "auto_mode" or settings.image in ("BOTTLEROCKET", "WINDOWS"):
        return pods(facts, settings)
    return told_by_itself(facts, reserved_interfaces=settings.efa_on_first_card).count or 0


def _devices(facts: InstanceType, settings: NodeSettings) -> dict[str, int]:
    """Accelerators; EC2 counts a fraction of a GPU as none, and so does Karpenter, where the node has one."""
    count = 0 if settings.estimated and "fraction_of_a_gpu" in facts.flags else facts.accelerator_count
    return {resource: count if facts.accelerator == maker else 0 for resource, maker in DEVICES.items()}


def _memory(facts: InstanceType, settings: NodeSettings) -> int:
    mib = facts.memory_mib
    if settings.windows and not settings.estimated:
        return mib * MIB
    if facts.architectures[:1] == ("arm64",):
        mib -= _OF_ARM
    return (mib - math.ceil(mib * MIB * settings.memory_overhead / 1024 / 1024)) * MIB


def _disk(facts: InstanceType, settings: NodeSettings) -> int:
    if settings.instance_store and facts.storage_gb:
        return facts.storage_gb * 10**9
    if settings.disk is not None:
        return settings.disk
    return DISK_ON_WINDOWS if settings.windows else DISKS[settings.kind]


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
