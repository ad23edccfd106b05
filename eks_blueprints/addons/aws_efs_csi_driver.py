"""Amazon EFS CSI driver: volumes on EFS, shared by pods of several nodes and zones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from eks_blueprints.addons._arns import FileSystemArn
from eks_blueprints.addons._efs_parts import EfsFileSystem, check_file_systems
from eks_blueprints.addons._eks_managed import EksAddOn
from eks_blueprints.addons._fit import Fit, Stage
from eks_blueprints.addons._pods import NodeSelector, Toleration, pod_settings
from eks_blueprints.core.errors import Problem
from eks_blueprints.core.iam import Allow
from eks_blueprints.core.leaves import Tags
from eks_blueprints.core.spec import In, Many

if TYPE_CHECKING:
    from eks_blueprints.core.component import Component
    from eks_blueprints.core.refs import ClusterRef, Ground


class AwsEfsCsiDriver(EksAddOn):
    """Mount EFS file systems, and make access points in them for PersistentVolumeClaims.

    Fargate mounts EFS without it, file systems that are there only. The EKS add-on is used rather than the chart,
    because EKS keeps its version and its role by Pod Identity.
    """

    category: ClassVar[str] = "storage"
    eks_name: ClassVar[str] = "aws-efs-csi-driver"
    service_account: ClassVar[str] = "efs-csi-controller-sa"
    stage: ClassVar[Stage] = Stage.CORE
    fits: ClassVar[Fit] = Fit(not_on_fargate="Fargate mounts EFS by itself, and runs no DaemonSets")

    file_systems: Annotated[dict[str, EfsFileSystem], AfterValidator(check_file_systems)] = {}
    """EFS file systems that are created with it, by name, each with mount targets, and with a storage class
    `efs-<name>` unless `it` is set. Default: none.
    """

    file_system_arns: Many[In[FileSystemArn]] = ()
    """ARNs of the file systems that it may make access points in. Default: all of the account, by AWS's own policy."""

    node_tolerations: Many[Toleration] | None = None
    """Taints that its pods on nodes accept. Default: all of them."""

    tolerations: Many[Toleration] | None = None
    """Taints that its controller's pods accept. Default: EKS's."""

    node_selector: NodeSelector = {}
    """Labels that nodes have to carry to run its controller."""

    replicas: int | None = Field(default=None, ge=1, le=10)
    """Number of pods of the controller. Default: EKS's, 2."""

    access_point_tags: Tags = {}
    """Tags of every access point that it creates."""

    delete_access_point_root_dir: bool | None = None
    """Whether the directory of an access point is deleted with it. Default: it stays."""

    def problems_on(self, ground: Ground) -> Iterator[Problem]:
        """File systems in a network without private subnets, where their mount targets stand."""
        yield from super().problems_on(ground)
        if self.file_systems and not ground.network.ids("private"):
            do = "add private subnets, or create the file systems elsewhere"
            message = f"need private subnets for their mount targets; got a network without any; {do}"
            yield Problem(("file_systems",), message)

    def install(self, cluster: ClusterRef) -> Component:
        """Have EKS install it, and make the file systems."""
        component = super().install(cluster)
        if self.file_systems:
            from eks_blueprints.addons._efs_systems import make_file_systems
            from eks_blueprints.core.component import merge_tags

            tags = merge_tags(cluster.tags, self.tags)
            component.ready = (*component.ready, *make_file_systems(self.file_systems, cluster, component, tags))
        return component

    def managed_policies(self, ground: Ground) -> dict[str, str]:
        """AWS's own policy for the driver, unless the file systems are named."""
        return {} if self.file_system_arns else {"efs-csi": "service-role/AmazonEFSCSIDriverPolicy"}

    def permissions(self, cluster: ClusterRef) -> list[Allow]:
        """Access points of the named file systems, told by the tag that the driver gives them."""
        if not self.file_system_arns:
            return []
        points = f"arn:{cluster.partition}:elasticfilesystem:{cluster.region}:*:access-point/*"
        ours = {"StringEquals": {"aws:ResourceTag/efs.csi.aws.com/cluster": "true"}}
        new = {"StringEquals": {"aws:RequestTag/efs.csi.aws.com/cluster": "true"}}
        describe = ("elasticfilesystem:DescribeFileSystems", "elasticfilesystem:DescribeMountTargets")
        mount = ("ClientMount", "ClientRootAccess", "ClientWrite")
        return [
            Allow("ec2:DescribeAvailabilityZones"),
            Allow(*describe, on=self.file_system_arns),
            Allow("elasticfilesystem:DescribeAccessPoints", on=(*self.file_system_arns, points)),
            Allow("elasticfilesystem:CreateAccessPoint", on=self.file_system_arns, when=new),
            Allow("elasticfilesystem:TagResource", on=(*self.file_system_arns, points), when=ours),
            Allow("elasticfilesystem:DeleteAccessPoint", on=points, when=ours),
            Allow(
                *(f"elasticfilesystem:{verb}" for verb in mount),
                on=self.file_system_arns,
                when={"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}},
            ),
        ]

    def settings(self) -> dict[str, Any]:
        """What its fields say, in the add-on's own schema."""
        controller = pod_settings(self.tolerations, self.node_selector)
        if self.replicas is not None:
            controller["replicaCount"] = self.replicas
        if self.access_point_tags:
            controller["tags"] = dict(sorted(self.access_point_tags.items()))
        if self.delete_access_point_root_dir is not None:
            controller["deleteAccessPointRootDir"] = self.delete_access_point_root_dir
        settings: dict[str, Any] = {"controller": controller} if controller else {}
        if self.node_tolerations is not None:
            settings["node"] = {"tolerations": [toleration.manifest() for toleration in self.node_tolerations]}
        return settings
