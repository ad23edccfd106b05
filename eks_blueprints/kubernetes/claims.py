"""Which StorageClass a PersistentVolumeClaim names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OLD_CLASS = "volume.beta.kubernetes.io/storage-class"
"""Annotation that names the class, and counts more than the field. Source: Kubernetes 1.36,
GetPersistentVolumeClaimClass of component-helpers/storage/volume."""


def claim_spec(claim: Mapping[str, Any]) -> Mapping[str, Any]:
    """The spec of a claim, or of a template of claims, with the class that it has, however it is named."""
    spec, metadata = claim.get("spec"), claim.get("metadata")
    found: Mapping[str, Any] = spec if isinstance(spec, Mapping) else {}
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    named = annotations.get(OLD_CLASS) if isinstance(annotations, Mapping) else None
    return found if named is None else {**found, "storageClassName": named}
