"""Namespaces of teams: as those of a platform, but closed by default."""

from __future__ import annotations

from eks_blueprints.karpenter.quantities import Quantity
from eks_blueprints.kubernetes.namespace_network import NamespaceNetworkPolicy
from eks_blueprints.kubernetes.namespace_spec import LimitRange, NamespaceArgs, PodSecurity

QUOTA: dict[str, str] = {
    "requests.cpu": "16",
    "requests.memory": "64Gi",
    "pods": "100",
    "services.loadbalancers": "5",
}
"""Default quota of a namespace of a team."""


class TeamNamespace(NamespaceArgs):
    """A Kubernetes namespace of a team. By default its pods have to be `restricted`, have a quota, and connect only to
    one another, to DNS and to the EKS Pod Identity Agent."""

    pod_security: PodSecurity | None = PodSecurity(enforce="restricted", audit="restricted", warn="restricted")
    """Pod Security Standards of its pods. Default: `restricted` for `enforce`, `audit` and `warn`, of the cluster's
    version."""

    resource_quota: dict[str, Quantity] = QUOTA
    """Quota of the namespace, which replaces the default: requests of 16 CPUs and 64Gi of memory, 100 pods, 5 Services
    of type LoadBalancer. `{}`: no quota."""

    limit_range: LimitRange | None = LimitRange(
        default={"memory": "512Mi"}, default_request={"cpu": "100m", "memory": "256Mi"}
    )
    """Requests and limits of containers that set none. Default: requests of 100m CPU and 256Mi of memory, a memory
    limit of 512Mi; `null`: none."""

    network_policy: NamespaceNetworkPolicy | None = NamespaceNetworkPolicy()
    """Denies all connections of its pods except those that are allowed. Default: they reach one another, DNS and the
    EKS Pod Identity Agent; `null`: nothing is denied."""
