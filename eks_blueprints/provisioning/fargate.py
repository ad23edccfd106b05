"""Which pods run on Fargate, on machines of which size, and what they cost.

Sources: EKS user guide, "Understand Fargate Pod configuration details" (sizes, memory of Kubernetes' own parts) and
"Define which Pods use AWS Fargate when launched" (profiles); AWS containers blog, "AWS Fargate adds support for larger
ephemeral volumes" (what storage is billed).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from eks_blueprints.core.wildcards import matches
from eks_blueprints.provisioning.makers import Profile
from eks_blueprints.scheduling.amounts import CPU, DISK, MEMORY, Amounts
from eks_blueprints.scheduling.pod import Shape

PROFILE_LABEL = "eks.amazonaws.com/fargate-profile"
"""The label of a pod that says which of several profiles it runs on."""

RESERVED_MEMORY = 256 * 2**20
"""Bytes that kubelet, kube-proxy and containerd add to what each pod requests."""

_GB = 2**30
_SIZES = {
    250: (0.5, 1, 2),
    500: range(1, 5),
    1000: range(2, 9),
    2000: range(4, 17),
    4000: range(8, 31),
    8000: range(16, 61, 4),
    16000: range(32, 121, 8),
}
"""GB of memory that there are with each number of thousandths of a vCPU."""

MOST_CPU = max(_SIZES)
MOST_MEMORY = max(_SIZES[MOST_CPU]) * _GB
"""Bytes of the largest machine."""

FREE_DISK = 20 * _GB
"""Bytes of ephemeral storage that each machine has, and that cost nothing."""
MOST_DISK = 175 * _GB
"""Bytes of ephemeral storage that a pod may request at most."""
_DISK_OF_ITS_OWN = 5 * _GB
"""Bytes that Fargate adds to a request for storage, besides a tenth."""


@dataclass(frozen=True, slots=True)
class Size:
    """A machine of Fargate, which runs one pod."""

    cpu: int
    """Thousandths of a vCPU."""
    memory: int
    """Bytes."""
    disk: int = FREE_DISK
    """Bytes of ephemeral storage."""

    def __str__(self) -> str:
        """It as people know it, such as `0.25 vCPU, 0.5 GB`."""
        more = f", {math.ceil(self.disk / _GB)} GB of storage" if self.disk > FREE_DISK else ""
        return f"{self.cpu / 1000:g} vCPU, {self.memory / _GB:g} GB{more}"

    def hourly(self, vcpu: float, gb: float, storage_gb: float) -> float:
        """US dollars an hour.

        Args:
            vcpu: Of a vCPU, each hour.
            gb: Of a GB of memory.
            storage_gb: Of a GB of storage above the first 20.
        """
        paid = max(self.disk - FREE_DISK, 0)
        return self.cpu / 1000 * vcpu + self.memory / _GB * gb + paid / _GB * storage_gb


def size_of(requests: Amounts) -> Size | None:
    """The smallest machine for what a pod requests; None where it is too large for each.

    A pod that requests nothing gets the smallest there is.
    """
    cpu, memory, disk = requests.get(CPU, 0), requests.get(MEMORY, 0) + RESERVED_MEMORY, requests.get(DISK, 0)
    if disk > MOST_DISK:
        return None
    storage = max(FREE_DISK, disk + -(-disk // 10) + _DISK_OF_ITS_OWN) if disk else FREE_DISK
    found = (Size(cores, int(each * _GB), storage) for cores, sizes in _SIZES.items() for each in sizes)
    return next((each for each in found if cpu <= each.cpu and memory <= each.memory), None)


def too_large(requests: Amounts) -> str:
    """Why no machine is large enough, and how large the largest is; empty where one is."""
    if size_of(requests) is not None:
        return ""
    if requests.get(DISK, 0) > MOST_DISK:
        return f"requests more than the {MOST_DISK // _GB} GiB of ephemeral storage that Fargate gives"
    largest = f"{MOST_CPU // 1000} vCPU and {MOST_MEMORY // _GB} GB, {RESERVED_MEMORY // 2**20} MB of which it keeps"
    return f"requests more than Fargate's largest machine has: {largest}"


@dataclass(frozen=True, slots=True)
class Taken:
    """The profile that a pod runs on."""

    profile: Profile
    others: tuple[Profile, ...] = ()
    """Profiles that match it as well: nobody says which of them EKS takes, and `profile` is the first by name."""


def profile_of(shape: Shape, profiles: Iterable[Profile]) -> Taken | None:
    """The profile that takes a pod; None where none does, and it runs on nodes.

    A pod that several match runs on that which its label names. AWS does not say which one it gets without the label;
    older editions of the user guide said that EKS picks one at random. Affinity plays no part.
    """
    found = sorted((each for each in profiles if _matches(each, shape)), key=lambda each: each.name)
    if not found:
        return None
    named = [each for each in found if each.name == shape.labels.get(PROFILE_LABEL)]
    return Taken(named[0]) if named else Taken(found[0], tuple(found[1:]))


def _matches(profile: Profile, shape: Shape) -> bool:
    return any(
        matches(namespace, shape.namespace)
        and all(key in shape.labels and matches(value, shape.labels[key]) for key, value in labels.items())
        for namespace, labels in profile.selectors
    )
