"""Namespaces of teams: as those of a platform, and closed unless something is opened."""

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
"""What a namespace of a team may use where nothing is said."""


class TeamNamespace(NamespaceArgs):
    """A Kubernetes namespace of a team. What is not said is closed: pods are `restricted`, all they use together is
    bounded, and they connect to nothing but one another and DNS."""

    pod_security: PodSecurity | None = PodSecurity(enforce="restricted", audit="restricted", warn="restricted")
    """Pod Security Standards of its pods. Default: `restricted`, enforced, audited and warned of, as the cluster's
    version has it."""

    resource_quota: dict[str, Quantity] = QUOTA
    """What all of it may use together, in place of the default: 16 processors and 64Gi of memory requested, 100 pods,
    5 Services of type LoadBalancer. `{}`: no bound."""

    limit_range: LimitRange | None = LimitRange(
        default={"memory": "512Mi"}, default_request={"cpu": "100m", "memory": "256Mi"}
    )
    """Requests and limits of containers that say none. Default: 100m of a processor and 256Mi of memory, at most
    512Mi; `null`: none."""

    network_policy: NamespaceNetworkPolicy | None = NamespaceNetworkPolicy()
    """Denies all connections of its pods but those that are allowed. Default: they reach one another, DNS and the agent
    of Pod Identity; `null`: nothing is denied."""
