"""The Git repository of a team, which Argo CD or Flux applies to its namespaces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from eks_blueprints.core.git_revisions import flux_ref
from eks_blueprints.core.leaves import Namespace
from eks_blueprints.core.spec import In, Many, Spec
from eks_blueprints.karpenter.durations import Duration
from eks_blueprints.teams._access import RBAC
from eks_blueprints.teams._manifest import manifest

if TYPE_CHECKING:
    from eks_blueprints.core.refs import Ground
    from eks_blueprints.teams.base import Team

By = Literal["argocd", "flux"]

ACCOUNT = "gitops"
"""Name of the service account that Flux acts as in a team's namespaces, and of its RoleBinding."""

_IN_CLUSTER = "https://kubernetes.default.svc"
_BOUNDS = [{"group": "", "kind": kind} for kind in ("LimitRange", "Namespace", "ResourceQuota")]
"""Kinds with which a platform limits a team."""
_ADDONS: dict[By, tuple[str, ...]] = {"argocd": ("argocd", "argocd_capability"), "flux": ("fluxcd",)}


class GitOps(Spec):
    """A Git repository whose manifests are applied only to the namespaces of a team."""

    url: str = Field(pattern=r"^(https://|ssh://|git@)\S+$")
    """URL of the repository, such as `https://github.com/acme/shop-deploy`."""

    revision: str = Field(default="main", min_length=1)
    """Branch, tag or commit. Use a fixed tag or commit in production."""

    path: str = Field(default=".", min_length=1)
    """Folder in the repository, with a kustomization or plain manifests."""

    namespace: Namespace | None = None
    """Namespace for manifests that name none. Default: the team's namespace, if it has only one."""

    by: By | None = None
    """What applies it: `argocd` or `flux`. Default: the one that is on the cluster."""

    role: str = Field(default="edit", min_length=1)
    """ClusterRole that Flux uses in the namespaces. For Argo CD an AppProject limits it to the namespaces, and denies
    quotas, limit ranges and cluster-wide objects."""

    prune: bool = True
    """Whether objects that are removed from the repository are deleted from the cluster."""

    interval: Duration = "5m"
    """How often Flux reads the repository. For Argo CD the interval is a setting of Argo CD."""

    secret: str | None = Field(default=None, min_length=1)
    """Secret in that namespace with which Flux reads a private repository. Argo CD reads its credentials from its
    namespace."""

    source_repositories: Many[str] = ()
    """Further repositories that Applications in the AppProject can use, such as chart repositories."""


def chosen(ground: Ground, said: By | None) -> By | None:
    """What applies a repository: `by`, or the add-on of the cluster; None if there is neither."""
    if said is not None or ground.addons is None:
        return said or "argocd"
    return next((each for each, kinds in _ADDONS.items() if ground.addons & {*kinds}), None)


def is_there(ground: Ground, by: By) -> bool:
    """Whether it can be on the cluster: the user's charts and manifests may install it too."""
    return ground.addons is None or bool(ground.addons & {*_ADDONS[by], "helm", "manifests"})


def namespace_of(ground: Ground, by: By) -> str:
    """The namespace of the objects of Argo CD or Flux."""
    usual = "argocd" if by == "argocd" else "flux-system"
    return next((ground.addon_homes[kind] for kind in _ADDONS[by] if kind in ground.addon_homes), usual)


def objects(said: GitOps, owner: Team, ground: Ground, cluster_arn: In[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a repository, by the ends of their resources' names."""
    team, namespaces, home = owner.slug, tuple(owner.homes), str(said.namespace or owner.home)
    if chosen(ground, said.by) == "flux":
        yield from _flux(said, team, namespaces, home)
        return
    controller = namespace_of(ground, "argocd")
    # The Argo CD capability of EKS runs outside the cluster, and names clusters by ARN.
    outside = ground.addons is not None and "argocd_capability" in ground.addons
    where = cluster_arn if outside else _IN_CLUSTER
    project = {
        "description": f"Namespaces of the team {team}",
        "sourceRepos": [said.url, *said.source_repositories],
        "destinations": [{"server": where, "namespace": each} for each in namespaces],
        "clusterResourceWhitelist": [],
        "namespaceResourceBlacklist": _BOUNDS,
    }
    yield "gitops-project", manifest("argoproj.io/v1alpha1", "AppProject", team, controller, project)
    application = {
        "project": team,
        "source": {"repoURL": said.url, "targetRevision": said.revision, "path": said.path},
        "destination": {"server": where, "namespace": home},
        "syncPolicy": {"automated": {"prune": said.prune, "selfHeal": True}},
    }
    yield "gitops-application", manifest("argoproj.io/v1alpha1", "Application", team, controller, application)


def _flux(said: GitOps, team: str, namespaces: Sequence[str], home: str) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "gitops-service-account", manifest("v1", "ServiceAccount", ACCOUNT, home)
    for each in namespaces:
        binding = manifest(f"{RBAC}/v1", "RoleBinding", ACCOUNT, each)
        binding["roleRef"] = {"apiGroup": RBAC, "kind": "ClusterRole", "name": said.role}
        binding["subjects"] = [{"kind": "ServiceAccount", "name": ACCOUNT, "namespace": home}]
        yield f"gitops-role-binding-{each}", binding
    source: dict[str, Any] = {"interval": said.interval, "url": said.url, "ref": flux_ref(said.revision)}
    source |= {"secretRef": {"name": said.secret}} if said.secret is not None else {}
    yield "gitops-repository", manifest("source.toolkit.fluxcd.io/v1", "GitRepository", team, home, source)
    applied = {
        "interval": said.interval,
        "path": said.path if said.path.startswith("./") else f"./{said.path}".removesuffix("."),
        "prune": said.prune,
        "serviceAccountName": ACCOUNT,
        "sourceRef": {"kind": "GitRepository", "name": team},
        # It would move everything there.
        **({"targetNamespace": home} if len(namespaces) == 1 else {}),
    }
    yield "gitops-kustomization", manifest("kustomize.toolkit.fluxcd.io/v1", "Kustomization", team, home, applied)
