"""The launch template of a group of nodes: what EKS itself has no field for, and safe defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws as aws

from eks_blueprints.compute import _efa
from eks_blueprints.compute._bootstrap import additions
from eks_blueprints.compute._parts import Volume
from eks_blueprints.core.component import Component, merge_tags
from eks_blueprints.core.errors import fail, unknown_name
from eks_blueprints.core.naming import short_prefix
from eks_blueprints.core.refs import ClusterRef, SecurityGroupRef

if TYPE_CHECKING:
    from eks_blueprints.compute._ec2_nodes import Ec2Nodes

TEMPLATE_NAME_LIMIT = 125
_TAGGED = ("instance", "network-interface", "volume")


def launch_template(nodes: Ec2Nodes, cluster: ClusterRef, component: Component, **own: Any) -> aws.ec2.LaunchTemplate:
    """The launch template `{component}-template`; `own` are inputs that only some groups have."""
    name = f"{component.pulumi_resource_name}-template"
    tags = merge_tags(cluster.tags, nodes.tags)
    access = nodes.remote_access
    network = _network(nodes, cluster, component, always="image_id" in own)
    return aws.ec2.LaunchTemplate(
        name,
        name_prefix=short_prefix(name, TEMPLATE_NAME_LIMIT),
        update_default_version=True,
        metadata_options={
            "http_endpoint": "enabled",
            "http_tokens": "required",
            "http_put_response_hop_limit": nodes.http_put_response_hop_limit,
        },
        block_device_mappings=_volumes(nodes),
        key_name=None if access is None else access.ec2_ssh_key,
        ebs_optimized=None if nodes.ebs_optimized is None else str(nodes.ebs_optimized).lower(),
        monitoring={"enabled": True} if nodes.monitoring else None,
        placement=_placement(nodes, cluster, component),
        tag_specifications=_tags(component, tags),
        tags=tags or None,
        **({"user_data": additions(nodes)} | network | _capacity(nodes) | own),
        opts=component.child(),
    )


def _tags(component: Component, tags: dict[str, str]) -> Any:
    # The provider's default tags do not reach what a launch template makes.
    tags = merge_tags({"Name": component.pulumi_resource_name}, tags)
    return [{"resource_type": kind, "tags": tags} for kind in _TAGGED]


def _volumes(nodes: Ec2Nodes) -> Any:
    family = nodes.ami.family
    mappings = []
    if family == "BOTTLEROCKET":
        # Its first volume holds the system alone and keeps the image's size.
        system = _ebs(nodes.disk)
        kept = {key: system[key] for key in ("delete_on_termination", "encrypted", "kms_key_id") if key in system}
        mappings.append({"device_name": "/dev/xvda", "ebs": kept})
    device = {"BOTTLEROCKET": "/dev/xvdb", "WINDOWS": "/dev/sda1"}.get(family, "/dev/xvda")
    mappings.append({"device_name": device, "ebs": _ebs(nodes.disk)})
    for device, volume in sorted(nodes.additional_volumes.items()):
        mappings.append({"device_name": device, "ebs": _ebs(volume)})
    return mappings


def _ebs(volume: Volume) -> dict[str, Any]:
    ebs = {
        "volume_size": volume.volume_size,
        "volume_type": volume.volume_type,
        "iops": volume.iops,
        "throughput": volume.throughput,
        "encrypted": str(volume.encrypted).lower(),
        "kms_key_id": volume.kms_key_id,
        "delete_on_termination": "true",
    }
    return {name: value for name, value in ebs.items() if value is not None}


def _network(nodes: Ec2Nodes, cluster: ClusterRef, component: Component, *, always: bool) -> dict[str, Any]:
    groups = _security_groups(nodes, cluster, component, always=always or nodes.efa)
    if not nodes.efa:
        return {"vpc_security_group_ids": groups}
    together = _efa.security_group(nodes, cluster, component).id
    return {"network_interfaces": _efa.network_interfaces(nodes, [*(groups or []), together])}


def _security_groups(
    nodes: Ec2Nodes, cluster: ClusterRef, component: Component, *, always: bool
) -> list[pulumi.Input[str]] | None:
    extra: list[pulumi.Input[str]] = list(nodes.security_group_ids)
    extra += [group.id for group in named_groups(nodes, cluster)]
    if nodes.remote_access is not None:
        extra.append(_remote_access_group(nodes, cluster, component).id)
    # Without the cluster's group nodes cannot join. EKS adds it to nodes of its own, unless the template names others.
    return [cluster.security_group_id, *extra] if extra or always else None


def named_groups(nodes: Ec2Nodes, cluster: ClusterRef) -> list[SecurityGroupRef]:
    """The security groups of a group of nodes that the platform makes.

    Raises:
        InputError: if there is none of a name.
    """
    for name in nodes.security_groups:
        if name not in cluster.security_groups:
            fault = unknown_name(name, cluster.security_groups, "security group on this cluster")
            fail(fault, nodes.group, nodes.name, "security_groups")
    return [cluster.security_groups[name] for name in nodes.security_groups]


def opened(nodes: Ec2Nodes, cluster: ClusterRef) -> list[pulumi.Resource]:
    """The rules of these groups, without which nodes may not reach what they join."""
    return [rule for group in named_groups(nodes, cluster) for rule in group.ready]


def _remote_access_group(nodes: Ec2Nodes, cluster: ClusterRef, component: Component) -> aws.ec2.SecurityGroup:
    access = nodes.remote_access
    assert access is not None  # noqa: S101 - the caller has looked
    port, what = (3389, "RDP") if nodes.ami.windows else (22, "SSH")
    cidrs = list(access.source_cidrs)
    rule = {
        "description": f"{what} to the nodes",
        "protocol": "tcp",
        "from_port": port,
        "to_port": port,
        "security_groups": list(access.source_security_group_ids) or None,
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
    said = nodes.placement
    fields = type(said).model_fields if said is not None else ()
    placement = {name: value for name in fields if (value := getattr(said, name)) is not None}
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
        inputs["instance_type"] = nodes.instance_types[0]
        inputs["instance_market_options"] = {"market_type": "capacity-block"}
    return inputs
