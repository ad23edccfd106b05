"""How pods start, say that they are well, and end."""

from __future__ import annotations

from typing import Any

from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.objects import (
    DAEMON_SET,
    INGRESS,
    POD,
    REPLICATED,
    SERVICE,
    in_namespace,
    namespace_of,
    object_name,
    pod_labels,
    pod_of,
    selects,
)
from eks_blueprints.policies.pods import pod_rule, pods
from eks_blueprints.policies.props import Faults, NotApplicable, Props, Undetermined
from eks_blueprints.policies.stack import Resource

NAMESPACE = "kubernetes:core/v1:Namespace"
_HANDLERS = ("httpGet", "tcpSocket", "exec", "grpc")
_TIMES = ("initialDelaySeconds", "periodSeconds", "timeoutSeconds", "failureThreshold", "successThreshold")


def main_containers(context: Context) -> list[Props]:
    """The containers that run for as long as the pod does, without native sidecars."""
    return pod_of(context.resource).items("containers")


def lasting_containers(context: Context) -> list[Props]:
    """Those that are started again whenever they end."""
    restarted = pod_of(context.resource).get("restartPolicy") in (None, "Always")
    return main_containers(context) if restarted else []


@rule(
    "k8s-readiness-probe",
    *REPLICATED,
    DAEMON_SET,
    POD,
    severity="medium",
    enforcement="mandatory",
    wave=2,
    across=True,
)
def readiness(_: Props, context: Context) -> Faults:
    """Pods that receive traffic have a readiness probe.

    Of a workload that a Service of the stack selects, one container that exposes a port, or one of all where none
    does, has a readinessProbe. Without a Service a missing probe is advisory. Pods that run to their end need none.
    """
    found = lasting_containers(context)
    exposing = [each for each in found if each.items("ports")] or found
    if not exposing or any(each.has("readinessProbe") for each in exposing):
        return
    served = bool(services_of(context.resource, context))
    what = "gets traffic before it is ready" if served else "does not say when it is ready"
    yield exposing[0].fault(what, "readinessProbe", advisory=not served)


@rule(
    "k8s-liveness-probe",
    *REPLICATED,
    DAEMON_SET,
    POD,
    severity="low",
    enforcement="advisory",
    wave=3,
    each=lasting_containers,
)
def liveness(container: Props) -> Faults:
    """Containers have a liveness probe."""
    if not container.has("livenessProbe"):
        yield container.fault("is not started again when it hangs", "livenessProbe")


@rule(
    "k8s-probes-not-identical",
    *REPLICATED,
    DAEMON_SET,
    severity="medium",
    enforcement="advisory",
    wave=3,
    each=main_containers,
)
def different_probes(container: Props) -> Faults:
    """Liveness and readiness probes differ."""
    live, ready = container.at("livenessProbe"), container.at("readinessProbe")
    if live.value is not None and ready.value is not None and _essence(live) == _essence(ready):
        yield container.fault("is restarted for what only makes it unready", "livenessProbe")
    for probe in (live, ready, container.at("startupProbe")):
        if probe.value is not None and probe.has("exec"):
            timeout, period = probe.number("timeoutSeconds") or 1, probe.number("periodSeconds") or 10
            if timeout >= period:
                do = f"set timeoutSeconds below periodSeconds, {period:g}"
                yield probe.fault("may run a command twice at once", "timeoutSeconds", got=timeout, do=do)


@rule(
    "k8s-startup-probe-for-slow-start",
    *REPLICATED,
    severity="low",
    enforcement="advisory",
    wave=3,
    each=main_containers,
)
def startup(container: Props) -> Faults:
    """Containers that start slowly have a startup probe."""
    delay = container.number("livenessProbe", "initialDelaySeconds")
    if delay is not None and delay > 60 and not container.has("startupProbe"):
        yield container.fault("waits for a slow start", "livenessProbe", "initialDelaySeconds", got=delay)


@pod_rule("k8s-termination-grace-period", "medium", each=pods, wave=2, patches=True)
def grace_period(pod: Props) -> Faults:
    """The termination grace period of pods is neither too short nor too long."""
    seconds = pod.number("terminationGracePeriodSeconds")
    if seconds == 0:
        yield pod.fault("is killed without warning", "terminationGracePeriodSeconds", got=0)
    elif seconds is not None and seconds > 900:
        yield pod.fault(
            "takes longer to end than a node group waits", "terminationGracePeriodSeconds", got=seconds, advisory=True
        )


@rule("k8s-pre-stop-for-load-balanced", *REPLICATED, severity="low", enforcement="advisory", wave=3, across=True)
def pre_stop(_: Props, context: Context) -> Faults:
    """Pods behind a load balancer have a preStop hook.

    A workload behind a LoadBalancer Service or an ALB Ingress has a preStop hook in each container that exposes a
    port, unless its namespace has pod readiness gates injected.
    """
    stack = context.stack
    if not _is_balanced(context):
        raise NotApplicable
    namespace = namespace_of(context.resource, stack)
    for each in stack.of(NAMESPACE):
        gate = each.props.get("metadata", "labels", "elbv2.k8s.aws/pod-readiness-gate-inject")
        if object_name(each, stack) == namespace and gate == "enabled":
            return
    for container in main_containers(context):
        if container.items("ports") and not container.has("lifecycle", "preStop"):
            yield container.fault("ends while its load balancer still sends to it", "lifecycle", "preStop")


def services_of(workload: Resource, context: Context) -> list[Resource]:
    """The services of the stack that select a workload's pods."""
    stack = context.stack
    here = in_namespace(stack, namespace_of(workload, stack), SERVICE)
    labels = pod_labels(workload) if here else {}
    found = []
    for each in here:
        try:
            selector = each.props.get("spec", "selector")
        except Undetermined:
            continue
        if selector and selects({"matchLabels": selector}, labels):
            found.append(each)
    return found


def _is_balanced(context: Context) -> bool:
    stack = context.stack
    for service in services_of(context.resource, context):
        if service.props.get("spec", "type") == "LoadBalancer":
            return True
        name, namespace = object_name(service, stack), namespace_of(service, stack)
        for ingress in stack.of(INGRESS):
            if namespace_of(ingress, stack) == namespace and name in _backends(ingress):
                return True
    return False


def _backends(ingress: Resource) -> list[Any]:
    found = [ingress.props.text("spec", "defaultBackend", "service", "name")]
    for each in ingress.props.items("spec", "rules"):
        found += [path.text("backend", "service", "name") for path in each.items("http", "paths")]
    return found


def _essence(probe: Props) -> dict[str, Any]:
    handlers = {key: probe.get(key) for key in _HANDLERS if probe.has(key)}
    return {**handlers, **{key: probe.get(key) for key in _TIMES}}
