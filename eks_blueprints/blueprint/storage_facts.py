"""The storage that a platform has: classes, and the drivers that make volumes for them.

Sources: EKS user guide, notes on 1.30 (no default StorageClass), "Create a storage class" (EKS Auto Mode); the drivers'
own documentation (2026-11).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eks_blueprints.blueprint.addon_defaults import settled
from eks_blueprints.blueprint.ground import manifests
from eks_blueprints.blueprint.kinds import (
    AutoMode,
    AwsEbsCsiDriver,
    AwsEfsCsiDriver,
    EksAddon,
    SnapshotController,
    StorageClasses,
)
from eks_blueprints.core import versions
from eks_blueprints.core.naming import DEFAULT_SNAPSHOT_CLASS, DEFAULT_STORAGE_CLASS

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs

EBS_DRIVER = "ebs.csi.aws.com"
AUTO_DRIVER = "ebs.csi.eks.amazonaws.com"
EFS_DRIVER = "efs.csi.aws.com"
IN_TREE = "kubernetes.io/aws-ebs"
EBS = (EBS_DRIVER, AUTO_DRIVER, IN_TREE)

_NO_DEFAULT_CLASS = versions.minor("1.30")
"""Since when EKS marks no StorageClass as the default."""

BRINGS: Mapping[str, str] = {
    EBS_DRIVER: "aws_ebs_csi_driver",
    IN_TREE: "aws_ebs_csi_driver",
    EFS_DRIVER: "aws_efs_csi_driver",
    "fsx.csi.aws.com": "aws_fsx_csi_driver",
    "s3.csi.aws.com": "aws_mountpoint_s3_csi_driver",
}
"""The add-ons whose drivers make or mount volumes."""
STATIC = frozenset({"s3.csi.aws.com", "kubernetes.io/no-provisioner"})
"""Provisioners that make no volumes: each is written down as a PersistentVolume."""
OPEN = frozenset({"argocd", "argocd_capability", "fluxcd", "helm", "crossplane", "kro_capability"})
"""Add-ons that may bring anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeClass:
    """A StorageClass."""

    provisioner: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Storage:
    """What a platform has."""

    classes: dict[str, VolumeClass] = field(default_factory=dict)
    default: str | None = None
    """Name of the class of claims that name none."""
    drivers: set[str] = field(default_factory=set)
    """Drivers that are installed, of those that are known here."""
    attributes: dict[str, str] = field(default_factory=dict)
    """VolumeAttributesClasses, and the driver of each."""
    snapshot_classes: set[str] = field(default_factory=set)
    snapshot_default: bool = False
    is_open: bool = False
    """Whether something on the platform may make classes that are not known here."""

    def add(self, name: str, made: VolumeClass, *, default: bool = False) -> None:
        """Add a class."""
        self.classes[name] = made
        if default:
            self.default = name

    def has_driver(self, provisioner: str) -> bool:
        """Whether volumes of a provisioner can be made, as far as that is known."""
        return provisioner in self.drivers or (provisioner not in BRINGS and provisioner != AUTO_DRIVER)


def storage(args: BlueprintArgs, objects: Iterable[Mapping[str, Any]] = ()) -> Storage:
    """What the storage of a platform is, with the objects that it writes down."""
    auto = args.cluster.auto_mode is not None
    # EKS makes gp2 on each cluster.
    found = Storage({"gp2": VolumeClass(provisioner=IN_TREE)})
    if versions.minor(args.cluster.version) < _NO_DEFAULT_CLASS:
        found.default = "gp2"
    if auto:
        found.drivers.add(AUTO_DRIVER)
    for addon in settled(args):
        kind = addon.addon_name.replace("-", "_") if isinstance(addon, EksAddon) else addon.kind()
        found.drivers |= {driver for driver, bringer in BRINGS.items() if bringer == kind}
        found.is_open |= kind in OPEN or kind == "local_static_provisioner"
        _of_addon(addon, found, auto)
    for compute in args.compute:
        if isinstance(compute, AutoMode):
            for name, each in compute.storage_classes.items():
                made = VolumeClass(provisioner=AUTO_DRIVER, parameters=each.parameters())
                found.add(name, made, default=each.default_class)
    for manifest in (*manifests(args), *objects):
        _of_object(manifest, found)
    return found


def _of_addon(addon: Any, found: Storage, auto: bool) -> None:
    if isinstance(addon, StorageClasses):
        for name, each in addon.classes.items():
            made = VolumeClass(provisioner=each.provisioner(auto_mode=auto), parameters=each.parameters())
            found.add(name, made, default=each.default)
        for name, attributes in addon.volume_attributes_classes.items():
            found.attributes[name] = attributes.driver_used(auto_mode=auto)
    elif isinstance(addon, AwsEbsCsiDriver) and addon.default_storage_class:
        found.add("ebs-csi-default-sc", VolumeClass(provisioner=EBS_DRIVER, parameters={"type": "gp3"}), default=True)
    elif isinstance(addon, AwsEfsCsiDriver):
        for name, system in addon.file_systems.items():
            if system.storage_class is not None:
                made = VolumeClass(provisioner=EFS_DRIVER, parameters={"provisioningMode": "efs-ap"})
                found.add(f"efs-{name}", made, default=system.storage_class.default)
    elif isinstance(addon, SnapshotController):
        found.snapshot_classes |= set(addon.classes)
        found.snapshot_default |= any(each.default for each in addon.classes.values())


def _of_object(manifest: Mapping[str, Any], found: Storage) -> None:
    metadata = manifest.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    if not isinstance(metadata, Mapping) or not isinstance(name, str):
        return
    kind = manifest.get("kind")
    if kind == "StorageClass":
        parameters = manifest.get("parameters")
        made = VolumeClass(
            provisioner=str(manifest.get("provisioner")),
            parameters=parameters if isinstance(parameters, Mapping) else {},
        )
        found.add(name, made, default=is_default(manifest))
    elif kind == "VolumeAttributesClass":
        found.attributes[name] = str(manifest.get("driverName"))
    elif kind == "VolumeSnapshotClass":
        found.snapshot_classes.add(name)
        found.snapshot_default |= is_default(manifest, DEFAULT_SNAPSHOT_CLASS)


def is_default(manifest: Mapping[str, Any], mark: str = DEFAULT_STORAGE_CLASS) -> bool:
    """Whether a class that is written down is the default one."""
    metadata = manifest.get("metadata")
    marks = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    return isinstance(marks, Mapping) and str(marks.get(mark)).lower() == "true"
