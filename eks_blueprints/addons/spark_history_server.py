"""Spark History Server: what Spark applications did, from their logs in S3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from eks_blueprints.addons._arns import BucketName
from eks_blueprints.addons._bucket import use_of_bucket
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace, all_nested
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.spec import In

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class SparkHistoryServer(HelmAddOn):
    """Show what Spark applications did, from the event logs that they wrote to a bucket."""

    category: ClassVar[str] = "data"
    chart: ClassVar[Chart] = Chart("spark-history-server", "1.5.1", "https://kubedai.github.io/spark-history-server")
    service_account: ClassVar[str] = "spark-history-server"
    images: ClassVar[dict[str, str]] = {"image.repository": "ghcr.io/kubedai/spark-history-server"}

    namespace: Namespace = "spark-history-server"

    bucket: In[BucketName]
    """Name of the S3 bucket that event logs are in."""

    prefix: str = Field(default="spark-event-logs", pattern=r"^[A-Za-z0-9!_.*'()/-]+$")
    """Folder of the event logs in the bucket."""

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """Read its bucket."""
        return use_of_bucket(cluster.partition, self.bucket, write=False)

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """Where the event logs are."""
        return all_nested({"logStore.type": "s3", "logStore.s3.bucket": self.bucket})

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        return all_nested({"logStore.s3.eventLogsPath": self.prefix})
