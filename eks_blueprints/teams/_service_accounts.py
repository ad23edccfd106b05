"""Service accounts of a team with permissions in AWS."""

from __future__ import annotations

from eks_blueprints.access.pod_identity_spec import PodIdentityAssociation
from eks_blueprints.core.leaves import Namespace, ServiceAccount


class TeamServiceAccount(PodIdentityAssociation):
    """A service account of a team, and the IAM role of its pods."""

    namespace: Namespace = ""
    """Namespace of the team. Default: the team's namespace, if it has only one."""

    service_account: ServiceAccount = ""
    """Name of the service account. Default: its key."""

    create_service_account: bool = True
    """Whether the service account is created in the cluster too."""
