"""What scales workloads, and what scales the nodes under them."""

from __future__ import annotations

from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.installed import charts
from eks_blueprints.policies.objects import (
    DAEMON_SET,
    NAMESPACE,
    REPLICATED,
    ROLLOUT,
    namespace_of,
    object_name,
    target_key,
    target_of,
)
from eks_blueprints.policies.platform import CHART, RELEASE
from eks_blueprints.policies.props import Faults, NotApplicable, Props, Undetermined
from eks_blueprints.policies.stack import Resource, Stack

HPA = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
VPA = "kubernetes:autoscaling.k8s.io/v1:VerticalPodAutoscaler"
SCALED_OBJECT = "kubernetes:keda.sh/v1alpha1:ScaledObject"
_REF = ("spec", "scaleTargetRef")
_MEASURED = ("cpu", "memory")


@rule("k8s-hpa-vpa-no-conflict", HPA, SCALED_OBJECT, severity="critical", enforcement="mandatory", wave=1, across=True)
def no_conflict(scaler: Props, context: Context) -> Faults:
    """No workload is scaled horizontally and vertically by the same metric."""
    stack, resource = context.stack, context.resource
    by = measures(resource)
    target = _target(resource, stack)
    for vpa in stack.of(VPA):
        if target is None or target_key(vpa, stack, "spec", "targetRef") != target:
            continue
        both = sorted(by & _controlled(vpa.props))
        if both:
            yield scaler.fault(f"scales by {', '.join(both)}, which {vpa.name} sets as well", *_REF, got=target[2])


@rule(
    "k8s-single-horizontal-autoscaler-per-target",
    HPA,
    SCALED_OBJECT,
    severity="high",
    enforcement="mandatory",
    wave=1,
    across=True,
)
def single_scaler(scaler: Props, context: Context) -> Faults:
    """A workload has only one horizontal autoscaler."""
    stack, resource = context.stack, context.resource
    target = _target(resource, stack)
    if target is None:
        raise NotApplicable
    for other in stack.of(HPA, SCALED_OBJECT):
        if other is not resource and _known_target(other, stack) == target:
            yield scaler.fault(f"scales what {other.name} scales", *_REF, got=target[2])
    if target[1] == "Deployment":
        for rollout in stack.of(ROLLOUT):
            if rollout.props.text("spec", "workloadRef", "name") == target[2]:
                yield scaler.fault(f"scales a Deployment that {rollout.name} runs", *_REF, do="scale the Rollout")


@rule("k8s-single-vpa-per-target", VPA, severity="medium", enforcement="mandatory", wave=2, across=True)
def single_vpa(vpa: Props, context: Context) -> Faults:
    """A workload has only one vertical autoscaler."""
    stack, resource = context.stack, context.resource
    target = target_key(resource, stack, "spec", "targetRef")
    for other in stack.of(VPA):
        if other is resource or not other.props.is_known("spec", "targetRef"):
            continue
        if target_key(other, stack, "spec", "targetRef") == target:
            yield vpa.fault(f"sizes what {other.name} sizes", "spec", "targetRef")


@rule(
    "k8s-autoscaler-target-exists",
    HPA,
    VPA,
    SCALED_OBJECT,
    severity="medium",
    enforcement="mandatory",
    wave=2,
    across=True,
)
def target_exists(scaler: Props, context: Context) -> Faults:
    """The target of an autoscaler exists.

    The workload it names is in the stack, if the stack makes the namespace; and it is of a kind that scales.
    """
    stack, resource = context.stack, context.resource
    keys = ("spec", "targetRef") if resource.type == VPA else _REF
    key = target_key(resource, stack, *keys)
    if key is None:
        raise NotApplicable
    if key[1] == "DaemonSet" and resource.type != VPA:
        yield scaler.fault("scales a DaemonSet, which has a pod a node", *keys, "kind", got=key[1])
        return
    owned = {object_name(each, stack) for each in stack.of(NAMESPACE)}
    scalable = {each.rpartition(":")[2] for each in (*REPLICATED, DAEMON_SET)}
    if key[0] in owned and key[1] in scalable and target_of(resource, stack, *keys) is None:
        if stack.of(RELEASE, CHART) and any(c.namespace == key[0] for c in charts(stack)):
            raise Undetermined((*keys, "name"), "may name a workload of a chart of its namespace")
        yield scaler.fault("names a workload that does not exist", *keys, "name", got=key[2])


@rule("k8s-hpa-target-has-requests", HPA, severity="high", enforcement="mandatory", wave=1, across=True)
def target_requests(scaler: Props, context: Context) -> Faults:
    """Workloads that are scaled by utilization have resource requests."""
    target = target_of(context.resource, context.stack, *_REF)
    wanted = [metric for metric in scaler.items("spec", "metrics") if _is_utilization(metric)]
    if target is None or not wanted:
        raise NotApplicable
    for metric in wanted:
        part = metric.at("resource") if metric.has("resource") else metric.at("containerResource")
        for container in target.props.items("spec", "template", "spec", "containers"):
            if part.has("container") and container.get("name") != part.get("container"):
                continue
            name = str(part.get("name"))
            if not container.has("resources", "requests", name) and not container.has("resources", "limits", name):
                yield metric.fault(f"measures {name} that {target.name} does not request", got=name)


