"""ExternalDNS: Route 53 records for Services, Ingresses and Gateways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from eks_blueprints.access.well_known import dns_permissions
from eks_blueprints.addons._arns import ZoneArn
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.spec import In, Many

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef

Source = Literal[
    "service",
    "ingress",
    "crd",
    "gateway-httproute",
    "gateway-grpcroute",
    "gateway-tlsroute",
    "gateway-tcproute",
    "gateway-udproute",
    "istio-gateway",
    "istio-virtualservice",
    "node",
    "pod",
]


class ExternalDns(HelmAddOn):
    """Keep Route 53 records for the host names of Services, Ingresses and Gateways.

    It changes records in the named zones only, and of these only such as it marked as its own with the cluster's name.
    EKS offers it as a community add-on as well; the chart is used here because it takes more settings. Install it
    twice, under two names and in two namespaces, for public and private zones.
    """

    category: ClassVar[str] = "networking"
    chart: ClassVar[Chart] = Chart("external-dns", "1.21.1", "https://kubernetes-sigs.github.io/external-dns")
    service_account: ClassVar[str] = "external-dns"
    makes_outside: ClassVar[bool] = True
    images: ClassVar[dict[str, str]] = {"image.repository": "registry.k8s.io/external-dns/external-dns"}

    namespace: Namespace = "external-dns"

    zone_arns: Many[In[ZoneArn]] = Field(min_length=1)
    """ARNs of the hosted zones whose records it may change."""

    zone_type: Literal["private", "public"] | None = None
    """Which of zones of the same name it looks at. Default: both."""

    domain_filters: Many[str] = ()
    """Domains it keeps to, such as `shop.example.com`. Default: all of its zones."""

    policy: Literal["sync", "upsert-only", "create-only"] = "upsert-only"
    """What it may do to records: everything, everything but deleting, or creating alone."""

    sources: Many[Source] = Field(default=("service", "ingress"), min_length=1)
    """Sorts of objects that it reads host names from."""

    txt_owner_id: In[str] | None = None
    """Mark by which it knows its own records. Default: the cluster's name."""

    interval: str | None = Field(default=None, pattern=r"^((\d+(h|m|s))+)$")
    """Time between two looks at everything, such as `5m`. Default: the chart's, `1m`."""

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """Change records in its zones; look at zones and records, which IAM cannot tell apart beforehand."""
        return dns_permissions(self.zone_arns)

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """Its provider, and the cluster's name as the mark of its records."""
        return {"provider": {"name": "aws"}, "registry": "txt", "txtOwnerId": cluster.name}

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        settings: dict[str, Any] = {"policy": self.policy, "sources": list(self.sources)}
        if self.txt_owner_id is not None:
            settings["txtOwnerId"] = self.txt_owner_id
        if self.domain_filters:
            settings["domainFilters"] = list(self.domain_filters)
        if self.interval is not None:
            settings["interval"] = self.interval
        if self.zone_type is not None:
            settings["extraArgs"] = [f"--aws-zone-type={self.zone_type}"]
        return settings
