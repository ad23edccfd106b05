"""Delete what owns load balancers, while their controllers still run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.lifecycle.teardown.run import Run
from eks_blueprints.lifecycle.teardown.steps import Step
from eks_blueprints.live.kubectl import Kubectl, namespaced_name

_KINDS = {
    "Ingress": "ingresses.networking.k8s.io",
    "Gateway": "gateways.gateway.networking.k8s.io",
    "Service": "services",
}


def delete(run: Run, step: Step) -> None:
    """Delete every Ingress, Gateway and Service of type LoadBalancer, and wait for their controllers."""
    kubectl = run.on(step.of)
    for kind, thing in _there(kubectl):
        metadata = thing["metadata"]
        if not metadata.get("deletionTimestamp"):
            home = ("--namespace", metadata["namespace"])
            kubectl.do("delete", _KINDS[kind], metadata["name"], *home, "--wait=false", "--ignore-not-found")
            run.say(f"deletes {kind} {namespaced_name(thing)}")
    run.wait(
        "load balancers",
        lambda: [f"{kind} {namespaced_name(thing)}" for kind, thing in _there(kubectl)],
        lambda: (
            "their controller has to run to take them away: look at its log, "
            "or remove the load balancer and then the finalizers of the object"
        ),
    )


def _there(kubectl: Kubectl) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for kind, plural in _KINDS.items():
        for thing in kubectl.objects(plural, "--all-namespaces"):
            if kind != "Service" or (thing.get("spec") or {}).get("type") == "LoadBalancer":
                yield kind, thing
