"""What Flux cannot do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from eks_blueprints.agents.argocd_checks import CAPABILITY, CHART
from eks_blueprints.agents.drawn import not_for
from eks_blueprints.agents.flux import namespaces_here
from eks_blueprints.core.errors import Path, Problem

if TYPE_CHECKING:
    from eks_blueprints.agents.applications import Application
    from eks_blueprints.agents.projects import Project
    from eks_blueprints.agents.repositories import Repository
    from eks_blueprints.agents.spec import GitOpsArgs

_REMOVE = "remove it"


def problems(args: GitOpsArgs) -> Iterator[Problem]:
    """What is asked for that Flux cannot do."""
    for name in args.application_sets:
        yield not_for(("application_sets", name), "Argo CD", "Flux", "write applications, or use Argo CD")
    for name, repository in args.repositories.items():
        yield from _repository(repository, ("repositories", name))
    for name, project in args.projects.items():
        yield from _project(project, ("projects", name))
    for name, cluster in args.clusters.items():
        if cluster.role_arn is not None:
            do = "remove it, and set hub: {through_role: false} in that cluster's stack"
            yield not_for(("clusters", name, "role_arn"), CHART, "Flux", do)
    for name, application in args.applications.items():
        yield from _application(application, ("applications", name))
    for name, update in args.image_updates.items():
        if update.newest == "build":
            do = "use semver, or newest: name with tags that can be sorted"
            yield not_for(("image_updates", name, "newest"), "Argo CD", "Flux", do, "build")


def _repository(repository: Repository, at: Path) -> Iterator[Problem]:
    said = repository.credentials
    if repository.project is not None:
        yield not_for((*at, "project"), "Argo CD", "Flux", _REMOVE)
    if said is None:
        return
    if said.ssh_key is not None and said.known_hosts is None:
        do = "write what ssh-keyscan says of the host"
        yield Problem((*at, "credentials", "known_hosts"), f"is required by Flux beside ssh_key; got none; {do}")
    if said.secret_arn is not None:
        yield not_for((*at, "credentials", "secret_arn"), CAPABILITY, "Flux", "use external_secret")
    if said.iam_role and repository.sort == "git":
        message = "is for registries, which Flux enters by its role; got a Git repository"
        yield Problem((*at, "credentials", "iam_role"), f"{message}; use token, ssh_key or github_app")


def _project(project: Project, at: Path) -> Iterator[Problem]:
    for field in ("roles", "sync_windows", "warn_of_orphans"):
        if getattr(project, field):
            yield not_for((*at, field), "Argo CD", "Flux", _REMOVE)
    for namespace in namespaces_here(project):
        if namespace != "*" and set(namespace) & set("*?!{["):
            message = "is a pattern, for which Flux's service account cannot be given rights"
            yield Problem((*at, "destinations"), f"{message}; got {namespace}; list the namespaces, or write *")


def _application(each: Application, at: Path) -> Iterator[Problem]:
    if not each.sync.self_heal:
        message = "is always on in Flux; got false; remove it, or set automated: false"
        yield Problem((*at, "sync", "self_heal"), message)
    if each.values and each.chart is None:
        do = "name a chart of a repository of type helm, or put the values into the folder"
        yield Problem((*at, "values"), f"are for charts; got them for manifests; {do}")
    if each.chart is not None and each.keep_objects:
        yield not_for((*at, "keep_objects"), "manifests", "a chart", _REMOVE)
    for field in ("value_files", "directory_recurse"):
        if getattr(each, field):
            yield not_for((*at, field), "Argo CD", "Flux", _REMOVE)
