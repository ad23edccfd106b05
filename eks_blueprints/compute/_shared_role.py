"""Roles of nodes that several groups have together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, model_validator

from eks_blueprints.core.errors import Faults
from eks_blueprints.core.leaves import PolicyArn, Tags, key_names
from eks_blueprints.core.role_spec import RoleArgs, check_names
from eks_blueprints.core.spec import In, Spec

if TYPE_CHECKING:
    from eks_blueprints.core.iam_roles import GrantedRole
    from eks_blueprints.core.refs import ClusterRef

EntryType = Literal["EC2_LINUX", "EC2_WINDOWS"]


class NodeRole(Spec):
    """A role for the nodes of several groups, which name it as their `node_role`."""

    session_manager: bool = True
    """Whether Systems Manager can open sessions on the nodes (AmazonSSMManagedInstanceCore)."""

    policies: dict[str, In[PolicyArn]] = {}
    """ARNs of further IAM policies for the nodes, by a short name each. Pods are better off with their own roles."""

    permissions_boundary: In[PolicyArn] | None = None
    """ARN of the policy that bounds the role. Default: that of `iam`."""

    iam_role: RoleArgs | None = None
    """Name, path, description, tags and further permissions of the role."""

    tags: Tags = {}
    """Tags of the role and of its access entry, besides the platform's."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        from eks_blueprints.compute._rules import OWN_POLICIES, check_role_policies

        faults = Faults()
        check_role_policies(self.policies, OWN_POLICIES, faults)
        check_names(self.iam_role, (*OWN_POLICIES, *self.policies), faults)
        faults.raise_if_any()
        return self

    def make(self, key: str, cluster: ClusterRef, entry: EntryType | None) -> GrantedRole:
        """Make the role, and the access entry that its nodes need where EKS makes none.

        Args:
            key: its name in the platform.
            cluster: the cluster of its nodes.
            entry: sort of the access entry; None where managed node groups alone have the role.
        """
        from eks_blueprints.compute._node_group import make_node_role
        from eks_blueprints.core.component import Component, merge_tags

        component = Component(
            f"{cluster.prefix}-node-role-{key}",
            self,
            cluster.options(),
            spec_path=("node_roles", key),
            after=cluster.ready,
            iam=cluster.iam,
        )
        role = make_node_role(self, cluster, component)
        if entry is not None:
            from eks_blueprints.compute._bootstrap import make_entry

            made = make_entry(cluster, component, role.arn, entry, merge_tags(cluster.tags, self.tags))
            role = replace(role, policies=(*role.policies, made))
        component.ready = role.ready
        component.register_outputs({"role_arn": role.arn})
        return role


NodeRoles = Annotated[dict[str, NodeRole], AfterValidator(key_names)]
"""Roles by a name of the user's choice."""
