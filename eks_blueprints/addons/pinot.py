"""Apache Pinot: answers about events within milliseconds."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.aws_ebs_csi_driver import AwsEbsCsiDriver
from eks_blueprints.addons.base import AddOn


class Pinot(HelmAddOn):
    """Run Apache Pinot.

    Give it a role (`policy_arns`) for the bucket of its deep store.
    """

    category: ClassVar[str] = "data"
    chart: ClassVar[Chart] = Chart("pinot", "1.0.0", "https://raw.githubusercontent.com/apache/pinot/master/helm")
    service_account: ClassVar[str] = "pinot"
    role_on_demand: ClassVar[bool] = True
    after: ClassVar[tuple[type[AddOn], ...]] = (AwsEbsCsiDriver,)
    pods: ClassVar[tuple[str, ...]] = (
        "controller",
        "broker",
        "server",
        "minionStateless",
        "zookeeper",
    )
    images: ClassVar[dict[str, str]] = {
        "image.repository": "apachepinot/pinot",
        "zookeeper.image.repository": "zookeeper",
    }

    namespace: Namespace = "pinot"
