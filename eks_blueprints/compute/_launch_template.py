"""The launch template of a group of nodes: what EKS itself has no field for, and safe defaults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from eks_blueprints.cluster.belongings import Frame
from eks_blueprints.cluster.keys import volume_key
from eks_blueprints.compute import _efa
from eks_blueprints.compute._bootstrap import additions
from eks_blueprints.compute._group_options import RemoteAccess
from eks_blueprints.compute._instance_parts import NetworkInterface
from eks_blueprints.compute._parts import Volume
from eks_blueprints.core.component import Component, merge_tags
from eks_blueprints.core.errors import fail, unknown_name
from eks_blueprints.core.naming import short_prefix
from eks_blueprints.core.refs import ClusterRef, SecurityGroupRef
from eks_blueprints.core.spec import Spec

if TYPE_CHECKING:
    from eks_blueprints.compute._ec2_nodes import Ec2Nodes

TEMPLATE_NAME_LIMIT = 125
KEY_PAIR_NAME_LIMIT = 255
_DEVICES = {"BOTTLEROCKET": "/dev/xvdb", "WINDOWS": "/dev/sda1"}
_TAGGED = ("instance", "network-interface", "volume")


def launch_template(
    nodes: Ec2Nodes, cluster: ClusterRef, component: Component, **own: Any
) -> aws.ec2.LaunchTemplate | None:
    """The launch template `{component}-template`; None where one that exists is taken.

    `own` are inputs that only some groups have.
    """
    if nodes.launch_template is not None:
        return None
    name = f"{component.pulumi_resource_name}-template"
    tags = merge_tags(cluster.tags, nodes.tags)
    access = nodes.remote_access
    network = _network(nodes, cluster, component, always="image_id" in own)
    return aws.ec2.LaunchTemplate(
        name,
        name=nodes.launch_template_name,
        name_prefix=None if nodes.launch_template_name else short_prefix(name, TEMPLATE_NAME_LIMIT),
        description=nodes.launch_template_description,
        update_default_version=True,
        metadata_options={
            "http_endpoint": "enabled",
            "http_tokens": "required",
            "http_put_response_hop_limit": nodes.http_put_response_hop_limit,
        },
        block_device_mappings=_volumes(nodes, _keys(nodes, cluster, component, tags)),
        key_name=None if access is None else _key_name(access, component, tags),
        ebs_optimized=None if nodes.ebs_optimized is None else str(nodes.ebs_optimized).lower(),
        monitoring={"enabled": True} if nodes.monitoring else None,
        placement=_placement(nodes, cluster, component),
        tag_specifications=_tags(nodes, component, tags),
        tags=tags or None,
        **({"user_data": additions(nodes)} | network | _instance(nodes) | _capacity(nodes) | own),
        # A new name is free: the group moves to the new template before the old one goes.
        opts=component.child(delete_before_replace=False if nodes.launch_template_name else None),
    )


def specification(nodes: Ec2Nodes, made: aws.ec2.LaunchTemplate | None, *, prefix: str = "") -> Any:
    """Which launch template a group takes, and which version; `prefix` stands before the names of id and name."""
    if made is not None:
        return {f"{prefix}id": made.id, "version": made.latest_version.apply(str)}
    given = nodes.launch_template
    assert given is not None  # noqa: S101 - there is one where none is made
    which = {"id": given.id} if given.id is not None else {"name": given.name}
    return {f"{prefix}{key}": value for key, value in which.items() if value is not None} | {"version": given.version}


def _instance(nodes: Ec2Nodes) -> dict[str, Any]:
    return {
        "cpu_options": said_in(nodes.cpu_options),
        "credit_specification": None if nodes.cpu_credits is None else {"cpu_credits": nodes.cpu_credits},
        "enclave_options": {"enabled": True} if nodes.enclave else None,
        "maintenance_options": None if nodes.auto_recovery is None else {"auto_recovery": nodes.auto_recovery},
        "private_dns_name_options": said_in(nodes.private_dns_name_options),
        "license_specifications": [{"license_configuration_arn": arn} for arn in nodes.license_configuration_arns]
        or None,
        "disable_api_termination": nodes.disable_api_termination or None,
        "disable_api_stop": nodes.disable_api_stop or None,
    }


def said_in(spec: Spec | None) -> dict[str, Any] | None:
    """The fields of a spec that say something, as inputs."""
    if spec is None:
        return None
    return {name: value for name in type(spec).model_fields if (value := getattr(spec, name)) is not None}


def _tags(nodes: Ec2Nodes, component: Component, tags: dict[str, str]) -> Any:
    # The provider's default tags do not reach what a launch template makes.
    tags = merge_tags({"Name": component.pulumi_resource_name}, tags, name_tag(nodes))
    return [{"resource_type": kind, "tags": tags} for kind in _TAGGED]


def name_tag(nodes: Ec2Nodes) -> dict[str, str]:
    """The name that instances are said to have, as their tag."""
    return {} if nodes.instance_name is None else {"Name": nodes.instance_name}


def _keys(
    nodes: Ec2Nodes, cluster: ClusterRef, component: Component, tags: Mapping[str, str]
) -> dict[str, pulumi.Output[str]]:
    """ARNs of the keys that are made for volumes, by device; that of `disk` under its field's name."""
    frame = Frame(
        component=component, cluster_name=nodes.name, region=cluster.region, partition=cluster.partition, tags=tags
    )
    found = {"disk": ("disk-key", nodes.disk)}
    for device, volume in sorted(nodes.additional_volumes.items()):
        found[device] = (f"{device.rpartition('/')[2]}-key", volume)
    return {
        device: volume_key(frame, role, volume.kms_key).arn
        for device, (role, volume) in found.items()
        if volume.kms_key is not None
    }


