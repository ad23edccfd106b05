"""Parts of a group of nodes: its role, volumes, keys for SSH, and how its instances are bought."""

from __future__ import annotations

import re
from pathlib import Path as FilePath

from eks_blueprints.core.errors import Path, dotted, shown
from eks_blueprints.lifecycle.importers.eksctl.build import Build
from eks_blueprints.lifecycle.importers.eksctl.rules import apply, step
from eks_blueprints.lifecycle.importers.eksctl.source import Node
from eks_blueprints.lifecycle.importers.eksctl.steps.group_images import group_of
from eks_blueprints.lifecycle.importers.eksctl.steps.identities import put_policy, put_statements
from eks_blueprints.lifecycle.importers.eksctl.steps.network import existing
from eks_blueprints.lifecycle.importers.eksctl.steps.node_policies import of_addons

_NEEDED = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")
"""Policies that the role of nodes has here in any case."""
_SESSIONS = "AmazonSSMManagedInstanceCore"
_CNI = "AmazonEKS_CNI_Policy"


@step
def node_role(build: Build, node: Node, base: Path) -> None:
    """The role of the nodes."""
    names = {
        "instanceRoleARN": "node_role_arn",
        "instanceRolePermissionsBoundary": "permissions_boundary",
        "instanceRoleName": "iam_role.name",
    }
    for each in node.members():
        key = str(each.path[-1])
        if each.empty:
            continue
        if key in names:
            build.put((*base, *names[key].split(".")), each.value, each)
        elif key == "instanceProfileARN":
            _profile(build, node, each, base)
        elif key == "attachPolicyARNs":
            _policies(build, each, base)
        elif key == "attachPolicy":
            put_statements(build, each, (*base, "iam_role"))
        elif key == "withAddonPolicies":
            of_addons(build, each, base)


def _profile(build: Build, iam: Node, node: Node, base: Path) -> None:
    if build.at((*base, "kind")) != "self_managed_nodes":
        build.tell(node, "has no effect: EKS makes the instance profile of a managed group from node_role_arn")
    elif iam.get("instanceRoleARN") is None:
        build.tell(node, "needs the ARN of its role too: write node_role_arn beside iam_instance_profile_arn")
    else:
        build.put((*base, "iam_instance_profile_arn"), node.value, node)


def _policies(build: Build, node: Node, base: Path) -> None:
    """Policies instead of eksctl's own; those that nodes have here anyway are not said again."""
    names = [str(each.value).rsplit("/", 1)[-1] for each in node.members()]
    for each, name in zip(node.members(), names, strict=True):
        if name in _NEEDED:
            build.tell(each, "leave it out: the role of nodes has it in any case")
        elif name == _SESSIONS:
            build.put((*base, "session_manager"), True, each)
        else:
            put_policy(build, each, (*base, "policies"))
    if names and _SESSIONS not in names:
        build.default((*base, "session_manager"), False, "attachPolicyARNs replaces eksctl's own policies")


@step
def volumes(build: Build, node: Node, base: Path) -> None:
    """Further volumes by their device names."""
    taken = build.at((*base, "additional_volumes"), {})
    for each in node.members():
        device = each.get("volumeName")
        free = (f"/dev/sd{letter}" for letter in "fghijklmnop" if f"/dev/sd{letter}" not in taken)
        name = next(free, "/dev/sdz") if device is None else str(device.value)
        target = (*base, "additional_volumes", name)
        build.put(target, {}, *([device] if device is not None else []))
        apply(build, each, target)
        _volume_defaults(build, target)
        taken = build.at((*base, "additional_volumes"), {})


def _volume_defaults(build: Build, target: Path) -> None:
    build.default((*target, "encrypted"), False, "eksctl encrypts volumes where volumeEncrypted says so")
    if build.at((*target, "volume_type")) in ("io1", "io2"):
        build.default((*target, "iops"), 100, "eksctl's own IOPS of io1 and io2")


@step
def ssh(build: Build, node: Node, base: Path) -> None:
    """A key for SSH, and from where it can be used."""
    allow, given = node.get("allow"), node.get("publicKey")
    named, path, groups = node.get("publicKeyName"), node.get("publicKeyPath"), node.get("sourceSecurityGroupIds")
    sessions = node.get("enableSsm")
    if sessions is not None:
        if sessions.value:
            build.put((*base, "session_manager"), True, sessions)
        else:
            build.tell(sessions, "is refused by eksctl, which always has it on: write session_manager: false")
    access, key = (*base, "remote_access"), given or named or path
    off = allow is not None and allow.value is not True
    if key is None and (allow is None or off):
        build.tell(allow, "leave it out: nobody can log in over the network unless remote_access is written")
        build.tell(groups, "has no effect: there is no key for SSH")
        return
    if off and groups is None:
        do = "write remote_access with source_cidrs or source_security_group_ids to log in, or use Session Manager"
        build.tell(node, f"cannot be written: a key goes with the sources from which it can be used; {do}")
        return
    if given is not None:
        build.put((*access, "public_key"), given.value, given)
    elif named is not None:
        build.put((*access, "ec2_ssh_key"), named.value, named)
    else:
        _key_file(build, base, path or node, "~/.ssh/id_rsa.pub" if path is None else str(path.value))
    if groups is not None:
        build.put((*access, "source_security_group_ids"), list(groups.value), groups)
    if allow is not None:
        build.said(access, allow)
    if groups is None:
        _open(build, group_of(build, node), access)


