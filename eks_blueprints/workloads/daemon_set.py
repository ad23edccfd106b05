"""Pods that run on every node."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from eks_blueprints.core.errors import Faults, Path, Problem
from eks_blueprints.workloads._served import ServedWorkload

if TYPE_CHECKING:
    from eks_blueprints.core.refs import Ground


class DaemonSet(ServedWorkload):
    """A DaemonSet with what it needs: one pod on every node, or on those of `run_on`, such as an agent.

    Nodes with taints are left out unless `pod: {tolerations: […]}` says otherwise. Fargate runs no DaemonSets.
    """

    kubernetes_kind: ClassVar[str] = "DaemonSet"

    def _check_own(self, faults: Faults) -> None:
        super()._check_own(faults)
        for name, volume in self.volumes.items():
            if volume.claim is not None and volume.claim.existing is None:
                do = "use source: {hostPath: …}, or a stateful_set"
                faults.add(("volumes", name, "claim"), f"would be shared by the pods of all nodes; got a claim; {do}")

    def controller_spec(self) -> dict[Path, tuple[Any, Path]]:
        """Which pods are its own."""
        return {("selector",): ({"matchLabels": self.selector_used}, ("selector",))}

    def problems_on(self, ground: Ground) -> Iterator[Problem]:
        """Compute that runs no DaemonSets."""
        yield from super().problems_on(ground)
        where = (ground.places or {}).get(self.run_on or "")
        if where is not None and where.fargate:
            yield Problem(("run_on",), f"is Fargate, which runs no DaemonSets; got {self.run_on}; run it as a sidecar")
        elif ground.only_fargate:
            do = "add nodes, or run it as a sidecar"
            yield Problem(("kind",), f"has no nodes to run on: Fargate runs no DaemonSets; got nothing else; {do}")
