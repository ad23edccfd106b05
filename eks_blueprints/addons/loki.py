"""Loki: logs, indexed by their labels, in S3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field

from eks_blueprints.addons._arns import BucketName
from eks_blueprints.addons._bucket import use_of_bucket, with_bucket
from eks_blueprints.addons._fit import Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace, all_nested
from eks_blueprints.addons.aws_ebs_csi_driver import AwsEbsCsiDriver
from eks_blueprints.addons.base import AddOn
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.spec import In

if TYPE_CHECKING:
    import pulumi

    from eks_blueprints.core.component import Component
    from eks_blueprints.core.refs import ClusterRef


class Loki(HelmAddOn):
    """Keep logs in S3, found by the labels of the pods they come from.

    Without your own bucket it creates one: private, encrypted, and kept when the add-on is removed.
    """

    category: ClassVar[str] = "observability"
    chart: ClassVar[Chart] = Chart("loki", "18.11.0", "https://grafana-community.github.io/helm-charts")
    service_account: ClassVar[str] = "loki"
    after: ClassVar[tuple[type[AddOn], ...]] = (AwsEbsCsiDriver,)
    fits: ClassVar[Fit] = Fit(not_on_fargate="it needs volumes on EBS")
    pods: ClassVar[tuple[str, ...]] = ("defaults", "chunksCache", "resultsCache")
    daemons: ClassVar[tuple[str, ...]] = ("lokiCanary",)
    images: ClassVar[dict[str, str]] = {
        "loki.image.registry": "docker.io",
        "gateway.image.registry": "docker.io",
        "gateway.metrics.image.registry": "ghcr.io",
        "lokiCanary.image.registry": "docker.io",
        "sidecar.image.registry": "docker.io",
        "memcached.image.registry": "docker.io",
        "memcachedExporter.image.registry": "docker.io",
    }
    spare: ClassVar[dict[str, Any]] = {
        "loki.commonConfig.replication_factor": 3,
        "singleBinary.replicas": 3,
        "gateway.replicas": 2,
    }

    alone: ClassVar[dict[str, str]] = {
        "StatefulSet/loki-chunks-cache": "a cache",
        "StatefulSet/loki-results-cache": "a cache",
    }

    namespace: Namespace = "loki"

    bucket: In[BucketName] | None = None
    """Name of the S3 bucket that logs are kept in. Default: one is created."""

    mode: Literal["SingleBinary", "SimpleScalable"] = "SingleBinary"
    """Whether one process does everything, for up to some tens of gigabytes a day, or reading and writing scale
    apart."""

    retention_days: int = Field(default=30, ge=1, le=3650)
    """Days that logs are kept."""

    def equipped(self, component: Component, cluster: ClusterRef) -> tuple[Self, list[pulumi.Resource]]:
        """With a bucket of its own, unless one is named."""
        return with_bucket(self, component, cluster)

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """Its bucket."""
        assert self.bucket is not None  # noqa: S101 - `equipped` has seen to it
        return use_of_bucket(cluster.partition, self.bucket)

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """Storage in S3, one tenant, and the schema that is current."""
        schema = {
            "from": "2024-04-01",
            "store": "tsdb",
            "object_store": "s3",
            "schema": "v13",
            "index": {"prefix": "loki_index_", "period": "24h"},
        }
        names = {"chunks": self.bucket, "ruler": self.bucket}
        return {
            "loki": {
                "auth_enabled": False,
                "schemaConfig": {"configs": [schema]},
                "storage": {"type": "s3", "bucketNames": names, "s3": {"region": cluster.region}},
                "commonConfig": {"replication_factor": 1},
                "compactor": {"retention_enabled": True, "delete_request_store": "s3"},
            },
        }

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        settings: dict[str, Any] = {
            "deploymentMode": self.mode,
            "loki.limits_config.retention_period": f"{self.retention_days * 24}h",
        }
        if self.mode == "SingleBinary":
            settings |= {f"{part}.replicas": 0 for part in ("read", "write", "backend")}
        return all_nested(settings)

    def production_values(self) -> dict[str, Any]:
        """Three copies of everything that is not in S3 yet."""
        return all_nested(self.spare if self.mode == "SingleBinary" else {"gateway.replicas": 2})
