"""Stop Argo CD and Flux, which would create again what is deleted."""

from __future__ import annotations

from typing import Any

from eks_blueprints.lifecycle.teardown.cluster import PlannedCluster, namespace_of
from eks_blueprints.lifecycle.teardown.run import Run
from eks_blueprints.lifecycle.teardown.steps import Step
from eks_blueprints.live.account import code_of, refusals
from eks_blueprints.live.kubectl import Kubectl, namespaced_name

_KINDS = "deployments.apps,statefulsets.apps"


def stop(run: Run, step: Step) -> None:
    """Scale the controllers of charts to nothing, and delete the capabilities of EKS that run them."""
    cluster = step.of
    if cluster.delivery:
        _scale(run, cluster)
    for name in cluster.argo_cd_capabilities:
        _delete(run, cluster, name)


def _scale(run: Run, cluster: PlannedCluster) -> None:
    kubectl = run.on(cluster)
    homes = dict.fromkeys(namespace_of(each) for each in cluster.delivery)
    for home in homes:
        if _running(kubectl, home, "spec"):
            kubectl.do("scale", _KINDS, "--all", "--replicas=0", "--namespace", home)
            run.say(f"scaled {home} to nothing")
    for home in homes:
        run.wait(
            f"pods of {home}",
            lambda home=home: _running(kubectl, home, "status"),  # type: ignore[misc]
            lambda home=home: f"look at them with kubectl get pods --namespace {home}",  # type: ignore[misc]
        )


def _running(kubectl: Kubectl, namespace: str, part: str) -> list[str]:
    found = kubectl.objects(_KINDS, "--namespace", namespace)
    return [namespaced_name(each) for each in found if (each.get(part) or {}).get("replicas")]


def _delete(run: Run, cluster: PlannedCluster, name: str) -> None:
    eks: Any = run.session(cluster.region).client("eks")

    def left() -> list[str]:
        with refusals(f"describe capability {name}"):
            try:
                eks.describe_capability(clusterName=cluster.name, capabilityName=name)
            except eks.exceptions.ResourceNotFoundException:
                return []
        return [name]

    if left():
        with refusals(f"delete capability {name}"):
            try:
                eks.delete_capability(clusterName=cluster.name, capabilityName=name)
            except Exception as error:
                if code_of(error) != "ResourceInUseException":  # it is being deleted already
                    raise
        run.say(f"deletes capability {name}")
    run.wait("capability", left, lambda: f"look at it with aws eks describe-capability --capability-name {name}")
