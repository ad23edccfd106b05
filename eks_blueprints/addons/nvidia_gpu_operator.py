"""NVIDIA GPU Operator: drivers, runtime and device plugin of GPU nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from eks_blueprints.addons._accelerators import required
from eks_blueprints.addons._fit import Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace, all_nested, nested
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.nvidia_device_plugin import NvidiaDevicePlugin

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class NvidiaGpuOperator(HelmAddOn):
    """Put on GPU nodes what they need: toolkit, device plugin, metrics.

    It finds them by the labels that its Node Feature Discovery sets, whoever made the nodes, and puts its agents
    (device plugin, DCGM exporter) on them whatever their taints. EKS's GPU images have the driver, so that it installs
    none unless asked to. Nodes of EKS Auto Mode, which bring all of it, are left alone.
    """

    category: ClassVar[str] = "machine learning"
    chart: ClassVar[Chart] = Chart("gpu-operator", "v26.3.3", "https://helm.ngc.nvidia.com/nvidia")
    conflicts: ClassVar[tuple[type[AddOn], ...]] = (NvidiaDevicePlugin,)
    single: ClassVar[bool] = True
    devices: ClassVar[str] = "nvidia"
    fits: ClassVar[Fit] = Fit(
        not_on_fargate="Fargate has no GPUs", in_auto_mode="the driver and device plugin of its GPU nodes"
    )
    pods: ClassVar[tuple[str, ...]] = ("operator", "node-feature-discovery.master", "node-feature-discovery.gc")
    daemons: ClassVar[tuple[str, ...]] = ("node-feature-discovery.worker", "daemonsets")
    images: ClassVar[dict[str, str]] = {
        "node-feature-discovery.image.repository": "registry.k8s.io/nfd/node-feature-discovery",
        "validator.repository": "nvcr.io/nvidia",
        "operator.repository": "nvcr.io/nvidia",
        "toolkit.repository": "nvcr.io/nvidia/k8s",
        "devicePlugin.repository": "nvcr.io/nvidia",
        "dcgmExporter.repository": "nvcr.io/nvidia/k8s",
        "gfd.repository": "nvcr.io/nvidia",
    }

    namespace: Namespace = "gpu-operator"

    driver: bool = False
    """Whether it installs the driver; for images that have none."""

    toolkit: bool = False
    """Whether it installs the container toolkit; for images that have none."""

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """Nodes of EKS Auto Mode get no label, without which no agent comes to them."""
        return nested("node-feature-discovery.worker.affinity", required())

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        return all_nested({"driver.enabled": self.driver, "toolkit.enabled": self.toolkit})
