"""kube-proxy: the network rules behind Kubernetes Services."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

from pydantic import model_validator

from eks_blueprints.addons._eks_managed import EksAddOn
from eks_blueprints.addons._fit import Fit
from eks_blueprints.core.errors import Faults, shown

_SCHEDULERS = Literal["rr", "lc", "dh", "sh", "sed", "nq"]


class KubeProxy(EksAddOn):
    """Keep the network rules behind Kubernetes Services on every node."""

    category: ClassVar[str] = "networking"
    eks_name: ClassVar[str] = "kube-proxy"
    fits: ClassVar[Fit] = Fit(not_on_fargate="Fargate brings its own", in_auto_mode="service networking of its own")
    before_nodes: ClassVar[bool] = True

    mode: Literal["iptables", "ipvs"] | None = None
    """How traffic to Services is spread. Default: EKS's, iptables. ipvs is faster with thousands of Services."""

    ipvs_scheduler: _SCHEDULERS | None = None
    """How ipvs picks an endpoint, for mode ipvs: round robin, least connections, destination or source hashing,
    shortest expected delay, never queue. Default: rr."""

    @model_validator(mode="after")
    def _scheduler_is_for_ipvs(self) -> Self:
        faults = Faults()
        if self.ipvs_scheduler is not None and self.mode != "ipvs":
            faults.add("ipvs_scheduler", f"is for mode ipvs; got {shown(self.ipvs_scheduler)}; add mode: ipvs")
        faults.raise_if_any()
        return self

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the add-on's own schema."""
        if self.mode is None:
            return {}
        if self.mode == "iptables":
            return {"mode": "iptables"}
        return {"mode": "ipvs", "ipvs": {"scheduler": self.ipvs_scheduler or "rr"}}
