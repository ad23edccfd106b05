"""What an agent cannot do, and what is doubtful about what it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from eks_blueprints.agents import argocd_checks, flux_checks
from eks_blueprints.agents.agent import agent, is_there
from eks_blueprints.agents.applications import Deployed
from eks_blueprints.core.errors import Path, Problem

if TYPE_CHECKING:
    from eks_blueprints.agents.repositories import Repository
    from eks_blueprints.agents.spec import GitOpsArgs
    from eks_blueprints.core.refs import Ground


def problems(args: GitOpsArgs, ground: Ground) -> Iterator[Problem]:
    """All of them; warnings are marked as such."""
    if not args.needs_agent:
        return
    if not is_there(args, ground):
        known = {"argocd": "argocd: {}", "flux": "fluxcd: {}"}
        do = f"add {known[args.by] if args.by else ' or '.join(known.values())} to addons"
        yield Problem((), f"needs Argo CD or Flux on the cluster; got addons without it; {do}")
        return
    by = agent(args, ground)
    if by.by == "flux":
        yield from flux_checks.problems(args)
    elif by.managed:
        yield from argocd_checks.by_eks(args)
    else:
        yield from argocd_checks.by_chart(args, ground)
    for name, repository in args.repositories.items():
        yield from _open(repository, ("repositories", name))
        stored = repository.credentials is not None and repository.credentials.external_secret is not None
        others = {"external_secrets", "helm", "manifests"}
        if stored and ground.addons is not None and not ground.addons & others:
            at: Path = ("repositories", name, "credentials", "external_secret")
            yield Problem(at, "needs external_secrets; got no such add-on; add external_secrets to addons")
    for name, update in args.image_updates.items():
        if update.newest == "name" and update.tags is None:
            what = "counts all that the repository holds, tags of commits, signatures and caches too"
            do = "say which, such as ^main-[0-9]{14}-[0-9a-f]{7}$"
            yield _doubt(("image_updates", name, "tags"), f"{what}; got none with newest: name; {do}")
    for at, each in _deployed(args):
        sync = each.sync
        if sync.automated and sync.self_heal and not sync.prune and by.by == "argocd":
            message = "is self-healed but not pruned: what is removed from the repository stays and is never put right"
            yield _doubt((*at, "sync", "prune"), f"{message}; got prune: false; leave it out, or set keep_objects")


def _deployed(args: GitOpsArgs) -> Iterator[tuple[Path, Deployed]]:
    for name, each in args.applications.items():
        yield ("applications", name), each
    for name, made in args.application_sets.items():
        yield ("application_sets", name, "template"), made.template


def _open(repository: Repository, at: Path) -> Iterator[Problem]:
    """Repositories that nobody can read without signing in."""
    if repository.credentials is None and (repository.by_ssh or repository.of_aws):
        what = "is read by SSH" if repository.by_ssh else "is kept by AWS"
        do = "write {ssh_key: {secret: key}}" if repository.by_ssh else "write {iam_role: true}"
        yield _doubt((*at, "credentials"), f"{what}, which nobody can without signing in; got no credentials; {do}")


def _doubt(at: Path, message: str) -> Problem:
    return Problem(at, message, severity="warning")
