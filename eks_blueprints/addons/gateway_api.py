"""The CRDs of the Gateway API: Gateways and routes, for the controllers that serve them."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from eks_blueprints.addons._fit import Stage
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn


class GatewayApi(HelmAddOn):
    """Install the CRDs of the Gateway API (`Gateway`, `HTTPRoute`, …), which Kubernetes has none of itself.

    The chart is that of Envoy Gateway for these CRDs alone. They stay when it is taken out, as all Gateways and routes
    would go with them. AWS Load Balancer Controller looks for them when it starts: they come before it, and on a
    cluster where it runs it is to be restarted once. Linkerd brings them itself, unless it says `gateway_api: false`.
    """

    category: ClassVar[str] = "ingress"
    chart: ClassVar[Chart] = Chart("gateway-crds-helm", "v1.8.3", "oci://docker.io/envoyproxy")
    stage: ClassVar[Stage] = Stage.LOAD_BALANCERS
    single: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = ()

    channel: Literal["standard", "experimental"] = "standard"
    """Which kinds and fields there are: those that stay, or those that may still change, such as TCPRoute, too."""

    preserve: bool | None = True
    """Whether the CRDs stay on the cluster when the add-on is taken out. Default: yes."""

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        return {"crds": {"gatewayAPI": {"enabled": True, "channel": self.channel}}}
