"""Webhooks that stand before what the API server takes in."""

from __future__ import annotations

from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.props import Faults, Props

_HOOKS = "kubernetes:admissionregistration.k8s.io/v1:"
WEBHOOKS = (f"{_HOOKS}ValidatingWebhookConfiguration", f"{_HOOKS}MutatingWebhookConfiguration")


def hooks(context: Context) -> list[Props]:
    """The webhooks of a configuration."""
    return context.resource.props.items("webhooks")


@rule("k8s-webhook-fail-safe", *WEBHOOKS, severity="high", enforcement="mandatory", wave=1, each=hooks)
def webhook_safe(hook: Props) -> Faults:
    """A webhook that is down does not take the cluster with it.

    A webhook with failurePolicy Fail, the default, has a namespaceSelector or objectSelector and a timeout of at most
    10 seconds, and its rules are not about every group and resource.
    """
    if hook.get("failurePolicy") == "Ignore":
        return
    for each in hook.items("rules"):
        if "*" in each.words("apiGroups") and "*" in each.words("resources"):
            yield each.fault("stands before everything", "resources", got=["*"])
    if not hook.get("namespaceSelector") and not hook.get("objectSelector"):
        yield hook.fault("stands before kube-system and itself", "namespaceSelector")
    seconds = hook.number("timeoutSeconds")
    if seconds is not None and seconds > 10:
        yield hook.fault("holds requests for long", "timeoutSeconds", got=seconds)
