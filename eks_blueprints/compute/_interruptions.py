"""Notices of EC2 that a node is about to go: events, and the queue that Karpenter reads them from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from eks_blueprints.cluster.belongings import Frame
from eks_blueprints.cluster.keys import notice_key
from eks_blueprints.compute._karpenter_queue import KarpenterQueue
from eks_blueprints.core.component import Component
from eks_blueprints.core.iam import json_text
from eks_blueprints.core.naming import short_prefix
from eks_blueprints.core.refs import ClusterRef
from eks_blueprints.core.spec import In

QUEUE_NAME_LIMIT = 80
RULE_NAME_LIMIT = 64

# As in Karpenter's own CloudFormation template; a notice is of no use to anyone after five minutes.
_RETENTION_SECONDS = 300
_EVENTS = {
    "scheduled-change": ("aws.health", "AWS Health Event"),
    "spot-interruption": ("aws.ec2", "EC2 Spot Instance Interruption Warning"),
    "rebalance": ("aws.ec2", "EC2 Instance Rebalance Recommendation"),
    "state-change": ("aws.ec2", "EC2 Instance State-change Notification"),
    "capacity-reservation": ("aws.ec2", "EC2 Capacity Reservation Instance Interruption Warning"),
}


@dataclass(frozen=True, kw_only=True)
class Interruptions:
    """The queue of notices."""

    queue: aws.sqs.Queue
    key_arn: In[str] | None
    """ARN of the KMS key that encrypts it; None where SQS does by itself."""
    ready: tuple[pulumi.Resource, ...]
    """What must exist for notices to arrive."""


def interruptions(
    component: Component,
    cluster: ClusterRef,
    tags: Mapping[str, str],
    said: KarpenterQueue,
    rule_prefix: str | None = None,
) -> Interruptions:
    """Make the queue `{component}-queue`, and a rule for each sort of notice."""
    name = f"{component.pulumi_resource_name}-queue"
    key_arn = said.kms_master_key_id
    if said.kms_key is not None:
        frame = Frame(
            component=component, cluster_name="", region=cluster.region, partition=cluster.partition, tags=tags
        )
        key_arn = notice_key(frame, "queue-key", said.kms_key).arn
    queue = aws.sqs.Queue(
        name,
        name=said.name,
        name_prefix=None if said.name else short_prefix(name, QUEUE_NAME_LIMIT, dots=False),
        message_retention_seconds=_RETENTION_SECONDS,
        sqs_managed_sse_enabled=True if key_arn is None else None,
        kms_master_key_id=key_arn,
        kms_data_key_reuse_period_seconds=said.kms_data_key_reuse_period_seconds,
        tags=dict(tags) or None,
        opts=component.child(),
    )
    policy = aws.sqs.QueuePolicy(
        f"{name}-policy", queue_url=queue.url, policy=_policy(queue, said), opts=component.child()
    )
    made: list[pulumi.Resource] = [queue, policy]
    for key, (source, detail) in _EVENTS.items():
        made += _rule(
            component, key, {"source": [source], "detail-type": [detail]}, queue, tags=tags, prefix=rule_prefix
        )
    return Interruptions(queue=queue, key_arn=key_arn, ready=tuple(made))


def _rule(
    component: Component,
    key: str,
    pattern: Mapping[str, list[str]],
    queue: aws.sqs.Queue,
    *,
    tags: Mapping[str, str],
    prefix: str | None,
) -> list[pulumi.Resource]:
    name = f"{component.pulumi_resource_name}-{key}"
    rule = aws.cloudwatch.EventRule(
        name,
        name_prefix=f"{prefix}-{key}-" if prefix else short_prefix(name, RULE_NAME_LIMIT),
        event_pattern=json.dumps(pattern, separators=(",", ":"), sort_keys=True),
        tags=dict(tags) or None,
        opts=component.child(),
    )
    target = aws.cloudwatch.EventTarget(
        f"{name}-target",
        rule=rule.name,
        arn=queue.arn,
        target_id="KarpenterInterruptionQueueTarget",
        opts=component.child(),
    )
    return [rule, target]


def _policy(queue: aws.sqs.Queue, said: KarpenterQueue) -> pulumi.Input[str]:
    send = {
        "Sid": "EC2InterruptionPolicy",
        "Effect": "Allow",
        "Principal": {"Service": ["events.amazonaws.com", "sqs.amazonaws.com"]},
        "Action": "sqs:SendMessage",
        "Resource": queue.arn,
    }
    only_tls = {
        "Sid": "DenyHTTP",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": queue.arn,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    more = [each.statement(queue.arn) for each in said.policy_statements]
    return json_text({"Version": "2012-10-17", "Statement": [send, only_tls, *more]})
