"""EFA device plugin: Elastic Fabric Adapters as a resource that pods request."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._fit import Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn


class AwsEfaK8sDevicePlugin(HelmAddOn):
    """Offer Elastic Fabric Adapters as a resource that pods request."""

    category: ClassVar[str] = "machine learning"
    chart: ClassVar[Chart] = Chart("aws-efa-k8s-device-plugin", "v0.5.30", "https://aws.github.io/eks-charts")
    single: ClassVar[bool] = True
    fits: ClassVar[Fit] = Fit(not_on_fargate="Fargate has no EFA", in_auto_mode="the device plugin of its EFA nodes")
    pods: ClassVar[tuple[str, ...]] = ()
    daemons: ClassVar[tuple[str, ...]] = ("",)
    images: ClassVar[dict[str, str]] = {
        "image.repository": "602401143452.dkr.ecr.us-west-2.amazonaws.com/eks/aws-efa-k8s-device-plugin"
    }
