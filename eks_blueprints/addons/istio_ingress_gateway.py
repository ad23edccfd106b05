"""Istio's gateway: traffic into the mesh, behind a Network Load Balancer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.aws_load_balancer_controller import AwsLoadBalancerController
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.istiod import Istiod

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef

_NLB = "service.beta.kubernetes.io/aws-load-balancer"


class IstioIngressGateway(HelmAddOn):
    """Let traffic into the mesh, by Envoy pods behind a Network Load Balancer.

    Install it twice, with other names and namespaces, for inner and outer traffic.
    """

    category: ClassVar[str] = "mesh"
    chart: ClassVar[Chart] = Chart("gateway", "1.30.3", "https://istio-release.storage.googleapis.com/charts")
    requires: ClassVar[tuple[type[AddOn], ...]] = (
        Istiod,
        AwsLoadBalancerController,
    )
    makes_outside: ClassVar[bool] = True
    spare: ClassVar[dict[str, Any]] = {
        "autoscaling.minReplicas": 2,
        "podDisruptionBudget.minAvailable": 1,
    }
    spread: ClassVar[tuple[str, ...]] = ("topologySpreadConstraints",)

    namespace: Namespace = "istio-ingress"

    scheme: Literal["internal", "internet-facing"] = "internal"
    """Which addresses its load balancer has."""

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """A load balancer made by the controller, that sends to the pods themselves."""
        return {
            "service": {
                "annotations": {
                    f"{_NLB}-type": "external",
                    f"{_NLB}-nlb-target-type": "ip",
                    f"{_NLB}-scheme": self.scheme,
                }
            }
        }
