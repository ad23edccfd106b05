"""People who run applications on a shared cluster."""

from __future__ import annotations

from typing import Any, ClassVar

from eks_blueprints.teams._namespaces import TeamNamespace
from eks_blueprints.teams.base import Team


class ApplicationTeam(Team):
    """A team that runs applications in its namespaces, and has rights only there."""

    usual_policy: ClassVar[str | None] = "AmazonEKSEditPolicy"

    namespaces: dict[str, TeamNamespace] = {}
    """Namespaces of the team, by their names. Default: one with the name of the team."""

    @property
    def homes(self) -> dict[str, TeamNamespace]:
        """The namespaces of the team by their names, the default included."""
        return dict(self.namespaces) if "namespaces" in self.model_fields_set else {self.slug: TeamNamespace()}

    @classmethod
    def _home_by(cls, name: Any, namespaces: Any) -> str | None:
        """The only namespace of a team that is not validated yet."""
        if namespaces is None and isinstance(name, str):
            return name.replace("_", "-").lower()
        return super()._home_by(name, namespaces)
