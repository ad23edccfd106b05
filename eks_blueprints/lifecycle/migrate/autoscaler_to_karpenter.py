"""Cluster Autoscaler to Karpenter: pools for the groups, then the groups are closed, emptied and taken out.

Sources: Karpenter, "Migrating from Cluster Autoscaler" and "NodePools"; EKS user guide, "Node taints on managed node
groups".
"""

from __future__ import annotations

from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.lifecycle.migrate.data import elements, inside, nothing, without
from eks_blueprints.lifecycle.migrate.groups import cannot_say, class_of, pool_of, unsaid
from eks_blueprints.lifecycle.migrate.model import Command, Data, Given, Migration, Phase, Way

_TAINT = {"key": "retiring", "value": "true", "effect": "NO_SCHEDULE"}
_SYSTEM = "CriticalAddonsOnly"


def _groups(data: Data) -> dict[str, Data]:
    return elements(data, "compute", "managed_nodes", "self_managed_nodes")


def _kept(data: Data) -> str | None:
    """The group that stays, for Karpenter itself, which runs on no node that it launched."""
    groups = elements(data, "compute", "managed_nodes")
    system = [
        name
        for name, fields in groups.items()
        if name == "system" or any(_SYSTEM in str(each) for each in fields.get("taints") or ())
    ]
    return next(iter([*system, *groups]), None)


def _moved(data: Data) -> dict[str, Data]:
    """The groups whose pods go to Karpenter; managed ones alone, as a taint of another replaces its nodes."""
    if not elements(data, "addons", "cluster_autoscaler"):
        return {}
    kept = _kept(data)
    managed = elements(data, "compute", "managed_nodes")
    return {name: fields for name, fields in managed.items() if name != kept and cannot_say(name, fields) is None}


def _pools(data: Data) -> dict[str, Data]:
    """The groups that pools are made of: those that move, or the one that stays where it is the only one."""
    moved = _moved(data)
    kept = _kept(data)
    if moved or kept is None:
        return moved
    return {kept: _groups(data)[kept]} if cannot_say(kept, _groups(data)[kept]) is None else {}


def _beside(data: Data) -> Data:
    if not elements(data, "addons", "cluster_autoscaler") or elements(data, "compute", "karpenter"):
        return data
    classes: Data = {}
    pools: Data = {}
    for name, fields in _pools(data).items():
        wanted = class_of(fields)
        own = next((key for key, each in classes.items() if each == wanted), name if classes else "default")
        classes[own] = wanted
        pools[name] = ({} if own == "default" else {"node_class": own}) | pool_of(fields)
    inside(data, "compute")["karpenter"] = {"node_classes": classes, "node_pools": pools}
    return data


def _paused(data: Data) -> Data:
    for name, fields in elements(data, "addons", "cluster_autoscaler").items():
        if inside({"x": fields}, "x", "values").get("replicaCount") != 0 and _groups(data):
            inside(data, "addons", name, "values")["replicaCount"] = 0
    return data


def _tainted(data: Data) -> Data:
    for fields in _moved(data).values():
        taints = list(fields.get("taints") or ())
        if _TAINT not in taints:
            fields["taints"] = [*taints, dict(_TAINT)]
    return data


def _shrunk(data: Data) -> Data:
    for fields in _moved(data).values():
        if fields.get("min_size") != 0:
            fields["min_size"] = 0
    return data


def _removed(data: Data) -> Data:
    names = list(elements(data, "addons", "cluster_autoscaler"))
    if not names:
        return data
    if groups := list(_moved(data)):
        data = without(data, "compute", *groups)
    return without(data, "addons", *names)


