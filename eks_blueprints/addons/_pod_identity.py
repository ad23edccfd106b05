"""Associations of EKS Pod Identity: which role the pods of a service account have."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pulumi

    from eks_blueprints.addons.base import AddOn
    from eks_blueprints.core.component import Component
    from eks_blueprints.core.refs import ClusterRef


def associations(
    addon: AddOn, component: Component, cluster: ClusterRef, role_arn: pulumi.Input[str]
) -> list[pulumi.Resource]:
    """One association for each service account of an add-on."""
    import pulumi_aws as aws

    from eks_blueprints.core.component import merge_tags

    return [
        aws.eks.PodIdentityAssociation(
            f"{component.pulumi_resource_name}-identity-{account}",
            cluster_name=cluster.name,
            namespace=addon.home,
            service_account=account,
            role_arn=role_arn,
            tags=merge_tags(cluster.tags, addon.tags) or None,
            opts=component.child(),
        )
        for account in addon.service_accounts
    ]