@rule("k8s-hpa-min-replicas", HPA, severity="medium", enforcement="advisory", wave=3, params={"max": 200})
def sensible_bounds(scaler: Props, context: Context) -> Faults:
    """An autoscaler has a sensible minimum and maximum."""
    least, most = scaler.number("spec", "minReplicas"), scaler.number("spec", "maxReplicas")
    if (1 if least is None else least) < 2:
        yield scaler.fault("may scale to one pod", "spec", "minReplicas", got=least)
    if most is not None and most > context.params["max"]:
        yield scaler.fault("may scale beyond the allowed limit", "spec", "maxReplicas", got=most)
    elif most is not None and most <= (least or 1):
        yield scaler.fault("has no room to scale", "spec", "maxReplicas", got=most)


@rule("k8s-hpa-no-static-replicas", *REPLICATED, severity="high", enforcement="mandatory", wave=1, across=True)
def no_static_replicas(workload: Props, context: Context) -> Faults:
    """Workloads with an autoscaler do not set replicas."""
    stack, resource = context.stack, context.resource
    own = (namespace_of(resource, stack), resource.kind, object_name(resource, stack))
    scalers = [each for each in stack.of(HPA, SCALED_OBJECT) if _known_target(each, stack) == own]
    if not scalers:
        raise NotApplicable
    ignored = [str(each) for each in resource.options.get("ignore_changes", ())]
    if workload.has("spec", "replicas") and not any(each in ("spec.replicas", "spec", "*") for each in ignored):
        yield workload.fault(
            f"is set back by every deployment, and {scalers[0].name} scales it",
            "spec",
            "replicas",
            got=workload.raw("spec", "replicas"),
        )


@rule("k8s-hpa-scale-down-stabilised", HPA, severity="low", enforcement="advisory", wave=3)
def stabilised(scaler: Props) -> Faults:
    """Autoscalers do not scale down at every short dip."""
    found = scaler.number("spec", "behavior", "scaleDown", "stabilizationWindowSeconds")
    if found is not None and found < 60:
        yield scaler.fault("follows each dip", "spec", "behavior", "scaleDown", "stabilizationWindowSeconds", got=found)


@rule("k8s-vpa-bounds", VPA, severity="medium", enforcement="advisory", wave=3)
def vpa_bounds(vpa: Props) -> Faults:
    """A vertical autoscaler has an update mode and bounds."""
    mode = vpa.get("spec", "updatePolicy", "updateMode")
    if mode in (None, "Auto"):
        yield vpa.fault("does not set how pods are resized", "spec", "updatePolicy", "updateMode", got=mode)
    policies = vpa.items("spec", "resourcePolicy", "containerPolicies")
    if mode != "Off" and not policies:
        yield vpa.fault("resizes without bounds", "spec", "resourcePolicy", "containerPolicies")
    for policy in policies:
        for key in ("minAllowed", "maxAllowed"):
            if mode != "Off" and policy.get("mode") != "Off" and not policy.has(key):
                yield policy.fault("resizes without bounds", key)


def measures(scaler: Resource) -> set[str]:
    """The resources that an autoscaler measures: `cpu`, `memory`."""
    if scaler.type == SCALED_OBJECT:
        return {str(each.get("type")) for each in scaler.props.items("spec", "triggers")} & set(_MEASURED)
    metrics = scaler.props.items("spec", "metrics")
    if not metrics:
        return {"cpu"}  # the default of Kubernetes
    found = [each.get("resource", "name") for each in metrics] + [
        each.get("containerResource", "name") for each in metrics
    ]
    return {str(each) for each in found} & set(_MEASURED)


def _controlled(vpa: Props) -> set[str]:
    if vpa.get("spec", "updatePolicy", "updateMode") in ("Off", "Initial"):
        return set()
    policies = vpa.items("spec", "resourcePolicy", "containerPolicies")
    if not policies:
        return set(_MEASURED)
    found: set[str] = set()
    for policy in policies:
        if policy.get("mode") != "Off":
            found |= set(policy.words("controlledResources") or _MEASURED)
    return found


def _target(scaler: Resource, stack: Stack) -> tuple[str, str, str] | None:
    if scaler.type == SCALED_OBJECT and not scaler.props.has(*_REF, "kind"):
        name = scaler.props.text(*_REF, "name")
        return (namespace_of(scaler, stack), "Deployment", name) if name else None
    return target_key(scaler, stack, *_REF)


def _known_target(scaler: Resource, stack: Stack) -> tuple[str, str, str] | None:
    try:
        return _target(scaler, stack)
    except Undetermined:
        return None


def _is_utilization(metric: Props) -> bool:
    part = "resource" if metric.has("resource") else "containerResource"
    return bool(
        metric.get("type") in ("Resource", "ContainerResource") and metric.get(part, "target", "type") == "Utilization"
    )
