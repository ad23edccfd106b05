"""The HorizontalPodAutoscaler that KEDA makes, and what its operator does beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from eks_blueprints.cli.explain import command
from eks_blueprints.core.errors import InputError
from eks_blueprints.kubernetes.autoscaler.keda import horizontal

QUEUE = "https://sqs.eu-west-1.amazonaws.com/111122223333/orders"
SQS: dict[str, Any] = {
    "type": "aws-sqs-queue",
    "name": "orders",
    "metadata": {"queueURL": QUEUE, "queueLength": "10", "activationQueueLength": "5", "awsRegion": "eu-west-1"},
}
OFFICE: dict[str, Any] = {
    "type": "cron",
    "name": "office",
    "metadata": {"start": "0 8 * * 1-5", "end": "0 18 * * 1-5", "timezone": "Europe/Berlin", "desiredReplicas": "3"},
}
CPU: dict[str, Any] = {"type": "cpu", "metricType": "Utilization", "metadata": {"value": "50"}}


def external(name: str, **target: str) -> dict[str, Any]:
    kind = "Value" if "value" in target else "AverageValue"
    return {"type": "External", "external": {"metric": {"name": name}, "target": {"type": kind, **target}}}


def test_triggers_become_metrics_of_its_autoscaler() -> None:
    prometheus = {"type": "prometheus", "metricType": "Value", "metadata": {"threshold": "7.5"}}
    spec, keda = horizontal({"minReplicaCount": 2, "maxReplicaCount": 9, "triggers": [CPU, SQS, OFFICE, prometheus]})
    assert spec["minReplicas"] == 2
    assert spec["maxReplicas"] == 9
    assert spec["metrics"] == [
        external("orders", averageValue="10"),
        external("office", averageValue="1"),
        external("s3-prometheus", value="7.5"),
        {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}},
    ]
    assert keda.triggers["orders"].activation == 5000
    assert not keda.notes


def test_the_defaults_are_those_of_keda() -> None:
    spec, keda = horizontal({"triggers": [{"type": "aws-sqs-queue", "metadata": {}}]})
    assert spec == {"minReplicas": 1, "maxReplicas": 100, "metrics": [external("s0-aws-sqs-queue", averageValue="5")]}
    assert (keda.fewest, keda.idle, keda.cooldown, keda.initial_cooldown) == (0, None, 300, 0)


@pytest.mark.parametrize(
    ("more", "note"),
    [
        ({"triggers": [{"type": "temporal", "name": "flow", "metadata": {}}]}, "the target of flow (temporal)"),
        ({"triggers": [SQS], "fallback": {"failureThreshold": 3, "replicas": 6}}, "fallback is not computed"),
        (
            {"triggers": [SQS], "advanced": {"scalingModifiers": {"formula": "orders + 1", "target": "4"}}},
            "scalingModifiers are not computed",
        ),
    ],
)
def test_what_is_not_computed_is_said(more: dict[str, Any], note: str) -> None:
    _, keda = horizontal(more)
    [said] = keda.notes
    assert said.startswith(note)


def file_of(tmp_path: Path, **spec: Any) -> str:
    made = {"scaleTargetRef": {"name": "worker"}, "triggers": [SQS], **spec}
    manifest = {"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "metadata": {"name": "worker"}, "spec": made}
    path = tmp_path / "worker.yaml"
    path.write_text(yaml.safe_dump(manifest))
    return str(path)


def pods(file: str, *words: str) -> list[int]:
    """The number of pods at each moment."""
    done = CliRunner().invoke(command, ["hpa", file, *words, "--format", "json"])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return [each["desired"] for each in json.loads(done.output)["moments"]]


def test_the_first_pod_comes_above_the_activation(tmp_path: Path) -> None:
    file = file_of(tmp_path)
    assert pods(file, "--metric", "orders=5", "--until", "30") == [0, 0, 0]
    # KEDA makes the first one, and the autoscaler goes on from there: four more, then twice as many.
    assert pods(file, "--metric", "orders=300", "--until", "45") == [4, 8, 16, 30]


def test_the_last_pod_goes_after_the_cooldown(tmp_path: Path) -> None:
    series = tmp_path / "load.csv"
    series.write_text("at,orders\n0,6\n15,0\n300,0\n301,0\n")
    found = pods(file_of(tmp_path), "--series", str(series), "--every", "0")
    assert found == [1, 1, 1, 0]
    assert pods(file_of(tmp_path, cooldownPeriod=20), "--series", str(series), "--every", "0") == [1, 1, 0, 0]
    assert pods(file_of(tmp_path, minReplicaCount=1), "--series", str(series), "--every", "0") == [1, 1, 1, 1]


def test_idle_pods_are_fewer_than_the_fewest(tmp_path: Path) -> None:
    file = file_of(tmp_path, idleReplicaCount=0, minReplicaCount=3)
    assert pods(file, "--metric", "orders=0", "--replicas", "3") == [0]
    assert pods(file, "--metric", "orders=6", "--replicas", "0") == [3]


def test_times_follow_the_clock(tmp_path: Path) -> None:
    file = file_of(tmp_path, triggers=[SQS, OFFICE])
    # 08:00 in Berlin is 07:00 in UTC; 2026-12-05 is a Saturday.
    words = ("--metric", "orders=0", "--until", "75")
    assert pods(file, *words, "--from", "2026-12-01T06:59")[-1] == 3
    assert pods(file, *words, "--from", "2026-12-05T06:59")[-1] == 0
    assert (
        pods(file, "--metric", "orders=0", "--from", "2026-12-01T16:59", "--replicas", "3", "--until", "800")[-1] == 0
    )


def test_a_value_that_fails_changes_nothing(tmp_path: Path) -> None:
    assert pods(file_of(tmp_path), "--metric", "orders=none", "--replicas", "4", "--until", "600")[-1] == 4


def test_an_unknown_target_is_asked_for(tmp_path: Path) -> None:
    file = file_of(tmp_path, triggers=[{"type": "temporal", "name": "flow", "metadata": {}}])
    with pytest.raises(InputError, match="say it with --target flow=20"):
        pods(file, "--metric", "flow=100")
    assert pods(file, "--target", "flow=20", "--metric", "flow=100", "--until", "30")[-1] == 5


def test_a_scaled_object_of_a_stack_is_found_by_its_workload(tmp_path: Path) -> None:
    stack = tmp_path / "dev.yaml"
    stack.write_text(f"""\
region: eu-west-1
cluster: {{version: "1.35"}}
namespaces: {{shop: {{}}}}
addons: {{keda: {{}}}}
compute: {{small: {{kind: managed_nodes}}}}
workloads:
  worker:
    kind: deployment
    namespace: shop
    image: "example.com/worker:1"
    scaled_object: {{max_replicas: 7, sqs: {{orders: {{queue_url: "{QUEUE}", messages: 10}}}}}}
""")
    assert pods(f"{stack}/worker", "--metric", "orders=300", "--until", "60")[-1] == 7
