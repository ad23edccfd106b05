"""Kuma: a service mesh for several clusters and machines outside of them."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

from pydantic import model_validator

from eks_blueprints.addons._helm_addon import Chart, HelmAddOn
from eks_blueprints.addons._helm_values import Namespace
from eks_blueprints.core.errors import Faults


class Kuma(HelmAddOn):
    """Encrypt, route and watch traffic between services by Envoy sidecars, in one zone or in several."""

    category: ClassVar[str] = "mesh"
    chart: ClassVar[Chart] = Chart("kuma", "2.14.3", "https://kumahq.github.io/charts")
    single: ClassVar[bool] = True
    pods: ClassVar[tuple[str, ...]] = ("controlPlane", "hooks", "ingress", "egress")
    images: ClassVar[dict[str, str]] = {
        "global.image.registry": "docker.io/kumahq",
        "kubectl.image.registry": "registry.k8s.io",
    }
    spare: ClassVar[dict[str, Any]] = {"controlPlane.replicas": 2, "controlPlane.podDisruptionBudget.enabled": True}

    namespace: Namespace = "kuma-system"
    """Kubernetes namespace it runs in."""

    mode: Literal["zone", "global"] = "zone"
    """Whether this control plane runs services, or is the one above those of several zones."""

    egress: bool = False
    """Whether traffic that leaves the mesh goes through pods of its own; in the zones alone."""

    @model_validator(mode="after")
    def _is_in_a_zone(self) -> Self:
        if self.egress and self.mode == "global":
            faults = Faults()
            faults.add("egress", "is for mode zone; got mode global; remove one of them")
            faults.raise_if_any()
        return self

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the chart's values."""
        return {"controlPlane": {"mode": self.mode}, "egress": {"enabled": self.egress}}
