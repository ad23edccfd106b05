"""Who is told of deployments that fail or succeed."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from eks_blueprints.core.errors import Faults
from eks_blueprints.core.leaves import Secret
from eks_blueprints.core.spec import Many, Spec

Trigger = Literal["deployed", "degraded", "sync_failed", "sync_running", "sync_unknown"]


class Slack(Spec):
    """A channel of Slack."""

    channel: str = Field(min_length=1)
    """Name of the channel, without `#`."""

    token: Secret
    """Token of the bot (`xoxb-…`), named and not written: `{secret: key}`."""


class Teams(Spec):
    """A channel of Microsoft Teams."""

    url: Secret
    """URL of its workflow, which is secret itself: `{secret: key}`."""


class WebhookReceiver(Spec):
    """A program that is called by HTTP."""

    url: str = Field(pattern=r"^https://\S+$")
    """Where it is called, by POST with JSON."""

    token: Secret | None = None
    """Bearer token that it is called with, named and not written: `{secret: key}`."""


class Notification(Spec):
    """Someone who is told, and of what."""

    slack: Slack | None = None
    """A channel of Slack."""

    teams: Teams | None = None
    """A channel of Microsoft Teams."""

    webhook: WebhookReceiver | None = None
    """A program that is called by HTTP, such as one behind Amazon API Gateway that sends to SNS."""

    when: Many[Trigger] = Field(default=("sync_failed", "degraded"), min_length=1)
    """What is told: a sync that failed, an application that is degraded (`degraded`), that was deployed and is healthy
    (`deployed`), that is being synced, or of which Argo CD knows no state (`sync_unknown`). Flux tells of errors, and
    where `deployed` or `sync_running` is asked for of all that happens."""

    applications: Many[str] = ()
    """Names of the applications. Default: all."""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        faults = Faults()
        said = [name for name in ("slack", "teams", "webhook") if getattr(self, name) is not None]
        if len(said) != 1:
            got = ", ".join(said) or "none"
            faults.add("slack", f"or another receiver is required, and one alone; got {got}; write one of them")
        faults.raise_if_any()
        return self

    @property
    def receiver(self) -> Slack | Teams | WebhookReceiver:
        """Who is told."""
        return next(each for each in (self.slack, self.teams, self.webhook) if each is not None)
