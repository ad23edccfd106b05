"""NVIDIA device plugin: GPUs as a resource that pods request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from eks_blueprints.addons._accelerators import TYPE, among, required, types_with
from eks_blueprints.addons._fit import Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace, all_nested

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class NvidiaDevicePlugin(HelmAddOn):
    """Offer the GPUs of nodes as a resource that pods request.

    It runs on every node whose instance type has GPUs of NVIDIA, your own without labels; nodes with GPUs that are not
    of EC2 take the label `nvidia.com/gpu.present: "true"`. Nodes of EKS Auto Mode and of Bottlerocket's images for
    NVIDIA bring their own plugin.
    """

    category: ClassVar[str] = "machine learning"
    chart: ClassVar[Chart] = Chart("nvidia-device-plugin", "0.20.0", "https://nvidia.github.io/k8s-device-plugin")
    single: ClassVar[bool] = True
    devices: ClassVar[str] = "nvidia"
    fits: ClassVar[Fit] = Fit(not_on_fargate="Fargate has no GPUs", in_auto_mode="the device plugin of its GPU nodes")
    pods: ClassVar[tuple[str, ...]] = ("nfd.master", "nfd.gc")
    daemons: ClassVar[tuple[str, ...]] = ("",)
    images: ClassVar[dict[str, str]] = {
        "image.repository": "nvcr.io/nvidia/k8s-device-plugin",
        "nfd.image.repository": "registry.k8s.io/nfd/node-feature-discovery",
    }

    namespace: Namespace = "nvidia-device-plugin"

    gpu_feature_discovery: bool = False
    """Whether it labels nodes by their GPUs."""

    def placements(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The plugin is on every node with GPUs, and what labels nodes on all of them; the rest is placed."""
        if not self.gpu_feature_discovery:
            return (), self.daemons
        return self.pods, (*self.daemons, "nfd.worker")

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """The nodes it runs on: the chart's own, which only Node Feature Discovery labels, and those of EC2's types."""
        own = (
            among("feature.node.kubernetes.io/pci-10de.present", "true"),
            among("feature.node.kubernetes.io/cpu-model.vendor_id", "NVIDIA"),
            among("nvidia.com/gpu.present", "true"),
        )
        by_type = among(TYPE, *types_with("nvidia"))
        newer = among("karpenter.k8s.aws/instance-gpu-manufacturer", "nvidia")
        return {"affinity": required(*own, by_type, newer)}

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        return all_nested({"gfd.enabled": self.gpu_feature_discovery})
