"""Volumes of a workload's pods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults, Problem, shown
from eks_blueprints.core.json_values import JsonValues
from eks_blueprints.core.leaves import short_names
from eks_blueprints.core.spec import Many, Spec
from eks_blueprints.karpenter.quantities import Quantity, exact
from eks_blueprints.workloads._config import ObjectName
from eks_blueprints.workloads._needs import is_missing
from eks_blueprints.workloads._words import by_name, written_as

if TYPE_CHECKING:
    from eks_blueprints.core.refs import Ground
    from eks_blueprints.workloads.base import Workload

AccessMode = Literal["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"]


_SNAPSHOTS = "snapshot.storage.k8s.io"


class Snapshot(Spec):
    """A VolumeSnapshot of a claim, taken when it is declared; taking it out deletes it as its class says."""

    snapshot_class: str | None = None
    """Name of the VolumeSnapshotClass. Default: the default one of the volume's driver."""


class CreatedWith(Spec):
    """What a stateful set was created with, where its claims have changed since. Kubernetes never changes the templates
    of its claims; they stay as they were, and the claims of its pods become objects of the workload, which are changed
    in place."""

    size: Quantity | None = None
    """How much each claim held. Default: `size` of the claim."""

    volume_attributes_class: str | None = None
    """Name of the VolumeAttributesClass; `null` for none. Default: that of the claim."""


class Claim(Spec):
    """A PersistentVolumeClaim: a disk or a file system that outlives the pods."""

    name: ObjectName | None = None
    """Name of the claim that is created; Kubernetes names those of a stateful set. Default: the name of the workload,
    `-` and the volume's.
    """

    existing: str | None = None
    """Name of an existing claim. Default: one is created, for each pod where the workload is a stateful set."""

    size: Quantity | None = None
    """How much it holds, such as `20Gi`. It can be raised where the storage class allows it, never lowered: the volume
    grows in place. For a stateful set write `created_with` too; without it the set is replaced, and existing claims
    keep their size."""

    created_with: CreatedWith | None = None
    """What the stateful set was created with, to enlarge or modify the claims of its pods in place: `created_with:
    {size: 100Gi}` beside `size: 200Gi`. Default: the same as the claim.
    """

    storage_class: str | None = None
    """Name of the StorageClass. Default: the cluster's default class."""

    volume_attributes_class: str | None = None
    """Name of the VolumeAttributesClass, which sets IOPS and throughput and can be changed later; `storage_classes`
    makes some. Default: what the storage class says."""

    from_snapshot: str | None = None
    """Name of a VolumeSnapshot in the namespace that the volume starts from. It cannot be changed later. Default: the
    volume is empty."""

    from_claim: str | None = None
    """Name of a claim in the namespace whose volume is copied, in its zone. It cannot be changed later. Default: the
    volume is empty."""

    snapshots: Annotated[dict[str, Snapshot], by_name("{before-18: {}}"), AfterValidator(short_names)] = {}
    """Snapshots that are taken, by name: `before-18` of the claim `db-data` is the VolumeSnapshot
    `db-data-before-18`. In a stateful set there is one for each pod."""

    access_modes: Many[AccessMode] = Field(default=("ReadWriteOnce",), min_length=1)
    """How it can be mounted. An EBS volume is mounted by one node at a time, in one zone; EFS by many."""

    spec: JsonValues = {}
    """Further fields of the PersistentVolumeClaimSpec as in Kubernetes, such as `dataSource` for a snapshot."""

    @classmethod
    def written_instead(cls, name: str) -> str | None:
        """Where a further field of a claim is written."""
        return written_as(name, (("PersistentVolumeClaimSpec", "spec: {%s: …}"),))

    @model_validator(mode="after")
    def _is_made_or_there(self) -> Self:
        faults = Faults()
        if self.existing is None and self.size is None:
            faults.add("size", "is required for a claim that is made; got nothing; write one such as 20Gi")
        for field in sorted(self.model_fields_set - {"existing", "snapshots"}) if self.existing is not None else ():
            faults.add(field, f"is for a claim that is made; got existing: {self.existing}; remove one of them")
        sources = [name for name in ("from_snapshot", "from_claim") if getattr(self, name) is not None]
        sources += [f"spec.{name}" for name in ("dataSource", "dataSourceRef") if self.spec.get(name) is not None]
        if len(sources) > 1 and not sources[0].startswith("spec."):
            faults.add(sources[0], f"is what the volume starts from; got {sources[1]} too; keep one of them")
        before = None if self.created_with is None else self.created_with.size
        if before is not None and self.size is not None and exact(before) > exact(self.size):
            got = f"{self.size}, and {before} in created_with"
            faults.add(
                "size", f"is smaller than before; got {got}; a claim never becomes smaller: write {before} or more"
            )
        faults.raise_if_any()
        return self

    @property
    def manifest(self) -> dict[str, Any]:
        """The spec of the claim as Kubernetes writes it."""
        named = {"storageClassName": self.storage_class} if self.storage_class is not None else {}
        if self.volume_attributes_class is not None:
            named["volumeAttributesClassName"] = self.volume_attributes_class
        source: dict[str, Any] = {}
        if self.from_snapshot is not None:
            source = {"apiGroup": _SNAPSHOTS, "kind": "VolumeSnapshot", "name": self.from_snapshot}
        elif self.from_claim is not None:
            source = {"kind": "PersistentVolumeClaim", "name": self.from_claim}
        more = {"dataSource": source} if source else {}
        requests = {"storage": self.size}
        modes = list(self.access_modes)
        return {"accessModes": modes, **named, "resources": {"requests": requests}, **more, **self.spec}

    @property
    def template(self) -> dict[str, Any]:
        """The same as a stateful set was created with it."""
        before = self.created_with
        said = {} if before is None else {name: getattr(before, name) for name in before.model_fields_set}
        return self.model_copy(update=said).manifest

    @property
    def by_one_node(self) -> bool:
        """Whether one node at a time can mount it."""
        return not {"ReadOnlyMany", "ReadWriteMany"}.intersection(self.access_modes)


