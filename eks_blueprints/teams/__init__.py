"""Teams: one kind for each file; the file name is the kind in a stack file."""

from typing import TYPE_CHECKING

from eks_blueprints.core.lazy import served

if TYPE_CHECKING:
    from eks_blueprints.registry.spec import EcrPublicRepository as EcrPublicRepository
    from eks_blueprints.registry.spec import EcrPullThroughCache as EcrPullThroughCache
    from eks_blueprints.registry.spec import EcrRepository as EcrRepository
    from eks_blueprints.teams._access import ClusterRoleBinding as ClusterRoleBinding
    from eks_blueprints.teams._access import RoleBinding as RoleBinding
    from eks_blueprints.teams._access import TeamAccess as TeamAccess
    from eks_blueprints.teams._gitops import GitOps as GitOps
    from eks_blueprints.teams._namespaces import TeamNamespace as TeamNamespace
    from eks_blueprints.teams._onboarded import OnboardedTeam as OnboardedTeam
    from eks_blueprints.teams._secrets import TeamSecret as TeamSecret
    from eks_blueprints.teams._service_accounts import TeamServiceAccount as TeamServiceAccount
    from eks_blueprints.teams.application_team import ApplicationTeam as ApplicationTeam
    from eks_blueprints.teams.base import Team as Team
    from eks_blueprints.teams.platform_team import PlatformTeam as PlatformTeam

_HOMES = {
    "ApplicationTeam": "application_team",
    "ClusterRoleBinding": "_access",
    "EcrPublicRepository": "base",
    "EcrPullThroughCache": "base",
    "EcrRepository": "base",
    "GitOps": "_gitops",
    "OnboardedTeam": "_onboarded",
    "PlatformTeam": "platform_team",
    "RoleBinding": "_access",
    "Team": "base",
    "TeamAccess": "_access",
    "TeamNamespace": "_namespaces",
    "TeamSecret": "_secrets",
    "TeamServiceAccount": "_service_accounts",
}

__all__ = [*_HOMES]  # noqa: PLE0604 - each name is served below

__getattr__, __dir__ = served(__name__, _HOMES)
