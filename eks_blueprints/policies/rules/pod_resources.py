"""What pods ask for and are held to."""

from __future__ import annotations

from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.objects import WORKLOADS, in_namespace, namespace_of, pod_of
from eks_blueprints.policies.platform import NODE_POOL, auto_mode, cluster_of, version_of
from eks_blueprints.policies.pods import containers, pod_rule, pods
from eks_blueprints.policies.props import Faults, NotApplicable, Props
from eks_blueprints.policies.quantities import quantity

LIMIT_RANGE = "kubernetes:core/v1:LimitRange"


@rule("k8s-requests-set", *WORKLOADS, severity="high", enforcement="mandatory", wave=1, across=True)
def requests_set(_: Props, context: Context) -> Faults:
    """Containers have CPU and memory requests.

    Every container and init container has resources.requests.cpu and memory or a limit, which stands in for a
    request; or the pod as a whole has them (Kubernetes 1.34); or a LimitRange of its namespace in the stack sets them.
    """
    pod = pod_of(context.resource)
    whole = _pod_level(pod, context)
    for key in ("cpu", "memory"):
        if whole and (pod.has("resources", "requests", key) or pod.has("resources", "limits", key)):
            continue
        for container in [*pod.items("initContainers"), *pod.items("containers")]:
            if not _has(container, key) and not _defaulted(context, "defaultRequest", key):
                yield container.fault(f"requests no {key}", "resources", "requests", key)


@rule("k8s-memory-limit-set", *WORKLOADS, severity="high", enforcement="mandatory", wave=1, across=True)
def memory_limit(_: Props, context: Context) -> Faults:
    """Containers have a memory limit."""
    pod = pod_of(context.resource)
    if _pod_level(pod, context) and pod.has("resources", "limits", "memory"):
        return
    for container in [*pod.items("initContainers"), *pod.items("containers")]:
        if not container.has("resources", "limits", "memory") and not _defaulted(context, "default", "memory"):
            yield container.fault("has no limit of memory", "resources", "limits", "memory")


@pod_rule("k8s-cpu-limit-policy", "low", each=containers, enforcement="advisory", params={"mode": "ignore"})
def cpu_limit(container: Props, context: Context) -> Faults:
    """CPU limits follow the organization's decision: `mode` is `require`, `forbid` or `ignore`."""
    mode = context.params["mode"]
    if mode == "ignore":
        raise NotApplicable
    has = container.has("resources", "limits", "cpu")
    if mode == "require" and not has:
        yield container.fault("has no limit of CPU", "resources", "limits", "cpu", do="set one")
    elif mode == "forbid" and has:
        got = container.raw("resources", "limits", "cpu")
        yield container.fault(
            "has a limit of CPU, which slows it down", "resources", "limits", "cpu", got=got, do="remove it"
        )


@pod_rule("k8s-memory-request-equals-limit", "low", each=containers, enforcement="advisory", wave=3, across=True)
def memory_equal(container: Props, context: Context) -> Faults:
    """On densely packed nodes, memory requests equal memory limits."""
    if not context.stack.of(NODE_POOL) and not auto_mode(cluster_of(context.resource, context.stack)):
        raise NotApplicable
    request, limit = (container.get("resources", kind, "memory") for kind in ("requests", "limits"))
    if limit is not None and request is not None and quantity(request) != quantity(limit):
        yield container.fault(
            "is limited to other memory than it requests", "resources", "requests", "memory", got=request
        )


@pod_rule(
    "k8s-limit-to-request-ratio",
    "low",
    each=containers,
    enforcement="advisory",
    wave=3,
    params={"memory_ratio": 2, "cpu_ratio": 4},
)
def ratio(container: Props, context: Context) -> Faults:
    """Limits are not much higher than requests."""
    for key in ("memory", "cpu"):
        request = quantity(container.get("resources", "requests", key))
        limit = quantity(container.get("resources", "limits", key))
        most = context.params[f"{key}_ratio"]
        if request and limit and limit / request > most:
            what, got = f"may use {limit / request:.3g} times its {key}", container.raw("resources", "limits", key)
            yield container.fault(what, "resources", "limits", key, got=got)


@pod_rule("k8s-ephemeral-storage-bounded", "low", each=pods, enforcement="advisory", wave=3)
def ephemeral(pod: Props) -> Faults:
    """Pods have limits for ephemeral storage."""
    for volume in pod.items("volumes"):
        if volume.has("emptyDir") and not volume.has("emptyDir", "sizeLimit"):
            yield volume.fault("may fill the disk of its node", "emptyDir", "sizeLimit")


def _has(container: Props, key: str) -> bool:
    return container.has("resources", "requests", key) or container.has("resources", "limits", key)


def _pod_level(pod: Props, context: Context) -> bool:
    if not pod.has("resources"):
        return False
    minor = version_of(cluster_of(context.resource, context.stack))
    return minor is None or minor >= 34


def _defaulted(context: Context, kind: str, key: str) -> bool:
    stack = context.stack
    namespace = namespace_of(context.resource, stack)
    for found in in_namespace(stack, namespace, LIMIT_RANGE):
        for limit in found.props.items("spec", "limits"):
            # A default limit stands in for a default request.
            if limit.get("type") == "Container" and (limit.has(kind, key) or limit.has("default", key)):
                return True
    return False
