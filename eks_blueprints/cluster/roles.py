"""The roles of a cluster: its own, and that of Auto Mode's nodes."""

from __future__ import annotations

from collections.abc import Iterable

import pulumi

from eks_blueprints.cluster.belongings import Frame
from eks_blueprints.core.iam import Allow, managed_policy, trust_document
from eks_blueprints.core.iam_roles import GrantedRole, Grants, account_id, granted_role
from eks_blueprints.core.role_spec import RoleArgs
from eks_blueprints.core.spec import In

# Security groups for pods and Windows nodes need the second one.
_CLUSTER = ("AmazonEKSClusterPolicy", "AmazonEKSVPCResourceController")
_AUTO_MODE = (
    "AmazonEKSComputePolicy",
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingPolicy",
)
AUTO_MODE_NODE_POLICIES = ("AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly")
"""AWS's own policies of the role of Auto Mode's nodes."""


def cluster_policies(*, auto_mode: bool) -> tuple[str, ...]:
    """AWS's own policies of the role of a cluster."""
    return (*_CLUSTER, *_AUTO_MODE) if auto_mode else _CLUSTER


def cluster_role(frame: Frame, iam_role: RoleArgs | None, boundary: In[str] | None, *, auto_mode: bool) -> GrantedRole:
    """The role that the control plane takes on; Auto Mode lets it do more, and tag its sessions.

    It serves clusters of this account and region alone (EKS user guide, "Cross-service confused deputy prevention in
    Amazon EKS"). Not this cluster by its name: a cluster that is renamed is made before the old one goes, and until
    then both need the role.
    """
    actions = ("sts:AssumeRole", "sts:TagSession") if auto_mode else ("sts:AssumeRole",)
    policies = cluster_policies(auto_mode=auto_mode)
    account = account_id(frame.component)
    ours = pulumi.Output.concat(f"arn:{frame.partition}:eks:{frame.region}:", account, ":cluster/*")
    when = {"StringEquals": {"aws:SourceAccount": account}, "ArnLike": {"aws:SourceArn": ours}}
    trust = trust_document({"Service": "eks.amazonaws.com"}, *actions, when=when)
    allowed = _tags_of_auto_mode(frame.partition) if auto_mode else ()
    return granted_role(frame.component, "cluster-role", trust, _grants(frame, policies, iam_role, boundary, allowed))


def auto_mode_node_role(frame: Frame, iam_role: RoleArgs | None, boundary: In[str] | None) -> GrantedRole:
    """The role that nodes of Auto Mode's built-in pools take on."""
    suffix = ".cn" if frame.partition == "aws-cn" else ""
    trust = trust_document({"Service": f"ec2.amazonaws.com{suffix}"}, "sts:AssumeRole")
    grants = _grants(frame, AUTO_MODE_NODE_POLICIES, iam_role, boundary)
    return granted_role(frame.component, "auto-mode-node-role", trust, grants)


def _tags_of_auto_mode(partition: str) -> tuple[Allow, ...]:
    """What creates instances, volumes, network interfaces and load balancers with tags of the user's own.

    AWS's policies for Auto Mode allow EKS's tags only, so that a node class with `tags`, or a load balancer with tags
    from an annotation, would never be created (EKS user guide, "Custom AWS tags for EKS Auto resources").
    """
    ours = {"aws:RequestTag/eks:eks-cluster-name": "${aws:PrincipalTag/eks:eks-cluster-name}"}
    node = {"aws:RequestTag/eks:kubernetes-node-class-name": "*", "aws:RequestTag/eks:kubernetes-node-pool-name": "*"}
    interface = {"aws:RequestTag/eks:kubernetes-cni-node-name": "*"}
    volumes = tuple(f"arn:{partition}:ec2:*:*:{kind}/*" for kind in ("volume", "snapshot"))
    balancing = ("CreateLoadBalancer", "CreateTargetGroup", "CreateListener", "CreateRule")
    return (
        Allow(
            *("ec2:CreateFleet", "ec2:RunInstances", "ec2:CreateLaunchTemplate"),
            when={"StringEquals": ours, "StringLike": node},
        ),
        Allow("ec2:CreateVolume", "ec2:CreateSnapshot", on=volumes, when={"StringEquals": ours}),
        Allow("ec2:CreateNetworkInterface", when={"StringEquals": ours, "StringLike": interface}),
        Allow(
            *(f"elasticloadbalancing:{action}" for action in balancing),
            "ec2:CreateSecurityGroup",
            when={"StringEquals": ours},
        ),
        Allow("shield:CreateProtection", when={"StringEquals": ours}),
        Allow("shield:TagResource", on=f"arn:{partition}:shield::*:protection/*", when={"StringEquals": ours}),
    )


def _grants(
    frame: Frame,
    policies: Iterable[str],
    iam_role: RoleArgs | None,
    boundary: In[str] | None,
    allowed: tuple[Allow, ...] = (),
) -> Grants:
    managed = {policy: managed_policy(frame.partition, policy) for policy in policies}
    return Grants(allowed=allowed, managed=managed, tags=frame.tags, permissions_boundary=boundary, iam_role=iam_role)
