"""A team's own Git repository, which Argo CD or Flux keeps its namespaces like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from eks_blueprints.core.leaves import Namespace
from eks_blueprints.core.spec import In, Many, Spec
from eks_blueprints.karpenter.durations import Duration
from eks_blueprints.teams._access import RBAC

if TYPE_CHECKING:
    from eks_blueprints.core.refs import Ground
    from eks_blueprints.teams.base import Team

By = Literal["argocd", "flux"]

ACCOUNT = "gitops"
"""Name of the service account that Flux acts as in a team's namespaces, and of its RoleBinding."""

_IN_CLUSTER = "https://kubernetes.default.svc"
_BOUNDS = [{"group": "", "kind": kind} for kind in ("LimitRange", "Namespace", "ResourceQuota")]
"""Kinds by which a platform bounds a team."""
_ADDONS: dict[By, tuple[str, ...]] = {"argocd": ("argocd", "argocd_capability"), "flux": ("fluxcd",)}


class GitOps(Spec):
    """A Git repository whose manifests are applied to the namespaces of a team, and nowhere else."""

    url: str = Field(pattern=r"^(https://|ssh://|git@)\S+$")
    """URL of the repository, such as `https://github.com/acme/shop-deploy`."""

    revision: str = Field(default="main", min_length=1)
    """Branch, tag or commit. Production is best at a tag or commit that somebody chose."""

    path: str = Field(default=".", min_length=1)
    """Folder in it, in Kustomize's form or of plain manifests."""

    namespace: Namespace | None = None
    """Namespace of the team that manifests without one go to. Default: its only one."""

    by: By | None = None
    """What applies it: `argocd` or `flux`. Default: the one that is on the cluster."""

    role: str = Field(default="edit", min_length=1)
    """ClusterRole that Flux acts with in the namespaces. Argo CD is held to them by an AppProject instead, which also
    keeps it off quotas, limit ranges and objects of the cluster."""

    prune: bool = True
    """Whether what goes from the repository goes from the cluster."""

    interval: Duration = "5m"
    """How often Flux looks at the repository; Argo CD has an interval of its own."""

    secret: str | None = Field(default=None, min_length=1)
    """Secret, in that namespace, with which Flux reads a private repository. Argo CD has its credentials in its own
    namespace."""

    source_repositories: Many[str] = ()
    """Further repositories that Applications of Argo CD's project may use, such as those of charts."""


def chosen(ground: Ground, said: By | None) -> By | None:
    """What applies a repository: what is said, or what is there; None where it is neither."""
    if said is not None or ground.addons is None:
        return said or "argocd"
    return next((each for each, kinds in _ADDONS.items() if ground.addons & {*kinds}), None)


def is_there(ground: Ground, by: By) -> bool:
    """Whether it may be on the cluster: charts and manifests of one's own may bring it too."""
    return ground.addons is None or bool(ground.addons & {*_ADDONS[by], "helm", "manifests"})


def namespace_of(ground: Ground, by: By) -> str:
    """The namespace of its own objects."""
    usual = "argocd" if by == "argocd" else "flux-system"
    return next((ground.addon_homes[kind] for kind in _ADDONS[by] if kind in ground.addon_homes), usual)


def objects(said: GitOps, owner: Team, ground: Ground, cluster_arn: In[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a repository, by what their resources' names end with."""
    team, namespaces, home = owner.slug, tuple(owner.homes), str(said.namespace or owner.home)
    if chosen(ground, said.by) == "flux":
        yield from _flux(said, team, namespaces, home)
        return
    controller = namespace_of(ground, "argocd")
    # EKS runs its Argo CD outside of the cluster, and knows clusters by their ARNs.
    outside = ground.addons is not None and "argocd_capability" in ground.addons
    where = cluster_arn if outside else _IN_CLUSTER
    project = {
        "description": f"Namespaces of the team {team}",
        "sourceRepos": [said.url, *said.source_repositories],
        "destinations": [{"server": where, "namespace": each} for each in namespaces],
        "clusterResourceWhitelist": [],
        "namespaceResourceBlacklist": _BOUNDS,
    }
    yield "gitops-project", _object("argoproj.io/v1alpha1", "AppProject", team, controller, project)
    application = {
        "project": team,
        "source": {"repoURL": said.url, "targetRevision": said.revision, "path": said.path},
        "destination": {"server": where, "namespace": home},
        "syncPolicy": {"automated": {"prune": said.prune, "selfHeal": True}},
    }
    yield "gitops-application", _object("argoproj.io/v1alpha1", "Application", team, controller, application)


def _flux(said: GitOps, team: str, namespaces: Sequence[str], home: str) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "gitops-service-account", _object("v1", "ServiceAccount", ACCOUNT, home)
    for each in namespaces:
        binding = _object(f"{RBAC}/v1", "RoleBinding", ACCOUNT, each)
        binding["roleRef"] = {"apiGroup": RBAC, "kind": "ClusterRole", "name": said.role}
        binding["subjects"] = [{"kind": "ServiceAccount", "name": ACCOUNT, "namespace": home}]
        yield f"gitops-role-binding-{each}", binding
    source: dict[str, Any] = {"interval": said.interval, "url": said.url, "ref": _ref(said.revision)}
    source |= {"secretRef": {"name": said.secret}} if said.secret is not None else {}
    yield "gitops-repository", _object("source.toolkit.fluxcd.io/v1", "GitRepository", team, home, source)
    applied = {
        "interval": said.interval,
        "path": said.path if said.path.startswith("./") else f"./{said.path}".removesuffix("."),
        "prune": said.prune,
        "serviceAccountName": ACCOUNT,
        "sourceRef": {"kind": "GitRepository", "name": team},
        # It would move everything there.
        **({"targetNamespace": home} if len(namespaces) == 1 else {}),
    }
    yield "gitops-kustomization", _object("kustomize.toolkit.fluxcd.io/v1", "Kustomization", team, home, applied)


def _ref(revision: str) -> dict[str, str]:
    if len(revision) == 40 and set(revision) <= set("0123456789abcdef"):
        return {"commit": revision}
    if revision.startswith("refs/"):
        return {"name": revision}
    tagged = revision[:1] == "v" and revision[1:2].isdigit()
    return {"tag" if tagged or revision[:1].isdigit() else "branch": revision}


def _object(version: str, kind: str, name: str, namespace: str, spec: dict[str, Any] | None = None) -> dict[str, Any]:
    made: dict[str, Any] = {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": namespace}}
    return made if spec is None else {**made, "spec": spec}
