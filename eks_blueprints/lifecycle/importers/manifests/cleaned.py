"""Takes out of objects what a cluster or a tool wrote into them, and nobody applies."""

from __future__ import annotations

from typing import Any

from eks_blueprints.lifecycle.importers.manifests.original import Original

_WRITTEN = ("creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid")
"""Fields of metadata that the API server writes. Source: ObjectMeta of meta/v1, "Read-only"."""
_ANNOTATIONS = (
    "autoscaling.alpha.kubernetes.io/conditions",
    "autoscaling.alpha.kubernetes.io/current-metrics",
    "deployment.kubernetes.io/revision",
    "deprecated.daemonset.template.generation",
    "kubectl.kubernetes.io/last-applied-configuration",
    "pv.kubernetes.io/bind-completed",
    "pv.kubernetes.io/bound-by-controller",
    "volume.kubernetes.io/selected-node",
    "volume.kubernetes.io/storage-provisioner",
)
"""Annotations that the control plane and kubectl write. Source: Kubernetes, "Well-Known Labels, Annotations and
Taints"."""
_ASSIGNED = {
    "Job": ("selector",),
    "PersistentVolumeClaim": ("volumeName",),
    "Service": ("clusterIP", "clusterIPs", "healthCheckNodePort"),
}
"""Fields of the spec that a cluster gives an object that stands on it."""


def clean(found: Original) -> None:
    """Take out what a cluster wrote, and note it where it said something."""
    manifest, metadata = found.manifest, found.metadata
    stood = bool(metadata.get("uid") or metadata.get("resourceVersion"))
    if manifest.pop("status", None) and stood:
        found.notes.append("status: left out, the cluster writes it")
    gone = [field for field in _WRITTEN if metadata.pop(field, None) is not None]
    annotations, labels = (_mapping(metadata.get(field)) for field in ("annotations", "labels"))
    gone += [key for key in _ANNOTATIONS if annotations.pop(key, None) is not None]
    if gone:
        found.notes.append(f"metadata: left out {', '.join(gone)}, which the cluster or kubectl writes")
    if stood:
        _unassign(found)
    for template in _templates(manifest):
        if isinstance(inner := template.get("metadata"), dict) and inner.get("creationTimestamp", "") is None:
            del inner["creationTimestamp"]
    if found.kind == "Namespace":
        labels.pop("kubernetes.io/metadata.name", None)


def _mapping(value: Any) -> dict[str, Any]:
    # What is no mapping is refused later, at its place.
    return value if isinstance(value, dict) else {}


def _unassign(found: Original) -> None:
    for field in _ASSIGNED.get(found.kind, ()):
        value = found.spec.get(field)
        if value in (None, "None", ["None"]):
            continue
        if found.kind == "Job" and (found.spec.get("manualSelector") or not _is_generated(value)):
            continue
        del found.spec[field]
        found.notes.append(f"spec.{field}: left out, the cluster gave it to the object that stands there")


def _is_generated(selector: Any) -> bool:
    labels = selector.get("matchLabels") if isinstance(selector, dict) else None
    return isinstance(labels, dict) and any(key.endswith("controller-uid") for key in labels)


def _templates(value: Any) -> list[dict[str, Any]]:
    found = []
    if isinstance(value, dict):
        for key, item in value.items():
            if key in ("template", "jobTemplate") and isinstance(item, dict):
                found.append(item)
            found += _templates(item)
    elif isinstance(value, list):
        found = [each for item in value for each in _templates(item)]
    return found
