"""OpenSearch: search and analysis of logs and documents."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from eks_blueprints.addons._fit import Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace, all_nested
from eks_blueprints.addons.aws_ebs_csi_driver import AwsEbsCsiDriver
from eks_blueprints.addons.base import AddOn


class Opensearch(HelmAddOn):
    """Run an OpenSearch cluster on volumes.

    Give the admin's first password by `secret_values`, or name a Secret in `values.extraEnvs`.
    """

    category: ClassVar[str] = "data"
    chart: ClassVar[Chart] = Chart("opensearch", "3.6.0", "https://opensearch-project.github.io/helm-charts")
    after: ClassVar[tuple[type[AddOn], ...]] = (AwsEbsCsiDriver,)
    fits: ClassVar[Fit] = Fit(not_on_fargate="it needs volumes on EBS, and a kernel setting")

    images: ClassVar[dict[str, str]] = {
        "image.repository": "opensearchproject/opensearch",
        "persistence.image": "busybox",
        "sysctlInit.image": "busybox",
    }

    namespace: Namespace = "opensearch"

    replicas: int = Field(default=3, ge=1, le=100)
    """Number of nodes of the cluster."""

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        return all_nested({"replicas": self.replicas})
