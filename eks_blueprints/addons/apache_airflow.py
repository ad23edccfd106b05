"""Apache Airflow: workflows of data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.aws_ebs_csi_driver import AwsEbsCsiDriver
from eks_blueprints.addons.aws_efs_csi_driver import AwsEfsCsiDriver
from eks_blueprints.addons.base import AddOn

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef

_PARTS = {
    "scheduler": "scheduler",
    "apiServer": "api-server",
    "dagProcessor": "dag-processor",
    "triggerer": "triggerer",
    "workers": "worker",
}
"""Places in the chart's values of what runs more than once, and the label `component` of its pods."""


class ApacheAirflow(HelmAddOn):
    """Run Apache Airflow, with its own PostgreSQL unless `values` name another.

    That PostgreSQL is for a trial: its image is one of Bitnami's that get no updates any more. Name a database of yours
    (`values.data.metadataSecretName`, and `values.postgresql.enabled: false`) for more than that.
    Give it a role (`policy_arns`) for the bucket of its logs; scheduler, workers and web server share it.
    The chart is of July 2025; the values of newer ones (1.22.0 is of June 2026) are not checked here.
    """

    category: ClassVar[str] = "data"
    chart: ClassVar[Chart] = Chart("airflow", "1.18.0", "https://airflow.apache.org")
    service_account: ClassVar[str] = "airflow-worker"
    service_account_at: ClassVar[str] = "workers.serviceAccount"
    role_on_demand: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = ("", "postgresql.primary")
    images: ClassVar[dict[str, str]] = {
        "images.airflow.repository": "apache/airflow",
        "images.statsd.repository": "quay.io/prometheus/statsd-exporter",
        "images.redis.repository": "redis",
        "images.pgbouncer.repository": "apache/airflow",
        "images.pgbouncerExporter.repository": "apache/airflow",
        "images.gitSync.repository": "registry.k8s.io/git-sync/git-sync",
        "postgresql.global.imageRegistry": "docker.io",
    }
    spare: ClassVar[dict[str, Any]] = {f"{part}.replicas": 2 for part in _PARTS} | {
        f"{part}.podDisruptionBudget.enabled": True for part in ("scheduler", "apiServer")
    }
    alone: ClassVar[dict[str, str]] = {
        "StatefulSet/apache-airflow-postgresql": "it is for a trial; a database of yours has spare ones",
        "StatefulSet/apache-airflow-redis": "the queue is kept by one; the chart has no more",
        "Deployment/apache-airflow-statsd": "metrics are counted in one place",
    }
    spread: ClassVar[tuple[str, ...]] = tuple(f"{part}.topologySpreadConstraints" for part in _PARTS)
    spread_labels: ClassVar[dict[str, str]] = {"tier": "airflow"}
    after: ClassVar[tuple[type[AddOn], ...]] = (
        AwsEbsCsiDriver,
        AwsEfsCsiDriver,
    )

    namespace: Namespace = "airflow"

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """Jobs that Helm waits for would wait for each other if they were hooks."""
        return {
            "createUserJob": {"useHelmHooks": False, "applyCustomEnv": False},
            "migrateDatabaseJob": {"useHelmHooks": False, "applyCustomEnv": False},
            # Docker Hub has the tags of bitnami/postgresql no more (github.com/bitnami/containers/issues/83267).
            "postgresql": {"image": {"repository": "bitnamilegacy/postgresql"}},
        }

    def production_values(self) -> dict[str, Any]:
        """Spare pods, each sort of them spread by itself."""
        found = super().production_values()
        for part, component in _PARTS.items():
            found[part]["topologySpreadConstraints"] = [
                constraint | {"labelSelector": {"matchLabels": self.spread_labels | {"component": component}}}
                for constraint in found[part]["topologySpreadConstraints"]
            ]
        return found
