"""From what a plan would apply to what Karpenter's controller for KWOK is given: objects as kubectl would send them.

Pods, pools and nodes are taken from the plan's resources as they stand there, and not from what `capacity` reads of
them, so that a reading that is wrong shows. What runs beside them on every cluster of EKS is written down here by hand.
What a node of an instance type has is `offers.machines`, which other tests hold to Karpenter's own list.
`kwok` says where KWOK's controller differs from that for AWS.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from eks_blueprints.capacity.read.cluster_facts import facts_of_cluster
from eks_blueprints.capacity.read.plain import Gaps
from eks_blueprints.policies.platform import clusters
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.provisioning.machine import Machine
from eks_blueprints.review.cost.prices import list_prices

from .kwok import TYPE, ZONE, quantities, typed
from .system import AUTO_MODE_POOLS, of_addon, of_chart

Object = dict[str, Any]
HOST = "kubernetes.io/hostname"
_OTHERS = (
    *("Namespace", "PriorityClass", "LimitRange", "RuntimeClass", "StorageClass", "Service"),
    *("PersistentVolume", "PodDisruptionBudget"),
)
_GP2: Object = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "gp2"},
    "provisioner": "kubernetes.io/aws-ebs",
    "volumeBindingMode": "WaitForFirstConsumer",
}


@dataclass
class Bridge:
    """What is sent to the API server, in this order, and the controller's list of instance types."""

    others: list[Object] = field(default_factory=list)
    """Classes, defaults, budgets: what decides about pods besides themselves."""
    claims: list[Object] = field(default_factory=list)
    nodes: list[Object] = field(default_factory=list)
    """Nodes of groups, each with its status."""
    daemons: list[Object] = field(default_factory=list)
    running: list[Object] = field(default_factory=list)
    """Pods of DaemonSets on the nodes of groups."""
    pods: list[Object] = field(default_factory=list)
    """All other pods; the label `example.com/of` is what makes them."""
    overlays: list[Object] = field(default_factory=list)
    pools: list[Object] = field(default_factory=list)
    types: list[Object] = field(default_factory=list)


def bridge(stack: Stack) -> Bridge:
    """What there is of a stack with one cluster."""
    (cluster,) = clusters(stack)
    found = Bridge()
    objects = [*_objects(stack), *_system(stack, cluster)]
    if not any(each["kind"] == "StorageClass" and each["metadata"]["name"] == "gp2" for each in objects):
        objects.append(_GP2)
    for each in objects:
        kind = each["kind"]
        if kind in _OTHERS:
            found.others.append(each)
        elif kind == "PersistentVolumeClaim":
            found.claims.append(each)
        elif kind == "DaemonSet":
            found.daemons.append(each)
        elif kind == "NodePool":
            found.pools.append(each)
        elif kind == "NodeOverlay":
            found.overlays.append(each)
        else:
            pods, claims = _pods(each, objects)
            found.pods += pods
            found.claims += claims
    found.pools += [deepcopy(each) for each in AUTO_MODE_POOLS if each["metadata"]["name"] in _brought(cluster)]
    found.nodes = [*_nodes(stack, cluster)]
    found.running = [*_running(found)]
    typed(found, cluster, stack)
    return found


def _objects(stack: Stack) -> Iterator[Object]:
    """The objects of the plan, as they would be sent."""
    for each in stack.resources:
        if each.is_object and "kind" in each.inputs:
            yield json.loads(json.dumps(each.inputs))


def _system(stack: Stack, cluster: Resource) -> Iterator[Object]:
    for each in stack.resources:
        if each.type == "aws:eks/addon:Addon":
            yield from of_addon(str(each.inputs["addonName"]))
        elif each.type == "kubernetes:helm.sh/v3:Release":
            yield from of_chart(each.inputs)


def _brought(cluster: Resource) -> list[str]:
    config = cluster.inputs.get("computeConfig") or {}
    return list(config.get("nodePools") or ()) if config.get("enabled") else []


def _pods(workload: Object, objects: Iterable[Object]) -> tuple[list[Object], list[Object]]:
    """The pods of a workload, and the claims that a StatefulSet makes for them."""
    kind, spec = workload["kind"], workload.get("spec") or {}
    if kind not in ("Deployment", "StatefulSet", "ReplicaSet", "Job"):
        return [], []
    name, namespace = workload["metadata"]["name"], workload["metadata"].get("namespace") or "default"
    if kind == "Job":
        count = min(spec.get("parallelism", 1), spec.get("completions") or spec.get("parallelism", 1))
    else:
        scalers = [
            each["spec"].get("minReplicas", 1)
            for each in objects
            if each["kind"] == "HorizontalPodAutoscaler"
            and (each["metadata"].get("namespace") or "default") == namespace
            and (each["spec"]["scaleTargetRef"]["kind"], each["spec"]["scaleTargetRef"]["name"]) == (kind, name)
        ]
        count = scalers[0] if scalers else spec.get("replicas", 1)
    template = spec["template"]
    pods, claims = [], []
    for number in range(count):
        own = f"{name}-{number}"
        inside = json.loads(json.dumps(template["spec"]))
        for each in spec.get("volumeClaimTemplates") or ():
            claim = f"{each['metadata']['name']}-{own}"
            claims.append(
                {
                    "apiVersion": "v1",
                    "kind": "PersistentVolumeClaim",
                    "metadata": {"name": claim, "namespace": namespace},
                    "spec": each["spec"],
                }
            )
            volume = {"name": each["metadata"]["name"], "persistentVolumeClaim": {"claimName": claim}}
            inside["volumes"] = [*(inside.get("volumes") or ()), volume]
        inside.pop("serviceAccountName", None)
        metadata = template.get("metadata") or {}
        labels = metadata.get("labels") or {}
        pods.append(
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {
                    "name": f"{kind.lower()}-{own}",
                    "namespace": namespace,
                    "labels": labels,
                    "annotations": {**(metadata.get("annotations") or {}), "example.com/of": _of(workload, number)},
                },
                "spec": inside,
            }
        )
    return pods, claims


