"""The roles of a cluster: its own, and that of Auto Mode's nodes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from eks_blueprints.cluster.belongings import Frame
from eks_blueprints.core.iam import managed_policy, trust_document
from eks_blueprints.core.iam_roles import account_id
from eks_blueprints.core.naming import short_prefix
from eks_blueprints.core.spec import In

_ROLE_NAME_LIMIT = 64
# Security groups for pods and Windows nodes need the second one.
_CLUSTER = ("AmazonEKSClusterPolicy", "AmazonEKSVPCResourceController")
_AUTO_MODE = (
    "AmazonEKSComputePolicy",
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingPolicy",
)
_AUTO_MODE_NODE = ("AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly")


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role that was made, and the policies tied to it."""

    resource: aws.iam.Role
    policies: tuple[pulumi.Resource, ...]


def cluster_role(frame: Frame, boundary: In[str] | None, *, auto_mode: bool) -> Role:
    """The role that the control plane takes on; Auto Mode lets it do more, and tag its sessions.

    It serves clusters of this account and region alone (EKS user guide, "Cross-service confused deputy prevention in
    Amazon EKS"). Not this cluster by its name: a cluster that is renamed is made before the old one goes, and until
    then both need the role.
    """
    actions = ("sts:AssumeRole", "sts:TagSession") if auto_mode else ("sts:AssumeRole",)
    policies = (*_CLUSTER, *_AUTO_MODE) if auto_mode else _CLUSTER
    account = account_id(frame.component)
    ours = pulumi.Output.concat(f"arn:{frame.partition}:eks:{frame.region}:", account, ":cluster/*")
    when = {"StringEquals": {"aws:SourceAccount": account}, "ArnLike": {"aws:SourceArn": ours}}
    trust = trust_document({"Service": "eks.amazonaws.com"}, *actions, when=when)
    return _role(frame, "cluster-role", trust, policies, boundary)


def auto_mode_node_role(frame: Frame, boundary: In[str] | None) -> Role:
    """The role that nodes of Auto Mode's built-in pools take on."""
    suffix = ".cn" if frame.partition == "aws-cn" else ""
    trust = trust_document({"Service": f"ec2.amazonaws.com{suffix}"}, "sts:AssumeRole")
    return _role(frame, "auto-mode-node-role", trust, _AUTO_MODE_NODE, boundary)


def _role(frame: Frame, role: str, trust: In[str], policies: Iterable[str], boundary: In[str] | None) -> Role:
    name, component = frame.name(role), frame.component
    made = aws.iam.Role(
        name,
        name_prefix=short_prefix(name, _ROLE_NAME_LIMIT),
        assume_role_policy=trust,
        permissions_boundary=boundary,
        tags=frame.tags,
        opts=component.child(),
    )
    attached = [
        aws.iam.RolePolicyAttachment(
            f"{name}-{policy}",
            role=made.name,
            policy_arn=managed_policy(frame.partition, policy),
            opts=component.child(),
        )
        for policy in policies
    ]
    return Role(resource=made, policies=tuple(attached))
