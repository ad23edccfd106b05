"""Which instance types conditions on the labels of nodes leave: the one place that knows what a type's nodes carry.

Source: github.com/aws/karpenter-provider-aws, pkg/providers/instancetype/types.go (computeRequirements), of v1.14.1;
EKS user guide, "Create a Node Pool for EKS Auto Mode" and "Learn about Amazon EKS Auto Mode Managed instances".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import TypeAlias

from eks_blueprints.core.facts.instance_types import InstanceType, facts_of, families, instance_type, names
from eks_blueprints.core.form import Form
from eks_blueprints.karpenter.labels import (
    ARCHITECTURE,
    AUTO_MODE,
    CAPACITY_TYPE,
    INSTANCE_TYPE,
    Flavor,
    known_labels,
    normal,
)
from eks_blueprints.karpenter.requirements import Allowed

Values: TypeAlias = tuple[str, ...] | None
"""Values of a label on a type's nodes: none where they do not have it, None where nobody knows."""

_FAMILY = Form(r"([a-z]+)(?:-[0-9]+tb)?([0-9]+)([a-z]*)(-[a-z0-9]+)?")
_ARCHITECTURES = {"x86_64": "amd64", "arm64": "arm64"}
_GPU_MAKERS = ("nvidia", "amd", "habana")
_ACCELERATOR_MAKERS = {"neuron": "aws", "qualcomm": "qualcomm"}
_VARIANTS = frozenset("abdefghinqz")
"""Letters by which AWS tells variants of a generation apart: makers of processors, disks, network, memory."""

_OUTSIDE_AUTO_MODE = frozenset({"a", "cc", "cg", "cr", "dl", "f", "h", "hi", "hpc", "hs", "mac", "u", "vt"})
"""Categories of which EKS Auto Mode runs none."""
_FAR = 100
_TOO_SMALL_FOR_AUTO_MODE = ("nano", "micro", "small")


@dataclass(frozen=True, slots=True)
class Carriers:
    """Which types' nodes carry the values of a label."""

    by_value: Mapping[str, frozenset[str]]
    without: frozenset[str]
    """Types whose nodes do not have the label."""
    unheard: frozenset[str]
    """Types of which nobody knows whether they have it."""

    def fitting(self, allowed: Allowed) -> frozenset[str]:
        """The types that a condition leaves, those of which nobody knows not among them."""
        found = [types for value, types in self.by_value.items() if value in allowed]
        return frozenset().union(*found, () if allowed.required else self.without)

    def among(self, types: frozenset[str]) -> tuple[str, ...]:
        """The values that some types carry, in order."""
        return tuple(sorted(value for value, carriers in self.by_value.items() if carriers & types))


def carriers(flavor: Flavor, key: str) -> Carriers | None:
    """Who carries a label, by its newer name; None for labels that do not follow from the instance type."""
    return _carriers_of(key.removeprefix(f"{flavor.group}/"))


@cache
def _carriers_of(label: str) -> Carriers | None:
    if (by_name := _by_name(label)) is not None:
        return _carriers(by_name)
    if (by_facts := _BY_FACTS.get(label)) is None:
        return None
    told: dict[str, Values] = {facts.name: by_facts(facts) for facts in facts_of(names())}
    return _carriers(told.get)


@cache
def labels_of(flavor: Flavor, name: str) -> Mapping[str, frozenset[str]]:
    """The labels that follow from an instance type on its nodes, with the values that they have or may be given.

    One without a value is not there; one of which nobody knows is not named.
    """
    facts = instance_type(name)
    told = [(key, by_name(name)) for key, by_name, _ in _readers(flavor) if by_name is not None]
    if facts is not None:
        told += [(key, by_facts(facts)) for key, _, by_facts in _readers(flavor) if by_facts is not None]
    return {key: frozenset(values) for key, values in told if values is not None}


