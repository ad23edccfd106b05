"""Karpenter to EKS Auto Mode: its pools beside, behind a taint, then they are opened and Karpenter launches no more.

Sources: EKS user guide, "Migrate from Karpenter to EKS Auto Mode using kubectl", "Create a Node Class for Amazon EKS"
and "EKS Auto Mode: known limits of load balancers and volumes".
"""

from __future__ import annotations

import copy

from eks_blueprints.core.errors import Problem
from eks_blueprints.lifecycle.migrate.auto_mode_pools import (
    PREFIX,
    TAINT,
    cannot,
    classes,
    converted,
    karpenter,
    name_of,
    pools,
    unmoved,
)
from eks_blueprints.lifecycle.migrate.data import elements, inside, nothing, without
from eks_blueprints.lifecycle.migrate.model import Command, Data, Given, Migration, Phase, Way

_DRIVER = "ebs.csi.aws.com"
_OBJECTS = ("storage_classes", "ingress_classes")
"""Objects that come with Auto Mode when its nodes run the pods: volumes of its driver attach to its nodes alone."""
_BUILT_IN = {
    "aws_ebs_csi_driver": "volumes of ebs.csi.aws.com need it as long as they are there: Auto Mode's storage classes "
    "make other volumes, and data is moved by snapshots",
    "aws_load_balancer_controller": "load balancers of this controller stay its own: make new ones by Auto Mode's "
    "classes, move the names, then take it out",
    "vpc_cni": "nodes of groups need it; Auto Mode's own nodes do not",
    "kube_proxy": "nodes of groups need it; Auto Mode's own nodes do not",
    "eks_pod_identity_agent": "nodes of groups need it; Auto Mode's own nodes do not",
}


def _beside(data: Data) -> Data:
    if name_of(data) is None or elements(data, "compute", "auto_mode"):
        return data
    if inside(data, "cluster").get("auto_mode") is None:
        inside(data, "cluster")["auto_mode"] = {"node_pools": []}
    _keep_driver(data)
    beside = {f"{PREFIX}{name}": converted(fields) for name, fields in pools(data).items()}
    made = {"node_classes": classes(data), "node_pools": beside, **{key: {} for key in _OBJECTS}}
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
        if name_of(data) is None:
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
        if TAINT in (fields.get("taints") or ()):
            left = [each for each in fields["taints"] if each != TAINT]
            if left:
                fields["taints"] = left
            else:
                del fields["taints"]
    name = name_of(data)
    if name is None:
        return data
    for pool, fields in pools(data).items():
        if fields.get("limits") != {"cpu": "0"} and f"{PREFIX}{pool}" in _auto_pools(data):
            inside(data, "compute", name, "node_pools")[pool] = {**fields, "limits": {"cpu": "0"}}
    return data


def _stays(data: Data) -> list[str]:
    """Pools that do not move."""
    said = karpenter(data).get("node_pools") or {}
    return [name for name, fields in said.items() if cannot(name, fields or {}, data) is not None]


def _removed(data: Data) -> Data:
    name = name_of(data)
    return data if name is None else without(data, "compute", name)


def _in_the_way(data: Data) -> list[Problem]:
    left = _stays(data)
    at = ("compute", name_of(data) or "karpenter", "node_pools")
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
    if name_of(data) is None and not auto and inside(data, "cluster").get("auto_mode") is None:
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
                Command(claims, f"claims of pools that begin with {PREFIX} alone"),
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
                Command(claims, f"claims of pools that begin with {PREFIX} alone"),
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
            (Command(claims, f"claims of pools that begin with {PREFIX} alone"),),
            (pods, Command("kubectl get nodepools", "those of Auto Mode")),
            stopped_by=_in_the_way,
        ),
    )
    stays = list(unmoved(data))
    stays += [
        Problem(("addons", name), f"stays: {why}")
        for kind, why in _BUILT_IN.items()
        for name in elements(data, "addons", kind)
    ]
    stays += [
        Problem(("compute", name), "stays: drain it and take it out when nothing has to run on it")
        for name in elements(data, "compute", "managed_nodes", "self_managed_nodes")
    ]
    return Way(phases, tuple(stays), finished=name_of(data) is None)


MIGRATION = Migration(
    "karpenter-to-auto-mode",
    "Karpenter to EKS Auto Mode",
    "Auto Mode beside Karpenter behind a taint, then its pools are opened and Karpenter's closed, then Karpenter goes.",
    way,
)
