"""Volumes of a workload's pods."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.json_values import JsonValues
from eks_blueprints.core.leaves import short_names
from eks_blueprints.core.spec import Many, Spec
from eks_blueprints.karpenter.quantities import Quantity
from eks_blueprints.workloads._config import ObjectName
from eks_blueprints.workloads._words import by_name, written_as

AccessMode = Literal["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"]


class Claim(Spec):
    """A PersistentVolumeClaim: a disk or a file system that outlives the pods."""

    name: ObjectName | None = None
    """Name of the claim that is created; Kubernetes names those of a stateful set. Default: the name of the workload,
    `-` and the volume's.
    """

    existing: str | None = None
    """Name of an existing claim. Default: one is created, for each pod where the workload is a stateful set."""

    size: Quantity | None = None
    """How much it holds, such as `20Gi`. It can be raised where the storage class allows it, never lowered. Raising it
    replaces a stateful set, and is for the claims of new pods."""

    storage_class: str | None = None
    """Name of the StorageClass. Default: the cluster's default class."""

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
        for field in sorted(self.model_fields_set - {"existing"}) if self.existing is not None else ():
            faults.add(field, f"is for a claim that is made; got existing: {self.existing}; remove one of them")
        faults.raise_if_any()
        return self

    @property
    def manifest(self) -> dict[str, Any]:
        """The spec of the claim as Kubernetes writes it."""
        named = {"storageClassName": self.storage_class} if self.storage_class is not None else {}
        requests = {"storage": self.size}
        return {"accessModes": list(self.access_modes), **named, "resources": {"requests": requests}, **self.spec}

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
