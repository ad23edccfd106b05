"""The queue that AWS's announcements about instances come to, with the rules that bring them there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pulumi
    import pulumi_aws as aws

    from eks_blueprints.core.component import Component
    from eks_blueprints.core.refs import ClusterRef

QUEUE_NAME_LIMIT = 80
RULE_NAME_LIMIT = 64

_EVENTS = {
    "lifecycle": ("aws.autoscaling", "EC2 Instance-terminate Lifecycle Action"),
    "spot": ("aws.ec2", "EC2 Spot Instance Interruption Warning"),
    "rebalance": ("aws.ec2", "EC2 Instance Rebalance Recommendation"),
    "state": ("aws.ec2", "EC2 Instance State-change Notification"),
    "health": ("aws.health", "AWS Health Event"),
}
"""What is announced, by a short stable name: source and detail type."""


def termination_queue(
    component: Component, cluster: ClusterRef, tags: Mapping[str, str]
) -> tuple[aws.sqs.Queue, list[pulumi.Resource]]:
    """The queue `{component}-queue`, and all that has to be there before announcements come."""
    import pulumi_aws as aws

    from eks_blueprints.core.component import merge_tags
    from eks_blueprints.core.iam import json_text
    from eks_blueprints.core.naming import short_prefix

    name = component.pulumi_resource_name
    marks = merge_tags(cluster.tags, tags) or None
    queue = aws.sqs.Queue(
        f"{name}-queue",
        name_prefix=short_prefix(f"{name}-queue", QUEUE_NAME_LIMIT, dots=False),
        message_retention_seconds=300,
        sqs_managed_sse_enabled=True,
        tags=marks,
        opts=component.child(),
    )
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": ["events.amazonaws.com", "sqs.amazonaws.com"]},
        "Action": "sqs:SendMessage",
        "Resource": queue.arn,
    }
    policy = aws.sqs.QueuePolicy(
        f"{name}-queue-policy",
        queue_url=queue.url,
        policy=json_text({"Version": "2012-10-17", "Statement": [statement]}),
        opts=component.child(),
    )
    needed: list[pulumi.Resource] = [queue, policy]
    for key, (source, detail) in _EVENTS.items():
        rule = aws.cloudwatch.EventRule(
            f"{name}-{key}",
            name_prefix=short_prefix(f"{name}-{key}", RULE_NAME_LIMIT),
            event_pattern=json_text({"source": [source], "detail-type": [detail]}),
            tags=marks,
            opts=component.child(),
        )
        target_name = f"{name}-{key}-target"
        shortened = short_prefix(target_name, RULE_NAME_LIMIT)
        target = aws.cloudwatch.EventTarget(
            target_name,
            rule=rule.name,
            arn=queue.arn,
            target_id=None if shortened is None else shortened.rstrip("-"),
            opts=component.child(),
        )
        needed += [rule, target]
    return queue, needed
