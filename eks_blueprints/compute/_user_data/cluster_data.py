"""What every node has to be told about its cluster and itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network

from eks_blueprints.core.naming import TAINT_EFFECTS


@dataclass(frozen=True, kw_only=True)
class ClusterData:
    """How a node finds its cluster. EKS tells its own nodes; those of others have to bring it along."""

    name: str
    endpoint: str
    certificate_authority: str
    """Base64-encoded."""
    service_cidr: str

    @property
    def dns_ip(self) -> str:
        """Address of the cluster's DNS Service: the tenth of the range of Services."""
        # A recording's symbol (`${shop-cluster...}`) stands for a range that only AWS knows, and lets nobody read it.
        if str(self.service_cidr).startswith("${"):
            return f"{self.service_cidr}[10]"
        return str(ip_network(self.service_cidr)[10])


@dataclass(frozen=True, kw_only=True)
class NodeData:
    """What a node says of itself when it joins."""

    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[tuple[str, str, str], ...] = ()
    """Key, value and effect of each, the effect in EKS's spelling."""
    max_pods: int | None = None

    def kubelet_flags(self) -> list[str]:
        """Flags of the kubelet for labels and taints."""
        flags = []
        if self.labels:
            flags.append("--node-labels=" + ",".join(f"{key}={value}" for key, value in sorted(self.labels.items())))
        if self.taints:
            flags.append("--register-with-taints=" + ",".join(self.taint_texts()))
        return flags

    def taint_texts(self) -> list[str]:
        """Each taint as Kubernetes writes it in one word."""
        return [f"{key}={value}:{effect_in_kubernetes(effect)}" for key, value, effect in self.taints]


def effect_in_kubernetes(effect: str) -> str:
    """`NO_SCHEDULE` as Kubernetes spells it: `NoSchedule`."""
    return TAINT_EFFECTS[effect]
