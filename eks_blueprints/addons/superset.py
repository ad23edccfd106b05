"""Apache Superset: dashboards of data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.aws_ebs_csi_driver import AwsEbsCsiDriver
from eks_blueprints.addons.base import AddOn

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class Superset(HelmAddOn):
    """Run Apache Superset, with a PostgreSQL and its own Redis unless `values` name others.

    These two are for a trial: their images are some of Bitnami's that get no updates any more.
    The chart is of 2025. Its makers have marked it as deprecated since, and name no other.
    """

    category: ClassVar[str] = "data"
    chart: ClassVar[Chart] = Chart("superset", "0.15.0", "https://apache.github.io/superset")

    after: ClassVar[tuple[type[AddOn], ...]] = (AwsEbsCsiDriver,)
    pods: ClassVar[tuple[str, ...]] = ("", "postgresql.primary", "redis.master")
    images: ClassVar[dict[str, str]] = {
        "image.repository": "apachesuperset.docker.scarf.sh/apache/superset",
        "initImage.repository": "apache/superset",
        "postgresql.global.imageRegistry": "docker.io",
        "redis.global.imageRegistry": "docker.io",
    }
    spare: ClassVar[dict[str, Any]] = {
        f"{part}.{path}": value
        for part in ("supersetNode", "supersetWorker")
        for path, value in {
            "replicas.replicaCount": 2,
            "podDisruptionBudget.enabled": True,
            # The chart takes one of the two, and has both.
            "podDisruptionBudget.minAvailable": 0,
        }.items()
    }
    alone: ClassVar[dict[str, str]] = {
        "StatefulSet/superset-postgresql": "it is for a trial; a database of yours has spare ones",
        "StatefulSet/superset-redis-master": "it is for a trial; a cache of yours has spare ones",
    }
    spread: ClassVar[tuple[str, ...]] = (
        "supersetNode.topologySpreadConstraints",
        "supersetWorker.topologySpreadConstraints",
    )
    spread_labels: ClassVar[dict[str, str]] = {"app": "superset"}

    namespace: Namespace = "superset"

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """Images that Docker Hub still has: github.com/bitnami/containers/issues/83267."""
        return {name: {"image": {"repository": f"bitnamilegacy/{name}"}} for name in ("postgresql", "redis")}

    def production_values(self) -> dict[str, Any]:
        """Spare pods, servers and workers spread by themselves."""
        found = super().production_values()
        [constraint] = found["supersetWorker"]["topologySpreadConstraints"]
        own = constraint | {"labelSelector": {"matchLabels": {"app": "superset-worker"}}}
        found["supersetWorker"]["topologySpreadConstraints"] = [own]
        return found
