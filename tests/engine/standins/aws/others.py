"""Keys, logs, events, queues, scaling groups, buckets: the rest of what an EKS platform makes."""

from __future__ import annotations

from typing import Any

from . import ec2, eks
from .rules import Context, Row, ServiceError, creates, deletes

KEY = "aws:kms/key:Key"
ALIAS = "aws:kms/alias:Alias"
RULE = "aws:cloudwatch/eventRule:EventRule"
TARGET = "aws:cloudwatch/eventTarget:EventTarget"
QUEUE = "aws:sqs/queue:Queue"
QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy"
BUCKET = "aws:s3/bucket:Bucket"


@creates(KEY)
def create_key(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    number = ctx.account.count("key")
    id = f"{number:08x}-0000-4000-8000-{number:012x}"
    return id, {"arn": ctx.arn("kms", f"key/{id}"), "keyId": id, "isEnabled": True, "keyUsage": "ENCRYPT_DECRYPT"}


@creates(ALIAS)
def create_alias(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    name, target = inputs["name"], str(inputs["targetKeyId"]).rsplit("/", 1)[-1]
    if ctx.account.find(ALIAS, name, ctx.region):
        raise ServiceError("AlreadyExistsException", f"An alias with the name {name} already exists")
    key = ctx.need(KEY, target, "NotFoundException", "key")
    return name, {"arn": ctx.arn("kms", name), "targetKeyArn": key.outputs["arn"], "targetKeyId": target}


@creates(eks.LOG_GROUP)
def create_log_group(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    name = inputs["name"]
    if ctx.account.find(eks.LOG_GROUP, name, ctx.region):
        raise ServiceError("ResourceAlreadyExistsException", f"The specified log group already exists: {name}")
    return name, {"arn": ctx.arn("logs", f"log-group:{name}"), "retentionInDays": inputs.get("retentionInDays", 0)}


@deletes(eks.LOG_GROUP)
def delete_log_group(ctx: Context, row: Row) -> None:
    """A cluster that still logs makes its group again: what the program leaves behind is then seen by the test."""
    for cluster in ctx.account.rows(eks.CLUSTER, ctx.region):
        if row.id == f"/aws/eks/{cluster.id}/cluster" and cluster.outputs.get("enabledClusterLogTypes"):
            ctx.account.add(Row(row.id, row.type, row.scope, {"name": row.id}, row.outputs, origin="service"))


@creates(RULE)
def create_event_rule(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    name = inputs["name"]
    if not inputs.get("eventPattern") and not inputs.get("scheduleExpression"):
        raise ServiceError("ValidationException", "Parameter(s) EventPattern or ScheduleExpression must be specified.")
    if ctx.account.find(RULE, name, ctx.region):
        raise ServiceError("ResourceAlreadyExistsException", f"The rule {name} already exists")
    return name, {"arn": ctx.arn("events", f"rule/{name}"), "eventBusName": inputs.get("eventBusName", "default")}


@deletes(RULE)
def delete_event_rule(ctx: Context, row: Row) -> None:
    for other in ctx.account.rows(TARGET, ctx.region, rule=row.id):
        if not row.outputs.get("forceDestroy"):
            raise ServiceError("ValidationException", f"Rule can't be deleted since it has targets: {other.id}")


@creates(TARGET)
def create_target(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    ctx.need(RULE, inputs["rule"], "ResourceNotFoundException", "rule")
    target = inputs.get("targetId") or f"terraform-{ctx.account.count('event target')}"
    return f"{inputs['rule']}-{target}", {"targetId": target, "eventBusName": inputs.get("eventBusName", "default")}


@creates(QUEUE)
def create_queue(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    name = inputs["name"]
    if bool(inputs.get("fifoQueue")) != name.endswith(".fifo"):
        raise ServiceError("InvalidParameterValue", f"A FIFO queue, and only it, ends in .fifo: {name}")
    url = f"https://sqs.{ctx.region}.amazonaws.com/{ctx.account_id}/{name}"
    if ctx.account.find(QUEUE, url, ctx.region):
        raise ServiceError("QueueAlreadyExists", f"A queue already exists with the same name: {name}")
    return url, {"arn": ctx.arn("sqs", name), "url": url}


@creates(QUEUE_POLICY)
def create_queue_policy(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    url = inputs["queueUrl"]
    ctx.need(QUEUE, url, "AWS.SimpleQueueService.NonExistentQueue", "queue")
    return url, {}


@creates(ec2.SCALING_GROUP)
def create_scaling_group(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    low, high = inputs["minSize"], inputs["maxSize"]
    want = inputs.get("desiredCapacity", low)
    if not low <= want <= high:
        raise ServiceError("ValidationError", f"Desired capacity {want} must be between {low} and {high}")
    for id in inputs.get("vpcZoneIdentifiers", []):
        ec2.subnet(ctx, id)
    template = inputs.get("launchTemplate") or {}
    if template.get("id"):
        ctx.need(ec2.TEMPLATE, template["id"], "ValidationError", "launch template")
    name = inputs["name"]
    if ctx.account.find(ec2.SCALING_GROUP, name, ctx.region):
        raise ServiceError("AlreadyExists", f"AutoScalingGroup by this name already exists: {name}")
    arn = ctx.arn("autoscaling", f"autoScalingGroup:{ctx.account.count('asg')}:autoScalingGroupName/{name}")
    return name, {"arn": arn, "desiredCapacity": want}


@creates(BUCKET)
def create_bucket(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    name = inputs["bucket"]
    if ctx.account.find(BUCKET, name):
        raise ServiceError("BucketAlreadyExists", f"The requested bucket name is not available: {name}")
    return name, {"arn": f"arn:{ctx.partition}:s3:::{name}", "bucketDomainName": f"{name}.s3.amazonaws.com"}
