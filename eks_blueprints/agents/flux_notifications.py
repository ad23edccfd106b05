"""Notifications of Flux: a Provider and an Alert for each receiver, and webhooks that hosts of repositories call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from eks_blueprints.agents.drawn import Agent, AgentObject, filled, manifest
from eks_blueprints.agents.notifications import Notification, Slack, Teams

if TYPE_CHECKING:
    from eks_blueprints.agents.repositories import Webhook
    from eks_blueprints.agents.spec import GitOpsArgs

_API = "notification.toolkit.fluxcd.io"
_ERRORS = {"sync_failed", "degraded", "sync_unknown"}


def objects(args: GitOpsArgs, agent: Agent) -> Iterator[AgentObject]:
    """The objects of all receivers."""
    for name, each in args.notifications.items():
        key, source = f"notification-{name}", ("notifications", name)
        provider = _provider(each)
        after: tuple[str, ...] = ()
        if (held := _secret(each)) is not None:
            yield AgentObject(f"{key}-token", manifest("v1", "Secret", key, agent.home, stringData=held), source)
            provider["secretRef"] = {"name": key}
            after = (f"{key}-token",)
        made = manifest(f"{_API}/v1beta3", "Provider", name, agent.home, spec=provider)
        yield AgentObject(f"{key}-provider", made, source, after)
        alert = {
            "providerRef": {"name": name},
            "eventSeverity": "error" if {*each.when} <= _ERRORS else "info",
            "eventSources": _sources(each, args),
        }
        made = manifest(f"{_API}/v1beta3", "Alert", name, agent.home, spec=alert)
        yield AgentObject(key, made, source, (f"{key}-provider",))


def receiver(name: str, hook: Webhook, kind: str, agent: Agent) -> Iterator[AgentObject]:
    """What the host of a repository calls: a path that is made of the token."""
    key, source = f"webhook-{name}", ("repositories", name, "webhook")
    held = manifest("v1", "Secret", key, agent.home, stringData={"token": hook.token})
    yield AgentObject(f"{key}-token", held, source)
    events = {"github": ["ping", "push"], "gitlab": ["Push Hook", "Tag Push Hook"], "bitbucket": ["repo:refs_changed"]}
    spec = {
        "type": hook.type,
        "secretRef": {"name": key},
        "resources": [{"kind": kind, "name": name}],
        **filled(events=events.get(hook.type)),
    }
    made = manifest(f"{_API}/v1", "Receiver", name, agent.home, spec=spec)
    yield AgentObject(key, made, source, (f"{key}-token", f"repository-{name}"))


def _provider(each: Notification) -> dict[str, Any]:
    found = each.receiver
    if isinstance(found, Slack):
        return {"type": "slack", "channel": found.channel, "address": "https://slack.com/api/chat.postMessage"}
    return {"type": "msteams"} if isinstance(found, Teams) else {"type": "generic", "address": found.url}


def _secret(each: Notification) -> dict[str, Any] | None:
    found = each.receiver
    if isinstance(found, Slack):
        return {"token": found.token}
    if isinstance(found, Teams):
        return {"address": found.url}
    return None if found.token is None else {"headers": _bearer(found.token)}


def _bearer(token: Any) -> Any:
    """The header that a program is called with, as Flux reads it from a Secret."""
    from eks_blueprints.core.spec import is_output

    if is_output(token):
        return token.apply(lambda found: f"Authorization: Bearer {found}\n")
    return f"Authorization: Bearer {token}\n"


def _sources(each: Notification, args: GitOpsArgs) -> list[dict[str, str]]:
    if not each.applications:
        return [{"kind": kind, "name": "*"} for kind in ("Kustomization", "HelmRelease", "GitRepository")]
    charts = {name for name, found in args.applications.items() if found.chart is not None}
    return [{"kind": "HelmRelease" if name in charts else "Kustomization", "name": name} for name in each.applications]
