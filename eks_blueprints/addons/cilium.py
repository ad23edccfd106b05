"""Cilium: pod networking, network policies and their observation by eBPF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from eks_blueprints.addons._fit import DAEMON, OTHER_NETWORK, Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import all_nested

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class Cilium(HelmAddOn):
    """Enforce network policies of Kubernetes and of its own, show traffic, and encrypt it.

    With `chained` it stands beside the VPC CNI, which goes on handing out addresses; with `overlay` it is the network
    plugin itself, as on hybrid nodes, and vpc_cni is left out. It is installed before nodes, which wait for it.
    """

    category: ClassVar[str] = "networking"
    chart: ClassVar[Chart] = Chart("cilium", "1.20.2", "https://helm.cilium.io")
    single: ClassVar[bool] = True
    before_nodes: ClassVar[bool] = True
    brings_network: ClassVar[bool] = True
    fits: ClassVar[Fit] = Fit(not_on_fargate=DAEMON, not_in_auto_mode=OTHER_NETWORK)
    pods: ClassVar[tuple[str, ...]] = ("operator", "hubble.relay", "hubble.ui")
    images: ClassVar[dict[str, str]] = {
        "image.repository": "quay.io/cilium/cilium",
        "operator.image.repository": "quay.io/cilium/operator",
        "envoy.image.repository": "quay.io/cilium/cilium-envoy",
        "hubble.relay.image.repository": "quay.io/cilium/hubble-relay",
        "hubble.ui.backend.image.repository": "quay.io/cilium/hubble-ui-backend",
        "hubble.ui.frontend.image.repository": "quay.io/cilium/hubble-ui",
    }

    mode: Literal["chained", "overlay"] = "chained"
    """Whether it stands beside the VPC CNI or hands out addresses itself."""

    encryption: bool = False
    """Whether traffic between nodes is encrypted by WireGuard."""

    hubble: bool = False
    """Whether it shows who talks to whom."""

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """How it goes with EKS."""
        if self.mode == "overlay":
            return all_nested({"ipam.mode": "cluster-pool", "routingMode": "tunnel"})
        chained = {"cni.chainingMode": "aws-cni", "cni.exclusive": False, "routingMode": "native"}
        return all_nested({**chained, "enableIPv4Masquerade": False, "endpointRoutes.enabled": True})

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        settings: dict[str, Any] = {}
        if self.encryption:
            settings |= {"encryption.enabled": True, "encryption.type": "wireguard"}
        if self.hubble:
            settings |= {"hubble.relay.enabled": True, "hubble.ui.enabled": True}
        return all_nested(settings)