def _volumes(nodes: Ec2Nodes, keys: Mapping[str, pulumi.Output[str]]) -> Any:
    family = nodes.ami.family
    mappings = []
    if family == "BOTTLEROCKET":
        # Its first volume holds the system alone and keeps the image's size.
        system = _ebs(nodes.disk, keys.get("disk"))
        kept = {key: system[key] for key in ("delete_on_termination", "encrypted", "kms_key_id") if key in system}
        mappings.append({"device_name": "/dev/xvda", "ebs": kept})
    device = nodes.disk_device_name or _DEVICES.get(family, "/dev/xvda")
    mappings.append({"device_name": device, "ebs": _ebs(nodes.disk, keys.get("disk"))})
    for device, volume in sorted(nodes.additional_volumes.items()):
        mappings.append({"device_name": device, "ebs": _ebs(volume, keys.get(device))})
    return mappings


def _ebs(volume: Volume, key: pulumi.Input[str] | None) -> dict[str, Any]:
    ebs = {
        "volume_size": volume.volume_size,
        "volume_type": volume.volume_type,
        "iops": volume.iops,
        "throughput": volume.throughput,
        "encrypted": str(volume.encrypted).lower(),
        "kms_key_id": volume.kms_key_id if key is None else key,
        "snapshot_id": volume.snapshot_id,
        "volume_initialization_rate": volume.volume_initialization_rate,
        "delete_on_termination": str(volume.delete_on_termination).lower(),
    }
    return {name: value for name, value in ebs.items() if value is not None}


def _network(nodes: Ec2Nodes, cluster: ClusterRef, component: Component, *, always: bool) -> dict[str, Any]:
    own = nodes.network_interfaces
    groups = _security_groups(nodes, cluster, component, always=always or nodes.efa or bool(own))
    if own:
        return {"network_interfaces": _interfaces(own, groups or [])}
    if not nodes.efa:
        return {"vpc_security_group_ids": groups}
    together = _efa.security_group(nodes, cluster, component).id
    return {"network_interfaces": _efa.network_interfaces(nodes, [*(groups or []), together])}


def _interfaces(own: Sequence[NetworkInterface], groups: list[pulumi.Input[str]]) -> Any:
    first = [] if any(each.first for each in own) else [NetworkInterface(device_index=0)]
    return [_interface(each, groups) for each in (*first, *own)]


def _interface(each: NetworkInterface, groups: list[pulumi.Input[str]]) -> dict[str, Any]:
    said = said_in(each) or {}
    said["security_groups"] = list(said.pop("security_group_ids")) or groups
    if (public := said.get("associate_public_ip_address")) is not None:
        said["associate_public_ip_address"] = str(public).lower()
    if (fixed := said.get("primary_ipv6")) is not None:
        said["primary_ipv6"] = str(fixed).lower()
    return {**said, "delete_on_termination": "true"}


