"""cert-manager: TLS certificates as Kubernetes objects, renewed in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from eks_blueprints.access.well_known import certificate_permissions
from eks_blueprints.addons._arns import ZoneArn
from eks_blueprints.addons._fit import Stage
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.spec import In, Many

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class CertManager(HelmAddOn):
    """Get TLS certificates from Let's Encrypt and other issuers, and renew them before they expire.

    Other add-ons take the certificates of their webhooks from it and are installed after it. With hosted zones it may
    answer DNS-01 challenges there; otherwise it calls no AWS service.
    """

    category: ClassVar[str] = "security"
    chart: ClassVar[Chart] = Chart("cert-manager", "v1.21.1", "https://charts.jetstack.io")
    service_account: ClassVar[str] = "cert-manager"
    stage: ClassVar[Stage] = Stage.CERTIFICATES
    single: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = ("", "webhook", "cainjector", "startupapicheck")
    images: ClassVar[dict[str, str]] = {"imageRegistry": "quay.io"}
    spare: ClassVar[dict[str, Any]] = {
        "replicaCount": 2,
        "podDisruptionBudget.enabled": True,
        "webhook.replicaCount": 3,
        "webhook.podDisruptionBudget.enabled": True,
        "cainjector.replicaCount": 2,
        "cainjector.podDisruptionBudget.enabled": True,
    }
    spread: ClassVar[tuple[str, ...]] = ("topologySpreadConstraints", "webhook.topologySpreadConstraints")

    namespace: Namespace = "cert-manager"

    zone_arns: Many[In[ZoneArn]] = ()
    """ARNs of the hosted zones where it may answer DNS-01 challenges."""

    recursive_nameservers: Many[str] = ()
    """Name servers, with their ports, that it asks whether a challenge can be seen: `8.8.8.8:53`. Default: those of the
    cluster."""

    default_issuer: str | None = Field(default=None, min_length=1)
    """Name of the ClusterIssuer for Ingresses that ask for TLS without naming one. Default: none."""

    @property
    def service_accounts(self) -> tuple[str, ...]:
        """Its service account, where it may change records."""
        calls = self.zone_arns or self.policy_arns or self.service_account_role_arn is not None
        return (self.service_account,) if calls else ()

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """TXT records of its zones."""
        return certificate_permissions(cluster.partition, self.zone_arns) if self.zone_arns else []

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """CRDs come with the chart, are upgraded with it, and stay when it goes."""
        return {"crds": {"enabled": True, "keep": True}}

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        settings: dict[str, Any] = {}
        if self.recursive_nameservers:
            settings["dns01RecursiveNameservers"] = ",".join(self.recursive_nameservers)
            settings["dns01RecursiveNameserversOnly"] = True
        if self.default_issuer is not None:
            settings["ingressShim"] = {"defaultIssuerName": self.default_issuer, "defaultIssuerKind": "ClusterIssuer"}
        return settings
