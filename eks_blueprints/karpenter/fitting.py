"""Can this pod run on nodes of that kind, and what says no: the one place that answers it.

Taints, labels (by selectors and node affinity), the hardware of instance types, zones and what a pool may grow to are
looked at together: a pod that asks for Arm and for a GPU needs a type that has both. What nobody knows, such as what a
type without facts has, refuses nothing. Sources: Kubernetes, "Taints and Tolerations", "Assigning Pods to Nodes";
`instances` for what the nodes of a type carry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from eks_blueprints.core.facts.instance_types import InstanceType, instance_type
from eks_blueprints.karpenter import instances
from eks_blueprints.karpenter.labels import KARPENTER, KNOWN_VALUES, Flavor
from eks_blueprints.karpenter.requirements import Allowed, Requirement, allowed

ZONE = "topology.kubernetes.io/zone"

_DEVICES = {
    "nvidia.com/gpu": "nvidia",
    "amd.com/gpu": "amd",
    "habana.ai/gaudi": "habana",
    "aws.amazon.com/neuron": "neuron",
}
"""Whose devices a resource counts."""


@dataclass(frozen=True, slots=True)
class Toleration:
    """A toleration of a pod."""

    key: str = ""
    operator: str = "Equal"
    value: str = ""
    effect: str = ""

    def of(self, taint: Taint) -> bool:
        """Whether it is one of a taint."""
        if self.effect not in ("", taint.effect):
            return False
        if self.operator == "Exists":
            return self.key in ("", taint.key)
        return self.key == taint.key and self.value == taint.value


@dataclass(frozen=True, slots=True)
class Taint:
    """A taint of nodes."""

    key: str
    value: str
    effect: str
    """NoSchedule, NoExecute or PreferNoSchedule."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a pod asks of a node."""

    cpu: float = 0
    """Cores."""
    memory: float = 0
    """Bytes."""
    devices: Mapping[str, float] = field(default_factory=dict)
    """Extended resources, such as `nvidia.com/gpu`."""
    tolerations: tuple[Toleration, ...] = ()
    alternatives: tuple[tuple[Requirement, ...], ...] = ((),)
    """Conditions on labels: those of one of these, all of them."""


@dataclass(frozen=True, slots=True)
class Nodes:
    """A kind of node: a node group or a pool."""

    name: str
    labels: Mapping[str, Allowed]
    """Labels whose values are known, by their newer names."""
    carries: Callable[[str], bool]
    """Whether nodes may carry a label that `labels` does not name."""
    types: frozenset[str] = frozenset()
    """Instance types; none where they are not known."""
    taints: tuple[Taint, ...] = ()
    regions: frozenset[str] = frozenset()
    """Regions it stands in; none where that is not known."""
    flavor: Flavor = KARPENTER
    most_cpu: float | None = None
    """Cores that all of them have together at most."""
    most_memory: float | None = None


def refuses(nodes: Nodes, needs: Needs) -> str:
    """Why nodes of a kind do not take a pod, in words; empty if one may."""
    for taint in nodes.taints:
        if taint.effect in ("NoSchedule", "NoExecute") and not any(each.of(taint) for each in needs.tolerations):
            return f"has the taint {taint.key}"
    if nodes.most_cpu is not None and needs.cpu > nodes.most_cpu:
        return f"has at most {nodes.most_cpu:g} cores in all"
    if nodes.most_memory is not None and needs.memory > nodes.most_memory:
        return f"has at most {nodes.most_memory / 2**30:g} GiB in all"
    why = [_of_alternative(nodes, needs, each) for each in needs.alternatives]
    return "" if "" in why or not why else why[0]


def narrowed(types: frozenset[str], who: instances.Carriers, want: Allowed) -> frozenset[str]:
    """The types that a condition leaves; those of which nobody knows only where no other is left."""
    return types & who.fitting(want) or types & who.unheard


def _of_alternative(nodes: Nodes, needs: Needs, conditions: Iterable[Requirement]) -> str:
    asked = allowed(conditions)
    types = nodes.types
    for key, want in asked.items():
        if reason := _lacks(nodes, key, want):
            return reason
        if types and (who := instances.carriers(nodes.flavor, key)) is not None:
            types = narrowed(types, who, want)
            if not types:
                return f"has no type with {key}{_said(want)}"
    if nodes.types:
        return _too_small(types, needs)
    return ""


def _lacks(nodes: Nodes, key: str, want: Allowed) -> str:
    have = nodes.labels.get(key)
    if have is not None:
        both = have.narrowed(want)
        gone = want.values == frozenset() and not want.required
        return f"has no {key}{_said(want)}" if both.nothing or (gone and have.required) else ""
    if not want.required:
        return ""
    known = KNOWN_VALUES.get(key)
    if not nodes.carries(key) or (known is not None and not any(value in want for value in known)):
        return f"has no {key}{_said(want)}"
    if key == ZONE and nodes.regions and want.values is not None:
        here = [zone for zone in want.values if any(zone.startswith(region) for region in nodes.regions)]
        return "" if here else f"stands in {', '.join(sorted(nodes.regions))}"
    return ""


def _too_small(types: Iterable[str], needs: Needs) -> str:
    known = [instance_type(name) for name in types]
    if any(facts is None or _holds(facts, needs) for facts in known):
        return ""
    found = [facts for facts in known if facts is not None]
    for resource, count in needs.devices.items():
        maker = _DEVICES.get(resource)
        if count and maker and not any(facts.accelerator == maker for facts in found):
            return f"has no {resource}"
    cores, memory = max(facts.vcpus for facts in found), max(facts.memory_mib for facts in found)
    return f"has no type large enough: {cores} vCPUs and {memory / 1024:g} GiB are the most"


def _holds(facts: InstanceType, needs: Needs) -> bool:
    # Kubelet keeps a part of every node for itself, so that no pod gets all of it.
    if needs.cpu >= facts.vcpus or needs.memory >= facts.memory_mib * 2**20:
        return False
    for resource, count in needs.devices.items():
        maker = _DEVICES.get(resource)
        if maker and count and (facts.accelerator != maker or (maker != "neuron" and count > facts.accelerator_count)):
            return False
    return True


def _said(want: Allowed) -> str:
    if want.values:
        return f"={','.join(sorted(want.values))}"
    return "" if not want.excluded else f" other than {','.join(sorted(want.excluded))}"
