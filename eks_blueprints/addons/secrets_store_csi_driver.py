"""Secrets Store CSI driver: secrets of outside stores as files in pods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from eks_blueprints.addons._fit import DAEMON, Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import all_nested

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef


class SecretsStoreCsiDriver(HelmAddOn):
    """Mount secrets of outside stores into pods as files; what speaks to AWS is
    secrets_store_csi_driver_provider_aws.
    """

    category: ClassVar[str] = "security"
    chart: ClassVar[Chart] = Chart(
        "secrets-store-csi-driver", "1.6.0", "https://kubernetes-sigs.github.io/secrets-store-csi-driver/charts"
    )
    single: ClassVar[bool] = True
    fits: ClassVar[Fit] = Fit(not_on_fargate=DAEMON)
    pods: ClassVar[tuple[str, ...]] = ()
    daemons: ClassVar[tuple[str, ...]] = ("linux",)
    images: ClassVar[dict[str, str]] = {
        "linux.image.repository": "registry.k8s.io/csi-secrets-store/driver",
        "linux.crds.image.repository": "registry.k8s.io/csi-secrets-store/driver-crds",
        "linux.registrarImage.repository": "registry.k8s.io/sig-storage/csi-node-driver-registrar",
        "linux.livenessProbeImage.repository": "registry.k8s.io/sig-storage/livenessprobe",
    }

    sync_secrets: bool = False
    """Whether what is mounted is copied into Kubernetes Secrets as well."""

    rotation: bool = True
    """Whether mounted files follow when the secret changes."""

    rotation_poll_interval: str = Field(default="2m", pattern=r"^\d+[smh]$")
    """Time between two looks at the store."""

    def defaults(self, cluster: ClusterRef) -> dict[str, Any]:
        """Tokens with which the provider takes on pods' own roles, by IRSA and by Pod Identity."""
        return {"tokenRequests": [{"audience": "sts.amazonaws.com"}, {"audience": "pods.eks.amazonaws.com"}]}

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        return all_nested(
            {
                "syncSecret.enabled": self.sync_secrets,
                "enableSecretRotation": self.rotation,
                "rotationPollInterval": self.rotation_poll_interval,
            }
        )
