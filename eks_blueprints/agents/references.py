"""What the parts of `gitops` say about each other: names of repositories, projects, clusters and applications."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from eks_blueprints.agents.applications import Deployed, SingleGenerator
from eks_blueprints.core.errors import Path, Problem, shown, unknown_name

if TYPE_CHECKING:
    from eks_blueprints.agents.spec import GitOpsArgs


def check(args: GitOpsArgs) -> Iterator[Problem]:
    """Names of what is not there, as errors."""
    for name, repository in args.repositories.items():
        if repository.project is not None:
            yield from _known(repository.project, args.projects, "project", ("repositories", name, "project"))
    for name, cluster in args.clusters.items():
        if cluster.project is not None:
            yield from _known(cluster.project, args.projects, "project", ("clusters", name, "project"))
    yield from _projects(args)
    for name, application in args.applications.items():
        at: Path = ("applications", name)
        yield from _deployed(args, application, at)
        for index, other in enumerate(application.depends_on):
            yield from _known(other, args.applications, "application", (*at, "depends_on", index))
    yield from _circles(args)
    for name, each in args.application_sets.items():
        at = ("application_sets", name)
        yield from _deployed(args, each.template, (*at, "template"))
        for index, generator in enumerate(each.generators):
            yield from _generator(args, generator, (*at, "generators", index))
    for name, told in args.notifications.items():
        for index, other in enumerate(told.applications):
            yield from _known(other, args.applications, "application", ("notifications", name, "applications", index))
    yield from _images(args)


def _projects(args: GitOpsArgs) -> Iterator[Problem]:
    for name, project in args.projects.items():
        at: Path = ("projects", name)
        for index, repository in enumerate(project.repositories):
            if not _is_pattern(repository):
                yield from _known(repository, args.repositories, "repository", (*at, "repositories", index))
        for index, destination in enumerate(project.destinations):
            if destination.cluster not in (None, "*"):
                there = (*at, "destinations", index, "cluster")
                yield from _known(str(destination.cluster), args.clusters, "cluster", there)


def _deployed(args: GitOpsArgs, each: Deployed, at: Path) -> Iterator[Problem]:
    yield from _known(each.repository, args.repositories, "repository", (*at, "repository"))
    if each.project is not None and "{{" not in each.project and each.project != "default":
        yield from _known(each.project, args.projects, "project", (*at, "project"))
    if each.project is None and len(args.projects) > 1:
        message = f"is required where there are several projects; got none; name one of {', '.join(args.projects)}"
        yield Problem((*at, "project"), message)
    if each.cluster is not None and "{{" not in each.cluster:
        yield from _known(each.cluster, args.clusters, "cluster", (*at, "cluster"))
    repository = args.repositories.get(each.repository)
    if repository is None:
        return
    if repository.sort == "helm" and each.chart is None:
        do = "name the chart, and its version as revision"
        yield Problem((*at, "chart"), f"is required for a repository of charts; got none; {do}")
    if repository.sort != "helm" and each.chart is not None:
        do = "set type: helm for the repository, or write the folder of the chart as path"
        yield Problem((*at, "chart"), f"is for a repository of charts; got one of type {repository.sort}; {do}")
    yield from _allowed(args, each, at)


def _allowed(args: GitOpsArgs, each: Deployed, at: Path) -> Iterator[Problem]:
    """Applications that their own project does not allow, as far as that can be told."""
    name = args.project_of(each.project)
    project, repository = args.projects.get(str(name)), args.repositories[each.repository]
    if project is None:
        return
    named = [entry for entry in project.repositories if not _is_pattern(entry)]
    if len(named) == len(project.repositories) and each.repository not in named:
        message = f"is not allowed by the project {name}; got {each.repository}; add it to the project's repositories"
        yield Problem((*at, "repository"), message)
    if repository.project is not None and repository.project != name:
        message = f"is for the project {repository.project} alone; got it in {name}; change one of them"
        yield Problem((*at, "repository"), message)
    if each.cluster is not None and "{{" in each.cluster:
        return
    places = [found for found in project.destinations if found.cluster in (each.cluster, "*")]
    if not places:
        got = each.cluster or "the agent's own cluster"
        message = f"is not among the destinations of the project {name}; got {got}; add it there"
        yield Problem((*at, "cluster"), message)
        return
    namespace = getattr(each, "namespace", None)
    plain = [entry for found in places for entry in found.namespaces]
    if not namespace or "{{" in namespace or any(set(entry) & set("*?!{[") for entry in plain):
        return
    if namespace not in plain:
        got = f"{shown(namespace)}; add it there, or use one of {', '.join(plain)}"
        yield Problem((*at, "namespace"), f"is not among the destinations of the project {name}; got {got}")


def _circles(args: GitOpsArgs) -> Iterator[Problem]:
    for name in args.applications:
        seen, left = set(), [*args.applications[name].depends_on]
        while left:
            other = left.pop()
            if other == name:
                message = f"leads back to it; got {', '.join(args.applications[name].depends_on)}; remove one of them"
                yield Problem(("applications", name, "depends_on"), message)
                break
            if other not in seen and other in args.applications:
                seen.add(other)
                left += args.applications[other].depends_on


def _generator(args: GitOpsArgs, each: SingleGenerator, at: Path) -> Iterator[Problem]:
    if each.git is not None:
        yield from _known(each.git.repository, args.repositories, "repository", (*at, "git", "repository"))
    for index, inner in enumerate(each.inner):
        yield from _generator(args, inner, (*at, "matrix", index))


def _images(args: GitOpsArgs) -> Iterator[Problem]:
    for name, update in args.image_updates.items():
        at: Path = ("image_updates", name)
        yield from _known(update.application, args.applications, "application", (*at, "application"))
        said = update.write_back.repository
        if said is not None:
            yield from _known(said, args.repositories, "repository", (*at, "write_back", "repository"))
        application = args.applications.get(update.application)
        repository = args.repositories.get(said or (application.repository if application else ""))
        if repository is None:
            continue
        if repository.sort != "git":
            do = "name a Git repository in write_back"
            message = f"is where new tags are written, in Git; got one of type {repository.sort}; {do}"
            yield Problem((*at, "write_back", "repository"), message)
        elif repository.credentials is None:
            do = f"give credentials to the repository {said or (application.repository if application else '')}"
            message = f"needs to push; got a repository without credentials; {do}"
            yield Problem((*at, "write_back", "repository"), message)


def _known(name: str, known: Iterable[str], what: str, at: Path) -> Iterator[Problem]:
    if name not in {*known}:
        yield Problem(at, unknown_name(name, [*known], what))


def _is_pattern(repository: str) -> bool:
    """Whether it is a URL or a pattern, and no name."""
    return "*" in repository or ":" in repository or "!" in repository
