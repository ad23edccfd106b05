"""EC2 instance types and what they have, from `instance_types.csv`; a line is read when its type is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("instance_types.csv")


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceType:
    """One EC2 instance type."""

    name: str
    architectures: tuple[str, ...]
    """In EC2's words, such as `x86_64`, `arm64`, `arm64_mac`."""
    vcpus: int
    memory_mib: int
    accelerator: str | None
    """Who makes its accelerators: nvidia, amd, neuron (AWS Inferentia and Trainium), habana, qualcomm, xilinx."""
    accelerator_name: str | None
    accelerator_count: int
    network_interfaces: int
    """Most network interfaces on its first network card, which is the one that pods' addresses are taken from."""
    addresses_per_interface: int
    """Most IPv4 addresses on one of them."""
    storage_gb: int
    """Size of the disks that come with it."""
    efa_cards: range
    """Numbers of the network cards that take an interface of the Elastic Fabric Adapter, one each."""
    flags: frozenset[str]
    """Which of bare_metal, burstable, hibernation and spot it has or can be."""

    def max_pods(self, *, prefix_delegation: bool = False) -> int:
        """How many pods its addresses are enough for, as the VPC CNI counts (two more run in the host's network)."""
        each = 16 if prefix_delegation else 1
        return self.network_interfaces * (self.addresses_per_interface - 1) * each + 2


@cache
def names() -> frozenset[str]:
    """Every instance type that EC2's model knows, also those without facts."""
    return frozenset(_lines())


@cache
def instance_type(name: str) -> InstanceType | None:
    """What a type has; None if it does not exist or nothing but its name is known."""
    row = _lines().get(name, [])
    if not row or not row[0]:
        return None
    architectures, vcpus, memory, accelerator, model, count, interfaces, addresses, storage, efa, flags = row
    return InstanceType(
        name=name,
        architectures=tuple(architectures.split()),
        vcpus=int(vcpus),
        memory_mib=int(memory),
        accelerator=accelerator or None,
        accelerator_name=model or None,
        accelerator_count=int(count),
        network_interfaces=int(interfaces),
        addresses_per_interface=int(addresses),
        storage_gb=int(storage),
        efa_cards=_cards(efa),
        flags=frozenset(flags.split()),
    )


def _cards(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last) + 1) if text else range(0)


@cache
def _lines() -> dict[str, list[str]]:
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    rows = (line.split(",") for line in lines if not line.startswith(("#", "name,")))
    return {name: facts for name, *facts in rows}