@cache
def _readers(
    flavor: Flavor,
) -> tuple[tuple[str, Callable[[str], Values] | None, Callable[[InstanceType], Values] | None], ...]:
    """How each label of a flavor's nodes follows from the name of a type, or from its facts."""
    own = sorted(key for key in known_labels(flavor) if key.startswith(f"{flavor.group}/"))
    keys = {key: key.removeprefix(f"{flavor.group}/") for key in (INSTANCE_TYPE, ARCHITECTURE, CAPACITY_TYPE, *own)}
    return tuple((key, _by_name(label), _BY_FACTS.get(label)) for key, label in keys.items())


@cache
def launchable(flavor: Flavor) -> frozenset[str]:
    """The instance types that a controller launches at all, those without facts among them.

    Karpenter asks EC2 for the two architectures of Linux and Windows. EKS Auto Mode runs no types with one vCPU, none
    of size nano, micro or small, and only general-purpose, compute, memory, storage and accelerated families.
    """
    foreign = {each.name for each in facts_of(names()) if not set(each.architectures) & set(_ARCHITECTURES)}
    return frozenset(name for name in names() - foreign if flavor is not AUTO_MODE or _on_auto_mode(name))


def left(flavor: Flavor, wanted: Mapping[str, Allowed]) -> frozenset[str]:
    """The instance types that a controller may launch under conditions on labels, by the label.

    Those of which nobody knows whether they carry a label are among them.
    """
    types = launchable(flavor)
    for key, values in wanted.items():
        if (who := carriers(flavor, normal(key))) is not None:
            types = narrowed(types, who, values)
    return types


def narrowed(types: frozenset[str], who: Carriers, wanted: Allowed) -> frozenset[str]:
    """Those of some types that a condition leaves, and those of which nobody knows."""
    return types & (who.fitting(wanted) | who.unheard)


@cache
def newest_generation(category: str = "") -> int:
    """The newest generation in the table, of one category or of all."""
    found = [match for family in families() if (match := _FAMILY.fullmatch(family))]
    return max((int(match[2]) for match in found if category in ("", match[1])), default=0)


def may_be_newer(word: str) -> bool:
    """Whether a family, or a type of one, looks like one that came after the table was made.

    A family does if its letters are those of a family in the table, and its generation is the newest of those or a
    later one, such as `m10g`; a type of a family that is in the table does not.
    """
    family = word.partition(".")[0]
    match = _FAMILY.fullmatch(family)
    if match is None or family in families():
        return False
    category, generation, variant, more = match.groups()
    if not set(variant) <= _VARIANTS or (more and more != "-flex" and category not in ("p", "u")):
        return False
    known = newest_generation(category)
    return 0 < known <= int(generation) <= known + 2


def category_of(family: str) -> str | None:
    """The letters before a family's generation, such as `m` of `m7g`."""
    match = _FAMILY.fullmatch(family)
    return match[1] if match else None


def generations_apart(one: str, other: str) -> int:
    """How many generations lie between two families or types; many if they are not of one category."""
    matches = [_FAMILY.fullmatch(word.partition(".")[0]) for word in (one, other)]
    if not matches[0] or not matches[1] or matches[0][1] != matches[1][1]:
        return _FAR
    return abs(int(matches[0][2]) - int(matches[1][2]))


def _on_auto_mode(name: str) -> bool:
    family, _, size = name.partition(".")
    facts = instance_type(name)
    if size in _TOO_SMALL_FOR_AUTO_MODE or (facts is not None and facts.vcpus < 2):
        return False
    return category_of(family) not in (None, *_OUTSIDE_AUTO_MODE)


def _carriers(values_of: Callable[[str], Values]) -> Carriers:
    by_value: dict[str, set[str]] = {}
    without, unheard = set(), set()
    for name in names():
        values = values_of(name)
        if values is None:
            unheard.add(name)
        elif not values:
            without.add(name)
        for value in values or ():
            by_value.setdefault(value, set()).add(name)
    return Carriers(
        {value: frozenset(types) for value, types in by_value.items()}, frozenset(without), frozenset(unheard)
    )


