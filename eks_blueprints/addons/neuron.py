"""AWS Neuron: Inferentia and Trainium chips as resources that pods request."""

from __future__ import annotations

from typing import Any, ClassVar

from eks_blueprints.addons._fit import Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace, all_nested


class Neuron(HelmAddOn):
    """Offer Inferentia and Trainium chips as resources that pods request."""

    category: ClassVar[str] = "machine learning"
    chart: ClassVar[Chart] = Chart("neuron-helm-chart", "1.10.0", "oci://public.ecr.aws/neuron")
    single: ClassVar[bool] = True
    devices: ClassVar[str] = "neuron"
    fits: ClassVar[Fit] = Fit(
        not_on_fargate="Fargate has no accelerators",
        in_auto_mode="the device plugin of its Neuron nodes",
        partitions=frozenset({"aws", "aws-us-gov"}),
    )
    pods: ClassVar[tuple[str, ...]] = ("scheduler.customScheduler",)
    daemons: ClassVar[tuple[str, ...]] = ("devicePlugin",)
    images: ClassVar[dict[str, str]] = {
        "devicePlugin.image.repository": "public.ecr.aws/neuron/neuron-device-plugin",
        "scheduler.image.repository": "public.ecr.aws/neuron/neuron-scheduler",
        "scheduler.customScheduler.image.repository": "public.ecr.aws/eks-distro/kubernetes/kube-scheduler",
        "npd.nodeProblemDetector.image.repository": "registry.k8s.io/node-problem-detector/node-problem-detector",
        "npd.nodeRecovery.image.repository": "public.ecr.aws/neuron/neuron-node-recovery",
    }

    namespace: Namespace = "neuron"

    scheduler: bool = False
    """Whether it installs the scheduler that gives pods neighbouring chips."""

    node_problem_detector: bool = True
    """Whether it watches for broken chips."""

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        return all_nested({"scheduler.enabled": self.scheduler, "npd.enabled": self.node_problem_detector})
