"""Who Karpenter is in AWS, and who its nodes are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from eks_blueprints.core.component import Component, merge_tags
from eks_blueprints.core.iam import Allow, managed_policy, policy_document
from eks_blueprints.core.iam_roles import (
    GrantedRole,
    Grants,
    account_id,
    inline_policy,
    instance_profile,
    irsa_role,
    pod_identity_role,
    service_role,
)
from eks_blueprints.core.refs import ClusterRef
from eks_blueprints.karpenter.controller import SERVICE_ACCOUNT
from eks_blueprints.karpenter.ec2_node_class import Ec2NodeClass
from eks_blueprints.karpenter.permissions import Scope, permissions

if TYPE_CHECKING:
    from eks_blueprints.compute._interruptions import Interruptions
    from eks_blueprints.compute.karpenter import Karpenter

_PURPOSES = (
    "node-lifecycle",
    "iam-integration",
    "eks-integration",
    "interruption",
    "zonal-shift",
    "resource-discovery",
)


@dataclass(frozen=True, kw_only=True)
class NodeRole:
    """A role of nodes, and what lets them into the cluster."""

    role: GrantedRole
    entry: aws.eks.AccessEntry
    profile: aws.iam.InstanceProfile | None
    """Its instance profile, where Karpenter cannot make one."""

    @property
    def ready(self) -> tuple[pulumi.Resource, ...]:
        """What nodes need to join."""
        return (*self.role.ready, self.entry, *((self.profile,) if self.profile else ()))


def is_windows(node_class: Ec2NodeClass) -> bool:
    """Whether nodes of a class run Windows."""
    return node_class.family.startswith("Windows")


def node_roles(karpenter: Karpenter, cluster: ClusterRef, component: Component) -> dict[bool, NodeRole]:
    """The roles that are made, by whether they are for Windows: EKS lets a role in as one or the other."""
    wanted = {is_windows(each) for each in karpenter.classes if each.role is None and each.instance_profile is None}
    return {windows: _node_role(karpenter, cluster, component, windows) for windows in sorted(wanted)}


def _node_role(karpenter: Karpenter, cluster: ClusterRef, component: Component, windows: bool) -> NodeRole:
    name = "windows-node-role" if windows else "node-role"
    aws_own = {"worker-node": "AmazonEKSWorkerNodePolicy", "ecr-pull": "AmazonEC2ContainerRegistryPullOnly"}
    if karpenter.session_manager:
        aws_own["session-manager"] = "AmazonSSMManagedInstanceCore"
    tags = merge_tags(cluster.tags, karpenter.tags)
    grants = Grants(
        managed={key: managed_policy(cluster.partition, policy) for key, policy in aws_own.items()}
        | karpenter.node_policies,
        permissions_boundary=karpenter.permissions_boundary,
        tags=tags,
        iam_role=karpenter.node_iam_role,
    )
    service = "ec2.amazonaws.com" + (".cn" if cluster.partition == "aws-cn" else "")
    role = service_role(component, name, service, grants)
    entry = aws.eks.AccessEntry(
        f"{component.pulumi_resource_name}-{name}-access",
        cluster_name=cluster.name,
        principal_arn=role.arn,
        type="EC2_WINDOWS" if windows else "EC2_LINUX",
        tags=tags or None,
        # A cluster has one entry a principal.
        opts=component.child(delete_before_replace=True),
    )
    return NodeRole(role=role, entry=entry, profile=_profile(karpenter, component, name, role, tags))


def _profile(
    karpenter: Karpenter, component: Component, name: str, role: GrantedRole, tags: Mapping[str, str]
) -> aws.iam.InstanceProfile | None:
    # IAM has no endpoint in a VPC, by which Karpenter could make instance profiles as it does elsewhere.
    if karpenter.settings.isolated_vpc is not True:
        return None
    logical = f"{component.pulumi_resource_name}-{name}-profile"
    return instance_profile(component, logical, role.role.name, tags)


def controller_role(
    karpenter: Karpenter,
    cluster: ClusterRef,
    component: Component,
    notices: Interruptions,
    nodes: Mapping[bool, NodeRole],
) -> GrantedRole:
    """The role of the controller, with one policy a purpose."""
    grants = Grants(
        allowed=_on_the_queue(notices),
        permissions_boundary=karpenter.permissions_boundary,
        tags=merge_tags(cluster.tags, karpenter.tags),
        iam_role=karpenter.controller_iam_role,
    )
    account: dict[str, Any] = {"namespace": karpenter.namespace, "service_account": SERVICE_ACCOUNT}
    if karpenter.identity == "irsa":
        made = irsa_role(component, "controller-role", grants, cluster=cluster, **account)
    else:
        made = pod_identity_role(component, "controller-role", grants, cluster=cluster, **account)
    documents = _documents(karpenter, cluster, component, notices.queue, nodes)
    policies = [
        inline_policy(
            component, made.role, f"{component.pulumi_resource_name}-controller-role-{purpose}", documents[purpose]
        )
        for purpose in _PURPOSES
    ]
    return GrantedRole(role=made.role, policies=(*made.policies, *policies))


def _on_the_queue(notices: Interruptions) -> tuple[Allow, ...]:
    # A queue with a key that is not SQS's own is read with that key.
    return () if notices.key_arn is None else (Allow("kms:Decrypt", on=notices.key_arn),)


def association(
    karpenter: Karpenter, cluster: ClusterRef, component: Component, role: GrantedRole
) -> tuple[pulumi.Resource, ...]:
    """What ties the role to the controller's service account; with IRSA the account itself names it."""
    if karpenter.identity == "irsa":
        return ()
    made = aws.eks.PodIdentityAssociation(
        f"{component.pulumi_resource_name}-identity",
        cluster_name=cluster.name,
        namespace=karpenter.namespace,
        service_account=SERVICE_ACCOUNT,
        role_arn=role.arn,
        tags=merge_tags(cluster.tags, karpenter.tags) or None,
        opts=component.child(),
    )
    return (made,)


