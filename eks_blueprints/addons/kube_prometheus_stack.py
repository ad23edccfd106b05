"""kube-prometheus-stack: Prometheus, Alertmanager and Grafana with rules and dashboards for Kubernetes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import Field, model_validator

from eks_blueprints.addons._arns import WorkspaceArn
from eks_blueprints.addons._fit import Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace, nested
from eks_blueprints.core.errors import Faults
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.json_values import merged
from eks_blueprints.core.refs import Service

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef

_MAKERS = "https://prometheus-community.github.io/helm-charts"


class KubePrometheusStack(HelmAddOn):
    """Run Prometheus, Alertmanager and Grafana, with rules and dashboards for Kubernetes.

    Its CRDs are their own release, from a chart that is numbered apart: they are upgraded with it and stay when it
    goes. Scraping of the control plane's scheduler, controller manager and etcd is off: EKS shows none of them.
    """

    category: ClassVar[str] = "observability"
    chart: ClassVar[Chart] = Chart("kube-prometheus-stack", "88.5.3", _MAKERS)
    crds: ClassVar[Chart] = Chart("prometheus-operator-crds", "31.0.1", _MAKERS)
    crd_values: ClassVar[dict[str, Any]] = {"crds": {"annotations": {"helm.sh/resource-policy": "keep"}}}
    service_account: ClassVar[str] = "kube-prometheus-stack-prometheus"
    service_account_at: ClassVar[str] = "prometheus.serviceAccount"
    fits: ClassVar[Fit] = Fit(not_on_fargate="its node exporter is a DaemonSet, and Fargate runs none")
    pods: ClassVar[tuple[str, ...]] = (
        "prometheusOperator",
        "prometheusOperator.admissionWebhooks.patch",
        "prometheus.prometheusSpec",
        "alertmanager.alertmanagerSpec",
        "grafana",
        "kube-state-metrics",
    )
    alone: ClassVar[dict[str, str]] = {
        "Deployment/kube-prometheus-stack-grafana": "its database is a file in its pod",
        "Deployment/kube-prometheus-stack-kube-state-metrics": "two would count everything twice",
        "Deployment/kube-prometheus-stack-operator": "one operates, and nothing waits for it; the chart has no more",
    }
    images: ClassVar[dict[str, str]] = {
        "prometheusOperator.image.registry": "quay.io",
        "prometheusOperator.prometheusConfigReloader.image.registry": "quay.io",
        "prometheus.prometheusSpec.image.registry": "quay.io",
        "alertmanager.alertmanagerSpec.image.registry": "quay.io",
        "prometheusOperator.admissionWebhooks.patch.image.registry": "ghcr.io",
        "grafana.image.registry": "docker.io",
        "grafana.sidecar.image.registry": "quay.io",
        "kube-state-metrics.image.registry": "registry.k8s.io",
        "prometheus-node-exporter.image.registry": "quay.io",
    }
    spare: ClassVar[dict[str, Any]] = {
        "prometheus.prometheusSpec.replicas": 2,
        "prometheus.podDisruptionBudget.enabled": True,
        "alertmanager.alertmanagerSpec.replicas": 3,
        "alertmanager.podDisruptionBudget.enabled": True,
    }

    namespace: Namespace = "monitoring"

    retention: str | None = Field(default=None, pattern=r"^\d+(h|d|w|y)$")
    """How long Prometheus keeps what it measures, such as `15d`. Default: the chart's, `10d`."""

    storage_size: str | None = Field(default=None, pattern=r"^\d+(Mi|Gi|Ti)$")
    """Size of Prometheus' volume, such as `50Gi`. Default: no volume, and nothing outlives its pod."""

    storage_class: str | None = Field(default=None, pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")
    """StorageClass of the volume. Default: the cluster's default."""

    workspace_arn: WorkspaceArn | None = None
    """ARN of a workspace of Amazon Managed Prometheus that everything is written to as well. Default: none."""

    grafana: bool = True
    """Whether it installs Grafana."""

    alertmanager: bool = True
    """Whether it installs Alertmanager."""

    node_exporter: bool = True
    """Whether it installs the exporter that runs on every node."""

    select_all_monitors: bool = True
    """Whether ServiceMonitors, PodMonitors and rules of every namespace and release are followed, or only those that
    carry the release's label."""

    @model_validator(mode="after")
    def _class_has_a_volume(self) -> Self:
        faults = Faults()
        if self.storage_class is not None and self.storage_size is None:
            faults.add("storage_class", "is for a volume; got no storage_size; add it")
        faults.raise_if_any()
        return self

    def placements(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """All is placed but the exporter, which is on every node."""
        return self.pods, ("prometheus-node-exporter",) if self.node_exporter else ()

    @property
    def service(self) -> Service | None:
        """The Service of its Prometheus, as the chart names it; None where `values` turn it off."""
        prometheus = self._said("prometheus")
        if prometheus.get("enabled") is False:
            return None
        release, name = self.release_name, str(self.values.get("nameOverride") or self.chart.name)
        full = str(self.values.get("fullnameOverride") or (release if name in release else f"{release}-{name}"))
        port = prometheus.get("service", {}).get("port", 9090) if isinstance(prometheus.get("service"), dict) else 9090
        namespace = str(self.values.get("namespaceOverride") or self.home)
        return Service(name=f"{full[:26].rstrip('-')}-prometheus", namespace=namespace, port=int(port))

    def _said(self, key: str) -> dict[str, Any]:
        found = self.values.get(key)
        return found if isinstance(found, dict) else {}

    @property
    def service_accounts(self) -> tuple[str, ...]:
        """Prometheus' service account, where it writes to a workspace."""
        calls = self.workspace_arn or self.policy_arns or self.service_account_role_arn is not None
        return (self.service_account,) if calls else ()

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """Write to its workspace."""
        return [] if self.workspace_arn is None else [Allow("aps:RemoteWrite", on=self.workspace_arn)]

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """Nothing is scraped that EKS does not show, and what alarms of the platform tell is not told twice."""
        unseen: dict[str, Any] = {
            name: {"enabled": False} for name in ("kubeControllerManager", "kubeEtcd", "kubeScheduler")
        }
        if cluster.telemetry is not None and cluster.telemetry.replaced_rules:
            unseen["defaultRules"] = {"disabled": dict.fromkeys(cluster.telemetry.replaced_rules, True)}
        if self.workspace_arn is None:
            return unseen
        # Partitions end in other domains; the region of the workspace is in its ARN.
        domain = "amazonaws.com.cn" if cluster.partition == "aws-cn" else "amazonaws.com"
        region, workspace = self.workspace_arn.split(":")[3], self.workspace_arn.rpartition("/")[2]
        url = f"https://aps-workspaces.{region}.{domain}/workspaces/{workspace}/api/v1/remote_write"
        write = {"url": url, "sigv4": {"region": region}}
        return unseen | {"prometheus": {"prometheusSpec": {"remoteWrite": [write]}}}

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        spec: dict[str, Any] = {}
        if self.retention is not None:
            spec["retention"] = self.retention
        if self.storage_size is not None:
            claim: dict[str, Any] = {
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": self.storage_size}},
            }
            if self.storage_class is not None:
                claim["storageClassName"] = self.storage_class
            spec["storageSpec"] = {"volumeClaimTemplate": {"spec": claim}}
        if self.select_all_monitors:
            for sort in ("serviceMonitor", "podMonitor", "rule", "probe"):
                spec[f"{sort}SelectorNilUsesHelmValues"] = False
        parts: dict[str, Any] = {"prometheus": {"prometheusSpec": spec}} if spec else {}
        for name, there in (("grafana", self.grafana), ("alertmanager", self.alertmanager)):
            parts = merged(parts, {} if there else nested(f"{name}.enabled", False))
        return parts if self.node_exporter else merged(parts, {"nodeExporter": {"enabled": False}})
