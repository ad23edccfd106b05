"""Service accounts of a team that have permissions in AWS."""

from __future__ import annotations

from eks_blueprints.access.pod_identity_spec import PodIdentityAssociation
from eks_blueprints.core.leaves import Namespace, ServiceAccount


class TeamServiceAccount(PodIdentityAssociation):
    """A service account of a team and the permissions of its pods in AWS, by a role of their own."""

    namespace: Namespace = ""
    """Namespace of the team. Default: its only one."""

    service_account: ServiceAccount = ""
    """Name of the service account. Default: the key that it stands under."""

    create_service_account: bool = True
    """Whether the service account is made in the cluster too."""
