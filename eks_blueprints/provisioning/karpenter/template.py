"""A pool as Karpenter makes nodes of it: its conditions, its instance types, and what every node of it keeps.

Source: `NodeClaimTemplate`, `buildDaemonOverheadGroups` in sigs.k8s.io/karpenter, v1.14.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from eks_blueprints.karpenter.labels import CAPACITY_TYPE, INSTANCE_TYPE, WINDOWS_BUILD, ZONE
from eks_blueprints.provisioning.karpenter.asks import Ask
from eks_blueprints.provisioning.karpenter.catalogue import Catalogue, numbers
from eks_blueprints.provisioning.karpenter.values import Requirements, apart, both, clash, of_labels, only
from eks_blueprints.provisioning.machine import Machine
from eks_blueprints.provisioning.makers import Pool
from eks_blueprints.scheduling.amounts import PODS, Amounts, added
from eks_blueprints.scheduling.pod import HostPort, Shape

POOL = "karpenter.sh/nodepool"
_THERE_AT_LAST = {"karpenter.sh/registered": only("true"), "karpenter.sh/initialized": only("true")}
_ALWAYS_KNOWN = frozenset(
    {
        *(POOL, ZONE, "topology.kubernetes.io/region", INSTANCE_TYPE, "kubernetes.io/arch", "kubernetes.io/os"),
        *(CAPACITY_TYPE, WINDOWS_BUILD),
    }
)


class Template:
    """A pool, ready for pods."""

    def __init__(self, pool: Pool, daemons: Sequence[Shape]) -> None:
        """A pool.

        Args:
            pool: The pool.
            daemons: Pods of which each node that takes them has one.
        """
        self.pool = pool
        self.known = _ALWAYS_KNOWN | {key for machine in pool.machines for key in machine.labels}
        """Labels that its nodes may get though the pool says nothing of them."""
        labels = {**pool.labels, POOL: pool.name}
        self.requirements: Requirements = {**both(pool.requirements, of_labels(labels)), **_THERE_AT_LAST}
        fitting = [each for each in pool.machines if self._may_be(each)]
        bearable = [ask for each in daemons if (ask := Ask(each, bears_all=True)).keeping_off(pool.taints) is None]
        kept: list[Amounts] = []
        ports: list[tuple[HostPort, ...]] = []
        sums: dict[tuple[int, ...], tuple[Amounts, tuple[HostPort, ...]]] = {}
        alternatives = [[each, *each.relaxed(to_all=False)] for each in bearable]
        fits = [[each for each in asks if self._clash(each) is None] for asks in alternatives]
        for machine in fitting:
            of_machine = {key: only(*values) for key, values in machine.labels.items()}
            mine = tuple(
                at for at, asks in enumerate(fits) if any(apart(of_machine, each.strict) is None for each in asks)
            )
            if mine not in sums:
                sums[mine] = _together(bearable[at].shape for at in mine)
            kept.append(sums[mine][0])
            ports.append(sums[mine][1])
        self.catalogue = Catalogue(fitting, kept, ports if any(ports) else ())
        self.types = self.catalogue.every & self.catalogue.offered(self.requirements)
        if self.short_of(self.types):
            self.types = 0

    def short_of(self, types: int) -> str:
        """The first label of which some types have too few values among them for `minValues`; empty where none is."""
        for key, least in self.pool.min_values.items():
            if self.catalogue.values(types, key) < least:
                return key
        return ""

    def _may_be(self, machine: Machine) -> bool:
        for key, values in machine.labels.items():
            asked = self.requirements.get(key)
            if asked is not None and apart({key: only(*values)}, {key: asked}) is not None:
                return False
        return True

    def _clash(self, ask: Ask) -> str | None:
        return clash(self.requirements, ask.strict, self.known)

    def names(self, types: int) -> list[str]:
        """The names of some types."""
        return [self.catalogue.machines[at].name for at in numbers(types)]


def _together(shapes: Iterable[Shape]) -> tuple[Amounts, tuple[HostPort, ...]]:
    total: dict[str, int] = {}
    ports: list[HostPort] = []
    for shape in shapes:
        total = added(total, {**shape.requests, PODS: 1})
        ports += shape.ports
    return total, tuple(ports)