def _of(workload: Object, number: int) -> str:
    metadata = workload["metadata"]
    return f"{metadata.get('namespace') or 'default'}/{workload['kind']}/{metadata['name']}#{number}"


def _nodes(stack: Stack, cluster: Resource) -> Iterator[Object]:
    """The nodes that managed groups begin with: what they have is the machine's, all else is the group's own."""
    zones = {each.name: str(each.inputs["availabilityZone"]) for each in stack.of("aws:ec2/subnet:Subnet")}
    for group in stack.of("aws:eks/nodeGroup:NodeGroup"):
        given = group.inputs
        # The template of its machines is what other tests hold; here its labels, taints, zones and sizes count.
        machine = _machine_of(group, cluster, stack)
        own = [zones[each.removeprefix("${").removesuffix(".id}")] for each in given["subnetIds"]]
        for number in range(given["scalingConfig"]["desiredSize"]):
            name, zone = f"{group.name}-{number}", own[number % len(own)]
            labels = {
                **(given.get("labels") or {}),
                HOST: name,
                ZONE: zone,
                "topology.kubernetes.io/region": zone[:-1],
                "kubernetes.io/os": "linux",
                "kubernetes.io/arch": "arm64" if "ARM_64" in str(given.get("amiType")) else "amd64",
                TYPE: given["instanceTypes"][0],
                "eks.amazonaws.com/nodegroup": group.name,
                "eks.amazonaws.com/capacityType": given.get("capacityType") or "ON_DEMAND",
            }
            taints = [{**each, "effect": _EFFECTS[each["effect"]]} for each in given.get("taints") or ()]
            room = quantities(machine.allocatable)
            status = {"capacity": room, "allocatable": room, "conditions": [{"type": "Ready", "status": "True"}]}
            yield {
                "apiVersion": "v1",
                "kind": "Node",
                "metadata": {"name": name, "labels": labels},
                "spec": {"taints": taints},
                "status": status,
            }


_EFFECTS = {"NO_SCHEDULE": "NoSchedule", "NO_EXECUTE": "NoExecute", "PREFER_NO_SCHEDULE": "PreferNoSchedule"}


def _machine_of(group: Resource, cluster: Resource, stack: Stack) -> Machine:
    from eks_blueprints.capacity.read.groups import groups_in
    from eks_blueprints.provisioning.makers import Group

    facts = facts_of_cluster(cluster, stack, list_prices(), Gaps())
    found = groups_in(cluster, stack, facts, None)
    return next(each.machines[0] for each in found if isinstance(each, Group) and each.name == group.name)


def _running(found: Bridge) -> Iterator[Object]:
    """The pods of DaemonSets on nodes that are there: of those that tolerate the node and want its kind."""
    for node in found.nodes:
        for daemon in found.daemons:
            template = daemon["spec"]["template"]
            if not _wants(template["spec"], node):
                continue
            name = f"{daemon['metadata']['name']}-{node['metadata']['name']}"
            yield {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {
                    "name": name,
                    "namespace": daemon["metadata"].get("namespace") or "default",
                    "labels": (template.get("metadata") or {}).get("labels") or {},
                    "ownerReferences": [
                        {"apiVersion": "apps/v1", "kind": "DaemonSet", "name": daemon["metadata"]["name"], "uid": "0"}
                    ],
                },
                "spec": {**template["spec"], "nodeName": node["metadata"]["name"]},
            }


def _wants(spec: Mapping[str, Any], node: Object) -> bool:
    labels = node["metadata"]["labels"]
    if any(labels.get(key) != value for key, value in (spec.get("nodeSelector") or {}).items()):
        return False
    required = ((spec.get("affinity") or {}).get("nodeAffinity") or {}).get(
        "requiredDuringSchedulingIgnoredDuringExecution"
    )
    if required and not any(
        all(_holds(each, labels) for each in term.get("matchExpressions") or ())
        for term in required["nodeSelectorTerms"]
    ):
        return False
    return all(
        taint["effect"] == "PreferNoSchedule" or any(_bears(each, taint) for each in spec.get("tolerations") or ())
        for taint in node["spec"]["taints"]
    )


def _holds(condition: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    value, values = labels.get(condition["key"]), condition.get("values") or ()
    return {
        "In": value in values,
        "NotIn": value not in values,
        "Exists": value is not None,
        "DoesNotExist": value is None,
    }[condition["operator"]]


def _bears(toleration: Mapping[str, Any], taint: Mapping[str, Any]) -> bool:
    if toleration.get("effect") not in (None, "", taint["effect"]):
        return False
    if toleration.get("operator") == "Exists":
        return toleration.get("key") in (None, "", taint["key"])
    return toleration.get("key") == taint["key"] and (toleration.get("value") or "") == (taint.get("value") or "")
