"""Rules between the fields of a group of nodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from eks_blueprints.core.errors import Faults, Problem, shown
from eks_blueprints.core.facts.ami_types import AmiType
from eks_blueprints.core.facts.instance_types import instance_type
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import repeated, subnet_id
from eks_blueprints.core.role_spec import check_names
from eks_blueprints.core.spec import In

if TYPE_CHECKING:
    from eks_blueprints.compute._ec2_nodes import Ec2Nodes
    from eks_blueprints.compute.managed_nodes import ManagedNodes
    from eks_blueprints.core.refs import NetworkRef
    from eks_blueprints.karpenter.ec2_node_class import Ec2NodeClass
    from eks_blueprints.karpenter.node_class import NodeClass

_POLICY_NAME = Form(r"[A-Za-z0-9][A-Za-z0-9_-]{0,29}")
_ROOT = Form(r"/dev/(sd[a-z]\d{0,2}|xvd[a-z]{1,2}\d{0,2})")
_DEVICE = Form(r"/dev/(sd[b-z]|xvd[b-z]{1,2})|xvd[b-z]{1,2}")
OWN_POLICIES = ("worker-node", "ecr-pull", "session-manager")
_MOST_SECURITY_GROUPS = 16


def check_sizes(nodes: Ec2Nodes, faults: Faults) -> None:
    """Fewest, desired and most nodes in order."""
    fewest, desired, most = nodes.scaling
    assumed = "" if nodes.min_size is not None else " (the default)"
    if fewest > most:
        message = f"is below min_size; got {most} and {fewest}{assumed}; raise max_size or lower min_size"
        faults.add("max_size", message)
    elif not fewest <= desired <= most:
        got = f"{desired} with {fewest} to {most}"
        faults.add("desired_size", f"lies outside min_size and max_size; got {got}; change one of them")


def check_update(nodes: ManagedNodes, faults: Faults) -> None:
    """An update that the group is large enough for."""
    _, _, most = nodes.scaling
    unavailable = nodes.update_config.max_unavailable
    if unavailable is not None and unavailable > most:
        at = ("update_config", "max_unavailable")
        faults.add(at, f"is more than the group can have; got {unavailable} of {most}; lower it")


def check_capacity(nodes: Ec2Nodes, faults: Faults) -> None:
    """What each way of buying instances asks for, and devices that are free for more volumes."""
    if nodes.capacity_type == "SPOT":
        for index, name in enumerate(nodes.named_types):
            facts = instance_type(name)
            if facts is not None and "spot" not in facts.flags:
                faults.add(("instance_types", index), f"is not sold as spot; got {name}; pick another or ON_DEMAND")
        if nodes.capacity_reservation is not None:
            faults.add("capacity_reservation", "has no effect with spot capacity; got both; remove one")
    if nodes.capacity_type == "CAPACITY_BLOCK" and nodes.launch_template is None:
        _check_capacity_block(nodes, faults)
    own = nodes.disk_device_name
    if own is not None and not _ROOT.fullmatch(own):
        faults.add(
            "disk_device_name", f"is not a valid device; got {shown(own)}; write one like /dev/xvda or /dev/sda1"
        )
    if own is not None and own in nodes.additional_volumes:
        faults.add(("additional_volumes", own), f"is the device of disk; got {shown(own)}; write another")
    for device in nodes.additional_volumes:
        taken = device.removeprefix("/dev/") == "xvdb" and nodes.on_bottlerocket
        if not _DEVICE.fullmatch(device) or taken:
            at = ("additional_volumes", device)
            faults.add(at, f"is not a free device; got {shown(device)}; write one like /dev/sdf")


def check_efa(nodes: Ec2Nodes, faults: Faults) -> None:
    """What the Elastic Fabric Adapter asks for."""
    if not nodes.efa or not nodes.named_types:
        return
    cards: dict[range, str] = {}
    for index, name in enumerate(nodes.named_types):
        facts = instance_type(name)
        if facts is None or not facts.efa_cards:
            do = "pick a type that has it, or remove efa"
            faults.add(("instance_types", index), f"has no known Elastic Fabric Adapter; got {name}; {do}")
        else:
            cards.setdefault(facts.efa_cards, name)
    if len(cards) > 1:
        got = " and ".join(f"{name} ({len(each)})" for each, name in cards.items())
        faults.add("instance_types", f"have different numbers of EFA interfaces; got {got}; create one group for each")
    if len(nodes.zones) != 1 and len(nodes.subnet_ids) != 1:
        got = ", ".join(nodes.zones) or "all of the network's"
        faults.add("zones", f"must be one with efa, whose traffic stays in a zone; got {got}; name one zone")
    if nodes.subnets == "public":
        faults.add("subnets", "must be private with efa: such nodes get no public address; got public; remove one")
    most = _MOST_SECURITY_GROUPS - 2 - (nodes.remote_access is not None)
    if (count := len(nodes.security_group_ids) + len(nodes.security_groups)) > most:
        got = str(count)
        faults.add("security_group_ids", f"are too many with efa, which adds its own; got {got}; name at most {most}")


def check_efa_image(nodes: Ec2Nodes, ami: AmiType, faults: Faults) -> None:
    """Which images have no driver for EFA."""
    if nodes.efa and ami.windows:
        faults.add("efa", f"is not for Windows; got it with {ami.name}; remove it or name another image")


def check_subnets(nodes: Ec2Nodes, faults: Faults) -> None:
    """One way of saying which subnets."""
    if nodes.subnet_ids and nodes.subnets:
        faults.add("subnets", "cannot be combined with subnet_ids; got both; keep subnets or subnet_ids")
    check_subnet_ids(nodes.subnet_ids, nodes.zones, faults)
    most = _MOST_SECURITY_GROUPS - 2
    if nodes.security_groups and len(nodes.security_groups) + len(nodes.security_group_ids) > most:
        got = len(nodes.security_groups) + len(nodes.security_group_ids)
        faults.add("security_groups", f"are too many with security_group_ids; got {got}, {most} fit; remove some")
    for field in ("zones", "subnet_ids", "security_group_ids", "security_groups"):
        if twice := repeated(value for value in getattr(nodes, field) if isinstance(value, str)):
            faults.add(field, f"lists one twice; got {twice}; remove one")


def check_subnet_ids(subnet_ids: Sequence[In[str]], zones: Sequence[str], faults: Faults) -> None:
    """Ids that subnets can have, where subnets are named by their ids."""
    if subnet_ids and zones:
        faults.add("zones", "cannot be combined with subnet_ids; got both; keep zones or subnet_ids")
    for index, subnet in enumerate(subnet_ids):
        if isinstance(subnet, str) and (fault := subnet_id.fault(subnet)):
            faults.add(("subnet_ids", index), fault)


def missing_subnets(network: NetworkRef, role: Literal["private", "public"], zones: Sequence[str]) -> Iterator[Problem]:
    """What is wrong about the subnets of one role, in all zones of a network or in some."""
    known = sorted({subnet.zone for subnet in network.subnets if subnet.role == role and subnet.zone})
    if not network.ids(role):
        do = "name subnet_ids, or the other sort of subnets"
        yield Problem(("subnets",), f"needs {role} subnets; got a network without any; {do}")
        return
    for index, zone in enumerate(zones):
        if zone not in known:
            use = ", ".join(known) or "subnet_ids"
            yield Problem(("zones", index), f"has no {role} subnet; got {zone}; use {use}")


def missing_class_subnets(network: NetworkRef, classes: Iterable[Ec2NodeClass | NodeClass]) -> Iterator[Problem]:
    """Classes of nodes that name no subnets, on a network that has no private ones."""
    if network.ids("private"):
        return
    for each in classes:
        if each.subnet_selector_terms is None:
            message = "is needed; got a network without private subnets; name the subnets of the nodes"
            yield Problem(("node_classes", each.name, "subnet_selector_terms"), message)


def check_role(nodes: Ec2Nodes, faults: Faults) -> None:
    """A role of one's own brings its policies along; those of the role that is made have names of their own."""
    given = next((field for field in ("node_role_arn", "node_role") if getattr(nodes, field) is not None), None)
    if nodes.node_role_arn is not None and nodes.node_role is not None:
        faults.add(
            "node_role", f"cannot be combined with node_role_arn; got {shown(nodes.node_role)} and an ARN; keep one"
        )
    if given is not None:
        for field in ("session_manager", "policies", "permissions_boundary", "iam_role"):
            if getattr(nodes, field) not in (None, {}):
                faults.add(field, f"is for the role that is created; got {given} too; put it on that role")
    check_role_policies(nodes.policies, OWN_POLICIES, faults)
    check_names(nodes.iam_role, (*OWN_POLICIES, *nodes.policies), faults)


