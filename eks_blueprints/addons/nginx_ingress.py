"""NGINX Ingress Controller of F5, the open-source edition."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._fit import Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.aws_load_balancer_controller import AwsLoadBalancerController
from eks_blueprints.addons.base import AddOn


class NginxIngress(HelmAddOn):
    """Serve Ingresses by F5's NGINX controller, the open-source edition."""

    category: ClassVar[str] = "ingress"
    chart: ClassVar[Chart] = Chart("nginx-ingress", "2.6.4", "https://helm.nginx.com/stable")
    requires: ClassVar[tuple[type[AddOn], ...]] = (AwsLoadBalancerController,)
    makes_outside: ClassVar[bool] = True
    fits: ClassVar[Fit] = Fit(not_on_fargate="its pods need privileges that Fargate does not give")
    pods: ClassVar[tuple[str, ...]] = ("controller",)
    images: ClassVar[dict[str, str]] = {"controller.image.repository": "nginx/nginx-ingress"}

    namespace: Namespace = "nginx-ingress"
