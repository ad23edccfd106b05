"""CSI snapshot controller: snapshots of volumes as Kubernetes objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import AfterValidator

from eks_blueprints.addons._eks_managed import EksAddOn
from eks_blueprints.addons.storage_classes import Driver, ebs_driver
from eks_blueprints.core.errors import Faults
from eks_blueprints.core.leaves import Tags, object_name
from eks_blueprints.core.naming import DEFAULT_SNAPSHOT_CLASS
from eks_blueprints.core.spec import Spec

if TYPE_CHECKING:
    from eks_blueprints.core.component import Component
    from eks_blueprints.core.refs import ClusterRef


class VolumeSnapshotClass(Spec):
    """How snapshots of EBS volumes are taken."""

    default: bool = False
    """Whether snapshots that name no class get this one; one class of each driver can be so."""
    deletion_policy: Literal["Delete", "Retain"] = "Delete"
    """What happens to the snapshot in EBS when the VolumeSnapshot is deleted."""
    tags: Tags = {}
    """Tags of the snapshots in EBS."""
    driver: Driver | None = None
    """Driver that takes them, where a cluster has both. Default: that of EKS Auto Mode where it is on."""


def _names(found: dict[str, VolumeSnapshotClass]) -> dict[str, VolumeSnapshotClass]:
    faults = Faults()
    defaults: dict[str | None, str] = {}
    for name, each in found.items():
        if fault := object_name.fault(name):
            faults.add((name,), fault)
        if each.default and (first := defaults.setdefault(each.driver, name)) != name:
            faults.add((name, "default"), f"is for one class of a driver; got {first} and {name}; keep one")
    faults.raise_if_any()
    return found


class SnapshotController(EksAddOn):
    """Make snapshots of volumes, and volumes from them, by VolumeSnapshot objects.

    The EBS driver takes them, or that of EKS Auto Mode; this brings the objects and what watches them.
    """

    category: ClassVar[str] = "storage"
    brings_groups: ClassVar[tuple[str, ...]] = ("snapshot.storage.k8s.io",)
    eks_name: ClassVar[str] = "snapshot-controller"

    classes: Annotated[dict[str, VolumeSnapshotClass], AfterValidator(_names)] = {}
    """VolumeSnapshotClasses by name: `{ebs: {default: true}}`. Default: none, and no snapshot is taken without one."""

    def install(self, cluster: ClusterRef) -> Component:
        """Have EKS install it, and make the classes."""
        component = super().install(cluster)
        if not self.classes:
            return component
        from eks_blueprints.core.component import in_cluster
        from eks_blueprints.core.kubernetes_object import KubernetesObject

        addon = component.ready
        made = []
        for name, found in self.classes.items():
            marks = {"annotations": {DEFAULT_SNAPSHOT_CLASS: "true"}} if found.default else {}
            tags = {f"tagSpecification_{at}": f"{key}={value}" for at, (key, value) in enumerate(found.tags.items(), 1)}
            manifest = {
                "apiVersion": "snapshot.storage.k8s.io/v1",
                "kind": "VolumeSnapshotClass",
                "metadata": {"name": name, **marks},
                "driver": ebs_driver(found.driver, auto_mode=cluster.auto_mode),
                "deletionPolicy": found.deletion_policy,
                **({"parameters": tags} if tags else {}),
            }
            options = component.child(depends_on=addon, **in_cluster(cluster.resource, goes_with_it=True))
            made.append(KubernetesObject(f"{component.pulumi_resource_name}-{name}", manifest, options))
        component.ready = (*addon, *made)
        return component
