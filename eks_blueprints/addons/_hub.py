"""Roles by which an agent enters other clusters: the service accounts of some of its pods have them by Pod Identity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from eks_blueprints.core.errors import Problem

if TYPE_CHECKING:
    import pulumi

    from eks_blueprints.addons._chart_addon import ChartAddOn
    from eks_blueprints.core.component import Component
    from eks_blueprints.core.iam import Allow
    from eks_blueprints.core.refs import ClusterRef, Ground


def hub_role(
    addon: ChartAddOn, component: Component, cluster: ClusterRef, accounts: Sequence[str], allowed: Sequence[Allow]
) -> list[pulumi.Resource]:
    """The role, and what to wait for before pods start that have it."""
    import pulumi_aws as aws

    from eks_blueprints.core.component import merge_tags
    from eks_blueprints.core.iam_roles import Grants, pod_identity_role

    tags = merge_tags(cluster.tags, addon.tags)
    grants = Grants(allowed=tuple(allowed), tags=tags, permissions_boundary=addon.permissions_boundary)
    common: dict[str, Any] = {"cluster": cluster, "namespace": addon.home}
    made = pod_identity_role(component, "hub-role", grants, service_account=accounts, **common)
    associated = [
        aws.eks.PodIdentityAssociation(
            f"{component.pulumi_resource_name}-hub-identity-{account}",
            cluster_name=cluster.name,
            namespace=addon.home,
            service_account=account,
            role_arn=made.arn,
            tags=tags or None,
            opts=component.child(),
        )
        for account in accounts
    ]
    component.exported = {"gitops_agent_role_arn": made.arn}
    return [*made.ready, *associated]


def hub_problems(addon: ChartAddOn, field: str, ground: Ground) -> Iterator[Problem]:
    """A hub whose pods get no role."""
    if getattr(addon, field) is None or ground.addons is None or ground.auto_mode:
        return
    if ground.only_fargate:
        yield Problem(
            (field,), "needs EKS Pod Identity, which pods on Fargate do not have; got only Fargate; add nodes"
        )
    elif not ground.addons & {"eks_pod_identity_agent", "eks_addon"}:
        do = "add eks_pod_identity_agent: {}"
        yield Problem((field,), f"needs EKS Pod Identity; got addons without the agent; {do}")
