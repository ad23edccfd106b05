"""Pools and classes of Karpenter as those of EKS Auto Mode.

Sources: EKS user guide, "Migrate from Karpenter to EKS Auto Mode using kubectl" and "Create a Node Class for Amazon
EKS".
"""

from __future__ import annotations

from collections.abc import Iterator

from eks_blueprints.core.errors import Problem
from eks_blueprints.karpenter.labels import AUTO_MODE, KARPENTER
from eks_blueprints.karpenter.node_class import NodeClass
from eks_blueprints.karpenter.node_pool import AutoModeNodePool
from eks_blueprints.lifecycle.migrate.data import elements
from eks_blueprints.lifecycle.migrate.model import Data

TAINT = {"key": "eks-auto-mode", "effect": "NoSchedule"}
"""What keeps pods off nodes of Auto Mode until its pools are opened."""
PREFIX = "auto-"
"""How names of its pools and classes begin, as both controllers read the same kinds."""
_CLASS_FIELDS = (
    "subnet_selector_terms",
    "security_group_selector_terms",
    "capacity_reservation_selector_terms",
    "associate_public_ip_address",
    "tags",
)
"""Fields that classes of both have, and mean the same in."""
_IMAGES = ("ami_selector_terms", "ami_family")
_DEFAULT: Data = {
    "architectures": ["amd64"],
    "capacity_types": ["on-demand"],
    "instance_categories": ["c", "m", "r"],
    "min_instance_generation": 5,
    "limits": {"cpu": "1000", "memory": "1000Gi"},
}
"""The pool that Karpenter has here where none is said."""


def name_of(data: Data) -> str | None:
    """The name of Karpenter among the compute; None where it is not there."""
    return next(iter(elements(data, "compute", "karpenter")), None)


def karpenter(data: Data) -> Data:
    """What is said of Karpenter."""
    name = name_of(data)
    return elements(data, "compute", "karpenter")[name] if name is not None else {}


def pools(data: Data) -> dict[str, Data]:
    """Pools that move, by name; Karpenter's own default where none are said."""
    said = karpenter(data).get("node_pools")
    if not isinstance(said, dict) or not said:
        return {"default": dict(_DEFAULT)}
    return {name: fields or {} for name, fields in said.items() if cannot(name, fields or {}, data) is None}


def cannot(name: str, fields: Data, data: Data) -> Problem | None:
    """Why a pool stays; None where it moves."""
    at = ("compute", name_of(data) or "karpenter", "node_pools", name)
    if "windows" in str(fields.get("operating_systems", "")):
        return Problem((*at, "operating_systems"), "stays: nodes of Auto Mode are Bottlerocket; got windows")
    if fields.get("replicas") is not None:
        return Problem((*at, "replicas"), "stays: its nodes do not follow pods; write a pool of Auto Mode by hand")
    return None


def _class_name(name: str) -> str:
    return f"{PREFIX}{name}"


def converted(fields: Data) -> Data:
    """A pool of Karpenter as one of Auto Mode, closed to pods that do not tolerate its taint."""
    pool: Data = {key: value for key, value in fields.items() if key in AutoModeNodePool.model_fields}
    pool["node_class"] = _class_name(str(fields.get("node_class", "default")))
    if pool.get("requirements"):
        pool["requirements"] = [
            {**each, "key": str(each["key"]).replace(f"{KARPENTER.group}/", f"{AUTO_MODE.group}/")}
            for each in pool["requirements"]
        ]
    pool["taints"] = [*(pool.get("taints") or ()), dict(TAINT)]
    return pool


def classes(data: Data) -> dict[str, Data]:
    """A class of Auto Mode for each that pools which move name."""
    said = karpenter(data).get("node_classes") or {}
    found: dict[str, Data] = {}
    for pool in pools(data).values():
        name = str(pool.get("node_class", "default"))
        fields = said.get(name) or {}
        made = {key: fields[key] for key in _CLASS_FIELDS if key in fields and key in NodeClass.model_fields}
        for each in fields.get("block_device_mappings") or ():
            ebs = each.get("ebs") or {}
            size = {"size": ebs["volume_size"]} if "volume_size" in ebs else {}
            kept = {key: ebs[key] for key in ("iops", "throughput") if key in ebs}
            if size and (each.get("root_volume") or len(fields["block_device_mappings"]) == 1):
                made["ephemeral_storage"] = {**size, **kept}
        found[_class_name(name)] = made
    return found


def unmoved(data: Data) -> Iterator[Problem]:
    """Pools and fields of classes that do not move."""
    said = karpenter(data)
    at = ("compute", name_of(data) or "karpenter")
    for name, fields in (said.get("node_pools") or {}).items():
        if problem := cannot(name, fields or {}, data):
            yield problem
    for name, fields in (said.get("node_classes") or {}).items():
        for field in fields or {}:
            if field in _IMAGES:
                what = "does not move: Auto Mode chooses its Bottlerocket image, and replaces nodes after 21 days"
                yield Problem((*at, "node_classes", name, field), what)
            elif field not in (*_CLASS_FIELDS, "block_device_mappings"):
                yield Problem((*at, "node_classes", name, field), "does not move: its NodeClass has no such field")
