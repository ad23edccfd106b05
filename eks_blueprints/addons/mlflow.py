"""MLflow: a record of experiments, and a registry of models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from eks_blueprints.addons._arns import BucketName
from eks_blueprints.addons._bucket import use_of_bucket
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.spec import In

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class Mlflow(HelmAddOn):
    """Keep what experiments did and the models that came of them.

    Without your own database under `values` (`backendStore.postgres`) it forgets all when its pod goes; give the
    password by `secret_values`.
    """

    category: ClassVar[str] = "machine learning"
    chart: ClassVar[Chart] = Chart("mlflow", "1.11.5", "https://community-charts.github.io/helm-charts")
    service_account: ClassVar[str] = "mlflow"
    role_on_demand: ClassVar[bool] = True
    images: ClassVar[dict[str, str]] = {"image.repository": "docker.io/burakince/mlflow"}
    spare: ClassVar[dict[str, Any]] = {"replicaCount": 2}

    namespace: Namespace = "mlflow"
    """Kubernetes namespace it runs in."""

    artifact_bucket: In[BucketName] | None = None
    """Name of the S3 bucket that models and other artifacts go to. Default: they stay in the pod, and go with it."""

    artifact_prefix: str = ""
    """Folder in the bucket."""

    @property
    def service_accounts(self) -> tuple[str, ...]:
        """Kubernetes service accounts under which it calls AWS; none without a bucket."""
        return (self.service_account,) if self.artifact_bucket is not None else super().service_accounts

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """Its bucket."""
        return [] if self.artifact_bucket is None else use_of_bucket(cluster.partition, self.artifact_bucket)

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        if self.artifact_bucket is None:
            return {}
        s3 = {"enabled": True, "bucket": self.artifact_bucket, "path": self.artifact_prefix}
        return {"artifactRoot": {"proxiedArtifactStorage": True, "s3": s3}}
