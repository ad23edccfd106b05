"""How a platform is observed: alarms and dashboards as code, and what its workloads send."""

from typing import TYPE_CHECKING

from eks_blueprints.core.lazy import served

if TYPE_CHECKING:
    from eks_blueprints.observability.alarm_spec import Alarms as Alarms
    from eks_blueprints.observability.alarm_spec import ApiServerErrors as ApiServerErrors
    from eks_blueprints.observability.alarm_spec import CertificateExpiry as CertificateExpiry
    from eks_blueprints.observability.alarm_spec import ContainerRestarts as ContainerRestarts
    from eks_blueprints.observability.alarm_spec import CpuThrottling as CpuThrottling
    from eks_blueprints.observability.alarm_spec import HpaAtMaximum as HpaAtMaximum
    from eks_blueprints.observability.alarm_spec import NodePressure as NodePressure
    from eks_blueprints.observability.alarm_spec import OomKills as OomKills
    from eks_blueprints.observability.alarm_spec import PendingPods as PendingPods
    from eks_blueprints.observability.alarm_spec import VolumeNearlyFull as VolumeNearlyFull
    from eks_blueprints.observability.component import Observability as Observability
    from eks_blueprints.observability.managed_prometheus import ManagedPrometheus as ManagedPrometheus
    from eks_blueprints.observability.observe_spec import Logs as Logs
    from eks_blueprints.observability.observe_spec import Metrics as Metrics
    from eks_blueprints.observability.observe_spec import Observe as Observe
    from eks_blueprints.observability.spec import Dashboards as Dashboards
    from eks_blueprints.observability.spec import ObservabilityArgs as ObservabilityArgs

_HOMES = {
    "Alarms": "alarm_spec",
    "ApiServerErrors": "alarm_spec",
    "CertificateExpiry": "alarm_spec",
    "ContainerRestarts": "alarm_spec",
    "CpuThrottling": "alarm_spec",
    "Dashboards": "spec",
    "HpaAtMaximum": "alarm_spec",
    "Logs": "observe_spec",
    "ManagedPrometheus": "managed_prometheus",
    "Metrics": "observe_spec",
    "NodePressure": "alarm_spec",
    "ObservabilityArgs": "spec",
    "Observability": "component",
    "Observe": "observe_spec",
    "OomKills": "alarm_spec",
    "PendingPods": "alarm_spec",
    "VolumeNearlyFull": "alarm_spec",
}

__all__ = [*_HOMES]  # noqa: PLE0604 - each name is served below

__getattr__, __dir__ = served(__name__, _HOMES)