def _key_file(build: Build, base: Path, node: Node, file: str) -> None:
    """A key that is in a file, which is read as eksctl does; where it is elsewhere, the user has to say it."""
    access = (*base, "remote_access")
    try:
        text = FilePath(file).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError, RuntimeError, ValueError):
        text = ""
    if re.match(r"(ssh-(rsa|ed25519)|ecdsa-sha2-\S+) \S+", text) and "\n" not in text:
        build.put((*access, "public_key"), text, node.get("allow") or node)
        return
    what = f"name of a key pair in EC2; or write public_key with the text of {file}"
    build.ask((*access, "ec2_ssh_key"), "yours", what)
    do = f"write its text as {dotted(access)}.public_key"
    build.tell(node.get("allow") or node, f"names a file that eksctl reads, and that is not here; {do}")


def _open(build: Build, group: Node, access: Path) -> None:
    """eksctl opens port 22 to the world in public subnets, and to the VPC in private ones."""
    wide = not group.is_true("privateNetworking")
    cidr = build.at(("network", "cidr"), None if existing(build) else "192.168.0.0/16")
    if cidr is None:
        # The range of a VPC that exists is not in the file.
        build.at(access[:-1]).pop(access[-1])
        where = dotted(access)
        build.differs.append(f"{where}: is left out: eksctl opens port 22 to the VPC; write it with source_cidrs")
        build.tell(group.get("ssh"), f"is left out as {where}: needs source_cidrs, the range of the VPC")
        return
    why = "eksctl opens port 22 to the whole internet, which is refused here" if wide else "eksctl opens port 22 to it"
    build.default((*access, "source_cidrs"), [cidr], f"the VPC: {why}")


@step
def imds(build: Build, node: Node, _base: Path) -> None:
    """Version 1 of the instance metadata service, which is always off here."""
    if node.value:
        build.tell(node, "is the default: version 1 of the instance metadata service is always off")
    else:
        build.tell(node, "cannot be written: version 1 of the instance metadata service is always off; use version 2")


@step
def market(build: Build, node: Node, base: Path) -> None:
    """Capacity blocks."""
    kind = node.get("marketType")
    if kind is None:
        return
    if kind.value != "capacity-block":
        build.tell(kind, f"is none that eksctl takes; got {shown(kind.value)}; write capacity-block")
        return
    build.put((*base, "capacity_type"), "CAPACITY_BLOCK", kind)


@step
def distribution(build: Build, node: Node, base: Path) -> None:
    """On-demand and spot in one group."""
    apply(build, node, base, without=("instanceTypes", "maxPrice"))
    if (types := node.get("instanceTypes")) is not None:
        build.put((*base, "instance_types"), list(types.value), types)
    if (price := node.get("maxPrice")) is not None:
        build.put((*base, "instances_distribution", "spot_max_price"), f"{price.value:.10g}", price)
    said = build.at((*base, "instances_distribution"), {})
    build.default((*base, "instances_distribution"), {}, "a group of on-demand instances")
    if said.get("on_demand_percentage_above_base_capacity", 100) < 100 or "spot_instance_pools" in said:
        field = (*base, "instances_distribution", "spot_allocation_strategy")
        build.default(field, "lowest-price", "the default of EC2 Auto Scaling, which eksctl leaves alone")


@step
def instance_name(build: Build, node: Node, base: Path) -> None:
    """The tag `Name` of instances: prefix and name."""
    field = (*base, "instance_name")
    name = str(node.value)
    if node.path[-1] == "instancePrefix":
        whole = build.at(field) or f"{build.source.value_of('metadata', 'name')}-{base[-1]}-Node"
        build.put(field, f"{name}-{whole}", node)
        return
    prefix = build.at(field)
    if prefix is not None:
        name = f"{prefix.removesuffix(_generated(build, base))}{name}"
    # What stands there already is part of it.
    group = group_of(build, node)
    build.put(field, name, node, *(each for each in (group.get("instancePrefix"),) if each is not None))


def _generated(build: Build, base: Path) -> str:
    return f"{build.source.value_of('metadata', 'name')}-{base[-1]}-Node"