def _security_groups(
    nodes: Ec2Nodes, cluster: ClusterRef, component: Component, *, always: bool
) -> list[pulumi.Input[str]] | None:
    extra: list[pulumi.Input[str]] = list(nodes.security_group_ids)
    extra += [group.id for group in named_groups(nodes, cluster)]
    if nodes.remote_access is not None:
        extra.append(_remote_access_group(nodes, cluster, component).id)
    # Without the cluster's group nodes cannot join. EKS adds it to nodes of its own, unless the template names others.
    return [cluster.security_group_id, *extra] if extra or always else None


def _key_name(access: RemoteAccess, component: Component, tags: Mapping[str, str]) -> pulumi.Input[str] | None:
    if access.public_key is None:
        return access.ec2_ssh_key
    name = f"{component.pulumi_resource_name}-key-pair"
    prefix = short_prefix(name, KEY_PAIR_NAME_LIMIT)
    made = aws.ec2.KeyPair(
        name, key_name_prefix=prefix, public_key=access.public_key, tags=dict(tags) or None, opts=component.child()
    )
    return made.key_name


def named_groups(nodes: Ec2Nodes, cluster: ClusterRef) -> list[SecurityGroupRef]:
    """The security groups of a group of nodes that the platform makes.

    Raises:
        InputError: if there is none of a name.
    """
    return _called(nodes.security_groups, nodes, cluster, "security_groups")


def _called(names: Sequence[str], nodes: Ec2Nodes, cluster: ClusterRef, *path: str) -> list[SecurityGroupRef]:
    for name in names:
        if name not in cluster.security_groups:
            fault = unknown_name(name, cluster.security_groups, "security group on this cluster")
            fail(fault, nodes.group, nodes.name, *path)
    return [cluster.security_groups[name] for name in names]


def opened(nodes: Ec2Nodes, cluster: ClusterRef) -> list[pulumi.Resource]:
    """The rules of these groups, without which nodes may not reach what they join."""
    return [rule for group in named_groups(nodes, cluster) for rule in group.ready]


def _remote_access_group(nodes: Ec2Nodes, cluster: ClusterRef, component: Component) -> aws.ec2.SecurityGroup:
    access = nodes.remote_access
    assert access is not None  # noqa: S101 - the caller has looked
    port, what = (3389, "RDP") if nodes.ami.windows else (22, "SSH")
    cidrs = list(access.source_cidrs)
    named = _called(access.source_security_groups, nodes, cluster, "remote_access", "source_security_groups")
    sources = [*access.source_security_group_ids, *(group.id for group in named)]
    rule = {
        "description": f"{what} to the nodes",
        "protocol": "tcp",
        "from_port": port,
        "to_port": port,
        "security_groups": sources or None,
        "cidr_blocks": [cidr for cidr in cidrs if ":" not in cidr] or None,
        "ipv6_cidr_blocks": [cidr for cidr in cidrs if ":" in cidr] or None,
    }
    ingress: Any = [{key: value for key, value in rule.items() if value is not None}]
    name = f"{component.pulumi_resource_name}-remote-access"
    return aws.ec2.SecurityGroup(
        name,
        description=f"{what} to the nodes of {component.pulumi_resource_name}",
        vpc_id=cluster.network.vpc_id,
        ingress=ingress,
        tags=merge_tags({"Name": name}, cluster.tags, nodes.tags),
        opts=component.child(),
    )


def _placement(nodes: Ec2Nodes, cluster: ClusterRef, component: Component) -> Any:
    placement = said_in(nodes.placement) or {}
    if nodes.efa:
        placement |= _efa.placement_group(nodes, cluster, component)
    return placement or None


def _capacity(nodes: Ec2Nodes) -> Any:
    inputs: dict[str, Any] = {}
    reservation = nodes.capacity_reservation
    if reservation is not None and reservation.capacity_reservation_preference is not None:
        preference = reservation.capacity_reservation_preference
        inputs["capacity_reservation_specification"] = {"capacity_reservation_preference": preference}
    elif reservation is not None:
        fields = ("capacity_reservation_id", "capacity_reservation_resource_group_arn")
        target = {name: value for name in fields if (value := getattr(reservation, name)) is not None}
        inputs["capacity_reservation_specification"] = {"capacity_reservation_target": target}
    if nodes.capacity_type == "CAPACITY_BLOCK":
        inputs["instance_type"] = nodes.named_types[0]
        inputs["instance_market_options"] = {"market_type": "capacity-block"}
    return inputs