def _documents(
    karpenter: Karpenter,
    cluster: ClusterRef,
    component: Component,
    queue: aws.sqs.Queue,
    nodes: Mapping[bool, NodeRole],
) -> dict[str, pulumi.Output[str]]:
    # The cluster's name becomes part of conditions' keys, where no Output can stand.
    account = account_id(component)
    names = list(dict.fromkeys(each.role for each in karpenter.classes if isinstance(each.role, str)))
    late = [each.role for each in karpenter.classes if each.role is not None and not isinstance(each.role, str)]
    roles = [[node.role.arn for node in nodes.values()], list(karpenter.node_role_arns), [*names, *late]]

    def document(purpose: str, found: Sequence[Any]) -> str:
        cluster_name, number, queue_arn, made, elsewhere, named = found
        prefix = f"arn:{cluster.partition}:iam::{number}:role/"
        scope = Scope(
            partition=cluster.partition,
            region=cluster.region,
            account=number,
            cluster=cluster_name,
            queue_arn=queue_arn,
            node_role_arns=[*made, *elsewhere, *(f"{prefix}{name}" for name in named)],
            reboots=karpenter.feature_gates.reboot_for_repair is True,
        )
        return str(policy_document(permissions(scope)[purpose]))

    def written(purpose: str) -> pulumi.Output[str]:
        queue_arn: pulumi.Input[str] = queue.arn if purpose == "interruption" else ""
        given = roles if purpose == "iam-integration" else [[], [], []]
        facts: pulumi.Output[Any] = pulumi.Output.all(cluster.name, account, queue_arn, *given)
        return facts.apply(lambda found: document(purpose, found))

    return {purpose: written(purpose) for purpose in _PURPOSES}
