"""What triggers in KEDA's own words ask of AWS, derived from their metadata.

Source: the calls in `pkg/scalers/aws_*_scaler.go` of kedacore/keda, 2026-08.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from eks_blueprints.workloads._trigger import Right

_WORKSPACES = re.compile(r"https://aps-workspaces\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/workspaces/(ws-[a-z0-9-]+)/?")
_QUEUES = re.compile(r"https://sqs\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|api\.aws)/(\d{12})/([A-Za-z0-9_.-]+)")
_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "aws-cloudwatch": ("cloudwatch:GetMetricData",),
    "aws-dynamodb": ("dynamodb:Query",),
    "aws-dynamodb-streams": ("dynamodb:DescribeTable", "dynamodb:DescribeStream"),
    "aws-kinesis-stream": ("kinesis:DescribeStreamSummary",),
    "aws-sqs-queue": ("sqs:GetQueueAttributes",),
    "prometheus": ("aps:QueryMetrics",),
    "kafka": (
        "kafka-cluster:Connect",
        "kafka-cluster:DescribeCluster",
        "kafka-cluster:DescribeTopic",
        "kafka-cluster:DescribeGroup",
    ),
}


def actions(trigger: Mapping[str, Any]) -> tuple[str, ...]:
    """The actions of AWS that a trigger needs; none where it does not ask AWS."""
    kind, metadata = str(trigger.get("type")).replace("apache-kafka", "kafka"), _metadata(trigger)
    if kind == "prometheus" and not metadata.get("awsRegion"):
        return ()
    if kind == "kafka" and metadata.get("saslTokenProvider") != "aws_msk_iam":
        return ()
    return _ACTIONS.get(kind, ())


def rights(trigger: Mapping[str, Any], partition: str) -> list[Right] | None:
    """The same with what they are done on; None where its metadata do not say that here, such as an Output."""
    known = _RESOURCES.get(str(trigger.get("type")))
    return known(_metadata(trigger), partition) if known is not None and actions(trigger) else None


def _queue(metadata: Mapping[str, Any], partition: str) -> list[Right] | None:
    match = _QUEUES.fullmatch(str(metadata.get("queueURL")))
    if match is None:
        return None
    return [(_ACTIONS["aws-sqs-queue"], f"arn:{partition}:sqs:{match[1]}:{match[2]}:{match[3]}")]


def _metrics(_metadata: Mapping[str, Any], _partition: str) -> list[Right] | None:
    # Metrics have no ARNs.
    return [(_ACTIONS["aws-cloudwatch"], "*")]


def _stream(metadata: Mapping[str, Any], partition: str) -> list[Right] | None:
    base = _of_account(metadata, partition, "kinesis", "streamName")
    return None if base is None else [(_ACTIONS["aws-kinesis-stream"], f"{base}:stream/{metadata['streamName']}")]


def _table(metadata: Mapping[str, Any], partition: str) -> list[Right] | None:
    base = _of_account(metadata, partition, "dynamodb", "tableName")
    if base is None:
        return None
    table, index = f"{base}:table/{metadata['tableName']}", metadata.get("indexName")
    return [(_ACTIONS["aws-dynamodb"], f"{table}/index/{index}" if index else table)]


def _table_stream(metadata: Mapping[str, Any], partition: str) -> list[Right] | None:
    base = _of_account(metadata, partition, "dynamodb", "tableName")
    if base is None:
        return None
    table = f"{base}:table/{metadata['tableName']}"
    return [(("dynamodb:DescribeTable",), table), (("dynamodb:DescribeStream",), f"{table}/stream/*")]


def _workspace(metadata: Mapping[str, Any], partition: str) -> list[Right] | None:
    match = _WORKSPACES.fullmatch(str(metadata.get("serverAddress")))
    return (
        None if match is None else [(_ACTIONS["prometheus"], f"arn:{partition}:aps:{match[1]}:*:workspace/{match[2]}")]
    )


def _of_account(metadata: Mapping[str, Any], partition: str, service: str, field: str) -> str | None:
    """The start of an ARN; metadata do not say in which account, which is the operator's."""
    names = [metadata.get(key) for key in ("awsRegion", field)]
    if not all(isinstance(name, str) and _NAME.fullmatch(name) for name in names):
        return None
    return f"arn:{partition}:{service}:{names[0]}:*"


def _metadata(trigger: Mapping[str, Any]) -> Mapping[str, Any]:
    found = trigger.get("metadata")
    return found if isinstance(found, Mapping) else {}


_RESOURCES: Mapping[str, Callable[[Mapping[str, Any], str], list[Right] | None]] = {
    "aws-cloudwatch": _metrics,
    "aws-dynamodb": _table,
    "aws-dynamodb-streams": _table_stream,
    "aws-kinesis-stream": _stream,
    "aws-sqs-queue": _queue,
    "prometheus": _workspace,
}
