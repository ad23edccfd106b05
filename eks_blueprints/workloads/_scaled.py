"""What workloads have whose pods come in a number: replicas, autoscalers, a disruption budget, spread."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from eks_blueprints.core.errors import Faults, Path, Problem
from eks_blueprints.workloads._drawing import Drawing
from eks_blueprints.workloads._objects import drawing
from eks_blueprints.workloads._scaling import (
    HorizontalPodAutoscaler,
    PodDisruptionBudget,
    ScaledObject,
    VerticalPodAutoscaler,
)
from eks_blueprints.workloads._served import ServedWorkload

if TYPE_CHECKING:
    from eks_blueprints.core.refs import Ground

_TOPOLOGIES = {"zone": "topology.kubernetes.io/zone", "host": "kubernetes.io/hostname"}


class ScaledWorkload(ServedWorkload):
    """A workload with a number of pods."""

    replicas: int | None = Field(default=None, ge=0)
    """Number of pods. Default: 1, or what an autoscaler says."""

    horizontal_pod_autoscaler: HorizontalPodAutoscaler | None = None
    """What changes the number of pods by metrics. Default: nothing does."""

    scaled_object: ScaledObject | None = None
    """What changes it by events, with KEDA. Default: nothing does."""

    vertical_pod_autoscaler: VerticalPodAutoscaler | None = None
    """What changes the requests of pods. Default: nothing does."""

    pod_disruption_budget: PodDisruptionBudget | None = None
    """How many pods may be gone at once while nodes are drained. Default: one, where there are two or more."""

    spread: Literal["preferred", "required", "none"] = "preferred"
    """Whether pods are spread over zones and nodes: where that is possible, always over zones, or as the scheduler
    does by itself. It holds where there are two pods or more."""

    @property
    def replicas_least(self) -> int | None:
        """Fewest pods at any time."""
        for scaler in (self.horizontal_pod_autoscaler, self.scaled_object):
            if scaler is not None:
                return scaler.min_replicas
        return 1 if self.replicas is None else self.replicas

    def _check_own(self, faults: Faults) -> None:
        super()._check_own(faults)
        horizontal, vertical = self.horizontal_pod_autoscaler, self.vertical_pod_autoscaler
        scalers = [name for name in ("horizontal_pod_autoscaler", "scaled_object") if getattr(self, name) is not None]
        if len(scalers) == 2:
            faults.add("scaled_object", "makes an autoscaler itself; got horizontal_pod_autoscaler too; keep one")
        if scalers and self.replicas is not None:
            do = f"remove replicas, and set min_replicas of {scalers[0]}"
            faults.add("replicas", f"is what {scalers[0]} says; got {self.replicas} too; {do}")
        if scalers and "replicas" in self.spec:
            faults.add(("spec", "replicas"), f"is what {scalers[0]} says; got it too; remove it")
        if horizontal is not None:
            for resource in sorted(horizontal.resources):
                if self.image is not None and resource not in self.requests and not self.limits_used.get(resource):
                    do = f"add requests: {{{resource}: …}}"
                    at = ("horizontal_pod_autoscaler", resource if getattr(horizontal, resource, None) else "metrics")
                    faults.add(at, f"is a share of what is requested; got no request of {resource}; {do}")
        if vertical is not None and vertical.update_mode != "Off" and horizontal is not None and horizontal.resources:
            shared = ", ".join(sorted(horizontal.resources))
            do = "set update_mode: Off, or let the other follow another metric"
            message = f"changes the requests that horizontal_pod_autoscaler reckons with; got {shared} in both; {do}"
            faults.add(("vertical_pod_autoscaler", "update_mode"), message)

    def controller_spec(self) -> dict[Path, tuple[Any, Path]]:
        """The number of pods; none where another says it."""
        found: dict[Path, tuple[Any, Path]] = {}
        if self.horizontal_pod_autoscaler is None and self.scaled_object is None:
            found["replicas",] = (1 if self.replicas is None else self.replicas, ("replicas",))
        found["selector",] = ({"matchLabels": self.selector_used}, ("selector",))
        if (self.replicas_least or 0) >= 2 and self.spread != "none":
            at = (*self.template_at[1:], "spec", "topologySpreadConstraints")
            found[at] = ([self._spread_over(word) for word in _TOPOLOGIES], ("spread",))
        return found

    def _spread_over(self, word: str) -> dict[str, Any]:
        strict = self.spread == "required" and word == "zone"
        return {
            "maxSkew": 1,
            "topologyKey": _TOPOLOGIES[word],
            "whenUnsatisfiable": "DoNotSchedule" if strict else "ScheduleAnyway",
            "labelSelector": {"matchLabels": self.selector_used},
        }

    def problems_on(self, ground: Ground) -> Iterator[Problem]:
        """Add-ons that its autoscalers need."""
        yield from super().problems_on(ground)
        if ground.addons is None:
            return
        needed = {"scaled_object": "keda", "vertical_pod_autoscaler": "vpa"}
        for field, addon in needed.items():
            if getattr(self, field) is not None and addon not in ground.addons:
                yield Problem((field,), f"needs {addon}; got no such add-on; add {addon} to addons")
        follows = self.horizontal_pod_autoscaler is not None and self.horizontal_pod_autoscaler.resources
        if follows and not self._metrics(ground.addons):
            message = "reads what pods use from the metrics server; got no such add-on; add metrics_server to addons"
            yield Problem(("horizontal_pod_autoscaler",), message)

    @staticmethod
    def _metrics(addons: frozenset[str]) -> bool:
        return bool({"metrics_server", "eks_addon", "prometheus_adapter"} & addons)

    def own_objects(self, ground: Ground) -> Iterator[Drawing]:
        """The workload, what leads to it and what scales it."""
        yield from super().own_objects(ground)
        yield from self._budget()
        target = {"apiVersion": self.api_version, "kind": self.kubernetes_kind, "name": self.object_name_used}
        scalers = (
            ("horizontal_pod_autoscaler", "autoscaling/v2 HorizontalPodAutoscaler", "scaleTargetRef"),
            ("vertical_pod_autoscaler", "autoscaling.k8s.io/v1 VerticalPodAutoscaler", "targetRef"),
            ("scaled_object", "keda.sh/v1alpha1 ScaledObject", "scaleTargetRef"),
        )
        for field, kind, word in scalers:
            if (scaler := getattr(self, field)) is not None:
                found = drawing(self, field.replace("_", "-"), kind, (field,))
                found.put(("spec", word), target, (field,))
                for key, value in scaler.manifest.items():
                    found.put(("spec", key), value, (field, key), as_written=True)
                yield found

    def _budget(self) -> Iterator[Drawing]:
        budget = self.pod_disruption_budget
        if budget is None and (self.replicas_least or 0) >= 2:
            budget = PodDisruptionBudget(max_unavailable=1)
        if budget is not None:
            found = drawing(self, "pod-disruption-budget", "policy/v1 PodDisruptionBudget", ("pod_disruption_budget",))
            for key, value in budget.manifest.items():
                found.put(("spec", key), value, ("pod_disruption_budget",))
            found.put(("spec", "selector"), {"matchLabels": self.selector_used}, ("selector",))
            yield found
