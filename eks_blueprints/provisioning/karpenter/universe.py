"""Every domain that new nodes of some pools can be in.

Source: `buildDomainGroups` and `TopologyDomainGroup` in sigs.k8s.io/karpenter, v1.14.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from eks_blueprints.karpenter.tolerating import Taint, Toleration
from eks_blueprints.provisioning.karpenter.values import both, of_labels
from eks_blueprints.provisioning.makers import Pool

_Taints = tuple[Taint, ...]


class Universe:
    """The domains by label, with the taints of the pools whose nodes can be in them."""

    def __init__(self, pools: Iterable[Pool]) -> None:
        """The domains of some pools."""
        self._pools = [(each, both(each.requirements, of_labels(each.labels))) for each in pools]
        self._found: dict[str, dict[str, list[_Taints]]] = {}

    def domains(self, key: str, tolerations: Sequence[Toleration] | None = None) -> Iterator[str]:
        """The domains of a label.

        Args:
            key: The label.
            tolerations: What a pod tolerates that counts only nodes which it may be on. Default: every node counts.
        """
        if key not in self._found:
            self._found[key] = self._of(key)
        for domain, taints in self._found[key].items():
            if tolerations is None or any(_borne(each, tolerations) for each in taints):
                yield domain

    def _of(self, key: str) -> dict[str, list[_Taints]]:
        found: dict[str, list[_Taints]] = {}
        for pool, conditions in self._pools:
            asked = conditions.get(key)
            lists = {values for each in pool.machines if (values := each.labels.get(key)) is not None}
            domains = {value for values in lists for value in values if asked is None or value in asked}
            for domain in sorted(domains | (asked.values or frozenset() if asked else frozenset())):
                if domain not in found or not pool.taints:
                    found[domain] = [pool.taints]
                elif found[domain][0]:
                    found[domain].append(pool.taints)
        return found


def _borne(taints: _Taints, tolerations: Sequence[Toleration]) -> bool:
    return all(any(each.of(taint) for each in tolerations) for taint in taints)
