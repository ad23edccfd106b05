"""Storage classes: what volumes are made when a pod asks for one, and to what they can be changed later.

Sources: EBS user guide, "Amazon EBS volume types"; the driver's docs/parameters.md and docs/modify-volume.md (v1.65,
2026-08); EKS user guide, "Create a storage class" of the chapter on EKS Auto Mode.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from eks_blueprints.addons._manifest_addon import ManifestAddOn
from eks_blueprints.addons.aws_ebs_csi_driver import AwsEbsCsiDriver
from eks_blueprints.addons.aws_efs_csi_driver import AwsEfsCsiDriver
from eks_blueprints.addons.base import AddOn
from eks_blueprints.core import versions
from eks_blueprints.core.errors import Faults, Problem
from eks_blueprints.core.leaves import RegionalKeyArn, Tags, object_name
from eks_blueprints.core.naming import DEFAULT_STORAGE_CLASS
from eks_blueprints.core.spec import In, Many, Spec

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef, Ground

_ZONE = "topology.kubernetes.io/zone"
_ATTRIBUTES_BETA = versions.minor("1.31")
_ATTRIBUTES_STABLE = versions.minor("1.34")
"""Since when Kubernetes has VolumeAttributesClasses as v1beta1, and as v1."""
_IOPS = {"gp3": (3000, 80000), "io1": (100, 64000), "io2": (100, 256000)}
Driver = Literal["ebs.csi.aws.com", "ebs.csi.eks.amazonaws.com"]


def ebs_driver(wanted: Driver | None, *, auto_mode: bool) -> str:
    """The driver that makes EBS volumes: the one that is asked for, or that of the cluster."""
    return wanted or ("ebs.csi.eks.amazonaws.com" if auto_mode else "ebs.csi.aws.com")


def _iops_fault(iops: int | None, type_: str) -> str | None:
    low, high = _IOPS.get(type_, (0, 0))
    if iops is not None and high and not low <= iops <= high:
        return f"is out of range for {type_}; got {iops}; use {low} to {high}"
    return None


class EbsVolumes(Spec):
    """Volumes on EBS."""

    type: Literal["gp3", "gp2", "io1", "io2", "st1", "sc1"] = "gp3"
    """Type of the volumes."""
    iops: int | None = Field(default=None, ge=100, le=256000)
    """Operations per second, for gp3 (3,000 to 80,000), io1 (to 64,000) and io2 (to 256,000). Default: EBS's, 3,000 for
    gp3."""
    throughput: int | None = Field(default=None, ge=125, le=2000)
    """Throughput in MiB/s, for gp3. Default: EBS's, 125."""
    encrypted: bool = True
    """Whether volumes are encrypted."""
    kms_key_arn: In[RegionalKeyArn] | None = None
    """ARN of the customer managed KMS key. Default: the account's key for EBS."""
    file_system: Literal["ext4", "xfs"] = "ext4"
    """File system of the volumes."""
    driver: Driver | None = None
    """Driver that makes them, where a cluster has both: the add-on's (`ebs.csi.aws.com`) attaches them to nodes of your
    own, that of EKS Auto Mode (`ebs.csi.eks.amazonaws.com`) to its nodes. Default: that of Auto Mode where it is on."""
    zones: Many[str] = ()
    """Availability zones, such as `eu-west-1a`, that volumes may be in. Default: that of the pod, whichever it is."""

    @model_validator(mode="after")
    def _fits_the_type(self) -> Self:
        faults = Faults()
        if self.iops is not None and self.type not in ("gp3", "io1", "io2"):
            faults.add("iops", f"is for gp3, io1 and io2; got type {self.type}; remove it or change the type")
        if self.iops is None and self.type in ("io1", "io2"):
            faults.add("iops", f"is needed with type {self.type}; got none; add it")
        if fault := _iops_fault(self.iops, self.type):
            faults.add("iops", fault)
        if self.throughput is not None and self.type != "gp3":
            faults.add("throughput", f"is for gp3; got type {self.type}; remove it or change the type")
        if self.kms_key_arn is not None and not self.encrypted:
            faults.add("kms_key_arn", "is for encrypted volumes; got encrypted: false; keep one")
        faults.raise_if_any()
        return self

    def parameters(self) -> dict[str, Any]:
        """It as the driver takes it."""
        fields = {
            "type": self.type,
            "iops": None if self.iops is None else str(self.iops),
            "throughput": None if self.throughput is None else str(self.throughput),
            "encrypted": str(self.encrypted).lower(),
            "kmsKeyId": self.kms_key_arn,
            "csi.storage.k8s.io/fstype": self.file_system,
        }
        return {name: value for name, value in fields.items() if value is not None}


