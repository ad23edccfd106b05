"""What an agent on the cluster keeps as Git repositories say: Argo CD or Flux, in the same words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, model_validator

from eks_blueprints.core.errors import Faults, Problem
from eks_blueprints.core.late_specs import late
from eks_blueprints.core.leaves import short_names
from eks_blueprints.core.spec import Spec

if TYPE_CHECKING:
    from eks_blueprints.agents.applications import Application, ApplicationSet
    from eks_blueprints.agents.clusters import Hub, RemoteCluster
    from eks_blueprints.agents.images import ImageUpdate
    from eks_blueprints.agents.notifications import Notification
    from eks_blueprints.agents.projects import Project
    from eks_blueprints.agents.repositories import Repository
    from eks_blueprints.core.refs import Ground
else:
    Application = late("eks_blueprints.agents.applications", "Application")
    ApplicationSet = late("eks_blueprints.agents.applications", "ApplicationSet")
    Hub = late("eks_blueprints.agents.clusters", "Hub")
    ImageUpdate = late("eks_blueprints.agents.images", "ImageUpdate")
    Notification = late("eks_blueprints.agents.notifications", "Notification")
    Project = late("eks_blueprints.agents.projects", "Project")
    RemoteCluster = late("eks_blueprints.agents.clusters", "RemoteCluster")
    Repository = late("eks_blueprints.agents.repositories", "Repository")

By = Literal["argocd", "flux"]


class GitOpsArgs(Spec):
    """What an agent keeps as Git repositories say: `argocd`, `argocd_capability` or `fluxcd` of `addons`."""

    by: By | None = None
    """Which agent: `argocd` or `flux`. Default: the one that is on the cluster."""

    repositories: Annotated[dict[str, Repository], AfterValidator(short_names)] = {}
    """Repositories of manifests or charts, by a name of your choice."""

    projects: Annotated[dict[str, Project], AfterValidator(short_names)] = {}
    """Which repositories may be deployed where, and by whom, by the names of the projects."""

    applications: Annotated[dict[str, Application], AfterValidator(short_names)] = {}
    """What is deployed, by the names of the applications."""

    application_sets: Annotated[dict[str, ApplicationSet], AfterValidator(short_names)] = {}
    """Applications that Argo CD makes from a template: for each folder of a repository, for each cluster."""

    clusters: Annotated[dict[str, RemoteCluster], AfterValidator(short_names)] = {}
    """Further clusters that the agent deploys to, by their names in it: this cluster is the hub."""

    hub: Hub | None = None
    """The agent on another cluster that deploys to this one. Default: none."""

    notifications: Annotated[dict[str, Notification], AfterValidator(short_names)] = {}
    """Who is told of deployments, by a name of your choice."""

    image_updates: Annotated[dict[str, ImageUpdate], AfterValidator(short_names)] = {}
    """Images whose new tags are written into Git, by a name of your choice."""

    @model_validator(mode="after")
    def _names_what_is_there(self) -> Self:
        from eks_blueprints.agents.references import check

        faults = Faults()
        for problem in check(self):
            faults.add(problem.path, problem.message)
        faults.raise_if_any()
        return self

    @property
    def needs_agent(self) -> bool:
        """Whether anything is for an agent on this cluster."""
        return bool(
            self.repositories
            or self.projects
            or self.applications
            or self.application_sets
            or self.clusters
            or self.notifications
            or self.image_updates
        )

    def project_of(self, said: str | None) -> str | None:
        """The project of an application that says one, or none; None where there is none."""
        return said if said is not None else next(iter(self.projects), None)

    def problems_on(self, ground: Ground) -> Iterator[Problem]:
        """What the agent on a cluster cannot do, as errors, and what is doubtful, as warnings."""
        from eks_blueprints.agents.checks import problems

        yield from problems(self, ground)
