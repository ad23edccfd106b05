"""Can this pod run on nodes of that kind, and what says no: the one place that answers it.

Taints, labels (by selectors and node affinity), the hardware of instance types, disks, zones and what a pool may grow
to are looked at together: a pod that asks for Arm and for a GPU needs a type that has both. What hangs on something
that nobody knows is said to be unknown: nothing is refused for it, and nothing passed. Sources: Kubernetes, "Taints and
Tolerations", "Assigning Pods to Nodes"; `instances` for what the nodes of a type carry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from eks_blueprints.core.facts.instance_types import InstanceType, facts_of, instance_type
from eks_blueprints.karpenter import instances
from eks_blueprints.karpenter.labels import KARPENTER, KNOWN_VALUES, Flavor
from eks_blueprints.karpenter.requirements import Allowed, Requirement, allowed
from eks_blueprints.karpenter.tolerating import Taint, Toleration, keeping_off

ZONE = "topology.kubernetes.io/zone"

DEVICES = {
    "nvidia.com/gpu": "nvidia",
    "amd.com/gpu": "amd",
    "habana.ai/gaudi": "habana",
    "aws.amazon.com/neuron": "neuron",
}
"""Whose devices a resource counts."""
_ALWAYS = 16 * 2**30
"""Bytes that every disk holds: the smallest that EKS and Karpenter give nodes by default has 20 GiB."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a pod asks of a node."""

    cpu: float = 0
    """Cores."""
    memory: float = 0
    """Bytes."""
    disk: float = 0
    """Bytes of ephemeral storage."""
    devices: Mapping[str, float] = field(default_factory=dict)
    """Extended resources, such as `nvidia.com/gpu`."""
    tolerations: tuple[Toleration, ...] = ()
    alternatives: tuple[tuple[Requirement, ...], ...] = ((),)
    """Conditions on labels: those of one of these, all of them."""


@dataclass(frozen=True, slots=True)
class Nodes:
    """A kind of node: a node group or a pool."""

    name: str
    labels: dict[str, Allowed]
    """Values that nodes have, or may be given, of their labels, by the labels' newer names."""
    carries: Callable[[str], bool]
    """Whether nodes may carry a label that `labels` does not name."""
    types: frozenset[str] = frozenset()
    """Instance types; none where they are not known."""
    taints: tuple[Taint, ...] = ()
    regions: frozenset[str] = frozenset()
    """Regions it stands in; none where that is not known."""
    hidden: frozenset[str] = frozenset()
    """Labels that are there, and whose values are not known."""
    unsure: str = ""
    """Why labels and your own taints are not known; empty if they are."""
    flavor: Flavor = KARPENTER
    most_cpu: float | None = None
    """Cores that all of them have together at most."""
    most_memory: float | None = None
    disk: float | None = None
    """Bytes of the disk that pods of a node share; None where that is not known."""
    instance_store: bool = False
    """Whether the disks that an instance type comes with, if any, are used in its place."""

    def disk_on(self, facts: InstanceType) -> float | None:
        """Bytes of the disk of a node of one instance type; None where that is not known."""
        return facts.storage_gb * 1e9 if self.instance_store and facts.storage_gb else self.disk


@dataclass(frozen=True, slots=True)
class Answer:
    """What nodes of a kind say to a pod: both are empty if one takes it."""

    refused: str = ""
    """Why none takes it."""
    unknown: str = ""
    """What it hangs on that nobody knows."""

    @property
    def takes(self) -> bool:
        """Whether one takes it for certain."""
        return not (self.refused or self.unknown)


def fit(nodes: Nodes, needs: Needs) -> Answer:
    """Whether nodes of a kind take a pod, and what says no."""
    if (taint := keeping_off(nodes.taints, needs.tolerations)) is not None:
        return Answer(refused=f"has the taint {taint.key}")
    if nodes.most_cpu is not None and needs.cpu > nodes.most_cpu:
        return Answer(refused=f"has at most {nodes.most_cpu:g} cores in all")
    if nodes.most_memory is not None and needs.memory > nodes.most_memory:
        return Answer(refused=f"has at most {nodes.most_memory / 2**30:g} GiB in all")
    answers = [_of_alternative(nodes, needs, each) for each in needs.alternatives] or [Answer()]
    best = min(answers, key=lambda each: (bool(each.refused), bool(each.unknown)))
    return Answer(unknown=nodes.unsure) if best.takes and nodes.unsure else best


