"""Self-managed nodes to managed node groups: a group beside each, then the old ones are emptied and taken out.

Sources: EKS user guide, "Migrate applications to a new node group" and "Simplify node lifecycle with managed node
groups".
"""

from __future__ import annotations

from typing import Any

from eks_blueprints.compute.managed_nodes import ManagedNodes
from eks_blueprints.core.errors import Problem
from eks_blueprints.lifecycle.migrate.data import elements, nothing, without
from eks_blueprints.lifecycle.migrate.model import Command, Data, Given, Migration, Phase, Way

_SUFFIX = "-managed"
_DIFFERENT = ("image", "iam_instance_profile_arn", "launch_template", "node_role_arn")
"""Fields that both may have and that do not mean the same, or cannot be shared."""


def _groups(data: Data) -> dict[str, Data]:
    return elements(data, "compute", "self_managed_nodes")


def _cannot(name: str, fields: Data) -> Problem | None:
    """Why a group stays."""
    at = ("compute", name)
    if fields.get("instance_requirements") is not None:
        do = "write instance_types: eks-blueprints instances lists those that fit"
        return Problem((*at, "instance_requirements"), f"cannot be said by a managed group; {do}")
    if fields.get("launch_template") is not None:
        return Problem((*at, "launch_template"), "is for people to take over: write the managed group by hand")
    spread: Any = fields.get("instances_distribution") or {}
    percentage = spread.get("on_demand_percentage_above_base_capacity", 100)
    if percentage not in (0, 100) or (percentage == 0 and spread.get("on_demand_base_capacity")):
        do = "write two managed groups, one with capacity_type: SPOT"
        return Problem(
            (*at, "instances_distribution"), f"mixes on-demand and spot, which a managed group does not; {do}"
        )
    return None


def _managed(fields: Data) -> Data:
    """A managed group with all that it can take over."""
    known = ManagedNodes.model_fields
    found = {key: value for key, value in fields.items() if key in known and key not in _DIFFERENT and key != "kind"}
    image = fields.get("image")
    if isinstance(image, dict) and "release" in image:
        found["release_version"] = image["release"]
    spread = fields.get("instances_distribution") or {}
    if spread.get("on_demand_percentage_above_base_capacity", 100) == 0:
        found["capacity_type"] = "SPOT"
    return {"kind": "managed_nodes", **found}


def _moving(data: Data) -> dict[str, Data]:
    return {name: fields for name, fields in _groups(data).items() if _cannot(name, fields) is None}


def _beside(data: Data) -> Data:
    for name, fields in _moving(data).items():
        if f"{name}{_SUFFIX}" not in data["compute"]:
            data["compute"][f"{name}{_SUFFIX}"] = _managed(fields)
    return data


def _shrunk(data: Data) -> Data:
    for fields in _moving(data).values():
        if fields.get("min_size") != 0:
            fields["min_size"] = 0
    return data


def _removed(data: Data) -> Data:
    names = list(_moving(data))
    return without(data, "compute", *names) if names else data


def way(data: Data, _given: Given) -> Way:
    """The phases for a platform."""
    groups, managed = _groups(data), elements(data, "compute", "managed_nodes")
    if not groups and not managed:
        raise nothing(("compute",), "has no self-managed nodes; got none; nothing to move")
    shown = ", ".join(_moving(data)) or "none"
    pods = Command("kubectl get pods -A --field-selector status.phase=Pending", "none that stays pending")
    phases = (
        Phase(
            "beside",
            f"add a managed group beside each: {shown}",
            "nothing changes for the nodes that run; both cost until the old ones are empty",
            _beside,
            (
                Command(
                    "aws service-quotas get-service-quota --service-code ec2 --quota-code L-1216C47A", "room for both"
                ),
            ),
            (
                Command(
                    "kubectl get nodes -l eks.amazonaws.com/nodegroup", "as many nodes as the old groups have, Ready"
                ),
                Command("kubectl cordon NODE", "each old node SchedulingDisabled"),
                Command(
                    "kubectl drain NODE --ignore-daemonsets --delete-emptydir-data",
                    "one old node after the other: pods come up on the new ones",
                ),
                pods,
            ),
        ),
        Phase(
            "shrink",
            f"let the old groups be empty: {shown}",
            "the minimum goes to 0; the desired size is set by hand, as deployments do not touch it",
            _shrunk,
            (Command("kubectl get pods -A -o wide", "pods of DaemonSets alone on the old nodes"),),
            (
                Command("aws autoscaling set-desired-capacity --auto-scaling-group-name GROUP --desired-capacity 0"),
                pods,
            ),
        ),
        Phase(
            "remove",
            f"take the old groups out: {shown}",
            "their role and access entry go with them",
            _removed,
            (Command("kubectl get nodes -l '!eks.amazonaws.com/nodegroup'", "none of the old nodes"),),
            (pods,),
        ),
    )
    known = ManagedNodes.model_fields
    stays = [problem for name, fields in groups.items() if (problem := _cannot(name, fields))]
    stays += [
        Problem(("compute", name, field), "does not move: a managed group has no such field, or means something else")
        for name, fields in _moving(data).items()
        for field in fields
        if (field not in known or field in _DIFFERENT) and field not in ("kind", "instances_distribution")
    ]
    return Way(phases, tuple(stays), finished=not groups)


MIGRATION = Migration(
    "self-managed-to-managed",
    "Self-managed nodes to managed node groups",
    "A managed group beside each self-managed one, then the old ones are emptied and taken out.",
    way,
)
