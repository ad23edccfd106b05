"""Storage classes: what volumes are made when a pod asks for one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from eks_blueprints.addons._manifest_addon import ManifestAddOn
from eks_blueprints.addons.aws_ebs_csi_driver import AwsEbsCsiDriver
from eks_blueprints.addons.aws_efs_csi_driver import AwsEfsCsiDriver
from eks_blueprints.addons.base import AddOn
from eks_blueprints.core.errors import Faults
from eks_blueprints.core.leaves import RegionalKeyArn, object_name
from eks_blueprints.core.spec import In, Spec

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef

_DEFAULT = "storageclass.kubernetes.io/is-default-class"
_AUTO = "ebs.csi.eks.amazonaws.com"


class EbsVolumes(Spec):
    """Volumes on EBS."""

    type: Literal["gp3", "gp2", "io1", "io2", "st1", "sc1"] = "gp3"
    """Type of the volumes."""
    iops: int | None = Field(default=None, ge=100, le=256000)
    """Operations per second, for gp3, io1 and io2. Default: EBS's, 3,000 for gp3."""
    throughput: int | None = Field(default=None, ge=125, le=2000)
    """Throughput in MiB/s, for gp3. Default: EBS's, 125."""
    encrypted: bool = True
    """Whether volumes are encrypted."""
    kms_key_arn: In[RegionalKeyArn] | None = None
    """ARN of the customer managed KMS key. Default: the account's key for EBS."""
    file_system: Literal["ext4", "xfs"] = "ext4"
    """File system of the volumes."""

    @model_validator(mode="after")
    def _fits_the_type(self) -> Self:
        faults = Faults()
        if self.iops is not None and self.type not in ("gp3", "io1", "io2"):
            faults.add("iops", f"is for gp3, io1 and io2; got type {self.type}; remove it or change the type")
        if self.iops is None and self.type in ("io1", "io2"):
            faults.add("iops", f"is needed with type {self.type}; got none; add it")
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

    def objects(self, cluster: ClusterRef) -> Mapping[str, Mapping[str, Any]]:
        """One StorageClass each; a volume is made in the zone of the pod that uses it first."""
        return {name: self._manifest(name, found, cluster) for name, found in self.classes.items()}

    def _manifest(self, name: str, found: StorageClassSpec, cluster: ClusterRef) -> dict[str, Any]:
        volumes = found.efs or found.ebs or EbsVolumes()
        of_ebs = _AUTO if cluster.auto_mode else "ebs.csi.aws.com"
        return {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": name, "annotations": {_DEFAULT: str(found.default).lower()}},
            "provisioner": of_ebs if found.efs is None else "efs.csi.aws.com",
            "parameters": volumes.parameters(),
            "reclaimPolicy": found.reclaim_policy,
            "volumeBindingMode": "WaitForFirstConsumer" if found.efs is None else "Immediate",
            "allowVolumeExpansion": found.efs is None,
        }
