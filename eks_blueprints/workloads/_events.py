"""What changes the number of a workload's pods, or starts its Jobs, by events, with KEDA."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from eks_blueprints.core.errors import Faults
from eks_blueprints.core.json_values import JsonValues
from eks_blueprints.core.spec import Spec
from eks_blueprints.workloads._scalers import RESOURCES
from eks_blueprints.workloads._triggered import Triggered
from eks_blueprints.workloads._words import MOST_PODS, MaxReplicas

_LONGEST_HPA = 63 - len("keda-hpa-")
"""Letters that the name of a ScaledObject may have, since that of its HorizontalPodAutoscaler is a label's value.

Source: apis/keda/v1alpha1/scaledobject_webhook.go of kedacore/keda, 2026-11-29."""


class Fallback(Spec):
    """How many pods there are while a trigger cannot be asked."""

    failure_threshold: int = Field(ge=0)
    """How many times in a row a trigger fails before."""

    replicas: int = Field(ge=0)
    """How many pods there are then."""

    behavior: Literal[
        "static", "currentReplicas", "currentReplicasIfHigher", "currentReplicasIfLower", "scalingModifiers"
    ] = "static"
    """Whether it is that many, or as many as there are, in all cases or where these are more or fewer."""

    @property
    def manifest(self) -> dict[str, Any]:
        """It as KEDA writes it."""
        found: dict[str, Any] = {"failureThreshold": self.failure_threshold, "replicas": self.replicas}
        return found | ({} if self.behavior == "static" else {"behavior": self.behavior})


class ScaledObject(Triggered):
    """Changes the number of pods by events, such as the length of a queue; it needs KEDA on the cluster.

    KEDA creates the first pod and takes away the last one; in between it makes a HorizontalPodAutoscaler.
    """

    min_replicas: int = Field(default=0, ge=0, le=MOST_PODS)
    """Fewest pods; 0 where there is nothing to do."""

    max_replicas: MaxReplicas = Field(default=100, validate_default=True)
    """Most pods."""

    idle_replicas: int | None = Field(default=None, ge=0, le=0)
    """0 for no pods while nothing happens, and `min_replicas` as soon as something does."""

    cooldown_period: int | None = Field(default=None, ge=0)
    """Seconds after the last event until there are no pods any more. Default: 300."""

    initial_cooldown_period: int | None = Field(default=None, ge=0)
    """Seconds after it is created for which there is no such end. Default: 0."""

    fallback: Fallback | None = None
    """How many pods there are while a trigger cannot be asked. Default: no number is changed then."""

    behavior: JsonValues = {}
    """How fast it scales, as in Kubernetes (HorizontalPodAutoscalerBehavior)."""

    spec: JsonValues = {}
    """Further fields of the ScaledObjectSpec as in KEDA."""

    def _check(self, faults: Faults) -> None:
        super()._check(faults)
        if self.idle_replicas is not None and self.min_replicas == 0:
            do = "raise min_replicas, or remove it"
            faults.add("idle_replicas", f"is below min_replicas alone; got {self.min_replicas} for that; {do}")
        only_resources = not any(True for _ in self.typed) and all(
            each.get("type") in RESOURCES for each in self.triggers
        )
        if only_resources and self.min_replicas == 0:
            do = "raise min_replicas, or add a trigger"
            faults.add("min_replicas", f"is at least 1 where nothing but cpu and memory is followed; got 0; {do}")
        if only_resources and self.fallback is not None:
            faults.add("fallback", "is for other triggers than cpu and memory; got none; remove it")
        if self.fallback is not None and self.fallback.behavior == "scalingModifiers":
            advanced = self.spec.get("advanced")
            modifiers = advanced.get("scalingModifiers") if isinstance(advanced, dict) else None
            if not (isinstance(modifiers, dict) and modifiers.get("formula")):
                do = "add it, or use another behavior"
                faults.add(("fallback", "behavior"), f"needs spec.advanced.scalingModifiers.formula; got none; {do}")

    @property
    def manifest(self) -> dict[str, Any]:
        """The fields of its spec, besides what it scales and its triggers."""
        fields = {
            "minReplicaCount": self.min_replicas,
            "maxReplicaCount": self.max_replicas,
            "idleReplicaCount": self.idle_replicas,
            "pollingInterval": self.polling_interval,
            "cooldownPeriod": self.cooldown_period,
            "initialCooldownPeriod": self.initial_cooldown_period,
            "fallback": self.fallback.manifest if self.fallback else None,
            "advanced": {"horizontalPodAutoscalerConfig": {"behavior": dict(self.behavior)}} if self.behavior else None,
        }
        return {key: value for key, value in fields.items() if value is not None}

    def name_fault(self, name: str) -> str | None:
        """What is wrong about its name, which is the workload's."""
        advanced = self.spec.get("advanced")
        config = advanced.get("horizontalPodAutoscalerConfig") if isinstance(advanced, dict) else None
        if len(name) <= _LONGEST_HPA or (isinstance(config, dict) and config.get("name")):
            return None
        do = "shorten object_name, or say spec.advanced.horizontalPodAutoscalerConfig.name"
        return f"makes KEDA's name of its autoscaler too long; got {len(name)} characters, {_LONGEST_HPA} fit; {do}"


class ScaledJob(Triggered):
    """Starts a Job for what is to be done, instead of one Job at once; it needs KEDA on the cluster."""

    min_replicas: int = Field(default=0, ge=0, le=MOST_PODS)
    """Jobs that run even where there is nothing to do."""

    max_replicas: MaxReplicas = Field(default=100, validate_default=True)
    """Most Jobs at once."""

    scaling_strategy: Literal["default", "accurate", "eager"] = "default"
    """How Jobs that run count: `accurate` where the queue does not hold what is being done, `eager` to use all that
    `max_replicas` lets."""

    rollout: Literal["default", "gradual"] = "default"
    """What a change does to Jobs that run: they are ended and started anew, or stay as they are."""

    successful_jobs_history_limit: int | None = Field(default=None, ge=0)
    """How many Jobs are kept that have succeeded. Default: 100."""

    failed_jobs_history_limit: int | None = Field(default=None, ge=0)
    """How many Jobs are kept that have failed. Default: 100."""

    spec: JsonValues = {}
    """Further fields of the ScaledJobSpec as in KEDA."""

    def _check(self, faults: Faults) -> None:
        super()._check(faults)
        for number, each in enumerate(self.triggers):
            if each.get("type") in RESOURCES:
                what = "is what pods use that are there already"
                faults.add(("triggers", number, "type"), f"{what}; got {each['type']}; follow what is to be done")

    @property
    def manifest(self) -> dict[str, Any]:
        """The fields of its spec, besides the Job and its triggers."""
        fields = {
            "minReplicaCount": self.min_replicas or None,
            "maxReplicaCount": self.max_replicas,
            "pollingInterval": self.polling_interval,
            "successfulJobsHistoryLimit": self.successful_jobs_history_limit,
            "failedJobsHistoryLimit": self.failed_jobs_history_limit,
            "scalingStrategy": None if self.scaling_strategy == "default" else {"strategy": self.scaling_strategy},
            "rollout": None if self.rollout == "default" else {"strategy": self.rollout},
        }
        return {key: value for key, value in fields.items() if value is not None}