def _by_name(label: str) -> Callable[[str], Values] | None:
    """How the names of types tell a label of their nodes."""
    match label:
        case "node.kubernetes.io/instance-type":
            return lambda name: (name,)
        case "instance-family":
            return lambda name: (name.partition(".")[0],)
        case "instance-size":
            return lambda name: (name.partition(".")[2],)
        case "instance-category":
            return lambda name: _part(name, 1)
        case "instance-generation":
            return lambda name: _part(name, 2)
        case "instance-capability-flex":
            return lambda name: ("true" if "-flex" in name else "false",)
    return None


def _part(name: str, number: int) -> Values:
    match = _FAMILY.fullmatch(name.partition(".")[0])
    return (match[number],) if match else ()


def _architecture(facts: InstanceType) -> Values:
    return tuple(_ARCHITECTURES.get(each, each) for each in facts.architectures if each != "i386")[:1]


def _capacity_types(facts: InstanceType) -> Values:
    return ("on-demand", "reserved", "spot") if "spot" in facts.flags else ("on-demand", "reserved")


def _gpu_count(facts: InstanceType) -> Values:
    if facts.accelerator not in _GPU_MAKERS:
        return ()
    # EC2 counts a fraction of a GPU as none.
    return ("0", "1") if "fraction_of_a_gpu" in facts.flags else (str(facts.accelerator_count),)


def _of_gpu(value: Callable[[InstanceType], object], facts: InstanceType) -> Values:
    return _some(value(facts)) if facts.accelerator in _GPU_MAKERS else ()


def _of_accelerator(value: Callable[[InstanceType], object], facts: InstanceType) -> Values:
    return _some(value(facts)) if facts.accelerator in _ACCELERATOR_MAKERS else ()


_BY_FACTS: Mapping[str, Callable[[InstanceType], Values]] = {
    ARCHITECTURE: _architecture,
    CAPACITY_TYPE: _capacity_types,
    "instance-cpu": lambda facts: (str(facts.vcpus),),
    "instance-memory": lambda facts: (str(facts.memory_mib),),
    "instance-cpu-manufacturer": lambda facts: _known(facts.cpu_manufacturer),
    "instance-cpu-sustained-clock-speed-mhz": lambda facts: _known(facts.clock_mhz),
    # Karpenter gives metal types the label with an empty value.
    "instance-hypervisor": lambda facts: (facts.hypervisor or "",),
    "instance-encryption-in-transit-supported": lambda facts: (_flag(facts, "encryption_in_transit"),),
    "instance-nitro-enclaves-supported": lambda facts: (_flag(facts, "enclaves"),),
    "instance-tenancy": lambda facts: ("default", "dedicated"),
    "instance-ebs-bandwidth": lambda facts: _some(facts.ebs_mbps),
    "instance-network-bandwidth": lambda facts: _some(facts.network_mbps) if facts.network_is_known else None,
    "instance-local-nvme": lambda facts: _some(facts.storage_gb or None) if "nvme" in facts.flags else (),
    "instance-gpu-name": partial(_of_gpu, lambda facts: _kebab(facts.accelerator_name)),
    "instance-gpu-manufacturer": partial(_of_gpu, lambda facts: facts.accelerator),
    "instance-gpu-count": _gpu_count,
    "instance-gpu-memory": partial(_of_gpu, lambda facts: facts.gpu_memory_mib),
    "instance-accelerator-name": partial(_of_accelerator, lambda facts: _kebab(facts.accelerator_name)),
    "instance-accelerator-manufacturer": partial(
        _of_accelerator, lambda facts: _ACCELERATOR_MAKERS[facts.accelerator or ""]
    ),
    "instance-accelerator-count": partial(_of_accelerator, lambda facts: facts.accelerator_count),
}


def _some(value: object) -> Values:
    return () if value is None else (str(value),)


def _known(value: object) -> Values:
    return None if value is None else (str(value),)


def _flag(facts: InstanceType, flag: str) -> str:
    return str(flag in facts.flags).lower()


def _kebab(text: str | None) -> str | None:
    return None if text is None else text.lower().replace(" ", "-")


def with_facts(types: frozenset[str]) -> frozenset[str]:
    """Those of some types of which anything is known; all of them where nothing is known of any."""
    return frozenset(name for name in types if instance_type(name) is not None) or types
