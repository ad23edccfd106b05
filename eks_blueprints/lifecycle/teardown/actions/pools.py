"""Delete node pools, and wait until their nodes are drained."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eks_blueprints.karpenter.labels import POOL
from eks_blueprints.lifecycle.teardown.cluster import PlannedCluster, shown_name
from eks_blueprints.lifecycle.teardown.run import Run
from eks_blueprints.lifecycle.teardown.steps import Step
from eks_blueprints.live.kubectl import Kubectl, forbidding, names, namespaced_name

_POOLS = "nodepools.karpenter.sh"
_CLAIMS = "nodeclaims.karpenter.sh"


def drain(run: Run, step: Step) -> None:
    """Delete the pools of the program, or all where Karpenter runs by itself, and wait for their nodes."""
    cluster = step.of
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


def _goes(cluster: PlannedCluster, pool: str | None) -> bool:
    # Auto Mode makes its built-in pools again; their nodes go with the cluster.
    return not cluster.auto_mode or pool in {shown_name(each) for each in cluster.objects("NodePool")}


def _pools(kubectl: Kubectl, cluster: PlannedCluster) -> list[Any]:
    return [each for each in kubectl.objects(_POOLS) if _goes(cluster, each["metadata"]["name"])]


def _claims(kubectl: Kubectl, cluster: PlannedCluster) -> list[Any]:
    marks = ((each, each["metadata"].get("labels") or {}) for each in kubectl.objects(_CLAIMS))
    return [each for each, labels in marks if _goes(cluster, labels.get(POOL))]


def _held(kubectl: Kubectl) -> str:
    """What keeps pods on nodes."""
    said = list(_holders(kubectl))
    return f"held by {', '.join(said[:5])}: delete these, or what they are for" if said else ""


def _holders(kubectl: Kubectl) -> Iterator[str]:
    for name in forbidding(kubectl.objects("poddisruptionbudgets.policy", "--all-namespaces")):
        yield f"PodDisruptionBudget {name}"
    for pod in kubectl.objects("pods", "--all-namespaces"):
        marks = pod["metadata"].get("annotations") or {}
        if marks.get("karpenter.sh/do-not-disrupt") == "true":
            yield f"Pod {namespaced_name(pod)} (karpenter.sh/do-not-disrupt)"
