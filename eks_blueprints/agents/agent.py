"""Which agent is on a cluster, and its objects there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from eks_blueprints.agents.drawn import Agent, AgentObject

if TYPE_CHECKING:
    from eks_blueprints.agents.spec import By, GitOpsArgs
    from eks_blueprints.core.refs import Ground

_KINDS: dict[By, tuple[str, ...]] = {"argocd": ("argocd", "argocd_capability"), "flux": ("fluxcd",)}
_USUAL: dict[By, str] = {"argocd": "argocd", "flux": "flux-system"}


def agent(args: GitOpsArgs, ground: Ground) -> Agent:
    """The agent that is said, or the one that is on the cluster; Argo CD where that is not known."""
    addons = ground.addons or frozenset()
    found = next((by for by, kinds in _KINDS.items() if addons & {*kinds}), None)
    by: By = args.by or found or "argocd"
    home = next((ground.addon_homes[kind] for kind in _KINDS[by] if kind in ground.addon_homes), _USUAL[by])
    return Agent(by, home, by == "argocd" and "argocd_capability" in addons)


def is_there(args: GitOpsArgs, ground: Ground) -> bool:
    """Whether it can be on the cluster: the user's own charts and manifests may install it too."""
    if ground.addons is None or ground.addons & {"helm", "manifests"}:
        return True
    wanted = _KINDS[args.by] if args.by is not None else tuple(kind for kinds in _KINDS.values() for kind in kinds)
    return bool(ground.addons & {*wanted})


def objects(args: GitOpsArgs, by: Agent) -> Iterator[AgentObject]:
    """All objects for an agent, in an order in which they can be made."""
    if not args.needs_agent:
        return iter(())
    from eks_blueprints.agents import argocd, flux

    return argocd.objects(args, by) if by.by == "argocd" else flux.objects(args, by)
