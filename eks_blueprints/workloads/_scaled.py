"""What workloads have whose pods come in a number: replicas, autoscalers, a disruption budget, spread."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from eks_blueprints.core.errors import Faults, Path, Problem, unknown_name
from eks_blueprints.workloads import _keda
from eks_blueprints.workloads._disruption import PodDisruptionBudget
from eks_blueprints.workloads._drawing import Drawing
from eks_blueprints.workloads._events import ScaledObject
from eks_blueprints.workloads._horizontal import HorizontalPodAutoscaler
from eks_blueprints.workloads._needs import is_missing, unserved
from eks_blueprints.workloads._objects import drawing
from eks_blueprints.workloads._requested import containers, unrequested
from eks_blueprints.workloads._served import ServedWorkload
from eks_blueprints.workloads._vertical import EVICTING, VerticalPodAutoscaler

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

    @property
    def is_scaled(self) -> bool:
        """Whether something changes the number of its pods."""
        return self.horizontal_pod_autoscaler is not None or self.scaled_object is not None

    def _check_own(self, faults: Faults) -> None:
        super()._check_own(faults)
        horizontal = self.horizontal_pod_autoscaler
        scalers = [name for name in ("horizontal_pod_autoscaler", "scaled_object") if getattr(self, name) is not None]
        if len(scalers) == 2:
            faults.add("scaled_object", "makes an autoscaler itself; got horizontal_pod_autoscaler too; keep one")
        if scalers and self.replicas is not None:
            do = f"remove replicas, and set min_replicas of {scalers[0]}"
            faults.add("replicas", f"is what {scalers[0]} says; got {self.replicas} too; {do}")
        if scalers and "replicas" in self.spec:
            faults.add(("spec", "replicas"), f"is what {scalers[0]} says; got it too; remove it")
        if horizontal is not None:
            self._check_containers(horizontal, faults)
        self._check_vertical(faults)
        scaled = self.scaled_object
        if scaled is not None and (fault := scaled.name_fault(self.object_name_used)):
            faults.add("scaled_object", fault)

    def _check_containers(self, horizontal: HorizontalPodAutoscaler, faults: Faults) -> None:
        known = containers(self)
        for resource, container, _ in horizontal.uses:
            if container is not None and container not in known and self.image is not None:
                at = self._at(horizontal, resource, container)
                faults.add((*at, container), unknown_name(container, known, "container of this workload"))

    @staticmethod
    def _at(horizontal: HorizontalPodAutoscaler, resource: str, container: str | None) -> Path:
        """Where a use of a resource is written."""
        field = "containers" if container is not None and container in horizontal.containers else resource
        return ("horizontal_pod_autoscaler", field if getattr(horizontal, field, None) else "metrics")

    def _unrequested(self, horizontal: HorizontalPodAutoscaler, ground: Ground) -> Iterator[Problem]:
        """Shares of what nobody requests, as far as it is known what LimitRanges say."""
        defaults = ground.default_requests or {}
        for resource, container, share in horizontal.uses:
            without = unrequested(self, resource, container) if share else []
            if not without or resource in defaults.get(self.namespace, ()):
                continue
            whose = "" if without == [self.container_name_used] else f" in {', '.join(without)}"
            what = f"is a share of what is requested; got no request of {resource}{whose}"
            do = f"add requests: {{{resource}: …}}"
            if self.namespace in defaults:
                yield Problem(self._at(horizontal, resource, container), f"{what}; {do}")
            else:
                do += ", unless a LimitRange of the namespace sets it"
                yield Problem(self._at(horizontal, resource, container), f"{what}; {do}", severity="warning")

    def _check_vertical(self, faults: Faults) -> None:
        vertical = self.vertical_pod_autoscaler
        if vertical is None:
            return
        known = tuple(containers(self))
        if self.image is not None:
            vertical.container_faults(known, faults)
        resized = vertical.resized(known or ("",))
        for name in ("horizontal_pod_autoscaler", "scaled_object"):
            scaler = getattr(self, name)
            if scaler is not None and (both := resized & scaler.resources):
                do = "set update_mode: Off, or let the other follow another metric"
                got = f"{', '.join(sorted(both))} in both"
                message = f"changes the requests that {name} counts from; got {got}; {do}"
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
        """Add-ons that its autoscalers need, and what the cluster makes of them."""
        yield from super().problems_on(ground)
        if (horizontal := self.horizontal_pod_autoscaler) is not None:
            at = "horizontal_pod_autoscaler"
            for group, field in horizontal.apis.items():
                if message := unserved(ground, group):
                    yield Problem((at,) if group == "metrics.k8s.io" else (at, field), message)
            yield from (each.below(at) for each in horizontal.problems_at(ground.version))
            yield from self._unrequested(horizontal, ground)
        if self.scaled_object is not None:
            yield from _keda.problems("scaled_object", self.scaled_object, ground)
        if (vertical := self.vertical_pod_autoscaler) is not None:
            at = "vertical_pod_autoscaler"
            if is_missing(ground, "vpa"):
                yield Problem((at,), "needs vpa; got no such add-on; add vpa to addons")
            yield from (each.below(at) for each in vertical.problems_at(ground.version, self.replicas_least))
            if vertical.update_mode in EVICTING and (fault := self._unmoved()):
                yield Problem(("pod_disruption_budget",), fault, severity="warning")

    def _unmoved(self) -> str | None:
        """Why no pod can be evicted; None where one can."""
        budget, least = self.pod_disruption_budget, self.replicas_least
        if budget is None:
            return None
        stays, gone = budget.min_available, budget.max_unavailable
        if (
            gone in (0, "0%")
            or stays == "100%"
            or (isinstance(stays, int) and least is not None and stays >= least > 0)
        ):
            do = "let one pod be gone"
            return (
                f"lets no pod be evicted, so vertical_pod_autoscaler changes none that runs; got it with {least}; {do}"
            )
        return None

    def own_objects(self, ground: Ground) -> Iterator[Drawing]:
        """The workload, what leads to it and what scales it."""
        yield from self.served_objects(ground)
        yield from self._budget()
        target = self.scale_target
        scalers = (
            ("horizontal_pod_autoscaler", "autoscaling/v2 HorizontalPodAutoscaler", "scaleTargetRef"),
            ("vertical_pod_autoscaler", "autoscaling.k8s.io/v1 VerticalPodAutoscaler", "targetRef"),
        )
        for field, kind, word in scalers:
            if (scaler := getattr(self, field)) is not None:
                found = drawing(self, field.replace("_", "-"), kind, (field,))
                found.put(("spec", word), target, (field,))
                for key, value in scaler.manifest.items():
                    found.put(("spec", key), value, (field, key), as_written=True)
                yield found
        if (scaled := self.scaled_object) is not None:
            yield from _keda.authentications(self, "scaled_object", scaled)
            found = drawing(self, "scaled-object", "keda.sh/v1alpha1 ScaledObject", ("scaled_object",))
            found.put(("spec", "scaleTargetRef"), target, ("scaled_object",))
            _keda.put(self, found, "scaled_object", scaled)
            yield found

    @property
    def scale_target(self) -> dict[str, str]:
        """What autoscalers change the number of pods of."""
        return {"apiVersion": self.api_version, "kind": self.kubernetes_kind, "name": self.object_name_used}

    def served_objects(self, ground: Ground) -> Iterator[Drawing]:
        """The workload and what leads to it."""
        return super().own_objects(ground)

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
