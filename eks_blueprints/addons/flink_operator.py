"""Flink Operator: Flink jobs as Kubernetes objects."""

from __future__ import annotations

from typing import Any, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.cert_manager import CertManager

# The chart's own additions to the operator's configuration, which these take the place of, and what two pods need.
_LEADER_ELECTION = """\
kubernetes.operator.reconcile.interval: 15 s
kubernetes.operator.observer.progress-check.interval: 5 s
kubernetes.operator.leader-election.enabled: true
kubernetes.operator.leader-election.lease-name: flink-operator-lease
"""


class FlinkOperator(HelmAddOn):
    """Run Flink applications as Kubernetes objects."""

    category: ClassVar[str] = "data"
    chart: ClassVar[Chart] = Chart(
        "flink-kubernetes-operator", "1.15.0", "https://downloads.apache.org/flink/flink-kubernetes-operator-1.15.0"
    )
    requires: ClassVar[tuple[type[AddOn], ...]] = (CertManager,)
    single: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = ("operatorPod",)
    images: ClassVar[dict[str, str]] = {"image.repository": "ghcr.io/apache/flink-kubernetes-operator"}
    spare: ClassVar[dict[str, Any]] = {
        "replicas": 2,
        "strategy.type": "RollingUpdate",
        r"defaultConfiguration.flink-conf\.yaml": _LEADER_ELECTION,
    }
    spread: ClassVar[tuple[str, ...]] = ("operatorPod.topologySpreadConstraints",)
    spread_labels: ClassVar[dict[str, str]] = {"app.kubernetes.io/name": "flink-kubernetes-operator"}

    namespace: Namespace = "flink-system"
