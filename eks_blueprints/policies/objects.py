"""Kubernetes objects as rules read them: pods in all that makes pods, names, namespaces, labels and selectors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from eks_blueprints.policies.definition import Context
from eks_blueprints.policies.props import Props, Undetermined
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.scheduling.selectors import condition

POD = "kubernetes:core/v1:Pod"
CONTROLLER = "kubernetes:core/v1:ReplicationController"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
STATEFUL_SET = "kubernetes:apps/v1:StatefulSet"
DAEMON_SET = "kubernetes:apps/v1:DaemonSet"
REPLICA_SET = "kubernetes:apps/v1:ReplicaSet"
JOB = "kubernetes:batch/v1:Job"
CRON_JOB = "kubernetes:batch/v1:CronJob"
SCALED_JOB = "kubernetes:keda.sh/v1alpha1:ScaledJob"
ROLLOUT = "kubernetes:argoproj.io/v1alpha1:Rollout"
NAMESPACE = "kubernetes:core/v1:Namespace"
SERVICE = "kubernetes:core/v1:Service"
INGRESS = "kubernetes:networking.k8s.io/v1:Ingress"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"

WORKLOADS = (POD, CONTROLLER, DEPLOYMENT, STATEFUL_SET, DAEMON_SET, REPLICA_SET, JOB, CRON_JOB, SCALED_JOB, ROLLOUT)
REPLICATED = (DEPLOYMENT, STATEFUL_SET, REPLICA_SET, ROLLOUT)

SYSTEM_NAMESPACES = (
    "kube-system",
    "kube-public",
    "kube-node-lease",
    "amazon-cloudwatch",
    "amazon-guardduty",
    "aws-application-networking-system",
    "aws-observability",
    "karpenter",
)
"""Namespaces whose workloads need the host: network, storage and log agents. These are whole names, so that nobody gets
out of the rules by the name of a namespace."""

UNKNOWN = "${unknown}"
"""Stands for a namespace of which nothing is known."""

_RENDERED = ("kubernetes:helm.sh/", "kubernetes:kustomize", "kubernetes:yaml")

SYSTEM = {"system_namespaces": SYSTEM_NAMESPACES}

_CONTAINERS = ("containers", "initContainers", "ephemeralContainers")


def template(resource: Resource) -> Props:
    """The pod that a workload makes: its metadata and spec."""
    if resource.type == POD:
        return resource.props
    if resource.type == CRON_JOB:
        return resource.props.at("spec", "jobTemplate", "spec", "template")
    if resource.type == SCALED_JOB:
        return resource.props.at("spec", "jobTargetRef", "template")
    return resource.props.at("spec", "template")


def pod_of(resource: Resource) -> Props:
    """The spec of the pod that a workload makes."""
    return template(resource).at("spec")


def containers_of(resource: Resource) -> list[Props]:
    """Every container of a workload, also those that only start or debug it."""
    pod = pod_of(resource)
    return [each for key in _CONTAINERS for each in pod.items(key)]


def in_system_namespace(context: Context) -> bool:
    """Whether a resource stands in one of the rule's `system_namespaces`."""
    namespace = namespace_of(context.resource, context.stack)
    return namespace in context.params.get("system_namespaces", SYSTEM_NAMESPACES)


def object_name(resource: Resource, stack: Stack) -> str:
    """The name of an object; of one that Pulumi names, the symbol by which others refer to it."""
    given = resource.inputs.get("metadata")
    name = given.get("name") if isinstance(given, Mapping) else None
    if isinstance(name, str):
        return canonical(name, stack)
    known = resource.outputs.get("name")
    return known if isinstance(known, str) else f"${{{resource.name}.metadata.name}}"


def namespace_of(resource: Resource, stack: Stack) -> str:
    """The namespace an object stands in: its own, its provider's, or `default`; a symbol where only that is known."""
    metadata = resource.inputs.get("metadata")
    if isinstance(metadata, Mapping) and "$unknown" in metadata:
        return UNKNOWN
    given = metadata.get("namespace") if isinstance(metadata, Mapping) else None
    if given is None and resource.type.startswith("kubernetes:helm.sh/"):
        given = resource.inputs.get("namespace")
    if given is None:
        provider = stack.by_urn.get(resource.provider or "")
        given = provider.inputs.get("namespace") if provider else None
    if isinstance(given, Mapping):
        found = stack.resolve(given, NAMESPACE)
        return object_name(found, stack) if found else UNKNOWN
    return canonical(given, stack) if isinstance(given, str) else "default"


