"""Webhooks that stand before what the API server takes in."""

from __future__ import annotations

from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.props import Faults, Props

_HOOKS = "kubernetes:admissionregistration.k8s.io/v1:"
WEBHOOKS = (f"{_HOOKS}ValidatingWebhookConfiguration", f"{_HOOKS}MutatingWebhookConfiguration")

_GROUPS = frozenset(
    f"{each}.k8s.io"
    for each in (
        *("admissionregistration", "apiextensions", "apiregistration", "authentication", "authorization"),
        *("certificates", "coordination", "discovery", "events", "flowcontrol.apiserver", "networking", "node"),
        *("rbac.authorization", "resource", "scheduling", "storage"),
    )
)
"""Groups of Kubernetes itself that have a dot in their name."""

_TRAFFIC = {"ingresses", "networkpolicies"}


def hooks(context: Context) -> list[Props]:
    """The webhooks of a configuration."""
    return context.resource.props.items("webhooks")


@rule("k8s-webhook-fail-safe", *WEBHOOKS, severity="high", enforcement="mandatory", wave=1, each=hooks)
def webhook_safe(hook: Props) -> Faults:
    """A webhook that is down does not block the cluster.

    A webhook with failurePolicy Fail, the default, has a namespaceSelector or objectSelector and a timeout of at most
    10 seconds, and its rules are not about every group and resource. One that is asked about custom resources,
    ingresses and network policies alone holds up nothing that the cluster needs.
    """
    if hook.get("failurePolicy") == "Ignore" or _holds_up_nothing(hook):
        return
    for each in hook.items("rules"):
        if "*" in each.words("apiGroups") and "*" in each.words("resources"):
            yield each.fault("intercepts everything", "resources", got=["*"])
    if not hook.get("namespaceSelector") and not hook.get("objectSelector"):
        yield hook.fault("intercepts kube-system and itself", "namespaceSelector")
    seconds = hook.number("timeoutSeconds")
    if seconds is not None and seconds > 10:
        yield hook.fault("holds requests for long", "timeoutSeconds", got=seconds)


def _holds_up_nothing(hook: Props) -> bool:
    asked = hook.items("rules")
    return bool(asked) and all(
        each.items("apiGroups")
        and all(is_custom(group) or _is_traffic(group, each) for group in each.words("apiGroups"))
        for each in asked
    )


def _is_traffic(group: str, asked: Props) -> bool:
    return group == "networking.k8s.io" and set(asked.words("resources")) <= _TRAFFIC


def is_custom(group: str) -> bool:
    """Whether an API group is one that a CRD brings, and none of Kubernetes itself."""
    return "." in group and group not in _GROUPS
