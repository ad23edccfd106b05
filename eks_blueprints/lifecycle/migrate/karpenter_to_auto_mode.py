"""Karpenter to EKS Auto Mode: its pools beside, behind a taint, then they are opened and Karpenter launches no more.

Sources: EKS user guide, "Migrate from Karpenter to EKS Auto Mode using kubectl", "Create a Node Class for Amazon EKS"
and "EKS Auto Mode: known limits of load balancers and volumes".
"""

from __future__ import annotations

import copy
from typing import Any

from eks_blueprints.core.errors import Problem
from eks_blueprints.karpenter.labels import AUTO_MODE, KARPENTER
from eks_blueprints.karpenter.node_class import NodeClass
from eks_blueprints.karpenter.node_pool import AutoModeNodePool
from eks_blueprints.lifecycle.migrate.data import elements, inside, nothing, without
from eks_blueprints.lifecycle.migrate.model import Command, Data, Given, Migration, Phase, Way

_TAINT = {"key": "eks-auto-mode", "effect": "NoSchedule"}
_PREFIX = "auto-"
_DRIVER = "ebs.csi.aws.com"
_OBJECTS = ("storage_classes", "ingress_classes")
"""Objects that come with Auto Mode when its nodes run the pods: volumes of its driver attach to its nodes alone."""
_CLASS_FIELDS = (
    "subnet_selector_terms",
    "security_group_selector_terms",
    "capacity_reservation_selector_terms",
    "associate_public_ip_address",
    "tags",
)
"""Fields that classes of both have, and mean the same in."""
_IMAGES = ("ami_selector_terms", "ami_family")
_BUILT_IN = {
    "aws_ebs_csi_driver": "volumes of ebs.csi.aws.com need it as long as they are there: Auto Mode's storage classes "
    "make other volumes, and data is moved by snapshots",
    "aws_load_balancer_controller": "load balancers of this controller stay its own: make new ones by Auto Mode's "
    "classes, move the names, then take it out",
    "vpc_cni": "nodes of groups need it; Auto Mode's own nodes do not",
    "kube_proxy": "nodes of groups need it; Auto Mode's own nodes do not",
    "eks_pod_identity_agent": "nodes of groups need it; Auto Mode's own nodes do not",
}


_DEFAULT: Data = {
    "architectures": ["amd64"],
    "capacity_types": ["on-demand"],
    "instance_categories": ["c", "m", "r"],
    "min_instance_generation": 5,
    "limits": {"cpu": "1000", "memory": "1000Gi"},
}
"""The pool that Karpenter has here where none is said."""


def _name(data: Data) -> str | None:
    return next(iter(elements(data, "compute", "karpenter")), None)


def _karpenter(data: Data) -> Data:
    name = _name(data)
    return elements(data, "compute", "karpenter")[name] if name is not None else {}


def _pools(data: Data) -> dict[str, Data]:
    """Pools that move, by name; Karpenter's own default where none are said."""
    said = _karpenter(data).get("node_pools")
    if not isinstance(said, dict) or not said:
        return {"default": dict(_DEFAULT)}
    return {name: fields or {} for name, fields in said.items() if _cannot(name, fields or {}, data) is None}


def _cannot(name: str, fields: Data, data: Data) -> Problem | None:
    at = ("compute", _name(data) or "karpenter", "node_pools", name)
    if "windows" in str(fields.get("operating_systems", "")):
        return Problem((*at, "operating_systems"), "stays: nodes of Auto Mode are Bottlerocket; got windows")
    if fields.get("replicas") is not None:
        return Problem((*at, "replicas"), "stays: its nodes do not follow pods; write a pool of Auto Mode by hand")
    return None


def _class_name(name: str) -> str:
    return f"{_PREFIX}{name}"


def _converted(fields: Data) -> Data:
    """A pool of Karpenter as one of Auto Mode, closed to pods that do not tolerate its taint."""
    pool: Data = {key: value for key, value in fields.items() if key in AutoModeNodePool.model_fields}
    pool["node_class"] = _class_name(str(fields.get("node_class", "default")))
    if pool.get("requirements"):
        pool["requirements"] = [
            {**each, "key": str(each["key"]).replace(f"{KARPENTER.group}/", f"{AUTO_MODE.group}/")}
            for each in pool["requirements"]
        ]
    pool["taints"] = [*(pool.get("taints") or ()), dict(_TAINT)]
    return pool


