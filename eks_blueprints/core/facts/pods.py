"""How many pods a node of an instance type can have, in each way of giving them addresses.

Sources: EKS user guide, "Choose an optimal Amazon EC2 node instance type", "Assign more IP addresses to Amazon EKS
nodes with prefixes", "Enable Windows support" and "Networking requirements for EKS Auto Mode"; the VPC CNI's
`eni-max-pods.txt`, with which `addresses` agrees for every type in it but i7ie and i8ge at 48xlarge, where EC2 now
says fewer.
"""

from __future__ import annotations

from dataclasses import dataclass

from eks_blueprints.core.facts.instance_types import InstanceType

PREFIX = 16
"""Addresses in a prefix, a /28 block, which takes the place of one address of an interface."""

OF_THE_HOST = 2
"""Pods that need no address of their own: the network plugin and kube-proxy run in the host's network."""

FEW_PROCESSORS = 30
"""vCPUs up to which Amazon EKS recommends `RECOMMENDED_SMALL` pods at most, and above it `RECOMMENDED_LARGE`."""
RECOMMENDED_SMALL = 110
RECOMMENDED_LARGE = 250

KUBELET_DEFAULT = 110
"""Pods of a node to which nobody said a number."""

AUTO_MODE_MOST = 110
"""Most pods on a node of EKS Auto Mode."""

ON_FARGATE = 1
"""Pods on a machine of Fargate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressing:
    """How pods get their addresses."""

    prefixes: bool = False
    """Whether interfaces take /28 blocks instead of single addresses; only types on the Nitro System can."""
    custom_networking: bool = False
    """Whether pods are in subnets of their own, which the node's first interface does not serve."""
    ipv6: bool = False
    """Whether pods have IPv6 addresses: one prefix of those is more than any node can use."""
    windows: bool = False
    """Whether nodes run Windows, which uses the first interface alone, for all pods."""
    reserved_interfaces: int = 0
    """Interfaces that are kept for something else."""


@dataclass(frozen=True, slots=True)
class Pods:
    """A number of pods and how it comes about."""

    count: int | None
    """None where addresses set no limit."""
    formula: str


def addresses(kind: InstanceType, way: Addressing) -> Pods:
    """How many pods a node has addresses for, those in the host's network included."""
    if way.ipv6 and not way.windows:
        if not kind.on_nitro:
            return Pods(0, "IPv6 needs the Nitro System")
        return Pods(None, "a /80 prefix of IPv6 addresses has no end")
    each, slots = f"({kind.addresses_per_interface} - 1)", kind.addresses_per_interface - 1
    if way.prefixes and kind.on_nitro:
        each, slots = f"{each} x {PREFIX}", slots * PREFIX
    if way.windows:
        return Pods(slots, f"1 x {each}")
    taken = way.reserved_interfaces + way.custom_networking
    left = max(kind.network_interfaces - taken, 0)
    interfaces = f"({kind.network_interfaces} - {taken})" if taken else str(kind.network_interfaces)
    if not left:
        return Pods(0, f"{interfaces} interfaces")
    return Pods(left * slots + OF_THE_HOST, f"{interfaces} x {each} + {OF_THE_HOST}")


def recommended(kind: InstanceType, way: Addressing) -> Pods:
    """Amazon EKS's recommended maximum, which it also gives to managed groups with its own images.

    No more than 110 on types with up to 30 vCPUs, no more than 250 on larger ones, however many addresses there are.
    """
    most = RECOMMENDED_SMALL if kind.vcpus <= FEW_PROCESSORS else RECOMMENDED_LARGE
    size = f"{'up to' if most == RECOMMENDED_SMALL else 'more than'} {FEW_PROCESSORS} vCPUs"
    return at_most(addresses(kind, way), most, size)


def told_by_itself(kind: InstanceType, *, reserved_interfaces: int = 0) -> Pods:
    """What a node takes for its maximum where nobody tells it: single addresses are counted, whatever the CNI does.

    So do nodeadm (Amazon Linux 2023) and Bottlerocket, and Karpenter, which alone knows of reserved interfaces
    (`RESERVED_ENIS`).
    """
    return addresses(kind, Addressing(reserved_interfaces=reserved_interfaces))


def on_auto_mode(kind: InstanceType, *, prefixes: bool = True) -> Pods:
    """The maximum on a node of EKS Auto Mode, which takes prefixes by default."""
    return at_most(addresses(kind, Addressing(prefixes=prefixes)), AUTO_MODE_MOST, "on Auto Mode")


def on_windows(kind: InstanceType, *, prefixes: bool = False) -> Pods:
    """The maximum on a Windows node: its kubelet takes 110, and there are pods only as far as there are addresses."""
    return at_most(addresses(kind, Addressing(windows=True, prefixes=prefixes)), KUBELET_DEFAULT, "by the kubelet")


def at_most(pods: Pods, most: int, why: str) -> Pods:
    """A number with a ceiling over it."""
    if pods.count is None:
        return Pods(most, f"{pods.formula}; at most {most} ({why})")
    if pods.count <= most:
        return pods
    return Pods(most, f"{pods.formula} = {pods.count}; at most {most} ({why})")


@dataclass(frozen=True, slots=True)
class Mode:
    """One way of running nodes and giving pods addresses, and what it comes to."""

    name: str
    """In one word, for programs."""
    title: str
    """In a few, for people."""
    pods: Pods


def modes(kind: InstanceType, *, reserved_interfaces: int = 0) -> list[Mode]:
    """What every mode comes to on a type; `reserved_interfaces` are those that Karpenter is told to leave free."""
    prefixes, custom = Addressing(prefixes=True), Addressing(custom_networking=True)
    both = Addressing(prefixes=True, custom_networking=True)
    found = [
        Mode("managed", "managed group, EKS's image", recommended(kind, Addressing())),
        Mode("managed_prefixes", "  with prefix delegation", recommended(kind, prefixes)),
        Mode("managed_custom_networking", "  with custom networking", recommended(kind, custom)),
        Mode("managed_prefixes_custom_networking", "  with both", recommended(kind, both)),
        Mode("managed_ipv6", "  with IPv6", recommended(kind, Addressing(ipv6=True))),
        Mode("told_by_itself", "own image, self-managed, by default", told_by_itself(kind)),
        Mode("karpenter", "Karpenter, by default", told_by_itself(kind, reserved_interfaces=reserved_interfaces)),
        Mode("auto_mode", "EKS Auto Mode", on_auto_mode(kind)),
        Mode("auto_mode_single", "  with ipv4_prefix_size 32", on_auto_mode(kind, prefixes=False)),
    ]
    if "x86_64" in kind.architectures:
        found.append(Mode("windows", "Windows", on_windows(kind)))
        found.append(Mode("windows_prefixes", "  with prefix delegation", on_windows(kind, prefixes=True)))
    found.append(Mode("fargate", "Fargate, whatever the size", Pods(ON_FARGATE, "a machine for each pod")))
    branches = Pods(kind.branch_interfaces, "branch interfaces" if kind.branch_interfaces else "no trunk interfaces")
    return [*found, Mode("security_groups", "pods with security groups of their own, at most", branches)]