def check_role_policies(policies: Iterable[str], taken: Sequence[str], faults: Faults, field: str = "policies") -> None:
    """Names of policies, which become part of resources' names."""
    for name in policies:
        if not _POLICY_NAME.fullmatch(name) or name in taken:
            do = "use up to 30 letters, digits, - and _, and none of " + ", ".join(taken)
            faults.add((field, name), f"is not a valid name; got {shown(name)}; {do}")


def check_warm_pool(nodes: Ec2Nodes, ami: AmiType, faults: Faults) -> None:
    """What a warm pool cannot hold."""
    pool = nodes.warm_pool_config
    if pool is None:
        return
    if nodes.capacity_type != "ON_DEMAND":
        faults.add("warm_pool_config", f"is for ON_DEMAND capacity; got {nodes.capacity_type}; remove one")
    if ami.family != "BOTTLEROCKET":
        return
    if pool.pool_state == "HIBERNATED":
        faults.add(("warm_pool_config", "pool_state"), "is not for Bottlerocket; got HIBERNATED; use STOPPED")
    if pool.reuse_on_scale_in:
        faults.add(("warm_pool_config", "reuse_on_scale_in"), "is not for Bottlerocket; got true; remove it")


def _check_capacity_block(nodes: Ec2Nodes, faults: Faults) -> None:
    reservation = nodes.capacity_reservation
    if reservation is None or reservation.capacity_reservation_id is None:
        faults.add("capacity_reservation", "needs the id of the capacity block; got none; add capacity_reservation_id")
    if len(nodes.named_types) > 1:
        got = ", ".join(nodes.named_types)
        faults.add("instance_types", f"accepts one type with a capacity block; got {got}; create one group for each")
