"""What stands beside a cluster: its log group, its key, its OIDC provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from eks_blueprints.cluster.endpoint_access import EndpointAccess
from eks_blueprints.cluster.identity_provider import IdentityProviderArgs
from eks_blueprints.cluster.parts import LogGroupArgs
from eks_blueprints.core.component import Component, merge_tags


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What all that belongs to one cluster has in common."""

    component: Component
    cluster_name: str
    """Name of the cluster in AWS."""
    region: str
    partition: str
    tags: Mapping[str, str] | None

    def name(self, role: str) -> str:
        """Logical name of a child of the component."""
        return f"{self.component.pulumi_resource_name}-{role}"


def log_group(frame: Frame, spec: LogGroupArgs, key_arn: pulumi.Input[str] | None) -> aws.cloudwatch.LogGroup:
    """The group that EKS would make itself, without an end to what it keeps, if it were not there first."""
    return aws.cloudwatch.LogGroup(
        frame.name("cluster-logs"),
        name=log_group_name(frame),
        retention_in_days=spec.retention_in_days,
        kms_key_id=key_arn,
        log_group_class=spec.log_group_class,
        skip_destroy=spec.skip_destroy,
        tags=merge_tags(frame.tags or {}, spec.tags) or None,
        opts=frame.component.child(),
    )


def log_group_name(frame: Frame) -> str:
    """The name by which EKS knows it."""
    return f"/aws/eks/{frame.cluster_name}/cluster"


def endpoint_rules(
    frame: Frame, access: Mapping[str, EndpointAccess], group: pulumi.Input[str]
) -> tuple[aws.vpc.SecurityGroupIngressRule, ...]:
    """The rules of the cluster's security group that let others reach the private endpoint."""
    return tuple(
        aws.vpc.SecurityGroupIngressRule(
            frame.name(f"endpoint-{key}"),
            security_group_id=group,
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            **each.source(),
            description=each.description or f"Kubernetes API of {frame.cluster_name}",
            tags=frame.tags,
            opts=frame.component.child(),
        )
        for key, each in access.items()
    )


def oidc_provider(
    frame: Frame, issuer: pulumi.Input[str], audiences: Sequence[str] = ()
) -> aws.iam.OpenIdConnectProvider:
    """The IAM OIDC provider of the cluster's issuer."""
    return aws.iam.OpenIdConnectProvider(
        frame.name("oidc"),
        # No thumbprint: IAM finds it itself, and fetching one here would need the network in every preview.
        url=issuer,
        client_id_lists=["sts.amazonaws.com", *audiences],
        tags=frame.tags,
        opts=frame.component.child(),
    )


def identity_provider(
    frame: Frame, cluster: aws.eks.Cluster, spec: IdentityProviderArgs
) -> aws.eks.IdentityProviderConfig:
    """The OIDC identity provider whose users may use the Kubernetes API."""
    inputs: Any = spec.inputs()
    return aws.eks.IdentityProviderConfig(
        frame.name("identity-provider"),
        cluster_name=cluster.name,
        oidc=inputs,
        tags=merge_tags(frame.tags or {}, spec.tags) or None,
        # A cluster has one at most.
        opts=frame.component.child(delete_before_replace=True),
    )
