"""ingress-nginx: an Ingress controller behind one Network Load Balancer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from eks_blueprints.addons._arns import CertificateArn
from eks_blueprints.addons._fit import Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.aws_load_balancer_controller import AwsLoadBalancerController
from eks_blueprints.core.leaves import IN_THE_REGION
from eks_blueprints.core.spec import In, Many

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef

_NLB = "service.beta.kubernetes.io/aws-load-balancer"


class IngressNginx(HelmAddOn):
    """Serve Ingresses by NGINX pods behind one Network Load Balancer.

    Kubernetes retired its project in March 2026: there are no further releases, and no fixes of vulnerabilities. For
    new platforms use the load balancer controller's own Ingresses or a Gateway; `eks-blueprints migrate
    ingress-nginx-to-gateway-api` moves one that has it. Install it twice, with other names, namespaces and classes, for
    inner and outer traffic.
    """

    category: ClassVar[str] = "ingress"
    chart: ClassVar[Chart] = Chart("ingress-nginx", "4.15.1", "https://kubernetes.github.io/ingress-nginx")
    requires: ClassVar[tuple[type[HelmAddOn], ...]] = (AwsLoadBalancerController,)
    makes_outside: ClassVar[bool] = True
    fits: ClassVar[Fit] = Fit(not_on_fargate="its pods need privileges that Fargate does not give")
    pods: ClassVar[tuple[str, ...]] = ("controller", "controller.admissionWebhooks.patch")
    images: ClassVar[dict[str, str]] = {"global.image.registry": "registry.k8s.io"}
    spare: ClassVar[dict[str, Any]] = {"controller.replicaCount": 2, "controller.minAvailable": 1}
    spread: ClassVar[tuple[str, ...]] = ("controller.topologySpreadConstraints",)

    namespace: Namespace = "ingress-nginx"

    scheme: Literal["internal", "internet-facing"] = "internal"
    """Which addresses its load balancer has."""

    ingress_class: str = Field(default="nginx", pattern=r"^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$")
    """Name of the IngressClass that it serves."""

    default_ingress_class: bool | None = None
    """Whether Ingresses that name no class are its own. Default: no."""

    replicas: int | None = Field(default=None, ge=1, le=100)
    """Number of pods. Default: the chart's, 1."""

    certificate_arns: Many[In[Annotated[CertificateArn, IN_THE_REGION]]] = Field(default=(), max_length=1)
    """ARN of the ACM certificate with which the load balancer ends TLS. Default: NGINX ends it."""

    config: dict[str, str] = {}
    """Settings of NGINX, by the names of its ConfigMap: `{proxy-body-size: 8m}`."""

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """A load balancer made by the controller, that sends to the pods themselves."""
        annotations: dict[str, Any] = {
            f"{_NLB}-type": "external",
            f"{_NLB}-nlb-target-type": "ip",
            f"{_NLB}-scheme": self.scheme,
        }
        if self.certificate_arns:
            annotations |= {f"{_NLB}-ssl-cert": self.certificate_arns[0], f"{_NLB}-ssl-ports": "https"}
        service: dict[str, Any] = {"annotations": annotations}
        if self.certificate_arns:
            service["targetPorts"] = {"https": "http"}
        # On Auto Mode there is no controller but its own, which goes by the class.
        if cluster.auto_mode:
            service["loadBalancerClass"] = "eks.amazonaws.com/nlb"
        return {"controller": {"service": service}}

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        resource: dict[str, Any] = {
            "name": self.ingress_class,
            "controllerValue": f"k8s.io/ingress-{self.ingress_class}",
        }
        if self.default_ingress_class is not None:
            resource["default"] = self.default_ingress_class
        controller: dict[str, Any] = {"ingressClass": self.ingress_class, "ingressClassResource": resource}
        if self.replicas is not None:
            controller["replicaCount"] = self.replicas
        if self.config:
            controller["config"] = dict(sorted(self.config.items()))
        return {"controller": controller}
