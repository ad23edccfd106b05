"""The resources of EFS file systems: the file system, its mount targets, access points and storage class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from eks_blueprints.core.component import Component, in_cluster, merge_tags
from eks_blueprints.core.kubernetes_object import KubernetesObject
from eks_blueprints.core.refs import ClusterRef

if TYPE_CHECKING:
    from eks_blueprints.addons._efs_parts import EfsFileSystem, EfsStorageClass

_NFS = 2049
_DEFAULT = "storageclass.kubernetes.io/is-default-class"


def make_file_systems(
    systems: Mapping[str, EfsFileSystem], cluster: ClusterRef, component: Component, tags: Mapping[str, str]
) -> tuple[pulumi.Resource, ...]:
    """All file systems, in one security group that lets the cluster's nodes and pods in."""
    if not systems:
        return ()
    group = _security_group(cluster, component, tags)
    made: list[pulumi.Resource] = []
    for name, wanted in systems.items():
        made += _file_system(name, wanted, cluster, component, merge_tags(tags, wanted.tags), group)
    return tuple(made)


def _security_group(cluster: ClusterRef, component: Component, tags: Mapping[str, str]) -> aws.ec2.SecurityGroup:
    name = f"{component.pulumi_resource_name}-efs"
    ingress: Any = [
        {
            "description": "NFS from nodes and pods",
            "protocol": "tcp",
            "from_port": _NFS,
            "to_port": _NFS,
            "security_groups": [cluster.security_group_id],
        }
    ]
    return aws.ec2.SecurityGroup(
        name,
        description=f"EFS of {component.pulumi_resource_name}",
        vpc_id=cluster.network.vpc_id,
        ingress=ingress,
        tags=merge_tags({"Name": name}, tags),
        opts=component.child(),
    )


def _file_system(  # noqa: PLR0917 - what a file system stands on
    name: str,
    wanted: EfsFileSystem,
    cluster: ClusterRef,
    component: Component,
    tags: dict[str, str],
    group: aws.ec2.SecurityGroup,
) -> list[pulumi.Resource]:
    logical = f"{component.pulumi_resource_name}-{name}"
    system = aws.efs.FileSystem(
        logical,
        encrypted=True,
        kms_key_id=wanted.kms_key_id,
        performance_mode=wanted.performance_mode,
        throughput_mode=wanted.throughput_mode,
        provisioned_throughput_in_mibps=wanted.provisioned_throughput_in_mibps,
        lifecycle_policies=_lifecycle(wanted),
        tags=merge_tags({"Name": logical}, tags),
        opts=component.child(protect=wanted.deletion_protection or None),
    )
    status = "ENABLED" if wanted.backup else "DISABLED"
    backup: Any = {"status": status}
    aws.efs.BackupPolicy(f"{logical}-backup", file_system_id=system.id, backup_policy=backup, opts=component.child())
    targets = [
        aws.efs.MountTarget(
            f"{logical}-{key}",
            file_system_id=system.id,
            subnet_id=subnet_id,
            security_groups=[group.id],
            opts=component.child(),
        )
        for key, subnet_id in _places(cluster).items()
    ]
    points = [
        aws.efs.AccessPoint(
            f"{logical}-point-{key}",
            file_system_id=system.id,
            posix_user={"uid": point.uid, "gid": point.gid},
            root_directory={
                "path": point.path,
                "creation_info": {"owner_uid": point.uid, "owner_gid": point.gid, "permissions": point.permissions},
            },
            tags=merge_tags({"Name": f"{logical}-{key}"}, tags),
            opts=component.child(),
        )
        for key, point in wanted.access_points.items()
    ]
    made: list[pulumi.Resource] = [system, *targets, *points]
    if wanted.storage_class is not None:
        made.append(_storage_class(name, wanted.storage_class, cluster, component, system, targets))
    return made


def _lifecycle(wanted: EfsFileSystem) -> list[Any] | None:
    # EFS takes one transition in each policy.
    fields = ("transition_to_ia", "transition_to_archive", "transition_to_primary_storage_class")
    return [{field: value} for field in fields if (value := getattr(wanted, field)) is not None] or None


def _places(cluster: ClusterRef) -> dict[str, pulumi.Input[str]]:
    """The subnets of mount targets, of which there is one a zone, by what stays the same."""
    found: dict[str, pulumi.Input[str]] = {}
    for index, subnet in enumerate(each for each in cluster.network.subnets if each.role == "private"):
        found.setdefault(subnet.zone or (subnet.id if isinstance(subnet.id, str) else f"subnet-{index}"), subnet.id)
    return found


def _storage_class(  # noqa: PLR0917 - what a class stands on
    name: str,
    wanted: EfsStorageClass,
    cluster: ClusterRef,
    component: Component,
    system: aws.efs.FileSystem,
    targets: list[aws.efs.MountTarget],
) -> KubernetesObject:
    parameters: dict[str, Any] = {
        "provisioningMode": "efs-ap",
        "fileSystemId": system.id,
        "directoryPerms": wanted.directory_perms,
    }
    if wanted.base_path is not None:
        parameters["basePath"] = wanted.base_path
    manifest = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": f"efs-{name}", "annotations": {_DEFAULT: str(wanted.default).lower()}},
        "provisioner": "efs.csi.aws.com",
        "parameters": parameters,
        "reclaimPolicy": wanted.reclaim_policy,
        "volumeBindingMode": "Immediate",
    }
    options = in_cluster(cluster.resource, goes_with_it=True)
    # Claims are mounted through a mount target, and made by the driver.
    return KubernetesObject(
        f"{component.pulumi_resource_name}-{name}-class",
        manifest,
        component.child(depends_on=[*targets, *component.ready], **options),
    )
