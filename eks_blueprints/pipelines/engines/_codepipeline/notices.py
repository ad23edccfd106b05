"""Who hears of runs: the topic of a stack, and the rule of each pipeline that publishes to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi_aws as aws

from eks_blueprints.core.component import Component
from eks_blueprints.core.email_topic import subscribe
from eks_blueprints.core.iam import json_text
from eks_blueprints.core.naming import fitted
from eks_blueprints.core.spec import In
from eks_blueprints.pipelines._aws_spec import Event, NotificationsArgs

if TYPE_CHECKING:
    import pulumi

    from eks_blueprints.pipelines.engines._codepipeline.frame import Frame

RULE_NAME_LIMIT = 64
_RUN = "codepipeline-pipeline-pipeline-execution-"
EVENT_IDS: Mapping[Event, str] = {
    "started": f"{_RUN}started",
    "succeeded": f"{_RUN}succeeded",
    "failed": f"{_RUN}failed",
    "canceled": f"{_RUN}canceled",
    "superseded": f"{_RUN}superseded",
}
"""Ids of events. An approval tells of itself, with its message. Source: Developer Tools console User Guide, "Events for
notification rules on pipelines", read 2026-11-30."""


class PipelineNotifications(Component):
    """Who hears of the runs of pipelines."""


@dataclass(frozen=True, kw_only=True)
class Topic:
    """Where messages go."""

    arn: In[str]
    key_arn: In[str] | None
    ready: tuple[pulumi.Resource, ...] = ()


def topic(component: Component, spec: NotificationsArgs, key_arn: In[str], tags: Mapping[str, str]) -> Topic:
    """The topic of a stack, and those who have subscribed to it."""
    name = component.pulumi_resource_name
    found = Topic(arn=spec.topic_arn or "", key_arn=spec.topic_key_arn)
    if spec.topic_arn is None:
        made = aws.sns.Topic(
            f"{name}-topic",
            name=fitted(f"{name}-topic", 256, dots=False),
            kms_master_key_id=key_arn,
            tags=dict(tags) or None,
            opts=component.child(delete_before_replace=True),
        )
        statement = {
            "Sid": "Notifications",
            "Effect": "Allow",
            "Principal": {"Service": "codestar-notifications.amazonaws.com"},
            "Action": "sns:Publish",
            "Resource": made.arn,
        }
        document = json_text({"Version": "2012-10-17", "Statement": [statement]})
        policy = aws.sns.TopicPolicy(f"{name}-topic-policy", arn=made.arn, policy=document, opts=component.child())
        found = Topic(arn=made.arn, key_arn=key_arn, ready=(made, policy))
    subscribe(component, found.arn, spec.emails)
    return found


def rule(frame: Frame, pipeline: aws.codepipeline.Pipeline) -> None:
    """The rule that tells of the runs of a pipeline, pull requests excepted: their pages show them."""
    spec, target = frame.ref.notifications, frame.ref.topic
    events = [EVENT_IDS[event] for event in spec.events if event in EVENT_IDS] if spec is not None else []
    if spec is None or target is None or not events:
        return
    aws.codestarnotifications.NotificationRule(
        frame.child("notifications"),
        name=fitted(frame.name, RULE_NAME_LIMIT, dots=False),
        resource=pipeline.arn,
        detail_type=spec.detail_type,
        event_type_ids=events,
        targets=[{"address": target.arn, "type": "SNS"}],
        tags=frame.tags or None,
        opts=frame.options(depends_on=list(target.ready), delete_before_replace=True),
    )