class Volume(Spec):
    """A volume, and where the workload's main container mounts it."""

    mount_path: str | None = None
    """Where the main container mounts it. Default: it does not; other containers name it in `volume_mounts`."""

    sub_path: str | None = None
    """The one file or folder of the volume that is mounted there. Default: the whole volume."""

    read_only: bool = False
    """Whether the main container can only read it."""

    claim: Claim | None = None
    """Persistent storage."""

    source: JsonValues = {}
    """Any other volume as in Kubernetes, such as `{emptyDir: {sizeLimit: 1Gi}}` or `{configMap: {name: shared}}`.
    Default: an emptyDir, which is deleted with the pod.
    """

    @classmethod
    def written_instead(cls, name: str) -> str | None:
        """Where any other volume is written."""
        return written_as(name, (("Volume", "source: {%s: …}"),))

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        faults = Faults()
        if self.claim is not None and self.source:
            faults.add("source", "is another volume than the claim; got both; remove one of them")
        if len(self.source) > 1:
            faults.add("source", f"names several volumes; got {', '.join(sorted(self.source))}; keep one of them")
        if self.mount_path is not None and not self.mount_path.startswith("/"):
            faults.add("mount_path", f"is not absolute; got {shown(self.mount_path)}; begin it with /")
        if self.mount_path is not None and ":" in self.mount_path:
            faults.add(
                "mount_path", f"contains a colon; got {shown(self.mount_path)}; Kubernetes refuses it: remove it"
            )
        faults.raise_if_any()
        return self


Volumes = Annotated[dict[str, Volume], by_name("{data: {mount_path: /data}}"), AfterValidator(short_names)]
"""Volumes by name."""


def storage_faults(workload: Workload, faults: Faults) -> None:
    """Note what the claims of a workload say that is for another sort of it."""
    for name, volume in workload.volumes.items():
        if volume.claim is not None and volume.claim.created_with is not None and name not in workload.claims_by_pod:
            do = "remove it: a larger size is for the volume in place"
            faults.add(
                ("volumes", name, "claim", "created_with"), f"is for a stateful set; got {workload.kind()}; {do}"
            )


def storage_problems(workload: Workload, ground: Ground) -> Iterator[Problem]:
    """Snapshots that nothing on the cluster takes or restores."""
    for name, volume in workload.volumes.items():
        for field in ("snapshots", "from_snapshot") if volume.claim is not None else ():
            if getattr(volume.claim, field) and is_missing(ground, "snapshot_controller"):
                message = "needs the snapshot controller; got no such add-on; add snapshot_controller to addons"
                yield Problem(("volumes", name, "claim", field), message)
