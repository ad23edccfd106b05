"""AWS Private CA issuer: certificates of a private authority, by cert-manager."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from eks_blueprints.addons._arns import AuthorityArn
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.cert_manager import CertManager
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.spec import In, Many

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class AwsPrivatecaIssuer(HelmAddOn):
    """Have cert-manager get certificates from authorities of AWS Private CA.

    It can use only the named authorities. EKS offers it as a community add-on as well; the chart is used here because
    its version goes with cert_manager's.
    """

    category: ClassVar[str] = "security"
    chart: ClassVar[Chart] = Chart(
        "aws-privateca-issuer", "v1.9.0", "https://cert-manager.github.io/aws-privateca-issuer"
    )
    service_account: ClassVar[str] = "aws-privateca-issuer"
    requires: ClassVar[tuple[type[AddOn], ...]] = (CertManager,)
    images: ClassVar[dict[str, str]] = {"image.repository": "public.ecr.aws/k1n1h4h4/cert-manager-aws-privateca-issuer"}
    spare: ClassVar[dict[str, Any]] = {"replicaCount": 2, "podDisruptionBudget.maxUnavailable": 1}

    namespace: Namespace = "cert-manager"

    authority_arns: Many[In[AuthorityArn]] = Field(min_length=1)
    """ARNs of the private certificate authorities that it asks."""

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """Ask its authorities for certificates."""
        ask = ("acm-pca:DescribeCertificateAuthority", "acm-pca:GetCertificate", "acm-pca:IssueCertificate")
        return [Allow(*ask, on=self.authority_arns)]