def _classes(data: Data) -> dict[str, Data]:
    said = _karpenter(data).get("node_classes") or {}
    found: dict[str, Data] = {}
    for pool in _pools(data).values():
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


def _beside(data: Data) -> Data:
    if _name(data) is None or elements(data, "compute", "auto_mode"):
        return data
    if inside(data, "cluster").get("auto_mode") is None:
        inside(data, "cluster")["auto_mode"] = {"node_pools": []}
    _keep_driver(data)
    pools = {f"{_PREFIX}{name}": _converted(fields) for name, fields in _pools(data).items()}
    made = {"node_classes": _classes(data), "node_pools": pools, **{key: {} for key in _OBJECTS}}
    inside(data, "compute")["auto_mode"] = made
    return data


def _keep_driver(data: Data) -> None:
    """Storage classes keep the driver that they have, which Auto Mode would replace: a class cannot change it."""
    for name, fields in elements(data, "addons", "storage_classes").items():
        if not fields.get("classes"):
            inside(data, "addons", name)["classes"] = {"gp3": {"default": True}}
        for kind in ("classes", "volume_attributes_classes"):
            for key, each in (data["addons"][name].get(kind) or {}).items():
                if each is not None and each.get("efs") is not None:
                    continue
                at = (kind, key, "ebs") if kind == "classes" else (kind, key)
                inside(data, "addons", name, *at).setdefault("driver", _DRIVER)


def _classes_made(data: Data) -> Data:
    """The storage and ingress classes of Auto Mode, the defaults of which this package has."""
    for fields in elements(data, "compute", "auto_mode").values():
        if _name(data) is None:
            continue
        if _opened(copy.deepcopy(data)) == data:
            for key in _OBJECTS:
                if fields.get(key) == {}:
                    del fields[key]
    return data


def _auto_pools(data: Data) -> dict[str, Data]:
    found = next(iter(elements(data, "compute", "auto_mode").values()), {})
    return {name: fields for name, fields in (found.get("node_pools") or {}).items() if isinstance(fields, dict)}


def _opened(data: Data) -> Data:
    """Pools of Auto Mode take all pods; those of Karpenter launch nothing more, and their nodes do not drift."""
    for fields in _auto_pools(data).values():
        if _TAINT in (fields.get("taints") or ()):
            left = [each for each in fields["taints"] if each != _TAINT]
            if left:
                fields["taints"] = left
            else:
                del fields["taints"]
    name = _name(data)
    if name is None:
        return data
    for pool, fields in _pools(data).items():
        if fields.get("limits") != {"cpu": "0"} and f"{_PREFIX}{pool}" in _auto_pools(data):
            inside(data, "compute", name, "node_pools")[pool] = {**fields, "limits": {"cpu": "0"}}
    return data


def _stays(data: Data) -> list[str]:
    """Pools that do not move."""
    said = _karpenter(data).get("node_pools") or {}
    return [name for name, fields in said.items() if _cannot(name, fields or {}, data) is not None]


def _removed(data: Data) -> Data:
    name = _name(data)
    return data if name is None else without(data, "compute", name)


def _in_the_way(data: Data) -> list[Problem]:
    left = _stays(data)
    at = ("compute", _name(data) or "karpenter", "node_pools")
    do = "move them by hand, or keep Karpenter for them beside Auto Mode"
    return [Problem(at, f"has pools that Auto Mode cannot have; got {', '.join(left)}; {do}")] if left else []


def _two_defaults(data: Data) -> list[Problem]:
    """Other storage classes that are the default one."""
    return [
        Problem(
            ("addons", name, "classes", key, "default"),
            "is the default beside that of Auto Mode, which this phase adds; got true; take it out first, or "
            "keep it and write compute.auto_mode.storage_classes by hand",
        )
        for name, fields in elements(data, "addons", "storage_classes").items()
        for key, each in (fields.get("classes") or {}).items()
        if isinstance(each, dict) and each.get("default")
    ]