def _of_alternative(nodes: Nodes, needs: Needs, conditions: Iterable[Requirement]) -> Answer:
    asked = allowed(conditions)
    types = nodes.types
    unknown = ""
    for key, want in asked.items():
        who = instances.carriers(nodes.flavor, key)
        answer = _label(nodes, key, want, by_type=who is not None)
        if answer.refused:
            return answer
        unknown = unknown or answer.unknown
        if types and who is not None:
            types = instances.with_facts(instances.narrowed(types, who, want))
            if not types:
                return Answer(refused=f"has no type with {key}{_said(want)}")
    if nodes.types:
        disk = _disk(nodes, facts_of(types), needs)
        return Answer(_too_small(types, needs) or disk.refused, unknown or disk.unknown)
    disk = _disk(nodes, (), needs)
    unknown = unknown or disk.unknown
    if disk.refused:
        return disk
    any_type = instances.with_facts(instances.launchable(KARPENTER))
    if refused := _too_small(any_type, needs):
        return Answer(refused)
    small = all(_holds(facts, needs) for facts in facts_of(any_type))
    return Answer(unknown=unknown or ("" if small else "the instance types of its nodes are not known"))


def _label(nodes: Nodes, key: str, want: Allowed, *, by_type: bool) -> Answer:
    """What a condition on one label meets; one that follows from the instance type is left to the types."""
    have = nodes.labels.get(key)
    lacks = f"has no {key}{_said(want)}"
    if have is not None:
        both = have.narrowed(want)
        gone = want.values == frozenset() and not want.required
        if both.nothing or (gone and have.required):
            return Answer(refused=lacks)
        asks = want.values is not None or want.excluded or want.least is not None or want.most is not None
        return _hangs_on(key) if key in nodes.hidden and asks else Answer()
    if not want.required:
        return Answer()
    known = KNOWN_VALUES.get(key)
    if not nodes.carries(key):
        return Answer(unknown=nodes.unsure) if nodes.unsure else Answer(refused=lacks)
    if known is not None and not any(value in want for value in known):
        return Answer(refused=lacks)
    if key == ZONE and nodes.regions and want.values is not None:
        here = [zone for zone in want.values if any(zone.startswith(region) for region in nodes.regions)]
        if not here:
            return Answer(refused=f"is in {', '.join(sorted(nodes.regions))}")
    return Answer() if by_type and nodes.types else _hangs_on(key)


def _hangs_on(key: str) -> Answer:
    return Answer(unknown=f"{key} of its nodes is not known")


def _too_small(types: Iterable[str], needs: Needs) -> str:
    known = [instance_type(name) for name in types]
    if any(facts is None or _holds(facts, needs) for facts in known):
        return ""
    found = [facts for facts in known if facts is not None]
    for resource, count in needs.devices.items():
        maker = DEVICES.get(resource)
        if count and maker and not any(facts.accelerator == maker for facts in found):
            return f"has no {resource}"
    cores, memory = max(facts.vcpus for facts in found), max(facts.memory_mib for facts in found)
    return f"has no type large enough: {cores} vCPUs and {memory / 1024:g} GiB are the most"


def _disk(nodes: Nodes, types: Iterable[InstanceType], needs: Needs) -> Answer:
    """Whether the disk of one node is large enough, be it that of an instance type which holds the rest."""
    if not needs.disk:
        return Answer()
    found = [nodes.disk_on(facts) for facts in types if _holds(facts, needs)] or [nodes.disk]
    if any(size is not None and needs.disk < size for size in found):
        return Answer()
    if None in found:
        return Answer() if needs.disk <= _ALWAYS else Answer(unknown="the disk of its nodes is not known")
    largest = max(size for size in found if size is not None)
    return Answer(refused=f"has a disk of {largest / 2**30:.4g} GiB for images, logs and pods")


def _holds(facts: InstanceType, needs: Needs) -> bool:
    # Kubelet keeps a part of every node for itself, so that no pod gets all of it.
    if needs.cpu >= facts.vcpus or needs.memory >= facts.memory_mib * 2**20:
        return False
    for resource, count in needs.devices.items():
        maker = DEVICES.get(resource)
        if maker and count and (facts.accelerator != maker or (maker != "neuron" and count > facts.accelerator_count)):
            return False
    return True


def _said(want: Allowed) -> str:
    if want.values:
        return f"={','.join(sorted(want.values))}"
    return "" if not want.excluded else f" other than {','.join(sorted(want.excluded))}"
