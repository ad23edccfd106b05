"""Scalers of KEDA by its own names, and what is wrong about a trigger that is written in its words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from eks_blueprints.core.errors import Faults, problems_of, shown, unknown_name
from eks_blueprints.core.spec import Reference, is_output
from eks_blueprints.workloads._trigger import as_text
from eks_blueprints.workloads._triggers import CronTrigger

_SCALERS = """
activemq apache-kafka arangodb artemis-queue aws-cloudwatch aws-dynamodb aws-dynamodb-streams aws-kinesis-stream
aws-sqs-queue azure-app-insights azure-blob azure-data-explorer azure-eventhub azure-log-analytics azure-monitor
azure-pipelines azure-queue azure-servicebus beanstalkd cassandra clickhouse couchdb cpu cron datadog dynatrace
elastic-forecast elasticsearch etcd external external-mock external-push forgejo-runner gcp-cloudtasks gcp-pubsub
gcp-spanner gcp-stackdriver gcp-storage github-runner graphite huawei-cloudeye ibmmq influxdb kafka
kubernetes-resource kubernetes-workload liiklus loki memory metrics-api mongodb mssql mysql nats-jetstream
nats-streaming new-relic nsq opensearch openstack-metric openstack-swift postgresql predictkube prometheus pulsar
rabbitmq redis redis-cluster redis-cluster-streams redis-sentinel redis-sentinel-streams redis-streams selenium-grid
solace-direct-messaging solace-event-queue solarwinds solr splunk splunk-observability stan sumologic temporal
"""
KNOWN = frozenset(_SCALERS.split())
"""Source: pkg/scaling/scalers_builder.go of kedacore/keda, 2.20, and the two that older versions have besides;
2026-11-29."""
RESOURCES = ("cpu", "memory")
"""Scalers that are metrics of the HorizontalPodAutoscaler itself."""


def checked_triggers(triggers: tuple[Mapping[str, Any], ...]) -> tuple[Mapping[str, Any], ...]:
    """Triggers in KEDA's words, as they are.

    Raises:
        ValueError: if one of them is wrong.
    """
    faults = Faults()
    for number, each in enumerate(triggers):
        _check_trigger(each, faults, (number,))
    faults.raise_if_any()
    return triggers


def _check_trigger(trigger: Mapping[str, Any], faults: Faults, at: tuple[str | int, ...]) -> None:
    kind = trigger.get("type")
    if not isinstance(kind, str) or not kind:
        faults.add(
            (*at, "type"), f"is required; got {shown(kind)}; write the name of a scaler of KEDA, such as rabbitmq"
        )
    elif kind not in KNOWN:
        faults.add((*at, "type"), unknown_name(kind, KNOWN, "scaler of KEDA"))
    metadata = trigger.get("metadata")
    if metadata is None:
        faults.add((*at, "metadata"), "is required; got nothing; write the settings of the scaler below it")
        return
    if not isinstance(metadata, Mapping):
        faults.add(
            (*at, "metadata"), f"needs a mapping of texts; got {shown(metadata)}; write key: value lines below it"
        )
        return
    for key, value in metadata.items():
        if not isinstance(value, str) and not _comes_later(value):
            got = shown(value)
            text = as_text(value) if isinstance(value, bool | int | float) else None
            do = f'quote it: "{text}"' if text is not None else "write a text"
            faults.add((*at, "metadata", str(key)), f"needs text; got {got}; {do}")
    if kind == "cron":
        _check_cron(metadata, faults, (*at, "metadata"))


def _comes_later(value: Any) -> bool:
    return is_output(value) or isinstance(value, Reference)


def _check_cron(metadata: Mapping[str, Any], faults: Faults, at: tuple[str | int, ...]) -> None:
    words = {"start": "start", "end": "end", "timezone": "time_zone", "desiredReplicas": "replicas"}
    if any(_comes_later(each) for each in metadata.values()):
        return
    said = {field: metadata[word] for word, field in words.items() if word in metadata}
    if str(said.get("replicas", "")).isdigit():
        said["replicas"] = int(said["replicas"])
    try:
        CronTrigger.model_validate(said)
    except ValidationError as error:
        back = {field: word for word, field in words.items()}
        for problem in problems_of(error):
            key = str(problem.path[0]) if problem.path else "start"
            faults.add((*at, back.get(key, key)), problem.message)
