"""Crossplane: clouds' resources as Kubernetes objects."""

from __future__ import annotations

from typing import Any, ClassVar

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace


class Crossplane(HelmAddOn):
    """Keep resources of clouds as Kubernetes objects, by providers that are installed into it.

    A provider has a service account, and gets a role, of its own.
    """

    category: ClassVar[str] = "platform"
    chart: ClassVar[Chart] = Chart("crossplane", "2.3.4", "https://charts.crossplane.io/stable")
    single: ClassVar[bool] = True
    makes_outside: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = (
        "",
        "rbacManager",
    )
    images: ClassVar[dict[str, str]] = {"image.repository": "xpkg.crossplane.io/crossplane/crossplane"}
    spare: ClassVar[dict[str, Any]] = {
        "replicas": 2,
        "leaderElection": True,
        "rbacManager.replicas": 2,
    }

    namespace: Namespace = "crossplane-system"
