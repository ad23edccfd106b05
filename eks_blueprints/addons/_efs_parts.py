"""EFS file systems that are part of a platform, as data."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import RegionalKeyArn, Tags, object_name
from eks_blueprints.core.spec import In, Spec

# EFS API reference, "LifecyclePolicy" (2025-11).
_Age = Literal[
    "AFTER_1_DAY",
    "AFTER_7_DAYS",
    "AFTER_14_DAYS",
    "AFTER_30_DAYS",
    "AFTER_60_DAYS",
    "AFTER_90_DAYS",
    "AFTER_180_DAYS",
    "AFTER_270_DAYS",
    "AFTER_365_DAYS",
]
_Id = Annotated[int, Field(ge=0, le=2**32 - 1)]
_PERMISSIONS = r"^[0-7]{3,4}$"
_PATH = r"^/[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+){0,3}$"

_file_system_name = Form(
    r"[a-z][a-z0-9-]{0,29}", what="is not a valid name", do="use up to 30 lower-case letters, digits and -"
)


class EfsAccessPoint(Spec):
    """An access point: its own directory, and the user for all access to it."""

    path: str = Field(pattern=_PATH)
    """The directory, such as `/web`, at most four deep; it is created at the first use."""
    uid: _Id = 1000
    """User id of whoever mounts it, and owner of the directory."""
    gid: _Id = 1000
    """Group id, of both."""
    permissions: str = Field(default="755", pattern=_PERMISSIONS)
    """Permissions of the directory."""


class EfsStorageClass(Spec):
    """A storage class of the file system: each claim gets its own access point, which the driver creates."""

    default: bool = False
    """Whether claims that name no class get this one."""
    reclaim_policy: Literal["Delete", "Retain"] = "Delete"
    """What happens to an access point whose claim is deleted."""
    directory_perms: str = Field(default="700", pattern=_PERMISSIONS)
    """Permissions of the directory of each access point."""
    base_path: str | None = Field(default=None, pattern=_PATH)
    """Directory below which access points are created. Default: the root."""


class EfsFileSystem(Spec):
    """An EFS file system, with a mount target in each zone of the private subnets that the nodes may use."""

    kms_key_id: In[RegionalKeyArn] | None = None
    """ARN of the KMS key that encrypts it, which it always is; changing it replaces the file system. Default: the
    account's key for EFS."""

    performance_mode: Literal["generalPurpose", "maxIO"] = "generalPurpose"
    """AWS recommends `generalPurpose`; changing it replaces the file system."""

    throughput_mode: Literal["elastic", "bursting", "provisioned"] = "elastic"
    """How throughput is given and paid: as it is used, by the size, or fixed."""

    provisioned_throughput_in_mibps: float | None = Field(default=None, ge=1, le=3414)
    """MiB per second, with throughput_mode `provisioned`."""

    transition_to_ia: _Age | None = None
    """When files that nobody reads go to the infrequent access class. Default: never."""

    transition_to_archive: _Age | None = None
    """When they go to the archive class. Default: never."""

    transition_to_primary_storage_class: Literal["AFTER_1_ACCESS"] | None = None
    """Whether they come back when they are read. Default: they stay."""

    backup: bool = True
    """Whether AWS Backup keeps daily backups, which cost extra."""

    deletion_protection: bool = True
    """Whether Pulumi refuses to delete or replace it, because its data would be lost. To take it away, deploy `false`
    first."""

    access_points: dict[str, EfsAccessPoint] = {}
    """Access points by name, for volumes that you write yourself (`volumeHandle: fs-...::fsap-...`)."""

    storage_class: EfsStorageClass | None = EfsStorageClass()
    """The Kubernetes storage class `efs-<name>` of it; `null` makes none."""

    tags: Tags = {}
    """Further tags of it."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        fixed, given = self.throughput_mode == "provisioned", self.provisioned_throughput_in_mibps
        if fixed and given is None:
            faults.add(
                "provisioned_throughput_in_mibps", "is needed with throughput_mode provisioned; got none; add it"
            )
        if not fixed and given is not None:
            got = f"{given} with {self.throughput_mode}"
            faults.add("provisioned_throughput_in_mibps", f"is for throughput_mode provisioned; got {got}; remove it")
        if self.performance_mode == "maxIO" and self.throughput_mode == "elastic":
            do = "use generalPurpose, or throughput_mode bursting or provisioned"
            faults.add("performance_mode", f"cannot be combined with elastic throughput; got maxIO; {do}")
        if self.transition_to_archive is not None and self.throughput_mode != "elastic":
            got = self.throughput_mode
            faults.add("transition_to_archive", f"is for elastic throughput; got {got}; remove it or use elastic")
        for name in self.access_points:
            if fault := object_name.fault(name):
                faults.add(("access_points", name), fault)
        faults.raise_if_any()
        return self


def check_file_systems(found: dict[str, EfsFileSystem]) -> dict[str, EfsFileSystem]:
    """File systems by names that fit into those of resources, with one default class.

    Raises:
        ValidationError: if they are not so.
    """
    faults = Faults()
    for name in found:
        if fault := _file_system_name.fault(name):
            faults.add((name,), fault)
    defaults = [name for name, each in found.items() if each.storage_class is not None and each.storage_class.default]
    if len(defaults) > 1:
        got = shown(", ".join(defaults))
        faults.add((defaults[1], "storage_class", "default"), f"is for one class only; got {got}; keep one")
    faults.raise_if_any()
    return found
