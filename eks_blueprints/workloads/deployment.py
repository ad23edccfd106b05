"""Pods that are all alike and can be replaced by one another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from eks_blueprints.core.errors import Faults
from eks_blueprints.workloads._drawing import Drawing
from eks_blueprints.workloads._scaled import ScaledWorkload
from eks_blueprints.workloads._storage import claims

if TYPE_CHECKING:
    from eks_blueprints.core.refs import Ground


class Deployment(ScaledWorkload):
    """A Deployment with what it needs: pods that are all alike, such as those of a web service.

    It comes with its own service account, and where it is asked for with a Service, an Ingress or HTTPRoute, ConfigMaps
    and Secrets, claims, an autoscaler, a disruption budget and a NetworkPolicy.
    """

    kubernetes_kind: ClassVar[str] = "Deployment"

    def _check_own(self, faults: Faults) -> None:
        super()._check_own(faults)
        if (self.replicas_least or 0) < 2:
            return
        for name, volume in self.volumes.items():
            if volume.claim is not None and volume.claim.existing is None and volume.claim.by_one_node:
                do = "use a stateful_set, in which each pod has its own, or ReadWriteMany with EFS"
                got = f"{', '.join(volume.claim.access_modes)} for {self.replicas_least} pods"
                faults.add(("volumes", name, "claim"), f"is mounted by one node at a time; got {got}; {do}")

    def governing_objects(self, _ground: Ground) -> Iterator[Drawing]:
        """Claims of its volumes."""
        return claims(self)
