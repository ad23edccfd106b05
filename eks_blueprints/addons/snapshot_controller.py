"""CSI snapshot controller: snapshots of volumes as Kubernetes objects."""

from __future__ import annotations

from typing import ClassVar

from eks_blueprints.addons.base import EksAddOn


class SnapshotController(EksAddOn):
    """Make snapshots of volumes, and volumes from them, by VolumeSnapshot objects.

    The EBS and EFS drivers make them; this brings the objects and what watches them. EKS Auto Mode needs it as well.
    """

    category: ClassVar[str] = "storage"
    brings_groups: ClassVar[tuple[str, ...]] = ("snapshot.storage.k8s.io",)
    eks_name: ClassVar[str] = "snapshot-controller"
