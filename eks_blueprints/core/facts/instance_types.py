"""EC2 instance types and what they have, from `instance_types.csv`; a line is read when its type is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from eks_blueprints.core.tables import table

_FILE = Path(__file__).with_name("instance_types.csv")
_TABLE = "core/facts/instance_types.csv"
_SMALL = ("nano", "micro", "small", "medium", "large")


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
    """Which of bare_metal, burstable, hibernation, spot, nvme (its disks are NVMe), encryption_in_transit, enclaves
    (Nitro Enclaves), fraction_of_a_gpu, previous (EC2 has later generations of it) and volumes_of_its_own (network
    interfaces take no place of volumes) it has or can be."""
    gpu_memory_mib: int | None
    """Memory of each GPU."""
    cpu_manufacturer: str | None
    """Who makes its processors: intel, amd, aws or apple; None where that is not known."""
    clock_mhz: int | None
    """Sustained clock speed of its processors."""
    hypervisor: str | None
    """nitro or xen; None on bare metal."""
    ebs_mbps: int | None
    """Most megabits per second to EBS volumes, where that capacity is its own by default."""
    network_mbps: int | None
    """Megabits per second that its network keeps up; None where AWS says it in words, or `network_is_known` is
    false.
    """
    network_is_known: bool
    """Whether the source of `network_mbps` speaks of this type."""
    branch_interfaces: int
    """Most pods with security groups of their own; 0 where its interfaces cannot be trunks."""
    volumes: int
    """Most EBS volumes, the root volume among them. Without the flag volumes_of_its_own, network interfaces but the
    first count too; disks that come with it are counted off already."""
    neuron_cores: int
    """Cores of its AWS Inferentia and Trainium chips together."""

    @property
    def family(self) -> str:
        """What stands before the dot, such as `m7g`."""
        return self.name.partition(".")[0]

    @property
    def size(self) -> str:
        """What stands after the dot, such as `xlarge`."""
        return self.name.partition(".")[2]

    @property
    def on_nitro(self) -> bool:
        """Whether it is built on the Nitro System, without which there are neither prefixes nor IPv6 for pods."""
        return self.hypervisor == "nitro" or ("bare_metal" in self.flags and self.hypervisor is None)


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
    architectures, vcpus, memory, accelerator, model, count, interfaces, addresses, storage, efa, flags, *more = row
    gpu_memory, cpu, clock, hypervisor, ebs, network, branches, volumes, neuron_cores = more
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
        gpu_memory_mib=_number(gpu_memory),
        cpu_manufacturer=cpu or None,
        clock_mhz=_number(clock),
        hypervisor=hypervisor or None,
        ebs_mbps=_number(ebs),
        network_mbps=_number(network.removeprefix("-")),
        network_is_known=bool(network),
        branch_interfaces=int(branches or 0),
        volumes=int(volumes),
        neuron_cores=int(neuron_cores or 0),
    )


def facts_of(types: Iterable[str]) -> list[InstanceType]:
    """What is known of some types."""
    return [found for name in types if (found := instance_type(name)) is not None]


@cache
def families() -> dict[str, tuple[str, ...]]:
    """The sizes of each family, smallest first as far as their names tell."""
    found: dict[str, list[str]] = {}
    for name in names():
        family, _, size = name.partition(".")
        found.setdefault(family, []).append(size)
    return {family: tuple(sorted(sizes, key=size_order)) for family, sizes in found.items()}


def sizes_instead(name: str) -> tuple[str, ...]:
    """The sizes of a type's family, where the family is there and has not this size, which others have."""
    family, _, size = name.partition(".")
    is_size = any(size in sizes for sizes in families().values())
    return families().get(family, ()) if is_size else ()


def size_order(size: str) -> tuple[int, int, str]:
    """What puts sizes in order: nano before large before 2xlarge before 16xlarge before metal."""
    number, _, word = size.rpartition("xlarge")
    if not word and size.endswith("xlarge"):
        return len(_SMALL), int(number or 1) if (number or "1").isdigit() else 0, size
    return (_SMALL.index(size) if size in _SMALL else len(_SMALL) + 1), 0, size


def date() -> str:
    """The day on which the table was made, such as `2026-11-29`."""
    return table(_TABLE).as_of.isoformat()


def source() -> str:
    """What the table was made from."""
    return table(_TABLE).source


def _number(text: str) -> int | None:
    return int(text) if text else None


def _cards(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last) + 1) if text else range(0)


@cache
def _lines() -> dict[str, list[str]]:
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    rows = (line.split(",") for line in lines if not line.startswith(("#", "name,")))
    return {name: facts for name, *facts in rows}
