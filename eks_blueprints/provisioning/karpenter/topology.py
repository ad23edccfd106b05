"""Every constraint of the pods of one round: what they ask of domains, and what pods that are placed ask of others.

Source: `Topology` in sigs.k8s.io/karpenter pkg/controllers/provisioning/scheduling, v1.14.1.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Sequence

from eks_blueprints.karpenter.requirements import Allowed
from eks_blueprints.karpenter.tolerating import Taint, Toleration
from eks_blueprints.provisioning.karpenter.asks import Ask
from eks_blueprints.provisioning.karpenter.domains import Counted, Domains, Kind
from eks_blueprints.provisioning.karpenter.universe import Universe
from eks_blueprints.provisioning.karpenter.values import ANY, Requirements, both, met, of_conditions, of_labels
from eks_blueprints.scheduling.cluster import Cluster
from eks_blueprints.scheduling.node import HOST
from eks_blueprints.scheduling.pod import Shape, Spread, Term
from eks_blueprints.scheduling.selectors import Selector


class Topology:
    """The constraints that pods have and make."""

    def __init__(self, cluster: Cluster, universe: Universe, choose: Callable[[list[str]], str] = min) -> None:
        """None yet.

        Args:
            cluster: Nodes that are there, and the pods on them.
            universe: The domains that new nodes can be in.
            choose: Which of several domains is taken that are equally good. Default: the first by name.
        """
        self._cluster = cluster
        self._choose = choose
        self._universe = universe
        self._asked: dict[Hashable, Domains] = {}
        """Constraints of pods, each once."""
        self._against: dict[Hashable, Domains] = {}
        """What pods with anti-affinity keep from others."""
        self._of_ask: dict[Ask, list[Domains]] = {}
        self._of_pod: dict[Shape, list[Domains]] = {}
        self._kept_from: dict[Shape, list[Domains]] = {}
        self._counting: dict[Shape, list[Domains]] = {}
        self._hosts: list[Domains] = []
        for place in cluster.places.values():
            for shape in [pod.shape for pod in place.pods.values()] if place.apart else ():
                for each in self._keeps_others_off(shape):
                    if (domain := place.node.labels.get(each.key)) is not None:
                        each.record([domain])

    def know(self, ask: Ask) -> list[Domains]:
        """The constraints of an ask; those that nobody had before count what is there, and are kept up from now on."""
        if (found := self._of_ask.get(ask)) is None:
            self._keeps_others_off(ask.pod)
            found = self._of_ask[ask] = [
                *(self._spread(ask, each) for each in ask.shape.spread),
                *(self._term("near", ask, each) for each in ask.near),
                *(self._term("apart", ask, each) for each in ask.apart),
            ]
        return found

    def narrowed(self, ask: Ask, requirements: Requirements, known: Container[str] = ()) -> Requirements | Domains:
        """What the constraints leave of a node's labels for a pod; the constraint that leaves nothing, where one does.

        Args:
            ask: What the pod asks.
            requirements: What is left of the node's labels with this pod on it.
            known: Labels that the node may get though nothing is said of them.
        """
        found: dict[str, Allowed] = {}
        for each in (*self.know(ask), *self._keeping_off(ask.pod)):
            key = each.key
            there = requirements.get(key, ANY)
            left = met(each.next(ask.pod, ask.strict.get(key, ANY), there), found.get(key, there))
            if not left.values or (key not in requirements and key not in known):
                return each
            found[key] = left
        return {**requirements, **found}

    def hopeless(self, ask: Ask) -> bool:
        """Whether no node whatever can take a pod that asks this, as things stand."""
        return any(each.nowhere(ask.pod, ask.strict.get(each.key, ANY)) for each in self.know(ask))

    def constrains(self, ask: Ask) -> bool:
        """Whether any constraint speaks of a pod."""
        return bool(self.know(ask) or self._keeping_off(ask.pod))

    def recorded(self, ask: Ask, requirements: Requirements, taints: tuple[Taint, ...]) -> None:
        """A pod is placed on a node of which so much is left."""
        for each in self._counting_of(ask.pod):
            if each.counted.on(taints, requirements):
                values = requirements.get(each.key, ANY).values
                # Where the domain is still open, it is counted nowhere; but none of those that it could be is empty.
                if values and (each.kind == "apart" or len(values) == 1):
                    each.record(values)
        for each in self._of_pod.get(ask.pod, ()):
            each.record(requirements.get(each.key, ANY).values or ())

    def host(self, name: str) -> None:
        """A node is there."""
        for each in self._hosts:
            each.register(name)

    def _keeps_others_off(self, pod: Shape) -> list[Domains]:
        if (found := self._of_pod.get(pod)) is None:
            found = self._of_pod[pod] = []
            for term in pod.apart:
                key = (term.key, _form(term.selector), term.namespaces, _form(term.of_namespaces))
                if key not in self._against:
                    self._against[key] = self._made(Domains("apart", term.key, self._says(term)), pod.tolerations)
                    self._kept_from.clear()
                found.append(self._against[key])
        return found

    def _keeping_off(self, pod: Shape) -> list[Domains]:
        if (found := self._kept_from.get(pod)) is None:
            found = self._kept_from[pod] = [each for each in self._against.values() if each.selects(pod)]
        return found

    def _counting_of(self, pod: Shape) -> list[Domains]:
        if (found := self._counting.get(pod)) is None:
            found = self._counting[pod] = [each for each in self._asked.values() if each.selects(pod)]
        return found

    def _spread(self, ask: Ask, constraint: Spread) -> Domains:
        selects = of_conditions(ask.shape.selects)
        terms = [both(selects, of_conditions(each.labels)) for each in ask.shape.terms or ()]
        tolerations = ask.shape.tolerations
        counted = Counted(tuple(terms) or (selects,), constraint.by_affinity, constraint.by_taints, tolerations)
        nodes = (
            frozenset(frozenset(each.items()) for each in counted.alternatives),
            constraint.by_affinity,
            constraint.by_taints,
            frozenset(tolerations),
        )
        selector, namespace = constraint.selector, ask.pod.namespace
        key = ("spread", constraint.key, constraint.skew, _form(selector), namespace, nodes)
        if key in self._asked:
            return self._asked[key]

        def selects_pod(pod: Shape) -> bool:
            return pod.namespace == namespace and selector.of(pod.labels)

        made = Domains("spread", constraint.key, selects_pod, constraint.skew, constraint.domains, counted)
        return self._new(key, made, tolerations if constraint.by_taints else None)

    def _term(self, kind: Kind, ask: Ask, term: Term) -> Domains:
        key = (kind, term.key, _form(term.selector), term.namespaces, _form(term.of_namespaces))
        # The domains are those of pools whose taints the first of such pods tolerates, as it asks at first.
        return self._asked.get(key) or self._new(key, Domains(kind, term.key, self._says(term)), ask.shape.tolerations)

    def _says(self, term: Term) -> Callable[[Shape], bool]:
        return lambda pod: self._cluster.says(term, pod)

    def _new(self, key: Hashable, made: Domains, tolerations: Sequence[Toleration] | None = None) -> Domains:
        self._asked[key] = self._made(made, tolerations)
        self._counting.clear()
        asks, chosen = any(made.counted.alternatives), dict[Shape, bool]()
        some = asks or made.counted.by_taints
        for place in self._cluster.places.values():
            node = place.node
            domain = node.labels.get(made.key) or (node.name if made.key == HOST else None)
            if domain is None:
                continue
            if some and not made.counted.on(node.taints, of_labels(node.labels) if asks else {}):
                continue
            made.register(domain)
            for pod in place.pods.values():
                if (mine := chosen.get(pod.shape)) is None:
                    mine = chosen[pod.shape] = made.selects(pod.shape)
                if mine:
                    made.record([domain])
        return made

    def _made(self, made: Domains, tolerations: Sequence[Toleration] | None = None) -> Domains:
        made.choose = self._choose
        for domain in self._universe.domains(made.key, tolerations):
            made.register(domain)
        if made.key == HOST:
            self._hosts.append(made)
        return made


def _form(selector: Selector) -> Hashable:
    return selector.nothing, frozenset(selector.conditions)
