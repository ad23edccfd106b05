"""Local volumes: instance stores of nodes as PersistentVolumes."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._fit import DAEMON, Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn


class LocalStaticProvisioner(HelmAddOn):
    """Offer the instance stores of nodes as local PersistentVolumes; `values.classes` says where they are mounted."""

    category: ClassVar[str] = "storage"
    chart: ClassVar[Chart] = Chart(
        "local-static-provisioner", "2.9.0", "https://kubernetes-sigs.github.io/sig-storage-local-static-provisioner"
    )
    fits: ClassVar[Fit] = Fit(not_on_fargate=DAEMON)
    pods: ClassVar[tuple[str, ...]] = ()
    daemons: ClassVar[tuple[str, ...]] = ("",)