def way(data: Data, _given: Given) -> Way:
    """The phases for a platform."""
    scalers, karpenter = elements(data, "addons", "cluster_autoscaler"), elements(data, "compute", "karpenter")
    if not scalers and not karpenter:
        do = "nothing to move: add compute.karpenter by itself"
        raise nothing(("addons",), f"has no Cluster Autoscaler; got none; {do}")
    if scalers and inside(data, "cluster").get("auto_mode") is not None:
        raise nothing(("cluster", "auto_mode"), "launches nodes itself; got auto_mode; take cluster_autoscaler out")
    kept = _kept(data)
    if scalers and kept is None and not elements(data, "compute", "fargate"):
        do = "add a small managed group first"
        raise nothing(("compute",), f"has no managed nodes for Karpenter itself to run on; got none; {do}")
    if scalers and not karpenter and not _pools(data):
        reasons = [problem for name, each in _groups(data).items() if (problem := cannot_say(name, each))]
        if reasons:
            raise InputError(reasons)
        raise nothing(("compute",), "has no group to make a pool of; got none; add compute.karpenter by hand")
    shown = ", ".join(_moved(data)) or "none"
    pods = Command("kubectl get pods -A --field-selector status.phase=Pending", "none that stays pending")
    phases = (
        Phase(
            "beside",
            "install Karpenter with a pool for each group",
            "groups and Cluster Autoscaler stay as they are; for a pending pod both may add a node, which costs a node "
            "for a while and harms nothing. A pool has no minimum: it is empty until pods need it",
            _beside,
            (Command("kubectl get poddisruptionbudgets -A", "ALLOWED DISRUPTIONS above 0 for what has to be moved"),),
            (
                Command("kubectl get nodepools,ec2nodeclasses", "all READY"),
                Command(
                    "kubectl get deployment karpenter -n kube-system", "all replicas ready, on the group that stays"
                ),
            ),
        ),
        Phase(
            "pause",
            "stop Cluster Autoscaler",
            "from here on Karpenter alone adds nodes; groups keep the sizes that they have. Way back: replicas again",
            _paused,
            (Command("kubectl get nodepools,ec2nodeclasses", "all READY"),),
            (pods,),
        ),
        Phase(
            "taint",
            f"close the groups for new pods: {shown}",
            "EKS puts the taint on the nodes that run, and replaces none; pods that run there stay",
            _tainted,
            (pods,),
            (
                Command(
                    "kubectl drain NODE --ignore-daemonsets --delete-emptydir-data",
                    "one node after the other: pods come up on nodes of Karpenter (kubectl get nodeclaims)",
                ),
            ),
        ),
        Phase(
            "shrink",
            f"let the groups be empty: {shown}",
            "the minimum goes to 0; the desired size is set by hand, as deployments do not touch it",
            _shrunk,
            (Command("kubectl get pods -A -o wide", "pods of DaemonSets alone on the nodes of the groups"),),
            (
                Command(
                    "aws eks update-nodegroup-config --cluster-name CLUSTER --nodegroup-name GROUP "
                    "--scaling-config desiredSize=0"
                ),
                pods,
            ),
        ),
        Phase(
            "remove",
            "take the empty groups and Cluster Autoscaler out",
            f"{kept or 'Fargate'} stays: Karpenter runs on no node that it launched",
            _removed,
            (Command("kubectl get nodes -l eks.amazonaws.com/nodegroup", f"nodes of {kept or 'no group'} alone"),),
            (pods,),
        ),
    )
    stays = [
        Problem(("compute", name), f"stays: {reason.message}")
        for name, fields in _groups(data).items()
        if scalers and (reason := cannot_say(name, fields))
    ]
    if kept is not None:
        stays.append(Problem(("compute", kept), "stays, for Karpenter, CoreDNS and other controllers"))
    for name, fields in _pools(data).items():
        stays += unsaid(name, fields)
    if scalers and not karpenter:
        do = "pin a release of the images when you have tried it"
        stays.append(Problem(("compute",), f"has no releases of images for Karpenter: @latest is written; {do}"))
    return Way(phases, tuple(stays), finished=not scalers and bool(karpenter))


MIGRATION = Migration(
    "cluster-autoscaler-to-karpenter",
    "Cluster Autoscaler to Karpenter",
    "Pools made of the groups, both beside each other, then the groups are closed, emptied and taken out.",
    way,
)
