"""AWS Load Balancer Controller: Application and Network Load Balancers for Ingresses, Services and Gateways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from eks_blueprints.access.load_balancer_permissions import controller_permissions
from eks_blueprints.addons._fit import Fit, Stage
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.gateway_api import GatewayApi
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.leaves import SecurityGroupId
from eks_blueprints.core.spec import In

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class AwsLoadBalancerController(HelmAddOn):
    """Make Application and Network Load Balancers for Ingresses, Services of type LoadBalancer and Gateways.

    Its webhook looks at every Service of the cluster, so that all other add-ons wait until it answers. On the way down
    it is uninstalled after them, because only it can delete the load balancers that it made.
    """

    category: ClassVar[str] = "ingress"
    chart: ClassVar[Chart] = Chart("aws-load-balancer-controller", "3.5.0", "https://aws.github.io/eks-charts")
    service_account: ClassVar[str] = "aws-load-balancer-controller"
    after: ClassVar[tuple[type[AddOn], ...]] = (GatewayApi,)
    stage: ClassVar[Stage] = Stage.LOAD_BALANCERS
    single: ClassVar[bool] = True
    makes_outside: ClassVar[bool] = True
    fits: ClassVar[Fit] = Fit(in_auto_mode="load balancing of its own (class eks.amazonaws.com/alb)")
    images: ClassVar[dict[str, str]] = {"image.repository": "public.ecr.aws/eks/aws-load-balancer-controller"}
    spare: ClassVar[dict[str, Any]] = {"replicaCount": 2, "podDisruptionBudget.maxUnavailable": 1}
    spread: ClassVar[tuple[str, ...]] = ("topologySpreadConstraints",)

    replicas: int | None = Field(default=None, ge=1, le=10)
    """Number of pods; one is active, the others are on standby. Default: the chart's, 2."""

    ingress_class: str = Field(default="alb", pattern=r"^([a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?)$")
    """Name of the IngressClass that it serves."""

    default_ingress_class: bool | None = None
    """Whether Ingresses that name no class are its own. Default: no."""

    default_target_type: Literal["instance", "ip"] | None = None
    """Whether load balancers send to node ports or to pods' own addresses, where an object does not say. Default: the
    chart's, `instance`; pods on Fargate need `ip`."""

    default_scheme: Literal["internal", "internet-facing"] | None = None
    """Which addresses load balancers have where an object does not say. Default: `internal`."""

    default_ssl_policy: str | None = Field(default=None, pattern=r"^(ELBSecurityPolicy-[A-Za-z0-9-]+)$")
    """TLS policy of HTTPS listeners, such as `ELBSecurityPolicy-TLS13-1-2-2021-06`. Default: the controller's."""

    service_webhook: bool | None = None
    """Whether Services of type LoadBalancer that name no class become its own. Default: yes."""

    shield: bool | None = None
    """Whether objects may ask for AWS Shield Advanced. Default: yes, and no in China, which has none."""

    waf: bool | None = None
    """Whether objects may name web ACLs of AWS WAF. Default: yes, and no in China, as its project asks for."""

    backend_security_group: In[SecurityGroupId] | None = None
    """Security group that lets load balancers reach the pods. Default: the controller creates one."""

    log_level: Literal["info", "debug"] | None = None
    """How much it logs. Default: `info`."""

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """The policy that its project publishes."""
        return controller_permissions(cluster.partition)

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """The cluster it belongs to; region and VPC cannot be asked for where pods do not reach the node's metadata."""
        from eks_blueprints.core.component import merge_tags

        values: dict[str, Any] = {
            "clusterName": cluster.name,
            "region": cluster.region,
            "vpcId": cluster.network.vpc_id,
        }
        if cluster.partition == "aws-cn":
            values |= {"enableShield": False, "enableWaf": False, "enableWafv2": False}
        tags = merge_tags(cluster.tags, self.tags)
        return values | ({"defaultTags": tags} if tags else {})

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        fields = {
            "replicaCount": self.replicas,
            "ingressClass": self.ingress_class,
            "defaultTargetType": self.default_target_type,
            "defaultLoadBalancerScheme": self.default_scheme,
            "defaultSSLPolicy": self.default_ssl_policy,
            "enableServiceMutatorWebhook": self.service_webhook,
            "enableShield": self.shield,
            "enableWaf": self.waf,
            "enableWafv2": self.waf,
            "backendSecurityGroup": self.backend_security_group,
            "logLevel": self.log_level,
        }
        settings: dict[str, Any] = {name: value for name, value in fields.items() if value is not None}
        if self.default_ingress_class is not None:
            settings["ingressClassConfig"] = {"default": self.default_ingress_class}
        return settings
