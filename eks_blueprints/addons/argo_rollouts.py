"""Argo Rollouts: canary and blue-green deployments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import Field, PrivateAttr

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace, all_nested
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.spec import Many, Spec

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class TrafficRouterPlugin(Spec):
    """A plugin of Argo Rollouts, which its controller downloads when it starts."""

    name: str = Field(pattern=r"^[\w-]+/[\w-]+$")
    """Its name, such as `argoproj-labs/gatewayAPI`."""

    location: str = Field(pattern=r"^(https://|file://)\S+$")
    """URL of the program for Linux and the nodes' architecture."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    """SHA-256 of the program, which the controller compares."""


class ArgoRollouts(HelmAddOn):
    """Roll out new versions step by step, and back by what is measured meanwhile: `rollout` of a deployment.

    Its controller reads metrics of CloudWatch by a role, which is created where a workload's analysis asks for it.
    """

    category: ClassVar[str] = "gitops"
    chart: ClassVar[Chart] = Chart("argo-rollouts", "2.41.0", "https://argoproj.github.io/argo-helm")
    service_account: ClassVar[str] = "argo-rollouts"
    service_account_at: ClassVar[str] = ""
    role_on_demand: ClassVar[bool] = True
    single: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = ("controller", "dashboard")
    images: ClassVar[dict[str, str]] = {
        "controller.image.registry": "quay.io",
        "dashboard.image.registry": "quay.io",
    }
    spare: ClassVar[dict[str, Any]] = {
        "controller.replicas": 2,
        "controller.pdb.enabled": True,
        "controller.pdb.maxUnavailable": 1,
    }
    spread: ClassVar[tuple[str, ...]] = ("controller.topologySpreadConstraints",)

    namespace: Namespace = "argo-rollouts"

    dashboard: bool = False
    """Whether it installs its page."""

    traffic_router_plugins: Many[TrafficRouterPlugin] = ()
    """Plugins that split traffic: `argoproj-labs/gatewayAPI` for workloads with a canary behind an `http_route`."""

    _reads_cloudwatch: bool = PrivateAttr(default=False)

    @property
    def service_accounts(self) -> tuple[str, ...]:
        """The controller's service account, where it reads CloudWatch or is given a role."""
        release, usual = self.release_name, self.service_account
        name = release if usual in release else f"{release}-{usual}"
        return (name,) if self._reads_cloudwatch or super().service_accounts else ()

    def that_reads_cloudwatch(self) -> Self:
        """The same with a role that reads metrics of CloudWatch."""
        found = self.model_copy()
        found._reads_cloudwatch = True
        return found

    def has_plugin(self, name: str) -> bool:
        """Whether it has a plugin, as far as that can be told."""
        return "controller" in self.values or any(each.name == name for each in self.traffic_router_plugins)

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """Read metrics, which are of no resource."""
        return [Allow("cloudwatch:GetMetricData")] if self._reads_cloudwatch else []

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """CRDs come with the chart, are upgraded with it, and stay when it goes."""
        return {"installCRDs": True, "keepCRDs": True}

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        values = all_nested({"dashboard.enabled": self.dashboard})
        if self.traffic_router_plugins:
            plugins = [each.model_dump() for each in self.traffic_router_plugins]
            values["controller"] = {"trafficRouterPlugins": plugins}
        return values
