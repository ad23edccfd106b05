"""A pod as the scheduler sees it: what all replicas of a workload have alike is read once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from eks_blueprints.karpenter.tolerating import Toleration, toleration_of
from eks_blueprints.scheduling.amounts import CPU, MEMORY, Amounts, requested
from eks_blueprints.scheduling.selectors import NOTHING, Condition, Labels, NodeTerm, Selector, node_term, selector

_COUNTED_FOR = {CPU: 100, MEMORY: 200 * 2**20}
"""What a container that requests nothing counts for when nodes are compared: 100m and 200 MB, as the scheduler says."""
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_ANY_ADDRESS = "0.0.0.0"  # noqa: S104 - a host port without an address


@dataclass(frozen=True, slots=True)
class Spread:
    """A constraint of topology spread."""

    skew: int
    key: str
    hard: bool
    selector: Selector
    domains: int = 1
    """Fewest domains; while there are fewer, the least of pods counts as 0."""
    by_affinity: bool = True
    """Whether only nodes that the pod's selector and affinity allow count."""
    by_taints: bool = False
    """Whether only nodes whose taints the pod tolerates count."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term of pod affinity or anti-affinity."""

    key: str
    """The label whose values are the domains."""
    selector: Selector
    namespaces: frozenset[str]
    of_namespaces: Selector
    """Namespaces by their labels, besides those that are named."""

    def of(self, namespace: str, labels: Labels, of_namespace: Labels) -> bool:
        """Whether it speaks of a pod."""
        here = namespace in self.namespaces or self.of_namespaces.of(of_namespace)
        return here and self.selector.of(labels)


@dataclass(frozen=True, slots=True)
class HostPort:
    """A port of the node that a container takes."""

    port: int
    protocol: str
    address: str

    def clashes(self, other: HostPort) -> bool:
        """Whether both cannot be taken on one node."""
        if (self.port, self.protocol) != (other.port, other.protocol):
            return False
        return self.address == other.address or _ANY_ADDRESS in (self.address, other.address)


@dataclass(frozen=True, slots=True)
class Claim:
    """A volume that a pod mounts through a claim."""

    name: str
    """Namespace and name of the claim; where each pod has its own, what these names begin with."""
    driver: str = ""
    """CSI driver whose limit it counts towards; empty where it counts towards none."""
    terms: tuple[NodeTerm, ...] | None = None
    """Where the volume, or the class that makes it, can be used; None where everywhere."""
    bound: bool = True
    """Whether there is a volume; else one is made where the pod is placed."""
    zones: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Labels of zones and regions that the volume itself carries."""
    one_pod: bool = False
    """Whether one pod alone can use it (ReadWriteOncePod)."""
    own: bool = False
    """Whether each pod of a shape has a claim of its own, as those of a StatefulSet have."""
    missing: str = ""
    """Why no pod that mounts it can be placed anywhere; empty where one can."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Shape:
    """What the scheduler reads of a pod; the replicas of a workload share one. Compared by identity."""

    namespace: str = "default"
    labels: Labels = field(default_factory=dict)
    requests: Amounts = field(default_factory=dict)
    counted: Amounts = field(default_factory=dict)
    """What it counts for when nodes are compared."""
    node: str = ""
    """The one node that it asks for by name."""
    selects: tuple[Condition, ...] = ()
    """Its node selector."""
    terms: tuple[NodeTerm, ...] | None = None
    """Its node affinity: one of these holds; None where it has none."""
    prefers: tuple[tuple[int, NodeTerm], ...] = ()
    """Nodes that it would rather have, with their weights."""
    tolerations: tuple[Toleration, ...] = ()
    ports: tuple[HostPort, ...] = ()
    spread: tuple[Spread, ...] = ()
    near: tuple[Term, ...] = ()
    """Pod affinity that must hold."""
    apart: tuple[Term, ...] = ()
    """Pod anti-affinity that must hold."""
    rather_near: tuple[tuple[int, Term], ...] = ()
    rather_apart: tuple[tuple[int, Term], ...] = ()
    claims: tuple[Claim, ...] = ()
    priority: int = 0
    preempts: bool = True
    """Whether pods of a lower priority may be evicted for it."""
    alike: Selector = NOTHING
    """Which pods it is kept apart from softly where it has no constraint of spread: those of its Service and owner."""

    @property
    def named(self) -> frozenset[str] | None:
        """The nodes that its node affinity lists by name, which are looked at before all else; None without a list."""
        lists = [each.names for each in self.terms or ()]
        known = [each for each in lists if each is not None]
        return frozenset().union(*known) if lists and len(known) == len(lists) else None

    def may_be_on(self, name: str, labels: Labels) -> bool:
        """Whether its node selector and node affinity allow a node."""
        if not all(each.of(labels) for each in self.selects):
            return False
        return self.terms is None or any(term.of(name, labels) for term in self.terms)


