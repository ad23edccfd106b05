"""Workloads: what runs on a cluster, one sort a file; the file's name is the kind in a stack file."""

from typing import TYPE_CHECKING

from eks_blueprints.core.lazy import served

if TYPE_CHECKING:
    from eks_blueprints.workloads._config import ConfigMap as ConfigMap
    from eks_blueprints.workloads._config import ExternalSecret as ExternalSecret
    from eks_blueprints.workloads._config import Secret as Secret
    from eks_blueprints.workloads._container import Container as Container
    from eks_blueprints.workloads._disruption import PodDisruptionBudget as PodDisruptionBudget
    from eks_blueprints.workloads._events import ScaledJob as ScaledJob
    from eks_blueprints.workloads._events import ScaledObject as ScaledObject
    from eks_blueprints.workloads._exposed import HttpRoute as HttpRoute
    from eks_blueprints.workloads._exposed import Ingress as Ingress
    from eks_blueprints.workloads._exposed import Service as Service
    from eks_blueprints.workloads._horizontal import HorizontalPodAutoscaler as HorizontalPodAutoscaler
    from eks_blueprints.workloads._rollout import BlueGreen as BlueGreen
    from eks_blueprints.workloads._rollout import Canary as Canary
    from eks_blueprints.workloads._rollout import Rollout as Rollout
    from eks_blueprints.workloads._service_account import ServiceAccount as ServiceAccount
    from eks_blueprints.workloads._vertical import VerticalPodAutoscaler as VerticalPodAutoscaler
    from eks_blueprints.workloads._volumes import Claim as Claim
    from eks_blueprints.workloads._volumes import Volume as Volume
    from eks_blueprints.workloads.base import NetworkPolicy as NetworkPolicy
    from eks_blueprints.workloads.base import Workload as Workload
    from eks_blueprints.workloads.cron_job import CronJob as CronJob
    from eks_blueprints.workloads.daemon_set import DaemonSet as DaemonSet
    from eks_blueprints.workloads.deployment import Deployment as Deployment
    from eks_blueprints.workloads.job import Job as Job
    from eks_blueprints.workloads.stateful_set import StatefulSet as StatefulSet

_HOMES = {
    "BlueGreen": "_rollout",
    "Canary": "_rollout",
    "Claim": "_volumes",
    "ConfigMap": "_config",
    "Container": "_container",
    "CronJob": "cron_job",
    "DaemonSet": "daemon_set",
    "Deployment": "deployment",
    "ExternalSecret": "_config",
    "HorizontalPodAutoscaler": "_horizontal",
    "HttpRoute": "_exposed",
    "Ingress": "_exposed",
    "Job": "job",
    "NetworkPolicy": "base",
    "PodDisruptionBudget": "_disruption",
    "Rollout": "_rollout",
    "ScaledJob": "_events",
    "ScaledObject": "_events",
    "Secret": "_config",
    "Service": "_exposed",
    "ServiceAccount": "_service_account",
    "StatefulSet": "stateful_set",
    "VerticalPodAutoscaler": "_vertical",
    "Volume": "_volumes",
    "Workload": "base",
}

__all__ = [*_HOMES]  # noqa: PLE0604 - each name is served below

__getattr__, __dir__ = served(__name__, _HOMES)
