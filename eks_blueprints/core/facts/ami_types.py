"""The images that EKS offers for managed nodes, and what each is for: read off the names in EKS's own list."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from eks_blueprints.core.facts.eks import values_of

Family = Literal["AL2", "AL2023", "BOTTLEROCKET", "WINDOWS"]
Accelerator = Literal["nvidia", "neuron"]

CUSTOM = "CUSTOM"

AL2_LAST_MINOR = 32
"""Last Kubernetes minor version with Amazon Linux 2 images: EKS publishes none for 1.33 and later (EKS user guide,
"AL2 AMI deprecation FAQs")."""


@dataclass(frozen=True, slots=True)
class AmiType:
    """One of EKS's images."""

    name: str
    family: Family
    architecture: Literal["x86_64", "arm64"]
    accelerator: Accelerator | None
    """Whose drivers it brings."""

    @property
    def windows(self) -> bool:
        """Whether it runs Windows."""
        return self.family == "WINDOWS"

    def runs(self, minor: int) -> bool:
        """Whether EKS has it for a Kubernetes version 1.`minor`."""
        return self.family != "AL2" or minor <= AL2_LAST_MINOR


@cache
def ami_types() -> dict[str, AmiType]:
    """EKS's images by name, without `CUSTOM`, which stands for an image of one's own."""
    return {name: _read(name) for name in values_of("AMITypes") if name != CUSTOM}


def default_ami_type(architecture: str, accelerator: Accelerator | None) -> str:
    """The Amazon Linux 2023 image for some hardware.

    Raises:
        ValueError: if EKS has none.
    """
    for ami in ami_types().values():
        if (ami.family, ami.architecture, ami.accelerator) == ("AL2023", architecture, accelerator):
            return ami.name
    raise ValueError(f"EKS has no Amazon Linux 2023 image for {accelerator} on {architecture}; name an ami_type")


def _read(name: str) -> AmiType:
    families: tuple[Family, ...] = ("AL2023", "AL2", "BOTTLEROCKET", "WINDOWS")
    family = next(family for family in families if name.startswith(f"{family}_"))
    accelerator: Accelerator | None = None
    if "_NVIDIA" in name or name.endswith("_GPU"):
        accelerator = "nvidia"
    elif name.endswith("_NEURON"):
        accelerator = "neuron"
    return AmiType(name, family, "arm64" if "_ARM_64" in name else "x86_64", accelerator)