class EfsVolumes(Spec):
    """Access points in an EFS file system, one a volume."""

    file_system_id: In[str]
    """Id of the file system."""
    directory_perms: str = Field(default="700", pattern=r"^[0-7]{3,4}$")
    """Permissions of the directory of each access point."""
    base_path: str | None = Field(default=None, pattern=r"^/[A-Za-z0-9._/-]*$")
    """Directory below which access points are created. Default: the root."""

    def parameters(self) -> dict[str, Any]:
        """It as the driver takes it."""
        base = {} if self.base_path is None else {"basePath": self.base_path}
        where = {"provisioningMode": "efs-ap", "fileSystemId": self.file_system_id}
        return {**where, "directoryPerms": self.directory_perms, **base}


class VolumeAttributes(Spec):
    """To what the EBS volumes of claims that name it are changed, in place, while pods use them.

    A class never changes: to change volumes, make another class and name that one in the claims. EBS lets a volume be
    modified again after six hours; until then the change waits.
    """

    type: Literal["gp3", "gp2", "io1", "io2", "st1", "sc1"] | None = None
    """Type of the volumes. Default: it stays."""
    iops: int | None = Field(default=None, ge=100, le=256000)
    """Operations per second. Default: they stay."""
    throughput: int | None = Field(default=None, ge=125, le=2000)
    """Throughput in MiB/s, for gp3. Default: it stays."""
    tags: Tags = {}
    """Tags that the volumes get."""
    driver: Driver | None = None
    """Driver of the volumes, where a cluster has both. Default: that of EKS Auto Mode where it is on."""

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        faults = Faults()
        if self.type is None and self.iops is None and self.throughput is None and not self.tags:
            faults.add("iops", "or type, throughput or tags is required; got none; add what is to change")
        if self.type is not None and (fault := _iops_fault(self.iops, self.type)):
            faults.add("iops", fault)
        if self.iops is not None and self.type in ("gp2", "st1", "sc1"):
            faults.add("iops", f"is for gp3, io1 and io2; got type {self.type}; remove it or change the type")
        if self.throughput is not None and self.type not in (None, "gp3"):
            faults.add("throughput", f"is for gp3; got type {self.type}; remove it or change the type")
        faults.raise_if_any()
        return self

    def driver_used(self, *, auto_mode: bool) -> str:
        """The driver that changes the volumes."""
        return ebs_driver(self.driver, auto_mode=auto_mode)

    def parameters(self) -> dict[str, str]:
        """It as the driver takes it."""
        said = {"type": self.type, "iops": self.iops, "throughput": self.throughput}
        tags = {f"tagSpecification_{index}": f"{key}={value}" for index, (key, value) in enumerate(self._tags, 1)}
        return {**{name: str(value) for name, value in said.items() if value is not None}, **tags}

    @property
    def _tags(self) -> list[tuple[str, str]]:
        return sorted(self.tags.items())


class StorageClassSpec(Spec):
    """One storage class: on EBS or on EFS."""

    ebs: EbsVolumes | None = None
    """Volumes on EBS. Default: yes, encrypted gp3, where `efs` is not given."""
    efs: EfsVolumes | None = None
    """Volumes on EFS."""
    default: bool = False
    """Whether claims that name no class get this one."""
    reclaim_policy: Literal["Delete", "Retain"] = "Delete"
    """What happens to a volume whose claim is deleted."""
    allow_volume_expansion: bool | None = None
    """Whether claims can be enlarged later. Default: yes on EBS; file systems of EFS have no size."""

    def provisioner(self, *, auto_mode: bool) -> str:
        """The driver that makes its volumes."""
        if self.efs is not None:
            return "efs.csi.aws.com"
        return ebs_driver(self.volumes.driver, auto_mode=auto_mode)

    @property
    def volumes(self) -> EbsVolumes:
        """Its volumes on EBS."""
        return self.ebs or EbsVolumes()

    def parameters(self) -> dict[str, Any]:
        """What the driver is told."""
        return (self.efs or self.volumes).parameters()

    @property
    def expands(self) -> bool:
        """Whether claims can be enlarged later."""
        return self.efs is None if self.allow_volume_expansion is None else self.allow_volume_expansion

    @model_validator(mode="after")
    def _is_one_of_the_two(self) -> Self:
        faults = Faults()
        if self.ebs is not None and self.efs is not None:
            faults.add("efs", "cannot be combined with ebs; got both; keep one")
        faults.raise_if_any()
        return self


