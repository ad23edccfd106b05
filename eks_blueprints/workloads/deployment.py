"""Pods that are all alike and can be replaced by one another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from eks_blueprints.core.errors import Faults, Problem
from eks_blueprints.core.late_specs import late
from eks_blueprints.workloads._drawing import Drawing
from eks_blueprints.workloads._scaled import ScaledWorkload
from eks_blueprints.workloads._storage import claims

if TYPE_CHECKING:
    from eks_blueprints.core.refs import Ground
    from eks_blueprints.workloads._rollout import Rollout
else:
    Rollout = late("eks_blueprints.workloads._rollout", "Rollout")


class Deployment(ScaledWorkload):
    """A Deployment with what it needs: pods that are all alike, such as those of a web service.

    It comes with its own service account, and where it is asked for with a Service, an Ingress or HTTPRoute, ConfigMaps
    and Secrets, claims, an autoscaler, a disruption budget and a NetworkPolicy.
    """

    kubernetes_kind: ClassVar[str] = "Deployment"

    rollout: Rollout | None = None
    """How a new version is rolled out, by Argo Rollouts: `{canary: {steps: [{weight: 20}, {pause: 5m}]}}` or
    `{blue_green: {}}`. The Deployment stays and its pods move. Default: Kubernetes' own rolling update."""

    def _check_own(self, faults: Faults) -> None:
        super()._check_own(faults)
        if self.rollout is not None:
            from eks_blueprints.workloads import _rollout

            _rollout.check(self, faults)
        if (self.replicas_least or 0) < 2:
            return
        for name, volume in self.volumes.items():
            if volume.claim is not None and volume.claim.existing is None and volume.claim.by_one_node:
                do = "use a stateful_set, in which each pod has its own, or ReadWriteMany with EFS"
                got = f"{', '.join(volume.claim.access_modes)} for {self.replicas_least} pods"
                faults.add(("volumes", name, "claim"), f"is mounted by one node at a time; got {got}; {do}")

    def problems_on(self, ground: Ground) -> Iterator[Problem]:
        """What its rollout needs, beside what holds for every workload with a number of pods."""
        yield from super().problems_on(ground)
        if self.rollout is not None:
            from eks_blueprints.workloads import _rollout

            yield from _rollout.problems(self, ground)

    @property
    def scale_target(self) -> dict[str, str]:
        """The Deployment, or the Rollout that has taken its pods over."""
        if self.rollout is None:
            return super().scale_target
        return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": self.object_name_used}

    @property
    def backend_port(self) -> dict[str, Any]:
        """The port as the Ingress names it; with a canary an annotation says it, which Argo Rollouts writes."""
        return {"name": "use-annotation"} if self._split_by == "ingress" else super().backend_port

    @property
    def _split_by(self) -> str | None:
        """What splits the traffic between versions; None where there is one."""
        if self.rollout is None:
            return None
        from eks_blueprints.workloads import _rollout

        return _rollout.split_by(self)

    def split(self, route: Drawing, number: int) -> None:
        """Have a route lead to the stable version and to the canary, whose shares Argo Rollouts changes."""
        if self._split_by == "http_route":
            ends = (("stable", 100), ("canary", 0))
            backends = [{"name": f"{self.service_name}-{end}", "port": number, "weight": share} for end, share in ends]
            route.manifest["spec"]["rules"][0]["backendRefs"] = backends
            route.ignored = ("spec.rules",)

    def served_objects(self, ground: Ground) -> Iterator[Drawing]:
        """The workload, what leads to it, and what Argo Rollouts needs beside it; it changes the number of pods."""
        if self.rollout is None:
            yield from super().served_objects(ground)
            return
        from eks_blueprints.workloads import _rollout

        for each in super().served_objects(ground):
            if each.manifest["kind"] == self.kubernetes_kind:
                each.ignored = ("spec.replicas",)
            yield each
            if each.key == "service":
                yield from _rollout.services(self, each)
        yield from _rollout.objects(self, ground)

    def governing_objects(self, _ground: Ground) -> Iterator[Drawing]:
        """Claims of its volumes."""
        return claims(self)
