"""The webhooks that change pods when they are created: those of a stack, and those of charts that it installs."""

from __future__ import annotations

from collections.abc import Iterator

from eks_blueprints.policies.objects import NAMESPACE, labels_of, namespace_of, object_name, pod_labels, selects
from eks_blueprints.policies.props import Props, Undetermined
from eks_blueprints.policies.stack import Resource, Stack

MUTATING = "kubernetes:admissionregistration.k8s.io/v1:MutatingWebhookConfiguration"
_NAME_OF_NAMESPACE = "kubernetes.io/metadata.name"


def changing(workload: Resource, stack: Stack) -> list[str]:
    """The configurations of webhooks that are asked about the pods of a workload, in the order of their calls.

    Of charts of which nothing is known there are none. What is not known of labels or selectors counts as asked.

    Source of the order: Kubernetes, "Dynamic Admission Control"; mutating webhooks are called by the name of their
    configuration.
    """
    namespace = namespace_of(workload, stack)
    found = {name for name, hook in _hooks(stack) if _asks(hook) and _about(hook, workload, namespace, stack)}
    return sorted(found)


def _hooks(stack: Stack) -> list[tuple[str, Props]]:
    return stack.once("webhooks of pods", lambda: list(_every(stack)))


def _every(stack: Stack) -> Iterator[tuple[str, Props]]:
    from eks_blueprints.policies.inside.contents import contents
    from eks_blueprints.policies.inside.objects import objects

    for each in stack.of(MUTATING):
        yield from ((object_name(each, stack), hook) for hook in each.props.items("webhooks"))
    for chart in contents(stack):
        if chart.rendered is None:
            continue
        for each in objects(chart.rendered, chart.installed):
            if each.type == MUTATING:
                # The table names a webhook by its configuration and itself.
                name = str(each.inputs["metadata"]["name"]).partition("/")[0]
                yield from ((name, hook) for hook in each.props.items("webhooks"))


def _asks(hook: Props) -> bool:
    return any(
        {"CREATE", "*"} & {*each.words("operations")}
        and {"", "*"} & {*each.words("apiGroups")}
        and {"pods", "*", "*/*"} & {*each.words("resources")}
        for each in hook.items("rules")
    )


def _about(hook: Props, workload: Resource, namespace: str, stack: Stack) -> bool:
    try:
        return _chosen(hook, "namespaceSelector", _labels_of_namespace(namespace, stack)) and _chosen(
            hook, "objectSelector", pod_labels(workload)
        )
    except Undetermined:
        return True


def _chosen(hook: Props, key: str, labels: dict[str, str]) -> bool:
    return not hook.has(key) or selects(hook.get(key), labels)


def _labels_of_namespace(name: str, stack: Stack) -> dict[str, str]:
    own = next((each for each in stack.of(NAMESPACE) if object_name(each, stack) == name), None)
    return {**(labels_of(own.props) if own is not None else {}), _NAME_OF_NAMESPACE: name}
