"""Delete node pools, and wait until their nodes are drained."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eks_blueprints.lifecycle.teardown.cluster import PlannedCluster, shown_name
from eks_blueprints.lifecycle.teardown.run import Run
from eks_blueprints.lifecycle.teardown.steps import Step
from eks_blueprints.live.kubectl import Kubectl, names, namespaced_name

_POOLS = "nodepools.karpenter.sh"
_CLAIMS = "nodeclaims.karpenter.sh"
_POOL = "karpenter.sh/nodepool"


def drain(run: Run, step: Step) -> None:
    """Delete the pools of the program, or all where Karpenter runs by itself, and wait for their nodes."""
    cluster = step.cluster
    assert cluster is not None  # noqa: S101 - for type checkers
    kubectl = run.on(cluster)
    for pool in _pools(kubectl, cluster):
        if not pool["metadata"].get("deletionTimestamp"):
            name = pool["metadata"]["name"]
            kubectl.do("delete", _POOLS, name, "--cascade=foreground", "--wait=false", "--ignore-not-found")
            run.say(f"deletes NodePool {name}")
    run.wait(
        "nodes of pools",
        lambda: names(_claims(kubectl, cluster)),
        lambda: _held(kubectl) or "look at them with kubectl describe nodeclaims",
    )


def _pools(kubectl: Kubectl, cluster: PlannedCluster) -> list[Any]:
    # Auto Mode makes its built-in pools again; their nodes go with the cluster.
    ours = {shown_name(each) for each in cluster.objects("NodePool")}
    return [each for each in kubectl.objects(_POOLS) if not cluster.auto_mode or each["metadata"]["name"] in ours]


def _claims(kubectl: Kubectl, cluster: PlannedCluster) -> list[Any]:
    ours = {shown_name(each) for each in cluster.objects("NodePool")}
    return [
        each
        for each in kubectl.objects(_CLAIMS)
        if not cluster.auto_mode or (each["metadata"].get("labels") or {}).get(_POOL) in ours
    ]


def _held(kubectl: Kubectl) -> str:
    """What keeps pods on nodes."""
    said = list(_holders(kubectl))
    return f"held by {', '.join(said[:5])}: delete these, or what they are for" if said else ""


def _holders(kubectl: Kubectl) -> Iterator[str]:
    for budget in kubectl.objects("poddisruptionbudgets.policy", "--all-namespaces"):
        status = budget.get("status") or {}
        if status.get("expectedPods") and not status.get("disruptionsAllowed"):
            yield f"PodDisruptionBudget {namespaced_name(budget)}"
    for pod in kubectl.objects("pods", "--all-namespaces"):
        marks = pod["metadata"].get("annotations") or {}
        if marks.get("karpenter.sh/do-not-disrupt") == "true":
            yield f"Pod {namespaced_name(pod)} (karpenter.sh/do-not-disrupt)"
