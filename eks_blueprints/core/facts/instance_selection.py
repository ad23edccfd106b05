"""Which instance types have what somebody wants of them, by the table of instance types."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TypeAlias

from eks_blueprints.core.errors import shown
from eks_blueprints.core.facts.instance_types import InstanceType, instance_type, names, size_order

_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)")
_MIB = {"mib": 1, "mb": 1, "m": 1, "mi": 1, "gib": 1024, "gb": 1024, "g": 1024, "gi": 1024, "tib": 1024**2}

Architectures = ("x86_64", "arm64")
"""Architectures that nodes can have."""

Units: TypeAlias = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Span:
    """From a least to a most, both included; None where there is no limit."""

    least: float | None = None
    most: float | None = None

    def __contains__(self, value: float) -> bool:
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    @classmethod
    def read(cls, text: str, units: Units | None = None, unit: str = "") -> Span:
        """`4`, `4..16`, `4..` or `..16`; with `units`, each number may have one, and `unit` is that of bare numbers.

        Raises:
            ValueError: if it is none of these.
        """
        first, dots, last = (part.strip() for part in text.partition(".."))
        if not dots:
            last = first
        # In 4..16GiB the unit is that of both.
        shared = _unit(last) or unit
        least, most = _amount(first, units, shared, text), _amount(last, units, unit, text)
        if least is None and most is None:
            raise ValueError(_no_range(text, units))
        if least is not None and most is not None and most < least:
            raise ValueError(f"ends before it begins; got {shown(text)}; write the smaller number first")
        return cls(least, most)

    @classmethod
    def memory(cls, text: str) -> Span:
        """A range of memory in MiB; bare numbers are GiB.

        Raises:
            ValueError: if it is none.
        """
        return cls.read(text, _MIB, "gib")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What instance types shall have. None, or an empty tuple, asks for nothing."""

    architecture: str = "x86_64"
    vcpus: Span | None = None
    memory_mib: Span | None = None
    gpus: Span | None = None
    """GPUs. None takes types without any, where `neuron` is None too."""
    gpu_manufacturer: str = "nvidia"
    """Manufacturer of the accelerators: nvidia, for whose GPUs EKS has images, or amd."""
    gpu_memory_mib: Span | None = None
    """Memory of all GPUs together."""
    neuron: Span | None = None
    """Devices of AWS Inferentia and Trainium."""
    local_storage_gb: Span | None = None
    network_gbps: Span | None = None
    ebs_mbps: Span | None = None
    interfaces: Span | None = None
    burstable: bool | None = False
    """Whether types with CPU credits are wanted alone (True), not at all (False) or too (None)."""
    bare_metal: bool | None = False
    current_generation: bool | None = None
    spot: bool | None = None
    efa: bool | None = None
    enclaves: bool | None = None
    hibernation: bool | None = None
    cpu_manufacturers: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    """Patterns, one of which a type's name matches: `m5.*`, or a regular expression that begins with `^`."""
    deny: tuple[str, ...] = field(default=())
    """Patterns, none of which it matches."""


def select(wanted: Wanted) -> list[InstanceType]:
    """The types that have it, smallest first."""
    found = [facts for name in names() if (facts := instance_type(name)) is not None and _has(facts, wanted)]
    return sorted(found, key=lambda each: (each.vcpus, each.memory_mib, each.family, size_order(each.size)))


def matches(pattern: str, name: str) -> bool:
    """Whether a type's name matches a pattern.

    Raises:
        ValueError: if it is not a regular expression, though it begins with `^`.
    """
    if not pattern.startswith("^"):
        return fnmatchcase(name, pattern)
    try:
        return re.search(pattern, name) is not None
    except re.error as error:
        raise ValueError(f"is not a valid regular expression; got {shown(pattern)}; {error}") from None


def _has(facts: InstanceType, wanted: Wanted) -> bool:
    return all(test(facts, wanted) for test in _TESTS)


def _measured(facts: InstanceType, wanted: Wanted) -> bool:
    return all(span is None or value in span for span, value in _amounts(facts, wanted))


def _amounts(facts: InstanceType, wanted: Wanted) -> Iterator[tuple[Span | None, float]]:
    yield wanted.vcpus, facts.vcpus
    yield wanted.memory_mib, facts.memory_mib
    yield wanted.local_storage_gb, facts.storage_gb
    yield wanted.interfaces, facts.network_interfaces
    # What is not known of a type is counted as nothing, so that it is not promised.
    yield wanted.network_gbps, (facts.network_mbps or 0) / 1000
    yield wanted.ebs_mbps, facts.ebs_mbps or 0


def _accelerated(facts: InstanceType, wanted: Wanted) -> bool:
    neuron = facts.accelerator_count if facts.accelerator == "neuron" else 0
    gpus = facts.accelerator_count if facts.accelerator == wanted.gpu_manufacturer else 0
    memory = gpus * (facts.gpu_memory_mib or 0)
    asked = ((wanted.gpus, gpus), (wanted.gpu_memory_mib, memory), (wanted.neuron, neuron))
    if all(span is None or span.most == 0 for span, _ in asked):
        return facts.accelerator is None
    return all(span is None or value in span for span, value in asked)


def _flagged(facts: InstanceType, wanted: Wanted) -> bool:
    asked = (
        (wanted.burstable, "burstable" in facts.flags),
        (wanted.bare_metal, "bare_metal" in facts.flags),
        (wanted.current_generation, "previous" not in facts.flags),
        (wanted.spot, "spot" in facts.flags),
        (wanted.efa, bool(facts.efa_cards)),
        (wanted.enclaves, "enclaves" in facts.flags),
        (wanted.hibernation, "hibernation" in facts.flags),
    )
    return all(want is None or want == has for want, has in asked)


def _named(facts: InstanceType, wanted: Wanted) -> bool:
    # The first Graviton does not run Amazon Linux 2023.
    allowed = (
        facts.family != "a1" if not wanted.allow else any(matches(pattern, facts.name) for pattern in wanted.allow)
    )
    return allowed and not any(matches(pattern, facts.name) for pattern in wanted.deny)


def _built(facts: InstanceType, wanted: Wanted) -> bool:
    by = wanted.cpu_manufacturers
    return wanted.architecture in facts.architectures and (not by or facts.cpu_manufacturer in by)


_TESTS: tuple[Callable[[InstanceType, Wanted], bool], ...] = (_built, _named, _flagged, _measured, _accelerated)


def _unit(text: str) -> str:
    match = _NUMBER.fullmatch(text)
    return match.group(2).lower() if match else ""


def _amount(text: str, units: Units | None, unit: str, whole: str) -> float | None:
    if not text:
        return None
    match = _NUMBER.fullmatch(text)
    said = (match.group(2).lower() or unit) if match else ""
    if match is None or (said and said not in (units or {})):
        raise ValueError(_no_range(whole, units))
    return float(match.group(1)) * (units[said] if units and said else 1)


def _no_range(text: str, units: Units | None) -> str:
    do = "write it like 16GiB, 16GiB..64GiB, 16GiB.. or ..64GiB" if units else "write it like 4, 4..16, 4.. or ..16"
    return f"is neither a number nor a range; got {shown(text)}; {do}"
