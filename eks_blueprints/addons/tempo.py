"""Tempo: traces, in S3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import Field

from eks_blueprints.addons._arns import BucketName
from eks_blueprints.addons._bucket import use_of_bucket, with_bucket
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace, all_nested
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.spec import In

if TYPE_CHECKING:
    import pulumi

    from eks_blueprints.core.component import Component
    from eks_blueprints.core.refs import ClusterRef


class Tempo(HelmAddOn):
    """Keep traces in S3, as one process.

    Without your own bucket it creates one: private, encrypted, and kept when the add-on is removed.
    """

    category: ClassVar[str] = "observability"
    chart: ClassVar[Chart] = Chart("tempo", "2.2.4", "https://grafana-community.github.io/helm-charts")
    service_account: ClassVar[str] = "tempo"
    images: ClassVar[dict[str, str]] = {"tempo.registry": "docker.io"}

    namespace: Namespace = "tempo"

    bucket: In[BucketName] | None = None
    """Name of the S3 bucket that traces are kept in. Default: one is created."""

    retention: str = Field(default="336h", pattern=r"^\d+h$")
    """How long traces are kept, such as `336h` for 14 days."""

    def equipped(self, component: Component, cluster: ClusterRef) -> tuple[Self, list[pulumi.Resource]]:
        """With a bucket of its own, unless one is named."""
        return with_bucket(self, component, cluster)

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """Its bucket."""
        assert self.bucket is not None  # noqa: S101 - `equipped` has seen to it
        return use_of_bucket(cluster.partition, self.bucket)

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """Storage in S3."""
        domain = "amazonaws.com.cn" if cluster.partition == "aws-cn" else "amazonaws.com"
        there = {"bucket": self.bucket, "endpoint": f"s3.{cluster.region}.{domain}", "region": cluster.region}
        return {"tempo": {"storage": {"trace": {"backend": "s3", "s3": there}}}}

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        return all_nested({"tempo.retention": self.retention})
