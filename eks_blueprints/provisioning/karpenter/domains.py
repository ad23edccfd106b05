"""Domains of one constraint: how many pods of a kind are in each, and which of them a pod may go to next.

Source: `TopologyGroup` in sigs.k8s.io/karpenter pkg/controllers/provisioning/scheduling, v1.14.1. Where Karpenter takes
one of several domains at random, here it is the first by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from eks_blueprints.karpenter.requirements import Allowed
from eks_blueprints.karpenter.tolerating import Taint, Toleration
from eks_blueprints.provisioning.karpenter.values import NONE, Requirements, clash, met, only
from eks_blueprints.scheduling.node import HOST
from eks_blueprints.scheduling.pod import Shape

Kind = Literal["spread", "near", "apart"]
_NO_END = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Counted:
    """Which nodes a constraint of spread counts."""

    alternatives: tuple[Requirements, ...] = ()
    """Conditions on their labels: one of these, where affinity counts."""
    by_affinity: bool = False
    by_taints: bool = False
    tolerations: tuple[Toleration, ...] = ()

    def on(self, taints: Iterable[Taint], requirements: Requirements) -> bool:
        """Whether pods on a node count."""
        if self.by_affinity and not any(clash(requirements, each) is None for each in self.alternatives):
            return False
        return not self.by_taints or all(any(t.of(taint) for t in self.tolerations) for taint in taints)


@dataclass(slots=True, eq=False)
class Domains:
    """The domains of a constraint."""

    kind: Kind
    key: str
    selects: Callable[[Shape], bool]
    """Whether it counts pods of a shape."""
    skew: int = _NO_END
    fewest: int = 1
    """Fewest domains: while there are fewer, the least of pods is 0."""
    counted: Counted = field(default_factory=Counted)
    counts: dict[str, int] = field(default_factory=dict)
    empty: set[str] = field(default_factory=set)
    """Domains without a pod."""
    choose: Callable[[list[str]], str] = min
    """Which of several domains is taken that are equally good."""
    _best: dict[tuple[int, Allowed, Allowed], list[str]] = field(default_factory=dict)
    """Domains that are equally good, by what was asked since the counts last changed."""

    def register(self, domain: str) -> None:
        """A domain is there."""
        if domain not in self.counts:
            self.counts[domain] = 0
            self.empty.add(domain)
            self._best.clear()

    def record(self, domains: Iterable[str]) -> None:
        """A pod is, or may be, in some domains."""
        self._best.clear()
        for domain in domains:
            self.counts[domain] = self.counts.get(domain, 0) + 1
            self.empty.discard(domain)

    def next(self, pod: Shape, of_pod: Allowed, of_node: Allowed) -> Allowed:
        """The domains that a pod may go to; none where it may not be on that node.

        Args:
            pod: The pod.
            of_pod: The domains that it allows itself.
            of_node: The domains that the node can be in.
        """
        host = next(iter(of_node.values)) if self.key == HOST and of_node.values and len(of_node.values) == 1 else None
        if self.kind == "spread":
            return self._evenly(pod, of_pod, of_node, host)
        if self.kind == "near":
            return self._near(pod, of_pod, of_node, host)
        return self._empty(of_pod, of_node, host)

    def _evenly(self, pod: Shape, of_pod: Allowed, of_node: Allowed, host: str | None) -> Allowed:
        mine = int(self.selects(pod))
        if host is not None:
            # Karpenter can always make one more node, so that the least is always zero.
            return only(host) if self.counts.get(host, 0) + mine <= self.skew else NONE
        if (best := self._best.get(asked := (mine, of_pod, of_node))) is None:
            best = self._best[asked] = self._fewest_in(mine, of_pod, of_node)
        return only(self.choose(best)) if best else NONE

    def _fewest_in(self, mine: int, of_pod: Allowed, of_node: Allowed) -> list[str]:
        least = self._least(of_pod)
        best: list[str] = []
        fewest = self.skew + least - mine + 1
        for domain, count in self.counts.items():
            if count <= fewest and count + mine - least <= self.skew and domain in of_node:
                best = [*best, domain] if count == fewest else [domain]
                fewest = count
        return best

    def _least(self, of_pod: Allowed) -> int:
        if self.key == HOST:
            return 0
        found = [count for domain, count in self.counts.items() if domain in of_pod]
        return 0 if len(found) < self.fewest else min(found, default=0)

    def nowhere(self, pod: Shape, of_pod: Allowed) -> bool:
        """Whether a pod wants to be near others, none of which are where it may be, and cannot be the first of them."""
        if self.kind != "near" or self.selects(pod):
            return False
        return len(self.counts) == len(self.empty) or not any(
            n > 0 and each in of_pod for each, n in self.counts.items()
        )

    def _near(self, pod: Shape, of_pod: Allowed, of_node: Allowed, host: str | None) -> Allowed:
        if host is not None:
            if host not in of_pod:
                return NONE
            return only(host) if self.counts.get(host, 0) > 0 or self._starts(pod, of_pod) else NONE
        there = [each for each, count in self.counts.items() if count > 0 and each in of_pod and each in of_node]
        if there:
            return only(*there)
        if not self._starts(pod, of_pod):
            return NONE
        both = met(of_pod, of_node)
        among = ([each for each in self.counts if each in allowed] for allowed in (both, of_pod))
        return only(*(self.choose(each) for each in among if each))

    def _starts(self, pod: Shape, of_pod: Allowed) -> bool:
        """Whether a pod may be the first of those that want to be near each other."""
        if not self.selects(pod):
            return False
        return len(self.counts) == len(self.empty) or not any(
            count > 0 and domain in of_pod for domain, count in self.counts.items()
        )

    def _empty(self, of_pod: Allowed, of_node: Allowed, host: str | None) -> Allowed:
        if host is not None:
            return NONE if self.counts.get(host, 0) else only(host)
        return only(*(each for each in self.empty if each in of_node and each in of_pod))
