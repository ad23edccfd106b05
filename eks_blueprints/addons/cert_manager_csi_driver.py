"""cert-manager CSI driver: a certificate for each pod, as a volume."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._fit import DAEMON, Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.cert_manager import CertManager


class CertManagerCsiDriver(HelmAddOn):
    """Mount its own certificate into each pod, made when the pod starts and gone with it."""

    category: ClassVar[str] = "security"
    chart: ClassVar[Chart] = Chart("cert-manager-csi-driver", "v0.16.0", "https://charts.jetstack.io")
    requires: ClassVar[tuple[type[AddOn], ...]] = (CertManager,)
    single: ClassVar[bool] = True
    fits: ClassVar[Fit] = Fit(not_on_fargate=DAEMON)
    pods: ClassVar[tuple[str, ...]] = ()
    daemons: ClassVar[tuple[str, ...]] = ("",)
    images: ClassVar[dict[str, str]] = {"imageRegistry": "quay.io"}

    namespace: Namespace = "cert-manager"
