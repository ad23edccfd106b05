"""AWS provider of the Secrets Store CSI driver: Secrets Manager and Parameter Store as files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from eks_blueprints.addons._fit import DAEMON, Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.secrets_store_csi_driver import SecretsStoreCsiDriver

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class SecretsStoreCsiDriverProviderAws(HelmAddOn):
    """Let the Secrets Store CSI driver mount secrets of Secrets Manager and parameters of Parameter Store.

    Pods read them with their own roles, so that it has none itself.
    """

    category: ClassVar[str] = "security"
    chart: ClassVar[Chart] = Chart(
        "secrets-store-csi-driver-provider-aws", "3.1.1", "https://aws.github.io/secrets-store-csi-driver-provider-aws"
    )
    requires: ClassVar[tuple[type[AddOn], ...]] = (SecretsStoreCsiDriver,)
    single: ClassVar[bool] = True
    fits: ClassVar[Fit] = Fit(not_on_fargate=DAEMON)
    pods: ClassVar[tuple[str, ...]] = ()
    daemons: ClassVar[tuple[str, ...]] = ("",)
    images: ClassVar[dict[str, str]] = {
        "image.repository": "public.ecr.aws/aws-secrets-manager/secrets-store-csi-driver-provider-aws"
    }

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """The driver is an add-on of its own."""
        return {"secrets-store-csi-driver": {"install": False}}
