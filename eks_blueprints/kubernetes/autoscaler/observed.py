"""What the controller sees at one moment: pods, what they use, and other metrics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Usage = Mapping[str, Mapping[str, int]]
"""Amounts by container and resource, in thousandths, as the controller counts."""


@dataclass(frozen=True, kw_only=True)
class Pod:
    """A pod, and the last sample of what it uses; times are seconds before the moment."""

    name: str
    phase: str = "Running"
    ready: bool | None = True
    """Its condition Ready; None where it has none yet."""
    started: float | None = 3600
    """Since when it has been running; None where the kubelet has not said so."""
    changed: float = 3500
    """Since when its condition Ready has been what it is."""
    deleting: bool = False
    requests: Usage = field(default_factory=dict)
    """What its containers request, those of sidecars too."""
    usage: Usage | None = None
    """What they use; None where there is no sample."""
    sample_age: float = 0
    window: float = 30
    """Over how many seconds the sample was taken."""

    def used(self, resource: str, container: str) -> int | None:
        """What the pod, or one container of it, uses of a resource; None where that is not known."""
        if not self.usage:
            return None
        if container:
            return self.usage.get(container, {}).get(resource)
        found = [each.get(resource) for each in self.usage.values()]
        known = [each for each in found if each is not None]
        return sum(known) if len(known) == len(found) else None

    def requested(self, resource: str, container: str) -> int | None:
        """What it requests of a resource; None where one of its containers requests none."""
        if container:
            return self.requests.get(container, {}).get(resource)
        found = [each.get(resource) for each in self.requests.values()]
        known = [each for each in found if each is not None]
        return sum(known) if found and len(known) == len(found) else None

    def unready(self, config: Config) -> bool:
        """Whether its use of processors does not count: it has not been ready, or its sample is from before."""
        if self.ready is None or self.started is None:
            return True
        if self.started < config.cpu_initialization_period:
            return not self.ready or self.sample_age > self.changed - self.window
        return not self.ready and self.changed > self.started - config.initial_readiness_delay


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of the controller, which EKS leaves at Kubernetes' defaults but for the sync period."""

    tolerance: float = 0.1
    cpu_initialization_period: float = 300
    initial_readiness_delay: float = 30
    downscale_stabilization: float = 300
    configurable_tolerance: bool = True
    """Whether `behavior` can say the tolerance: the gate HPAConfigurableTolerance, on from 1.35."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """What the controller sees when it looks."""

    at: float = 0
    """Seconds since the first moment."""
    replicas: int | None = None
    """What the workload asks for; None for what was decided before."""
    pods: tuple[Pod, ...] = ()
    pods_metrics: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Metrics of pods: thousandths by metric and pod."""
    objects: Mapping[str, int] = field(default_factory=dict)
    """Metrics of objects, in thousandths."""
    external: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """External metrics, in thousandths; one of several series is their sum."""