@dataclass(frozen=True, slots=True)
class Pod:
    """One pod."""

    name: str
    shape: Shape
    since: float = 0.0
    """When it began to run, in seconds from any moment: of pods that are otherwise alike the older one stays."""


def shape_of(
    spec: Mapping[str, Any],
    labels: Mapping[str, Any] | None = None,
    namespace: str = "default",
    *,
    claims: Iterable[Claim] = (),
    priority: int | None = None,
    alike: Selector = NOTHING,
) -> Shape:
    """What the scheduler reads of a pod's spec, or of a template's.

    Args:
        spec: The spec of a pod.
        labels: The labels of the pod.
        namespace: Its namespace.
        claims: The volumes that it mounts through claims.
        priority: Its priority. Default: that of the spec, else 0.
        alike: The pods of its Service and owner.

    Raises:
        ValueError: if an amount is no quantity.
    """
    own = {str(key): str(value) for key, value in (labels or {}).items()}
    affinity = spec.get("affinity") or {}
    of_node, near, apart = (affinity.get(key) or {} for key in ("nodeAffinity", "podAffinity", "podAntiAffinity"))
    hard = of_node.get(REQUIRED)
    selects = [Condition(key, "In", frozenset({str(v)})) for key, v in (spec.get("nodeSelector") or {}).items()]
    return Shape(
        namespace=namespace,
        labels=own,
        requests=requested(spec),
        counted=requested(spec, least=_COUNTED_FOR),
        node=str(spec.get("nodeName") or ""),
        selects=tuple(selects),
        terms=None if hard is None else tuple(map(node_term, hard.get("nodeSelectorTerms") or ())),
        prefers=tuple(
            (int(e.get("weight", 0)), node_term(e.get("preference") or {})) for e in of_node.get(_PREFERRED) or ()
        ),
        tolerations=tuple(map(toleration_of, spec.get("tolerations") or ())),
        ports=tuple(_ports(spec)),
        spread=tuple(_spread(each, own) for each in spec.get("topologySpreadConstraints") or ()),
        near=tuple(_term(each, own, namespace) for each in near.get(REQUIRED) or ()),
        apart=tuple(_term(each, own, namespace) for each in apart.get(REQUIRED) or ()),
        rather_near=tuple(_weighted(near, own, namespace)),
        rather_apart=tuple(_weighted(apart, own, namespace)),
        claims=tuple(claims),
        priority=int(spec.get("priority") or 0) if priority is None else priority,
        preempts=spec.get("preemptionPolicy") != "Never",
        alike=alike,
    )


def _ports(spec: Mapping[str, Any]) -> Iterable[HostPort]:
    lasting = [each for each in spec.get("initContainers") or () if each.get("restartPolicy") == "Always"]
    for container in (*(spec.get("containers") or ()), *lasting):
        for port in container.get("ports") or ():
            number = port.get("containerPort") if spec.get("hostNetwork") is True else port.get("hostPort")
            if number := int(port.get("hostPort") or number or 0):
                yield HostPort(number, port.get("protocol") or "TCP", port.get("hostIP") or _ANY_ADDRESS)


def _spread(given: Mapping[str, Any], labels: Labels) -> Spread:
    return Spread(
        skew=int(given.get("maxSkew") or 1),
        key=str(given.get("topologyKey")),
        hard=given.get("whenUnsatisfiable", "DoNotSchedule") == "DoNotSchedule",
        selector=selector(given.get("labelSelector")).with_values(labels, given.get("matchLabelKeys") or ()),
        domains=int(given.get("minDomains") or 1),
        by_affinity=given.get("nodeAffinityPolicy", "Honor") == "Honor",
        by_taints=given.get("nodeTaintsPolicy", "Ignore") == "Honor",
    )


def _term(given: Mapping[str, Any], labels: Labels, namespace: str) -> Term:
    named, by_label = given.get("namespaces") or (), given.get("namespaceSelector")
    own = not named and by_label is None
    keys = (given.get("matchLabelKeys") or (), given.get("mismatchLabelKeys") or ())
    return Term(
        key=str(given.get("topologyKey")),
        selector=selector(given.get("labelSelector")).with_values(labels, *keys),
        namespaces=frozenset({namespace}) if own else frozenset(map(str, named)),
        of_namespaces=selector(by_label),
    )


def _weighted(given: Mapping[str, Any], labels: Labels, namespace: str) -> Iterable[tuple[int, Term]]:
    for each in given.get(_PREFERRED) or ():
        yield int(each.get("weight", 0)), _term(each.get("podAffinityTerm") or {}, labels, namespace)
