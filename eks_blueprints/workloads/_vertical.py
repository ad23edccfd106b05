"""What changes how large a workload's pods are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from eks_blueprints.core import versions
from eks_blueprints.core.errors import Faults, Problem, unknown_name
from eks_blueprints.core.json_values import JsonValues
from eks_blueprints.core.spec import Many, Spec
from eks_blueprints.karpenter.quantities import Quantity, exact
from eks_blueprints.workloads._words import by_name

RESOURCES = ("cpu", "memory")
EVERY = "*"
"""Stands for the containers that have no policy of their own."""
EVICTING = frozenset({"Auto", "InPlaceOrRecreate", "Recreate"})
"""Modes in which running pods may be evicted."""
_FEWEST = 2
"""Pods that there have to be before its updater evicts one, unless `min_replicas` says otherwise.

Source: VPA's documentation, docs/flags.md of its updater, `--min-replicas`, 2026-11."""
_IN_PLACE = 33
"""Minor version from which on pods are resized in place: InPlacePodVerticalScaling is on by default.

Source: pkg/features/kube_features.go of Kubernetes 1.36, 2026-11."""

Amounts = Annotated[dict[Literal["cpu", "memory"], Quantity], Field()]


class ContainerPolicy(Spec):
    """What the Vertical Pod Autoscaler may do with one container."""

    mode: Literal["Auto", "Off"] = "Auto"
    """Whether it is resized, or left alone."""

    min_allowed: Amounts = {}
    """The least that is recommended, such as `{cpu: 100m, memory: 128Mi}`."""

    max_allowed: Amounts = {}
    """The most that is recommended. Without it a recommendation may be more than any node has."""

    controlled_resources: Many[Literal["cpu", "memory"]] | None = Field(default=None, min_length=1)
    """Which resources are resized. Default: both."""

    controlled_values: Literal["RequestsAndLimits", "RequestsOnly"] | None = None
    """Whether limits are resized in proportion. Default: `RequestsAndLimits`."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        for resource, least in self.min_allowed.items():
            most = self.max_allowed.get(resource)
            if most is not None and exact(most) < exact(least):
                faults.add(("max_allowed", resource), f"is below min_allowed; got {most} and {least}; raise it")
        said: dict[str, Any] = {"controlled_values": self.controlled_values, "min_allowed": self.min_allowed}
        said |= {"max_allowed": self.max_allowed, "controlled_resources": self.controlled_resources}
        if self.mode == "Off":
            for field, value in said.items():
                if value:
                    faults.add(field, "is for a container that is resized; got mode: Off; remove one of them")
        faults.raise_if_any()
        return self

    def manifest(self, container: str) -> dict[str, Any]:
        """It as a ContainerResourcePolicy."""
        found = {
            "minAllowed": dict(self.min_allowed),
            "maxAllowed": dict(self.max_allowed),
            "controlledResources": list(self.controlled_resources or ()),
            "controlledValues": self.controlled_values,
        }
        return {"containerName": container, "mode": self.mode, **{key: each for key, each in found.items() if each}}


class VerticalPodAutoscaler(Spec):
    """Changes what pods request by what they use; it needs the Vertical Pod Autoscaler on the cluster."""

    update_mode: Literal["Off", "Initial", "Recreate", "InPlaceOrRecreate", "Auto"] = "Off"
    """What it does with its recommendation: nothing (begin with this, and read it from the object's status), set it
    when a pod is created, or change running pods too, by eviction or, where that is possible, in place. `Auto` is
    deprecated, and means `Recreate`."""

    min_replicas: int | None = Field(default=None, ge=1, le=2**31 - 1)
    """Pods that there have to be before one is evicted. Default: 2, as the add-on's updater has it."""

    containers: Annotated[dict[str, ContainerPolicy], by_name("{web: {max_allowed: {memory: 2Gi}}}")] = {}
    """Bounds for each container by its name; `"*"` stands for all others."""

    resource_policy: JsonValues = {}
    """Bounds for each container with its own names (PodResourcePolicy), instead of `containers`."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        if self.containers and self.resource_policy:
            faults.add("resource_policy", "is what containers says; got both; keep one of them")
        if self.min_replicas is not None and self.update_mode not in EVICTING:
            do = "remove it, or set update_mode: Recreate"
            got = f"update_mode: {self.update_mode}"
            faults.add("min_replicas", f"is for modes that evict pods; got {got}; {do}")
        faults.raise_if_any()
        return self

    @property
    def _policies(self) -> list[Mapping[str, Any]]:
        if self.containers:
            return [policy.manifest(name) for name, policy in self.containers.items()]
        found = self.resource_policy.get("containerPolicies")
        return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list | tuple) else []

    @property
    def manifest(self) -> dict[str, Any]:
        """The fields of its spec, besides what it scales."""
        least = {} if self.min_replicas is None else {"minReplicas": self.min_replicas}
        policy = {"containerPolicies": self._policies} if self.containers else dict(self.resource_policy)
        found: dict[str, Any] = {"updatePolicy": {"updateMode": self.update_mode, **least}}
        return {**found, **({"resourcePolicy": policy} if policy else {})}

    def resized(self, containers: tuple[str, ...]) -> frozenset[str]:
        """Resources that it changes of a pod with these containers."""
        if self.update_mode == "Off":
            return frozenset()
        policies = {str(each.get("containerName")): each for each in self._policies}
        found: set[str] = set()
        for name in containers:
            policy = policies.get(name, policies.get(EVERY, {}))
            if policy.get("mode") != "Off":
                found |= {str(each) for each in policy.get("controlledResources") or RESOURCES}
        return frozenset(found)

    def container_faults(self, containers: tuple[str, ...], faults: Faults) -> None:
        """Note policies for containers that the workload does not have."""
        for name in self.containers:
            if name not in (*containers, EVERY):
                known = unknown_name(name, (*containers, EVERY), "container")
                faults.add(("vertical_pod_autoscaler", "containers", name), known)

    def problems_at(self, version: str | None, replicas: int | None) -> Iterator[Problem]:
        """What a number of pods and a Kubernetes version make of it."""
        mode = ("update_mode",)
        if self.update_mode == "Auto":
            do = "use Recreate, which is the same, or InPlaceOrRecreate"
            yield Problem(mode, f"is deprecated; got Auto; {do}", severity="warning")
        if self.update_mode == "InPlaceOrRecreate" and version is not None and versions.minor(version) < _IN_PLACE:
            what = f"evicts pods before Kubernetes 1.{_IN_PLACE}, which cannot resize them in place; got {version}"
            yield Problem(mode, f"{what}; upgrade the cluster, or use Recreate", severity="warning")
        if self.update_mode in EVICTING and replicas is not None and replicas < (self.min_replicas or _FEWEST):
            least = self.min_replicas or _FEWEST
            do = "set min_replicas: 1 of vertical_pod_autoscaler, or have more pods" if least == _FEWEST else "lower it"
            at = mode if self.min_replicas is None else ("min_replicas",)
            what = f"changes no running pod while there are fewer than {least}; got {replicas}"
            yield Problem(at, f"{what}; {do}", severity="warning")
