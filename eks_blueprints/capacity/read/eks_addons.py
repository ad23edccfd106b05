"""The pods of EKS's own add-ons, told by the dated table of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.capacity.model import Daemon, Demand
from eks_blueprints.capacity.read.objects import Objects
from eks_blueprints.capacity.read.plain import Gaps
from eks_blueprints.capacity.read.pods import PodError, pod_shape
from eks_blueprints.karpenter.labels import COMPUTE_TYPE, OPERATING_SYSTEM, ZONE
from eks_blueprints.policies.addon_settings import settings_of
from eks_blueprints.policies.platform import ADDON, auto_mode, on_cluster
from eks_blueprints.policies.props import Props, Undetermined
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.review.preview.system_pods import addon_pods
from eks_blueprints.scheduling.node import HOST

_NAMESPACE = "kube-system"
_BROUGHT = ("vpc-cni", "kube-proxy", "coredns")
"""What EKS installs by itself on a new cluster unless it is told not to."""
_NOT_THERE = {"key": COMPUTE_TYPE, "operator": "NotIn", "values": ["auto", "fargate", "hybrid"]}
"""Nodes on which these run as processes of the system, or not at all."""
_SYSTEM = {"key": OPERATING_SYSTEM, "operator": "In", "values": ["linux"]}
_CHANGED = ("affinity", "nodeSelector", "tolerations", "topologySpreadConstraints")
"""Settings of add-ons that say where pods of a controller may be."""


def pods_of_addons(cluster: Resource, stack: Stack, objects: Objects) -> Iterator[Demand | Daemon | str]:
    """What the pods of EKS's add-ons ask for; a sentence for what is not known of one."""
    found = [(each.inputs.get("addonName"), each) for each in on_cluster(cluster, stack, ADDON)]
    installed = {name: each for name, each in found if isinstance(name, str) and "${" not in name}
    if len(installed) < len(found):
        yield "what an EKS add-on runs is not counted: it is not known which one it is"
    try:
        brings = cluster.inputs.get("bootstrapSelfManagedAddons") is not False and not auto_mode(cluster)
    except Undetermined:
        brings = False
        yield f"whether EKS brings {', '.join(_BROUGHT)} by itself is not known: taken for no"
    for name in dict.fromkeys([*(_BROUGHT if brings else ()), *installed]):
        addon = installed.get(name)
        row = addon_pods().get(name)
        if row is None:
            yield f"what the EKS add-on {name} runs is not counted: it is not in the table of add-ons"
            continue
        for where, told in row.items():
            yield from _pods(where, told, addon, cluster, objects)


def _pods(
    where: str, told: Mapping[str, Any], addon: Resource | None, cluster: Resource, objects: Objects
) -> Iterator[Demand | Daemon | str]:
    daemon, gaps = where == "node", Gaps()
    name = f"{_NAMESPACE}/{'DaemonSet' if daemon else 'Deployment'}/{told['name']}"
    settings = _settings(addon, daemon=daemon, gaps=gaps)
    spec = _spec(told, daemon=daemon) | {key: settings[key] for key in _CHANGED if settings.get(key)}
    if (own := settings.get("resources")) and not daemon and told.get("alone"):
        spec["containers"] = [{"resources": own}]
    try:
        shape = pod_shape(spec, told.get("labels") or {}, _NAMESPACE, objects, gaps, daemon=daemon)
    except PodError as error:
        yield f"the pods of {name} are not counted: {error}"
        return
    position = (addon or cluster).position
    if daemon:
        yield Daemon(name=name, shape=shape, position=position)
        return
    least, most, scaled = _count(settings, told["pods"])
    yield Demand(name=name, shape=shape, least=least, most=most, scaled_by=scaled, position=position, asked=str(gaps))


def _spec(told: Mapping[str, Any], *, daemon: bool) -> dict[str, Any]:
    """The spec of a pod of the table."""
    conditions = [_SYSTEM, *([_NOT_THERE] if daemon else [])]
    terms = {"nodeSelectorTerms": [{"matchExpressions": conditions}]}
    tolerations = [{"operator": "Exists"}] if daemon else [{"key": e, "operator": "Exists"} for e in told["tolerates"]]
    affinity: dict[str, Any] = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}
    if not daemon:
        alike = {"labelSelector": {"matchLabels": told["labels"]}, "topologyKey": HOST}
        soft = [{"weight": 100, "podAffinityTerm": alike}]
        affinity["podAntiAffinity"] = {"preferredDuringSchedulingIgnoredDuringExecution": soft}
    zones = {"topologyKey": ZONE, "maxSkew": 1, "whenUnsatisfiable": "ScheduleAnyway"}
    spread = [{**zones, "labelSelector": {"matchLabels": told["labels"]}}] if told.get("spreads") else []
    return {
        "affinity": affinity,
        "containers": [{"resources": {"requests": {"cpu": told["cpu"], "memory": told["memory"]}}}],
        "hostNetwork": bool(told.get("host_network")),
        "priorityClassName": "system-node-critical" if daemon else "system-cluster-critical",
        "tolerations": tolerations,
        "topologySpreadConstraints": spread,
    }


def _settings(addon: Resource | None, *, daemon: bool, gaps: Gaps) -> Mapping[str, Any]:
    """What an add-on is told about its controller, or about its pods on each node."""
    if addon is None:
        return {}
    try:
        found: Props = settings_of(addon)
        part = found.get("node" if daemon else "controller")
        value = part if isinstance(part, Mapping) else {} if daemon else found.get()
    except Undetermined as error:
        gaps.say(f"{error}: taken for what EKS does by default")
        return {}
    return value if isinstance(value, Mapping) else {}


def _count(settings: Mapping[str, Any], default: int) -> tuple[int, int, str]:
    scaling = settings.get("autoScaling")
    if isinstance(scaling, Mapping) and scaling.get("enabled") is True:
        least = _whole(scaling.get("minReplicas"), default)
        return least, max(least, _whole(scaling.get("maxReplicas"), 10)), "EKS's own scaling of CoreDNS"
    count = _whole(settings.get("replicaCount"), default)
    return count, count, ""


def _whole(value: Any, default: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else default