def way(data: Data, _given: Given) -> Way:
    """The phases for a platform."""
    auto = elements(data, "compute", "auto_mode")
    if _name(data) is None and not auto and inside(data, "cluster").get("auto_mode") is None:
        do = "to start with Auto Mode write cluster.auto_mode: {}"
        raise nothing(("compute",), f"has no Karpenter to move from; got none; {do}")
    pods = Command("kubectl get pods -A --field-selector status.phase=Pending", "none that stays pending")
    claims = "kubectl get nodeclaims -L karpenter.sh/nodepool"
    phases = (
        Phase(
            "beside",
            "turn Auto Mode on, with a pool for each of Karpenter's behind a taint",
            "EKS turns it on in place; the taint keeps pods off its nodes until they tolerate it, so that a few can be "
            "tried. Names of pools differ, as both controllers read the same kind of object",
            _beside,
            (
                Command(
                    "kubectl get deployment karpenter -n kube-system -o jsonpath='{..image}'", "release 1.1 or newer"
                ),
                Command("aws eks describe-cluster --name CLUSTER --query cluster.version", "1.29 or newer"),
            ),
            (
                Command("kubectl get nodepools,nodeclasses.eks.amazonaws.com", "all READY"),
                Command(
                    "kubectl get nodes -l eks.amazonaws.com/compute-type=auto", "a node for a pod that tolerates it"
                ),
            ),
        ),
        Phase(
            "open",
            "open its pools, and let Karpenter launch nothing more",
            "a limit of 0 processors stops new nodes; nodes that run stay, as limits are no drift. Back: the limits",
            _opened,
            (Command("kubectl get poddisruptionbudgets -A", "ALLOWED DISRUPTIONS above 0 for what has to be moved"),),
            (
                Command(
                    "kubectl drain NODE --ignore-daemonsets --delete-emptydir-data",
                    "one node of Karpenter after the other: pods come up on nodes of Auto Mode",
                ),
                Command(claims, f"claims of pools that begin with {_PREFIX} alone"),
                pods,
            ),
        ),
        Phase(
            "classes",
            "add Auto Mode's classes of volumes and load balancers",
            "volumes of its driver attach to its nodes alone, so its default storage class comes when all pods that "
            "ask for volumes run there. What exists is not changed",
            _classes_made,
            (
                Command(claims, f"claims of pools that begin with {_PREFIX} alone"),
                Command("kubectl get storageclass", "no (default): take it from the class that has it"),
            ),
            (Command("kubectl get storageclass auto-ebs", "the provisioner ebs.csi.eks.amazonaws.com"),),
            stopped_by=_two_defaults,
        ),
        Phase(
            "remove",
            "take Karpenter out",
            "its pools, its controller, roles and queue go; its CRDs stay, as Auto Mode reads NodePools too",
            _removed,
            (Command(claims, f"claims of pools that begin with {_PREFIX} alone"),),
            (pods, Command("kubectl get nodepools", "those of Auto Mode")),
            stopped_by=_in_the_way,
        ),
    )
    stays: list[Problem] = []
    said: Any = _karpenter(data)
    at = ("compute", _name(data) or "karpenter")
    for name, fields in (said.get("node_pools") or {}).items():
        if problem := _cannot(name, fields or {}, data):
            stays.append(problem)
    for name, fields in (said.get("node_classes") or {}).items():
        for field in fields or {}:
            if field in _IMAGES:
                what = "does not move: Auto Mode chooses its Bottlerocket image, and replaces nodes after 21 days"
                stays.append(Problem((*at, "node_classes", name, field), what))
            elif field not in (*_CLASS_FIELDS, "block_device_mappings"):
                stays.append(
                    Problem((*at, "node_classes", name, field), "does not move: its NodeClass has no such field")
                )
    stays += [
        Problem(("addons", name), f"stays: {why}")
        for kind, why in _BUILT_IN.items()
        for name in elements(data, "addons", kind)
    ]
    stays += [
        Problem(("compute", name), "stays: drain it and take it out when nothing has to run on it")
        for name in elements(data, "compute", "managed_nodes", "self_managed_nodes")
    ]
    return Way(phases, tuple(stays), finished=_name(data) is None)


MIGRATION = Migration(
    "karpenter-to-auto-mode",
    "Karpenter to EKS Auto Mode",
    "Auto Mode beside Karpenter behind a taint, then its pools are opened and Karpenter's closed, then Karpenter goes.",
    way,
)
