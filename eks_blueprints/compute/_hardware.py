"""Which image fits which instance types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from eks_blueprints.core.errors import Faults, nearest, shown
from eks_blueprints.core.facts.ami_types import Accelerator, AmiType, ami_types, default_ami_type
from eks_blueprints.core.facts.instance_types import instance_type, names, sizes_instead
from eks_blueprints.core.leaves import repeated

Architecture = Literal["x86_64", "arm64"]

_ARCHITECTURES: tuple[Architecture, ...] = ("x86_64", "arm64")


@dataclass(frozen=True, slots=True)
class Hardware:
    """What some instance types have in common."""

    architecture: Architecture
    accelerator: Accelerator | None
    """Whose drivers an image for them needs."""


def hardware(types: Sequence[str], said: Architecture | None, faults: Faults) -> Hardware | None:
    """What instance types have in common; None, with the reasons noted, where they do not fit together.

    `said` is the architecture that the user gives, which vouches for types that are newer than our table.
    """
    if twice := repeated(types):
        faults.add("instance_types", f"names a type twice; got {twice}; remove one")
    found: dict[Architecture, str] = {}
    accelerators: dict[Accelerator | None, str] = {}
    for index, name in enumerate(types):
        if (architecture := _architecture(index, name, said, faults)) is not None:
            found.setdefault(architecture, name)
        accelerators.setdefault(_accelerator(name), name)
    if len(found) > 1:
        got = " and ".join(f"{name} ({architecture})" for architecture, name in found.items())
        faults.add("instance_types", f"have different architectures; got {got}; create one group for each")
    if len(found) != 1:
        return None
    (architecture,) = found
    drivers = tuple(accelerators)
    return Hardware(architecture, drivers[0] if len(drivers) == 1 else None)


def ami_for(types: Sequence[str], named: str | None, hardware: Hardware, faults: Faults) -> AmiType | None:
    """The image for some instance types: the one that is named, if it fits, or else Amazon Linux 2023."""
    if named is None:
        return _default_ami(types, hardware, faults)
    ami = ami_types()[named]
    if ami.architecture != hardware.architecture:
        got = f"{named} with {types[0] if types else 'architecture'} ({hardware.architecture})"
        faults.add("ami_type", f"is for {ami.architecture}; got {got}; name another image or other types")
    for name in types:
        # The accelerated Amazon Linux 2 image has both vendors' drivers.
        devices = {ami.accelerator} if ami.family != "AL2" else {"nvidia", "neuron"}
        if ami.accelerator is not None and instance_type(name) is not None and _accelerator(name) not in devices:
            faults.add("ami_type", f"is for {ami.accelerator} devices; got {name}, which has none; name another image")
            break
    _check_first_graviton(types, ami, faults)
    return ami


def efa_cards(types: Sequence[str], chosen: Sequence[int]) -> Sequence[int]:
    """Numbers of the network cards of each node that have the Elastic Fabric Adapter: those chosen, or else all."""
    facts = instance_type(types[0]) if types else None
    return chosen or (tuple(facts.efa_cards) if facts is not None else ())


def _check_first_graviton(types: Sequence[str], ami: AmiType, faults: Faults) -> None:
    """Amazon Linux 2023 wants Graviton2 or later (EKS user guide, "Choose an optimal EC2 node instance type")."""
    for index, name in enumerate(types):
        if ami.family == "AL2023" and name.startswith("a1."):
            do = "use a later type, such as m6g, or ami_type BOTTLEROCKET_ARM_64"
            faults.add(("instance_types", index), f"does not run Amazon Linux 2023; got {name}; {do}")


def _default_ami(types: Sequence[str], hardware: Hardware, faults: Faults) -> AmiType | None:
    needs = {_accelerator(name): name for name in reversed(types)}
    if len(needs) > 1:
        got = " and ".join(f"{name} ({accelerator or 'none'})" for accelerator, name in sorted(needs.items(), key=str))
        do = "create one group for each, or name an ami_type"
        faults.add("instance_types", f"have different accelerators; got {got}; {do}")
        return None
    try:
        ami = ami_types()[default_ami_type(hardware.architecture, hardware.accelerator)]
        _check_first_graviton(types, ami, faults)
        return ami
    except ValueError as error:
        faults.add("ami_type", f"has no default for {', '.join(types[:1]) or 'such nodes'}; got none; {error}")
        return None


def _architecture(index: int, name: str, said: Architecture | None, faults: Faults) -> Architecture | None:
    at = ("instance_types", index)
    facts = instance_type(name)
    if facts is None:
        if said is None:
            faults.add(at, _unknown(name))
        return said
    usable = [architecture for architecture in _ARCHITECTURES if architecture in facts.architectures]
    if not usable:
        faults.add(at, f"runs macOS only; got {name}; pick another type")
        return None
    if said is not None and said not in usable:
        faults.add("architecture", f"does not fit {name}; got {said}; it is {usable[0]}; leave architecture out")
        return None
    return usable[0]


def _unknown(name: str) -> str:
    vouch = "set its architecture, if it is newer than our table"
    if name in names():
        return f"is a type of which only the name is known; got {name}; {vouch}"
    if sizes := sizes_instead(name):
        return f"no such instance type; got {shown(name)}; its family has {', '.join(sizes)}; or {vouch}"
    near = nearest(name, names())
    return f"no such instance type; got {shown(name)}; " + (f"did you mean {near}? or {vouch}" if near else vouch)


def _accelerator(name: str) -> Accelerator | None:
    facts = instance_type(name)
    if facts is not None and facts.accelerator == "nvidia":
        return "nvidia"
    return "neuron" if facts is not None and facts.accelerator == "neuron" else None
