"""The claims of a workload's volumes and their snapshots, as Kubernetes objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from eks_blueprints.core.errors import Path
from eks_blueprints.workloads._drawing import Drawing
from eks_blueprints.workloads._objects import drawing

if TYPE_CHECKING:
    from eks_blueprints.workloads._volumes import Claim
    from eks_blueprints.workloads.base import Workload

_KIND = "v1 PersistentVolumeClaim"
CLAIM_FIELDS = {
    "accessModes": "access_modes",
    "resources": "size",
    "storageClassName": "storage_class",
    "volumeAttributesClassName": "volume_attributes_class",
}
"""Fields of a claim, and what they are written as."""
_NO_WAIT = {"pulumi.com/skipAwait": "true"}
"""Most classes make a volume when a pod needs it, and the pods wait for the claim."""


def claims(workload: Workload) -> Iterator[Drawing]:
    """Claims that all of its pods share."""
    for key, volume in workload.volumes.items():
        if volume.claim is None or volume.claim.existing is not None:
            continue
        source = ("volumes", key, "claim")
        (name,) = workload.claim_names(key)
        found = drawing(workload, f"claim-{key}", _KIND, source, name)
        found.put(("metadata", "annotations"), dict(_NO_WAIT), source)
        found.put(("spec",), volume.claim.manifest, source)
        _tell(found, source)
        yield found


def claims_of_pods(workload: Workload, changed: Mapping[str, Claim]) -> Iterator[Drawing]:
    """Claims of the pods of a stateful set, by the names under which its controller looks for them.

    They are there already, or the controller takes those that it finds. Their size was set by the controller, whose
    field is taken over by force. They stay when they are no longer declared: whether they go is a matter of the set.
    """
    for key, claim in changed.items():
        source = ("volumes", key, "claim")
        for name in workload.claim_names(key):
            found = drawing(workload, f"claim-{key}-{name.rpartition('-')[2]}", _KIND, source, name)
            found.kept = True
            found.put(("metadata", "annotations"), {**_NO_WAIT, "pulumi.com/patchForce": "true"}, source)
            found.put(("spec",), {"volumeMode": "Filesystem", **claim.manifest}, source)
            _tell(found, source)
            yield found


def snapshots(workload: Workload) -> Iterator[Drawing]:
    """Snapshots of its claims."""
    for key, volume in workload.volumes.items():
        for word, each in volume.claim.snapshots.items() if volume.claim is not None else ():
            for name in workload.claim_names(key):
                source: Path = ("volumes", key, "claim", "snapshots", word)
                suffix = f"-{name.rpartition('-')[2]}" if key in workload.claims_by_pod else ""
                found = drawing(
                    workload,
                    f"snapshot-{key}-{word}{suffix}",
                    "snapshot.storage.k8s.io/v1 VolumeSnapshot",
                    source,
                    f"{name}-{word}",
                )
                if each.snapshot_class is not None:
                    found.put(("spec", "volumeSnapshotClassName"), each.snapshot_class, (*source, "snapshot_class"))
                found.put(("spec", "source"), {"persistentVolumeClaimName": name}, source)
                yield found


def _tell(found: Drawing, source: Path) -> None:
    found.tell(("spec", "resources", "requests", "storage"), (*source, "size"))
    for key, field in CLAIM_FIELDS.items():
        found.tell(("spec", key), (*source, field))
