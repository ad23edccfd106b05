"""Notifications of Argo CD: its ConfigMap and its Secret, whose names are fixed.

Source: Argo CD 3.4, operator manual, "Notifications": triggers and templates of its catalog, and its services.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from eks_blueprints.agents.drawn import Agent, AgentObject, manifest, quoted, yaml_text
from eks_blueprints.agents.notifications import Notification, Slack, Teams

if TYPE_CHECKING:
    from eks_blueprints.agents.spec import GitOpsArgs

_WHEN = {
    "deployed": (
        "app.status?.operationState?.phase in ['Succeeded'] and app.status?.health?.status == 'Healthy'",
        "is deployed and healthy at {{.app.status.sync.revision}}",
    ),
    "degraded": ("app.status?.health?.status == 'Degraded'", "is degraded"),
    "sync_failed": (
        "app.status?.operationState?.phase in ['Error', 'Failed']",
        "could not be synced: {{.app.status.operationState.message}}",
    ),
    "sync_running": ("app.status?.operationState?.phase in ['Running']", "is being synced"),
    "sync_unknown": ("app.status?.sync?.status == 'Unknown'", "has an unknown state"),
}
"""For each trigger the condition, and what is said."""


def objects(args: GitOpsArgs, agent: Agent) -> Iterator[AgentObject]:
    """The Secret with the tokens, and the ConfigMap."""
    source = ("notifications",)
    tokens = {name: _token(each) for name, each in args.notifications.items()}
    data = {f"token-{name}": token for name, token in tokens.items() if token is not None}
    secret = manifest("v1", "Secret", "argocd-notifications-secret", agent.home, stringData=data)
    yield AgentObject("notifications-secret", secret, source)
    held: dict[str, str] = {}
    for name, each in args.notifications.items():
        held |= _service(name, each)
    for trigger in dict.fromkeys(trigger for each in args.notifications.values() for trigger in each.when):
        condition, said = _WHEN[trigger]
        once = ["  oncePer: app.status?.sync?.revision"] if trigger == "deployed" else []
        lines = [f"- when: {quoted(condition)}", *once, f"  send: [{_named(trigger)}]"]
        held[f"trigger.on-{_named(trigger)}"] = yaml_text(lines)
        held[f"template.{_named(trigger)}"] = yaml_text(_template(said, args))
    lines = [line for name, each in args.notifications.items() for line in _subscriptions(name, each)]
    held |= {"subscriptions": yaml_text(lines)} if lines else {}
    made = manifest("v1", "ConfigMap", "argocd-notifications-cm", agent.home, data=dict(sorted(held.items())))
    yield AgentObject("notifications", made, source, ("notifications-secret",))


def _named(trigger: str) -> str:
    return trigger.replace("_", "-")


def _token(each: Notification) -> Any:
    found = each.receiver
    return found.url if isinstance(found, Teams) else found.token


def _service(name: str, each: Notification) -> dict[str, str]:
    """How Argo CD reaches a receiver, by the key of the service; a token is named by its key in the Secret."""
    found = each.receiver
    if isinstance(found, Slack):
        return {f"service.slack.{name}": yaml_text([f"token: $token-{name}"])}
    if isinstance(found, Teams):
        return {f"service.teams-workflows.{name}": yaml_text(["recipientUrls:", f"  {name}: $token-{name}"])}
    lines = [f"url: {quoted(found.url)}", "headers:", "- {name: Content-Type, value: application/json}"]
    if found.token is not None:
        lines.append(f"- {{name: Authorization, value: Bearer $token-{name}}}")
    return {f"service.webhook.{name}": yaml_text(lines)}


def _template(said: str, args: GitOpsArgs) -> list[str]:
    text = quoted(f"{{{{.app.metadata.name}}}} {said}")
    lines = [f"message: {text}"]
    called = [name for name, each in args.notifications.items() if each.webhook is not None]
    if called:
        body = quoted(
            '{"application": {{toJson .app.metadata.name}}, "health": {{toJson .app.status.health.status}}, '
            '"sync": {{toJson .app.status.sync.status}}}'
        )
        lines.append("webhook:")
        for name in called:
            lines += [f"  {name}:", "    method: POST", f"    body: {body}"]
    if any(each.teams is not None for each in args.notifications.values()):
        lines += ["teams-workflows:", f"  text: {text}"]
    return lines


def _recipient(name: str, each: Notification) -> str:
    """Whom a service tells: of a webhook nobody in particular."""
    if each.slack is not None:
        return each.slack.channel
    return name if each.teams is not None else ""


def _subscriptions(name: str, each: Notification) -> Iterator[str]:
    """The subscription of a receiver to all applications; one that names some is written at these."""
    if each.applications:
        return
    recipient = _recipient(name, each)
    triggers = ", ".join(f"on-{_named(trigger)}" for trigger in each.when)
    yield f"- recipients: [{quoted(f'{name}:{recipient}' if recipient else name)}]"
    yield f"  triggers: [{triggers}]"


def subscribed(application: str, args: GitOpsArgs) -> dict[str, str]:
    """Annotations of an application that receivers name."""
    return {
        f"notifications.argoproj.io/subscribe.on-{_named(trigger)}.{name}": _recipient(name, each)
        for name, each in args.notifications.items()
        if application in each.applications
        for trigger in each.when
    }
