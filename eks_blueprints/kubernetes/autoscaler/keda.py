"""The HorizontalPodAutoscaler that KEDA makes of a ScaledObject, and what its operator does beside it.

The operator creates the first pods and takes away the last ones; in between the HorizontalPodAutoscaler decides.
Sources: `controllers/keda/hpa.go`, `pkg/scaling/executor/scale_scaledobjects.go` and the scalers, all of kedacore/keda,
2026-08.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from eks_blueprints.karpenter import cron
from eks_blueprints.kubernetes.autoscaler.proposals import milli

_COOLDOWN = 300
_MOST = 100
_RESOURCES = ("cpu", "memory")
_CRON = "cron"
_FORMULA = "composite"

_TARGETS: Mapping[str, tuple[str, str | None, str]] = {
    "apache-kafka": ("lagThreshold", "10", "activationLagThreshold"),
    "aws-cloudwatch": ("targetMetricValue", None, "activationTargetMetricValue"),
    "aws-dynamodb": ("targetValue", None, "activationTargetValue"),
    "aws-dynamodb-streams": ("shardCount", "2", "activationShardCount"),
    "aws-kinesis-stream": ("shardCount", "2", "activationShardCount"),
    "aws-sqs-queue": ("queueLength", "5", "activationQueueLength"),
    "kafka": ("lagThreshold", "10", "activationLagThreshold"),
    "mysql": ("queryValue", None, "activationQueryValue"),
    "postgresql": ("targetQueryValue", None, "activationTargetQueryValue"),
    "prometheus": ("threshold", None, "activationThreshold"),
    "rabbitmq": ("value", None, "activationValue"),
    "redis": ("listLength", "5", "activationListLength"),
}
"""Of the scalers whose target is known here: the metadata it stands in, its default, and that of the activation."""


@dataclass(frozen=True)
class Trigger:
    """What KEDA's operator looks at to see whether there is anything to do."""

    activation: int = 0
    """Value above which there is, in thousandths."""
    schedule: tuple[cron.Schedule, cron.Schedule, ZoneInfo, int] | None = None
    """Of times: when it begins and ends, where, and how many pods there are in between."""


@dataclass(frozen=True)
class Keda:
    """What a ScaledObject says besides its HorizontalPodAutoscaler."""

    triggers: Mapping[str, Trigger] = field(default_factory=dict)
    """Triggers that count for whether there is anything to do, by the name of their metric."""
    fewest: int = 0
    idle: int | None = None
    cooldown: float = _COOLDOWN
    initial_cooldown: float = 0
    notes: tuple[str, ...] = ()
    """What is not computed."""


def horizontal(spec: Mapping[str, Any]) -> tuple[dict[str, Any], Keda]:
    """The HorizontalPodAutoscalerSpec that KEDA makes of a ScaledObjectSpec, and what its operator does.

    A trigger whose target is not known here is left out of the metrics, and noted.
    """
    advanced = _mapping(spec.get("advanced"))
    config = _mapping(advanced.get("horizontalPodAutoscalerConfig"))
    least = spec.get("minReplicaCount") or 0
    metrics: list[dict[str, Any]] = []
    triggers: dict[str, Trigger] = {}
    notes: list[str] = []
    for number, trigger in enumerate(spec.get("triggers") or ()):
        kind = str(trigger.get("type"))
        if kind in _RESOURCES:
            metrics.append(_resource(trigger, kind))
            continue
        name = str(trigger.get("name") or f"s{number}-{kind}")
        triggers[name] = _trigger(trigger, kind)
        target = _target(trigger, kind)
        if target is None:
            say = f"say it with --target {name}=20, per pod"
            notes.append(f"the target of {name} ({kind}) is not known here, so that it does not count; {say}")
        else:
            metrics.append(_external(name, target, str(trigger.get("metricType") or "AverageValue")))
    modifiers = _mapping(advanced.get("scalingModifiers"))
    if modifiers.get("formula"):
        kept = [each for each in metrics if each["type"] != "External"]
        kind = str(modifiers.get("metricType") or "AverageValue")
        metrics = [*kept, _external(_FORMULA, str(modifiers.get("target")), kind)]
        triggers = {_FORMULA: Trigger(_activation(modifiers.get("activationTarget")))}
        notes.append(f"scalingModifiers are not computed: {_FORMULA} stands for the result of the formula")
    if spec.get("fallback"):
        notes.append("fallback is not computed: a metric that fails changes nothing here")
    found: dict[str, Any] = {"minReplicas": max(least, 1), "maxReplicas": spec.get("maxReplicaCount") or _MOST}
    # External metrics come first, as KEDA sorts them by type.
    found["metrics"] = sorted(metrics, key=lambda each: str(each["type"]))
    if behavior := config.get("behavior"):
        found["behavior"] = behavior
    cooldowns = [spec.get(word) for word in ("cooldownPeriod", "initialCooldownPeriod")]
    return found, Keda(
        triggers,
        least,
        spec.get("idleReplicaCount"),
        _COOLDOWN if cooldowns[0] is None else cooldowns[0],
        cooldowns[1] or 0,
        tuple(notes),
    )