class StorageClasses(ManifestAddOn):
    """Make storage classes: by default one, `gp3`, encrypted, for claims that name none."""

    category: ClassVar[str] = "storage"
    after: ClassVar[tuple[type[AddOn], ...]] = (AwsEbsCsiDriver, AwsEfsCsiDriver)

    classes: dict[str, StorageClassSpec] = Field(
        default_factory=lambda: {"gp3": StorageClassSpec(default=True)}, min_length=1
    )
    """The classes by name. Default: `gp3`, encrypted, the default class."""

    volume_attributes_classes: dict[str, VolumeAttributes] = {}
    """VolumeAttributesClasses by name, which claims name to change IOPS, throughput and type of their volumes.
    Kubernetes has them since 1.34, and as a beta since 1.31. Default: none."""

    @field_validator("classes")
    @classmethod
    def _names_and_one_default(cls, classes: dict[str, StorageClassSpec]) -> dict[str, StorageClassSpec]:
        faults = Faults()
        for name in classes:
            if fault := object_name.fault(name):
                faults.add((name,), fault)
        defaults = [name for name, found in classes.items() if found.default]
        if len(defaults) > 1:
            faults.add((defaults[1], "default"), f"is for one class only; got {', '.join(defaults)}; keep one")
        faults.raise_if_any()
        return classes

    @field_validator("volume_attributes_classes")
    @classmethod
    def _names(cls, classes: dict[str, VolumeAttributes]) -> dict[str, VolumeAttributes]:
        faults = Faults()
        for name in classes:
            if fault := object_name.fault(name):
                faults.add((name,), fault)
        faults.raise_if_any()
        return classes

    def problems_on(self, ground: Ground) -> Iterator[Problem]:
        """VolumeAttributesClasses before Kubernetes has them."""
        yield from super().problems_on(ground)
        if self.volume_attributes_classes and ground.version and versions.minor(ground.version) < _ATTRIBUTES_BETA:
            message = f"needs Kubernetes 1.31; got {ground.version}; remove it or upgrade the cluster"
            yield Problem(("volume_attributes_classes",), message)

    def objects(self, cluster: ClusterRef) -> Mapping[str, Mapping[str, Any]]:
        """One object each; a volume is made in the zone of the pod that uses it first."""
        attributes = self.volume_attributes_classes.items()
        return {
            **{name: self._manifest(name, found, cluster) for name, found in self.classes.items()},
            **{f"attributes-{name}": self._attributes(name, found, cluster) for name, found in attributes},
        }

    @staticmethod
    def _attributes(name: str, found: VolumeAttributes, cluster: ClusterRef) -> dict[str, Any]:
        stable = cluster.version is None or versions.minor(cluster.version) >= _ATTRIBUTES_STABLE
        return {
            "apiVersion": f"storage.k8s.io/{'v1' if stable else 'v1beta1'}",
            "kind": "VolumeAttributesClass",
            "metadata": {"name": name},
            "driverName": found.driver_used(auto_mode=cluster.auto_mode),
            "parameters": found.parameters(),
        }

    @staticmethod
    def _manifest(name: str, found: StorageClassSpec, cluster: ClusterRef) -> dict[str, Any]:
        zones = list(found.volumes.zones) if found.efs is None else []
        topologies = [{"matchLabelExpressions": [{"key": _ZONE, "values": zones}]}]
        return {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": name, "annotations": {DEFAULT_STORAGE_CLASS: str(found.default).lower()}},
            "provisioner": found.provisioner(auto_mode=cluster.auto_mode),
            "parameters": found.parameters(),
            "reclaimPolicy": found.reclaim_policy,
            "volumeBindingMode": "WaitForFirstConsumer" if found.efs is None else "Immediate",
            "allowVolumeExpansion": found.expands,
            **({"allowedTopologies": topologies} if zones else {}),
        }
