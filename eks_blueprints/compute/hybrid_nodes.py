"""Hybrid nodes: machines outside AWS, on premises or at the edge, that join the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import model_validator

from eks_blueprints.compute._hybrid_parts import IamRolesAnywhere, Ssm
from eks_blueprints.compute._rules import check_role_policies
from eks_blueprints.compute.base import Compute
from eks_blueprints.core.errors import Faults
from eks_blueprints.core.leaves import PolicyArn, RoleArn, Tags
from eks_blueprints.core.role_spec import RoleArgs, check_names
from eks_blueprints.core.spec import In

if TYPE_CHECKING:
    from eks_blueprints.core.component import Component
    from eks_blueprints.core.refs import ClusterRef


class HybridNodes(Compute):
    """Let machines outside AWS join the cluster as nodes.

    The cluster needs `remote_node_networks`, and the machines a way to the VPC, nodeadm, and a network plugin such as
    Cilium. What nodeadm has to be told is the component's `node_config`.
    """

    runs_pods: ClassVar[bool] = False

    ssm: Ssm | None = None
    """Machines prove who they are by Systems Manager. Default: so, unless iam_roles_anywhere is given."""

    iam_roles_anywhere: IamRolesAnywhere | None = None
    """Machines prove who they are by certificates."""

    role_arn: In[RoleArn] | None = None
    """ARN of an existing IAM role, for the machines. Default: one is created."""

    policies: dict[str, In[PolicyArn]] = {}
    """ARNs of further IAM policies for that role, by a short name each."""

    permissions_boundary: In[PolicyArn] | None = None
    """ARN of the policy that is the permissions boundary of the created role."""

    iam_role: RoleArgs | None = None
    """Name, path, description, tags and further permissions of the role that is created."""

    tags: Tags = {}
    """Tags of its AWS resources, besides the platform's."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        if self.ssm is not None and self.iam_roles_anywhere is not None:
            faults.add("ssm", "cannot be combined with iam_roles_anywhere; got both; use one element for each")
        check_role_policies(self.policies, ("ecr-pull", "session-manager", "policy"), faults)
        check_names(self.iam_role, ("ecr-pull", "session-manager", *self.policies), faults)
        for field in ("policies", "permissions_boundary", "iam_role"):
            if self.role_arn is not None and getattr(self, field):
                faults.add(field, "is for the role that is created; got role_arn too; put it on that role")
        faults.raise_if_any()
        return self

    def attach(self, cluster: ClusterRef) -> Component:
        """Make the role, the access entry, and what the machines prove themselves with."""
        from eks_blueprints.compute._hybrid_group import make

        return make(self, cluster)
