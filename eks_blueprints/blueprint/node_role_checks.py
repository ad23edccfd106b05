"""Roles of nodes that several groups have together, and the groups that name them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from eks_blueprints.blueprint.kinds import Ec2Nodes
from eks_blueprints.core.errors import Problem, shown, unknown_name

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs
    from eks_blueprints.compute._shared_role import EntryType
    from eks_blueprints.compute.base import Compute


def groups_of(key: str, compute: Iterable[Compute]) -> list[Ec2Nodes]:
    """The groups whose nodes have a role."""
    return [each for each in compute if isinstance(each, Ec2Nodes) and each.node_role == key]


def entry_type(groups: Iterable[Ec2Nodes]) -> EntryType | None:
    """The access entry that groups with one role need; None where EKS makes it, as it does for managed groups."""
    needed = [group for group in groups if group.needs_entry]
    if not needed:
        return None
    return "EC2_WINDOWS" if needed[0].ami.windows else "EC2_LINUX"


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """What is wrong about roles of nodes, and about groups that name one; doubts are marked as such."""
    for each in args.compute:
        if isinstance(each, Ec2Nodes) and each.node_role is not None and each.node_role not in args.node_roles:
            fault = unknown_name(each.node_role, args.node_roles, "role in node_roles")
            yield Problem(("compute", each.name, "node_role"), fault)
    for key in args.node_roles:
        groups = groups_of(key, args.compute)
        if not groups:
            message = "is not the role of any group; got no node_role that names it; name it in compute, or remove it"
            yield Problem(("node_roles", key), message, severity="warning")
        systems = sorted({group.operating_system for group in groups})
        if len(systems) > 1:
            do = "create a role for each"
            what = "cannot be the role of Linux and of Windows nodes, which need access entries of two types"
            yield Problem(("node_roles", key), f"{what}; got {shown([group.name for group in groups])}; {do}")
