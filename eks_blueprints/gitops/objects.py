"""Objects of a plan as a repository holds them: without what is for Pulumi, with what agents need."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from eks_blueprints.kubernetes import crds
from eks_blueprints.kubernetes.shapes import Shapes

WAVE = "argocd.argoproj.io/sync-wave"
_FOR_PULUMI = "pulumi.com/"
_KEPT = {"argocd.argoproj.io/sync-options": "Prune=false", "kustomize.toolkit.fluxcd.io/prune": "disabled"}
"""What tells Argo CD, and Flux, to leave an object alone that is no longer in the repository."""


def is_namespaced(manifest: Mapping[str, Any]) -> bool:
    """Whether objects of a kind are in namespaces; a kind that no table knows is taken to be."""
    version, kind = str(manifest.get("apiVersion")), str(manifest.get("kind"))
    known = _shapes().kind(version, kind) or crds.kind(version, kind)
    return known is None or known.namespaced


@cache
def _shapes() -> Shapes:
    return Shapes(None)


def written(manifest: Mapping[str, Any], *, keep: bool = False, namespace: str | None = None) -> dict[str, Any]:
    """An object as it is written; one that names no namespace is in `namespace`."""
    metadata = dict(manifest.get("metadata") or {})
    annotations = dict(metadata.pop("annotations", None) or {})
    annotations = {key: value for key, value in annotations.items() if not str(key).startswith(_FOR_PULUMI)}
    if keep:
        annotations = _KEPT | annotations
    if annotations:
        metadata["annotations"] = annotations
    if namespace is not None and "namespace" not in metadata and is_namespaced(manifest):
        metadata["namespace"] = namespace
    return {key: value for key, value in manifest.items() if key != "status"} | {"metadata": metadata}


def in_wave(manifest: Mapping[str, Any], wave: int) -> dict[str, Any]:
    """An object that says when Argo CD applies it; the first ones need not."""
    metadata = dict(manifest["metadata"])
    given = metadata.get("annotations") or {}
    if wave and WAVE not in given:
        metadata["annotations"] = {**given, WAVE: str(wave)}
    return {**manifest, "metadata": metadata}