def canonical(text: str, stack: Stack) -> str:
    """A name with a symbol for an object's name replaced by that name, where it is given."""
    if "${" not in text:
        return text
    found = stack.resolve(text)
    if found is None or not found.is_object:
        return text
    metadata = found.inputs.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    return name if isinstance(name, str) and "${" not in name else f"${{{found.name}.metadata.name}}"


def annotation(part: Props, key: str) -> Any:
    """The known value of an annotation of an object or pod template."""
    return part.get("metadata", "annotations", key)


def labels_of(part: Props) -> dict[str, str]:
    """The labels of an object or pod template.

    Raises:
        Undetermined: if the labels as a whole are not known.
    """
    return {key: value.value for key, value in part.pairs("metadata", "labels")}


def pod_labels(resource: Resource) -> dict[str, str]:
    """The labels of the pods that a workload makes."""
    return labels_of(template(resource))


def selects(selector: Any, labels: Mapping[str, Any]) -> bool:
    """Whether a label selector with `matchLabels` and `matchExpressions` matches; an empty one matches all."""
    if not isinstance(selector, Mapping):
        return False
    wanted = selector.get("matchLabels")
    wanted = wanted if isinstance(wanted, Mapping) else {}
    for key, value in wanted.items():
        found = labels.get(key)
        if found != value:
            if _is_open(value) or _is_open(found):
                raise Undetermined(("metadata", "labels", key))
            return False
    expressions = selector.get("matchExpressions")
    return all(map(lambda e: _expression(e, labels), expressions if isinstance(expressions, list) else []))  # noqa: C417


def _is_open(value: Any) -> bool:
    # Label values hold no "$" of their own.
    return isinstance(value, dict) or (isinstance(value, str) and "${" in value)


def _expression(expression: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    asked = condition(expression)
    if asked.values and _is_open(labels.get(asked.key)):
        raise Undetermined(("metadata", "labels", asked.key))
    return asked.of(labels)


def in_namespace(stack: Stack, namespace: str, *types: str) -> list[Resource]:
    """The objects of some types in a namespace."""

    def index() -> dict[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for each in stack.of(*types):
            found.setdefault(namespace_of(each, stack), []).append(each)
        return found

    return stack.once(("in namespace", types), index).get(namespace, [])


def workloads(stack: Stack, namespace: str, types: Iterable[str] = WORKLOADS) -> list[Resource]:
    """The workloads of a namespace."""
    wanted = set(types)
    return [each for each in in_namespace(stack, namespace, *WORKLOADS) if each.type in wanted and not each.patch]


def others_make_pods(stack: Stack, namespace: str) -> bool:
    """Whether charts, delivery tools, or whoever has the right to, may make pods in a namespace."""
    from eks_blueprints.policies.rbac import homes_of_makers

    def index() -> set[str]:
        found = [each for each in stack.resources if each.type.startswith(_RENDERED) or _is_custom(each)]
        return {namespace_of(each, stack) for each in found} | homes_of_makers(stack)

    return bool({namespace, UNKNOWN} & stack.once("others make pods", index))


def _is_custom(resource: Resource) -> bool:
    group = resource.api_version.partition("/")[0] if resource.is_object else ""
    return "." in group and not group.endswith(".k8s.io") and resource.type != ROLLOUT


def selected(stack: Stack, namespace: str, selector: Any, types: Iterable[str] = WORKLOADS) -> list[Resource]:
    """The workloads of a namespace whose pods a label selector matches."""
    found = []
    for each in workloads(stack, namespace, types):
        try:
            if selects(selector, stack.once(("labels", each), partial(pod_labels, each))):
                found.append(each)
        except Undetermined:
            continue
    return found


def replicas(resource: Resource) -> int:
    """How many pods a workload has; one where it does not say.

    Raises:
        Undetermined: if that is not known.
    """
    number = resource.props.number("spec", "replicas")
    return 1 if number is None else int(number)


def target_key(resource: Resource, stack: Stack, *keys: str) -> tuple[str, str, str] | None:
    """The namespace, kind and name of the workload that an autoscaler's reference points to."""
    kind, name = resource.props.get(*keys, "kind"), resource.props.text(*keys, "name")
    if not isinstance(kind, str) or name is None:
        return None
    return namespace_of(resource, stack), kind, canonical(name, stack)


def target_of(resource: Resource, stack: Stack, *keys: str) -> Resource | None:
    """The workload that an autoscaler's reference points to, if the stack has it."""
    key = target_key(resource, stack, *keys)
    if key is None:
        return None
    index = stack.cache.get("targets")
    if index is None:
        index = {(namespace_of(r, stack), r.kind, object_name(r, stack)): r for r in stack.of(*WORKLOADS)}
        stack.cache["targets"] = index
    found: Resource | None = index.get(key)
    return found