class Operator:
    """KEDA's operator over time, taken to look whenever the autoscaler's controller does."""

    def __init__(self, keda: Keda) -> None:
        self._keda = keda
        self._active_at: float | None = None

    def replicas(self, at: float, count: int, values: Mapping[str, Any]) -> tuple[int, str | None]:
        """How many pods it makes of as many as there are, and why; None where it changes nothing."""
        keda = self._keda
        active = [name for name, each in keda.triggers.items() if _is_active(each, values.get(name))]
        # What nobody says is no failure: its target is not known here either.
        failed = [name for name in keda.triggers if name in values and values[name] is None]
        if not keda.triggers or active:
            if keda.triggers and (count == 0 or (keda.idle is not None and count < keda.fewest)):
                made = max(keda.fewest, 1)
                self._active_at = at
                return made, f"KEDA: {active[0]} is above its activation: {count} becomes {made}"
            self._active_at = at
            return count, None
        if failed:
            return count, f"KEDA: {failed[0]} fails and no other is active: it stays at {count}"
        last = keda.idle if keda.idle is not None else 0
        if count > last and (keda.idle is not None or keda.fewest == 0):
            fresh = self._active_at is None
            wait = keda.initial_cooldown if fresh else keda.cooldown
            left = wait - (at - (self._active_at or 0))
            # The operator waits until the time has passed, not until it is reached.
            if left >= 0 and wait:
                return count, f"KEDA: nothing is active; {count} becomes {last} in {left:g} s (cooldown_period)"
            return last, f"KEDA: nothing is active: {count} becomes {last}"
        if keda.idle is None and count < keda.fewest:
            return keda.fewest, f"KEDA: min_replicas: {count} becomes {keda.fewest}"
        return count, None


def scheduled(keda: Keda, begin: datetime, seconds: float) -> Iterator[tuple[str, int]]:
    """What triggers by times are at a moment so many seconds after another, in thousandths, with their names."""
    for name, each in keda.triggers.items():
        if each.schedule is not None:
            start, end, zone, pods = each.schedule
            now = (begin + timedelta(seconds=seconds)).astimezone(zone)
            coming = [next(iter(which.runs(now, zone, 1)), None) for which in (start, end)]
            inside = coming[1] is not None and (coming[0] is None or coming[1] <= coming[0])
            yield name, pods * 1000 if inside else 0


def _is_active(trigger: Trigger, value: Any) -> bool:
    values = value if isinstance(value, tuple) else (value,)
    return any(each is not None and each > trigger.activation for each in values)


def _target(trigger: Mapping[str, Any], kind: str) -> str | None:
    if kind == _CRON:
        return "1"
    if kind not in _TARGETS:
        return None
    field_name, default, _ = _TARGETS[kind]
    found = _mapping(trigger.get("metadata")).get(field_name, default)
    return found if isinstance(found, str) and _is_positive(found) else None


def _trigger(trigger: Mapping[str, Any], kind: str) -> Trigger:
    metadata = _mapping(trigger.get("metadata"))
    if kind == _CRON:
        try:
            begin, end = (cron.parse(str(metadata.get(word))) for word in ("start", "end"))
            pods, zone = int(str(metadata.get("desiredReplicas"))), ZoneInfo(str(metadata.get("timezone")))
        except (ValueError, ZoneInfoNotFoundError):
            return Trigger()
        return Trigger(schedule=(begin, end, zone, pods))
    return Trigger(_activation(metadata.get(_TARGETS[kind][2])) if kind in _TARGETS else 0)


def _activation(value: Any) -> int:
    text = str(value)
    return milli(text) if _is_positive(text) else 0


def _is_positive(text: str) -> bool:
    try:
        return milli(text) > 0
    except ValueError:
        return False


def _external(name: str, target: str, kind: str) -> dict[str, Any]:
    said = {"type": "Value", "value": target} if kind == "Value" else {"type": "AverageValue", "averageValue": target}
    return {"type": "External", "external": {"metric": {"name": name}, "target": said}}


def _resource(trigger: Mapping[str, Any], kind: str) -> dict[str, Any]:
    metadata = _mapping(trigger.get("metadata"))
    value, container = str(metadata.get("value")), metadata.get("containerName")
    share = (trigger.get("metricType") or metadata.get("type")) == "Utilization"
    target: dict[str, Any] = {"type": "AverageValue", "averageValue": value}
    if share and value.isdigit():
        target = {"type": "Utilization", "averageUtilization": int(value)}
    if container:
        part = {"name": kind, "container": container, "target": target}
        return {"type": "ContainerResource", "containerResource": part}
    return {"type": "Resource", "resource": {"name": kind, "target": target}}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
