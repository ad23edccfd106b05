"""Objects by which Argo CD or Flux reads what `gitops render` wrote into a Git repository.

Argo CD reads `clusters/STACK` as one Application, whose objects carry sync waves. Flux reads `flux/STACK`, which holds
a Kustomization for each folder below `clusters/STACK` and says which one waits for which.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from eks_blueprints.core.argocd import FINALIZER
from eks_blueprints.core.git_revisions import flux_ref

NAME = "platform"
"""Name of these objects: a cluster is one stack's."""


@dataclass(frozen=True, slots=True)
class Repository:
    """Where the manifests of a stack are."""

    url: str
    revision: str
    inside: Callable[..., str]
    """A path in the repository from its parts below the folder that was rendered to."""
    prune: bool
    interval: str
    secret: str | None = None


def argocd(where: Repository, stack: str, namespace: str, destination: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The Application of a stack."""
    # Kinds that charts bring are not there when the first objects of theirs are looked at.
    options = ["ServerSideApply=true", "SkipDryRunOnMissingResource=true"]
    again = {"limit": 10, "backoff": {"duration": "10s", "factor": 2, "maxDuration": "3m"}}
    spec = {
        "project": "default",
        "source": {"repoURL": where.url, "targetRevision": where.revision, "path": where.inside("clusters", stack)},
        "destination": {**destination, "namespace": "default"},
        "syncPolicy": {
            "automated": {"prune": where.prune, "selfHeal": True},
            "syncOptions": options,
            "retry": again,
        },
    }
    metadata: dict[str, Any] = {"name": NAME, "namespace": namespace, "finalizers": [FINALIZER]}
    application = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": metadata, "spec": spec}
    return {"application": application}


def flux(where: Repository, stack: str, namespace: str) -> dict[str, dict[str, Any]]:
    """The GitRepository of a stack, and the Kustomization that makes all others."""
    source: dict[str, Any] = {"interval": where.interval, "url": where.url, "ref": flux_ref(where.revision)}
    if where.secret is not None:
        source["secretRef"] = {"name": where.secret}
    repository = {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "GitRepository",
        "metadata": {"name": NAME, "namespace": namespace},
        "spec": source,
    }
    return {
        "repository": repository,
        "kustomization": kustomization(
            NAME, namespace, where.inside("flux", stack), interval=where.interval, prune=where.prune
        ),
    }


def kustomization(name: str, namespace: str, path: str, *, interval: str, prune: bool, **spec: Any) -> dict[str, Any]:
    """A Kustomization of Flux that applies a folder of the repository, and sees to it that it stays applied."""
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "interval": interval,
            "path": f"./{path}",
            "prune": prune,
            "sourceRef": {"kind": "GitRepository", "name": NAME},
            **spec,
        },
    }
