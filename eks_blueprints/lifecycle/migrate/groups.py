"""Groups of nodes as pools and classes of Karpenter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eks_blueprints.compute._parts import Volume
from eks_blueprints.compute.managed_nodes import ManagedNodes
from eks_blueprints.core.errors import Problem
from eks_blueprints.core.facts.instance_types import facts_of
from eks_blueprints.lifecycle.migrate.model import Data

_EFFECTS = {"NO_SCHEDULE": "NoSchedule", "NO_EXECUTE": "NoExecute", "PREFER_NO_SCHEDULE": "PreferNoSchedule"}
_CAPACITY = {"ON_DEMAND": "on-demand", "SPOT": "spot"}
_TYPES = ("m5.large",)
"""What a group has that names none."""
_SAID = frozenset(
    {
        "kind",
        "instance_types",
        "architecture",
        "ami_type",
        "family",
        "capacity_type",
        "labels",
        "taints",
        "zones",
        "disk",
    }
    | {"min_size", "max_size", "desired_size", "update_config", "node_repair_config", "force_update_version"}
)
"""Fields that a pool or its class says, or that Karpenter has no need of."""
_DISK = {"volume_type", "iops", "throughput", "encrypted", "kms_key_id", "snapshot_id"}
_NO_CLASS = ("launch_template", "image", "capacity_reservation", "efa", "placement")
"""Fields that are written into a class by hand, because what they mean there is for people to decide."""


def cannot_say(name: str, fields: Data) -> Problem | None:
    """Why no pool can be made of a group; None where one can."""
    at = ("compute", name)
    images = f"{fields.get('ami_type') or ''} {fields.get('family') or ''}".upper()
    if fields.get("kind") == "self_managed_nodes":
        do = "migrate it to managed nodes first, or write its pool by hand"
        return Problem(
            (*at, "kind"), f"is not closed by a taint, which would replace its nodes; got self_managed_nodes; {do}"
        )
    for word in ("WINDOWS", "CUSTOM", "AL2_"):
        if word in images:
            return Problem(at, f"needs a class of its own images; got {images.strip()}; write it and its pool by hand")
    if fields.get("capacity_type", "ON_DEMAND") not in _CAPACITY:
        do = "write a class with capacity_reservation_selector_terms"
        return Problem((*at, "capacity_type"), f"buys reserved capacity; got {fields['capacity_type']}; {do}")
    for field in _NO_CLASS:
        if fields.get(field):
            do = "write its class and pool by hand"
            return Problem((*at, field), f"is for a class that only people can write; got {field}; {do}")
    return None


def unsaid(name: str, fields: Data) -> Iterator[Problem]:
    """Fields of a group that its pool and class do not say."""
    for field in fields:
        if field not in _SAID:
            yield Problem(("compute", name, field), "is not in the pool: write it into the node class where it matters")


def pool_of(fields: Data) -> Data:
    """A pool for a group; its class is `class_of`."""
    pool: Data = {"instance_types": list(_list(fields.get("instance_types")) or _TYPES)}
    pool["capacity_types"] = [_CAPACITY[fields.get("capacity_type", "ON_DEMAND")]]
    if fields.get("zones"):
        pool["zones"] = list(_list(fields["zones"]))
    if fields.get("labels"):
        pool["labels"] = dict(fields["labels"])
    if fields.get("taints"):
        pool["taints"] = [{**each, "effect": _EFFECTS.get(each["effect"], each["effect"])} for each in fields["taints"]]
    pool["limits"] = _limits(pool["instance_types"], fields)
    return pool


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _limits(types: list[str], fields: Data) -> Data:
    """As many processors as the group had at most."""
    sizes = {key: fields[key] for key in ("min_size", "max_size", "desired_size") if isinstance(fields.get(key), int)}
    most = ManagedNodes(name="group", **sizes).scaling[2]
    facts = facts_of(types)
    if not facts:
        return {"nodes": str(most)}
    return {"cpu": str(most * max(each.vcpus for each in facts))}


def class_of(fields: Data) -> Data:
    """A class for a group: the newest image of its family, and its disk, which in Karpenter has other defaults."""
    bottlerocket = "BOTTLEROCKET" in f"{fields.get('ami_type') or ''}{fields.get('family') or ''}".upper()
    disk = fields.get("disk") or {}
    ebs = {
        "volume_size": f"{disk.get('volume_size', Volume().volume_size)}Gi",
        "volume_type": Volume().volume_type,
        "encrypted": Volume().encrypted,
        **{key: value for key, value in disk.items() if key in _DISK},
    }
    return {
        "ami_selector_terms": [{"alias": "bottlerocket@latest" if bottlerocket else "al2023@latest"}],
        # Bottlerocket keeps images and pods on its second disk.
        "block_device_mappings": [{"device_name": "/dev/xvdb" if bottlerocket else "/dev/xvda", "ebs": ebs}],
    }
