"""The pods of charts that a stack installs, told by the dated table of charts or rendered by Helm.

The table knows requests, node selectors, tolerations, affinity, spread, priority classes and ports of the node. Where
the values of a chart with one workload say another pod anti-affinity, that holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.capacity.model import Daemon, Demand, Doubt
from eks_blueprints.capacity.read.claims import of_template
from eks_blueprints.capacity.read.objects import Objects
from eks_blueprints.capacity.read.plain import Gaps
from eks_blueprints.capacity.read.pods import PodError, pod_shape
from eks_blueprints.capacity.read.uncounted import OPERATED
from eks_blueprints.core.charts.model import Claim, Workload
from eks_blueprints.policies.inside.contents import Contents, contents
from eks_blueprints.policies.inside.objects import pod_of
from eks_blueprints.policies.inside.paths import written
from eks_blueprints.policies.objects import WORKLOADS
from eks_blueprints.policies.platform import cluster_of
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.scheduling.pod import REQUIRED

_SCALER = "HorizontalPodAutoscaler"
_ONCE = ("Job",)
_CRDS = frozenset({"apiextensions.k8s.io/v1 CustomResourceDefinition"})
"""What a chart of nothing else brings runs nowhere."""
_RESOURCES = "resources"
_KARPENTER = "karpenter"
_OF_NO_WEIGHT: Mapping[str, frozenset[str]] = {
    _KARPENTER: frozenset(
        {
            *("logLevel", "settings.batchMaxDuration", "settings.batchIdleDuration", "settings.isolatedVPC"),
            *("settings.amiRefreshInterval", "settings.subnetRefreshInterval", "settings.securityGroupRefreshInterval"),
            *("settings.legacyNodeRepair", "settings.disableDryRun", "settings.enableZonalShift"),
            # These are read, or turn on what is read.
            *("settings.reservedENIs", "settings.vmMemoryOverheadPercent"),
            *(f"settings.featureGates.{gate}" for gate in ("nodeOverlay", "staticCapacity")),
            # These change what becomes of nodes later.
            *("settings.featureGates.nodeRepair", "settings.featureGates.spotToSpotConsolidation"),
            *("settings.featureGates.terminateFirstDrift", "settings.featureGates.terminateFirstRepair"),
            *("settings.featureGates.podDeletionCostManagement", "settings.awsFeatureGates.rebootForRepair"),
        }
    )
}
"""Values of charts on which it does not hang which nodes there are, and which pods."""


def classes_of_charts(cluster: Resource, stack: Stack) -> Iterator[dict[str, Any]]:
    """The PriorityClasses that charts of a cluster bring."""
    for each in contents(stack):
        if (
            each.rendered is not None
            and each.rendered.priorities
            and cluster_of(each.installed.resource, stack) is cluster
        ):
            for name, value in each.rendered.priorities.items():
                yield {"kind": "PriorityClass", "metadata": {"name": name}, "value": value}


def pods_of_charts(cluster: Resource, stack: Stack, objects: Objects) -> Iterator[Demand | Daemon | str]:
    """What the pods of charts of a cluster ask for; a sentence for what is not known of one."""
    parents = stack.once("charts with workloads", lambda: _with_workloads(stack))
    for each in contents(stack):
        chart = each.installed
        if chart.resource.urn in parents or cluster_of(chart.resource, stack) is not cluster:
            continue
        if each.rendered is None:
            yield f"what the chart {chart.chart} runs is not counted: {each.how}"
            continue
        if each.rendered.workloads or each.rendered.objects.keys() - _CRDS:
            yield from _doubts(each)
        for name, workload in each.rendered.workloads.items():
            kind, _, short = name.partition("/")
            if not workload.hook and kind not in _ONCE:
                yield from _pods(each, kind, short, workload, objects)


def _with_workloads(stack: Stack) -> frozenset[str]:
    """URNs of all that workloads of the stack are parts of: what these charts bring is counted already."""
    return frozenset(above.urn for each in stack.of(*WORKLOADS) for above in stack.ancestors(each))


def _kept_apart(found: Contents, workload: Workload) -> Mapping[str, Any] | None:
    """The pod anti-affinity of the only workload of a chart by its value `affinity`, which the table does not follow.

    Karpenter's chart has terms without a selector speak of its own pods.
    """
    values = found.installed.values
    if len(_lasting(found)) != 1 or not values.is_known("affinity", "podAntiAffinity"):
        return None
    given = values.get("affinity", "podAntiAffinity")
    if not isinstance(given, Mapping) or not isinstance(hard := given.get(REQUIRED), list):
        return given if isinstance(given, Mapping) else None
    if found.installed.chart != _KARPENTER:
        return given
    own = {"labelSelector": {"matchLabels": dict(workload.labels)}}
    return {**given, REQUIRED: [{**own, **each} for each in hard if isinstance(each, Mapping)]}


def _lasting(found: Contents) -> list[Workload]:
    return [] if found.rendered is None else [each for each in found.rendered.workloads.values() if not each.hook]


def _resources(found: Contents) -> Mapping[str, Any]:
    """What a user has the only container of a chart request: its value `resources`, where all charts have that."""
    workloads = _lasting(found)
    alone = len(workloads) == 1 and len(workloads[0].containers) == 1
    if not alone or not any(path[0] == _RESOURCES for path in found.unfollowed):
        return {}
    values = found.installed.values
    if not values.is_known(_RESOURCES):
        return {}
    given = values.get(_RESOURCES)
    return given if isinstance(given, Mapping) else {}


def _doubts(found: Contents) -> Iterator[str]:
    chart = found.installed.chart
    light = _OF_NO_WEIGHT.get(chart, frozenset())
    followed = bool(_resources(found))
    unfollowed = [written(path) for path in found.unfollowed if not (path[0] == _RESOURCES and followed)]
    if unfollowed := [path for path in unfollowed if path not in light]:
        paths = ", ".join(unfollowed[:3])
        more = f" and {len(unfollowed) - 3} more" if len(unfollowed) > 3 else ""
        yield f"what these values of the chart {chart} change is not followed: {paths}{more}"
    objects = () if found.rendered is None else found.rendered.objects
    if made := sorted({kind for each in objects if (kind := each.rpartition(" ")[2]) in OPERATED}):
        yield f"the pods that an operator makes of {', '.join(made)} of the chart {chart} are not counted"
    for each in found.lacking:
        yield f"of the chart {chart} is not known: {each}"


def _pods(
    found: Contents, kind: str, name: str, workload: Workload, objects: Objects
) -> Iterator[Demand | Daemon | str]:
    installed = found.installed
    namespace = workload.namespace or installed.namespace
    whole, gaps = f"{namespace}/{kind}/{name}", Gaps()
    each_one = kind == "StatefulSet"
    more = [
        of_template({"metadata": {"name": key}, "spec": _spec(claim)}, name, namespace, objects, gaps)
        for key, claim in workload.claims.items()
        if each_one
    ]
    pod = _plain(workload)
    if (apart := _kept_apart(found, workload)) is not None:
        pod["affinity"] = {**pod["affinity"], "podAntiAffinity": apart}
    if (own := _resources(found)) and not workload.hook:
        pod["containers"] = [{**each, "resources": own} for each in pod["containers"]]
        yield Doubt(f"{whole}: the value {_RESOURCES} of its chart is taken for what its only container requests")
    try:
        shape = pod_shape(pod, workload.labels, namespace, objects, gaps, daemon=kind == "DaemonSet", more=more)
    except PodError as error:
        yield f"the pods of {whole} are not counted: {error}"
        return
    position = installed.resource.position
    if kind == "DaemonSet":
        yield Daemon(name=whole, shape=shape, position=position)
        return
    count = 1 if kind == "Pod" else workload.replicas
    run = kind == "CronJob"
    if found.rendered is not None and any(each.endswith(_SCALER) for each in found.rendered.objects):
        gaps.say(f"a {_SCALER} of its chart may have it run more pods")
    yield Demand(
        name=whole,
        shape=shape,
        least=0 if run else count,
        most=count,
        scaled_by="its schedule" if run else "",
        position=position,
        asked=str(gaps),
    )


def _plain(workload: Workload) -> dict[str, Any]:
    """A pod of a chart with all that the table knows of where it can be placed."""
    pod = pod_of(workload)
    ports = {name: [{"hostPort": port} for port in each.host_ports] for name, each in workload.containers.items()}
    pod["containers"] = [{**each, "ports": ports[each["name"]]} for each in pod["containers"]]
    pod["topologySpreadConstraints"] = [dict(each) for each in workload.spread]
    pod["affinity"] = {**workload.pod_affinity}
    if workload.affinity:
        required = {"nodeSelectorTerms": [dict(each) for each in workload.affinity]}
        pod["affinity"]["nodeAffinity"] = {REQUIRED: required}
    if workload.priority_class:
        pod["priorityClassName"] = workload.priority_class
    return pod


def _spec(claim: Claim) -> Mapping[str, Any]:
    named = {} if claim.storage_class is None else {"storageClassName": claim.storage_class}
    return {"accessModes": list(claim.modes), **named}
