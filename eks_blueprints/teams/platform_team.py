"""People who run the cluster."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import AfterValidator

from eks_blueprints.core.leaves import short_names
from eks_blueprints.teams._access import ClusterRoleBinding
from eks_blueprints.teams.base import Team


class PlatformTeam(Team):
    """A team that administers the cluster. It has no namespace by default."""

    usual_policy: ClassVar[str | None] = "AmazonEKSClusterAdminPolicy"
    whole_cluster: ClassVar[bool] = True

    cluster_role_bindings: Annotated[dict[str, ClusterRoleBinding], AfterValidator(short_names)] = {}
    """Who has a ClusterRole in the whole cluster, by the names of the ClusterRoleBindings."""
