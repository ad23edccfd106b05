"""Bottlerocket update operator: nodes are updated in place, one by one."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons._fit import DAEMON, Fit
from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.addons.base import AddOn
from eks_blueprints.addons.bottlerocket_shadow import BottlerocketShadow
from eks_blueprints.addons.cert_manager import CertManager


class BottlerocketUpdateOperator(HelmAddOn):
    """Update Bottlerocket nodes in place, one by one, draining each before.

    It looks after nodes with the label `bottlerocket.aws/updater-interface-version=2.0.0`.
    No release is known after this one, of June 2024.
    """

    category: ClassVar[str] = "nodes"
    chart: ClassVar[Chart] = Chart(
        "bottlerocket-update-operator", "1.4.0", "https://bottlerocket-os.github.io/bottlerocket-update-operator"
    )
    requires: ClassVar[tuple[type[AddOn], ...]] = (
        CertManager,
        BottlerocketShadow,
    )
    single: ClassVar[bool] = True
    fits: ClassVar[Fit] = Fit(not_on_fargate=DAEMON, in_auto_mode="nodes that it replaces itself")
    pods: ClassVar[tuple[str, ...]] = (
        "placement.controller",
        "placement.apiserver",
    )

    daemons: ClassVar[tuple[str, ...]] = ("placement.agent",)

    namespace: Namespace = "brupop-bottlerocket-aws"
