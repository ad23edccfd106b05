"""Mistakes in workloads and namespaces that were told unclearly, at another place, or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workloads.said import platform, told

WEB: dict[str, Any] = {"kind": "deployment", "namespace": "shop", "image": "nginx:1.27"}
AGENT: dict[str, Any] = {"kind": "daemon_set", "namespace": "shop", "image": "x:1"}


@pytest.mark.parametrize(
    ("workload", "line"),
    [
        (
            {**WEB, "replicas": 10**11},
            "workloads.a.replicas: is too large; got 100000000000; use at most 2147483647",
        ),
        (
            {**WEB, "env": {"B": {"configMapKeyRef": {"name": "x"}}}},
            "workloads.a.env.B.configMapKeyRef.key: is required",
        ),
        (
            {
                **WEB,
                "ports": {"http": 80},
                "service": {"type": "NodePort", "spec": {"ports": [{"port": 80, "nodePort": 80}]}},
            },
            "nodePort: is out of range; got 80; use 30000 to 32767, or leave it out",
        ),
        (
            {**WEB, "config_maps": {"a": {"data": {"b": "x" * 1_100_000}}}},
            "is larger than 1 MiB, the most that the API",
        ),
        (
            {**AGENT, "horizontal_pod_autoscaler": {}},
            "leave it out: one pod runs on each node; an autoscaler is for a deployment or stateful_set",
        ),
        ({**WEB, "kind": "job", "schedule": "* * * * *"}, "leave it out, or write kind: cron_job"),
        ({**WEB, "kind": "cron_job", "schedule": "TZ=Europe/Rome 0 1 * * *"}, "write it as time_zone, beside schedule"),
        (
            {**WEB, "scaled_object": {"min_replicas": 0, "max_replicas": 5, "triggers": [{"type": "rabbitmq"}]}},
            "triggers[0].metadata: is required; got nothing; write the settings of the scaler below it",
        ),
    ],
)
def test_each_mistake_is_one_line_that_helps(workload: dict[str, Any], line: str) -> None:
    (found,) = told({"a": workload})
    assert line in found


@pytest.mark.parametrize(
    ("quota", "line"),
    [
        ({"quota": {"pods": "1"}}, "did you mean resource_quota?"),
        ({"resource_quota": {"hard": {"pods": "1"}}}, 'got hard; write {pods: "100"}, without hard around them'),
    ],
)
def test_quotas_as_kubernetes_writes_them(quota: dict[str, Any], line: str) -> None:
    with pytest.raises(ValueError, match="resource_quota") as caught:
        platform({}, namespaces={"shop": quota})
    assert line in str(caught.value)


def test_whatever_a_secret_holds_is_secret_whatever_its_name() -> None:
    secrets = {"db": {"data": {"user": "shop", "named": {"secret": "key"}}}}
    found = platform({"a": {**WEB, "secrets": secrets}})
    at = [each.path for each in found.warnings if "plain text" in each.message]
    assert at == [("workloads", "a", "secrets", "db", "data", "user")]


def test_a_secret_that_a_variable_names_is_told_by_name() -> None:
    env = {"DB_PASSWORD": {"secretKeyRef": {"name": "nobody", "key": "a"}}}
    found = [str(each) for each in platform({"a": {**WEB, "env": env}}).warnings if "nobody" in each.message]
    what = "workloads.a.env.DB_PASSWORD.secretKeyRef.name: names a Secret that nothing on this platform makes"
    assert found == [f'{what}; got "nobody"; add it, unless it is made by hand']
