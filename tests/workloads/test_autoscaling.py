# ruff: noqa: E501 - one case a line
"""What scales workloads: what is refused, what is doubtful, and what is made of it in AWS and on the cluster."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.workloads import ScaledObject

from .every_field import QUEUE, TRIGGERS
from .said import WEB, made, told

REQUESTS = {"cpu": "250m", "memory": "256Mi"}
HPA = {"min_replicas": 2, "max_replicas": 8}
JOB = {"kind": "job", "namespace": "shop", "image": "example.com/job:1.0"}
METRICS: dict[str, Any] = {"metrics_server": {}}
KEDA: dict[str, Any] = {"keda": {}}


def _type(resource: Any) -> str:
    return str(resource.urn.split("::")[2].rpartition("$")[2])


def of(addons: dict[str, Any] | None = None, version: str = "1.35", **fields: Any) -> list[str]:
    """What is said about a web service with these fields, without where it stands."""
    platform = {"cluster": {"version": version, "endpoint_access": {"office": {"cidr": "10.0.0.0/8"}}}}
    found = told({"web": {**WEB, "requests": REQUESTS, **fields}}, addons=addons or {}, **platform)
    return [each.replace("workloads.web.", "") for each in found]


def hpa(addons: dict[str, Any] | None = None, version: str = "1.35", fields: Any = None, **said: Any) -> list[str]:
    return of(addons or METRICS, version, horizontal_pod_autoscaler={**HPA, **said}, **(fields or {}))


def keda(addons: dict[str, Any] | None = None, **said: Any) -> list[str]:
    return of(KEDA if addons is None else addons, scaled_object=said)


EXTERNAL = {"queue": {"average_value": 30}}


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"cpu": 0}, "horizontal_pod_autoscaler.cpu: is no share; got 0"),
        ({"cpu": True}, "horizontal_pod_autoscaler.cpu: is neither a share nor an amount; got true"),
        ({"cpu": "70 percent"}, "horizontal_pod_autoscaler.cpu: is not a valid quantity"),
        ({"cpu": "0"}, "horizontal_pod_autoscaler.cpu: is neither a share nor an amount"),
        ({"cpu": 70, "min_replicas": 0}, "horizontal_pod_autoscaler.min_replicas: cannot be 0, as EKS does not turn on"),
        ({"cpu": 70, "min_replicas": 9}, "horizontal_pod_autoscaler.max_replicas: is below min_replicas; got 9 and 8"),
        ({}, "horizontal_pod_autoscaler.cpu: or memory or metrics is required"),
        ({"containers": {"web": {}}}, "horizontal_pod_autoscaler.containers.web.cpu: or memory is required"),
        ({"containers": {"wbe": {"cpu": 70}}}, "horizontal_pod_autoscaler.containers.wbe: no such container of this workload"),
        ({"external_metrics": {"queue": {}}}, "horizontal_pod_autoscaler.external_metrics.queue.value: or average_value"),
        ({"external_metrics": {"a/b": {"value": 1}}}, "is not a valid name of a metric"),
        ({"external_metrics": {"queue": {"value": 0}}}, "external_metrics.queue.value: needs more than 0"),
        ({"external_metrics": [{"queue": 1}]}, "is written by names, not as a list"),
        ({"external_metrics": EXTERNAL}, "external_metrics: needs an add-on that serves external.metrics.k8s.io; got none"),
        ({"pods_metrics": {"a": {"average_value": 1}}}, "needs an add-on that serves custom.metrics.k8s.io; got none"),
        ({"metrics": [{"type": "Pods", "pods": {"metric": {"name": "a"}, "target": {"type": "AverageValue", "averageValue": "1"}}}]},
         "horizontal_pod_autoscaler.metrics: needs an add-on that serves custom.metrics.k8s.io"),
        ({"pods_metrics": {"a": {"average_value": 1, "prometheus": {"series": "a_total"}}}}, "prometheus: needs prometheus_adapter"),
    ],
)  # fmt: skip
def test_what_no_horizontal_autoscaler_can_do_is_refused(said: dict[str, Any], message: str) -> None:
    found = hpa(**said)
    assert any(message in each for each in found), found


@pytest.mark.parametrize(
    ("addons", "said"),
    [
        (METRICS, {"cpu": "500m"}),
        (METRICS, {"cpu": "70%", "memory": 80}),
        (METRICS, {"containers": {"web": {"cpu": 70, "memory": "1Gi"}}}),
        (KEDA, {"external_metrics": EXTERNAL}),
        ({"prometheus_adapter": {}}, {"pods_metrics": {"a": {"average_value": 1}}}),
        ({"prometheus_adapter": {"values": {"rules": {"external": [{}]}}}}, {"external_metrics": EXTERNAL}),
        ({"prometheus_adapter": {"values": {"rules": {"resource": {"cpu": {}}}}}}, {"cpu": 70}),
        ({"mine": {"kind": "helm", "chart": "adapter", "repository": "https://example.com/charts", "version": "1.0.0"}},
         {"external_metrics": EXTERNAL}),
    ],
)  # fmt: skip
def test_what_serves_its_metrics_is_there(addons: dict[str, Any], said: dict[str, Any]) -> None:
    assert [each for each in hpa(addons, **said) if "horizontal_pod_autoscaler" in each] == []


def test_a_share_needs_a_request_of_every_container() -> None:
    sidecar = {"sidecars": {"log": {"image": "example.com/log:1.0"}}}
    (found,) = hpa(cpu=70, fields=sidecar)
    assert found.startswith(
        "horizontal_pod_autoscaler.cpu: is a share of what is requested; got no request of cpu in log"
    )
    assert hpa(cpu="500m", fields={**sidecar, "requests": {}}) == []
    assert hpa(containers={"web": {"cpu": 70}}, fields=sidecar) == []


def test_a_limit_range_of_the_namespace_says_what_containers_request() -> None:
    fields = {"web": {**WEB, "horizontal_pod_autoscaler": {**HPA, "cpu": 70}}}
    said: dict[str, Any] = {"addons": METRICS, "namespaces": {"shop": {"limit_range": {"default": {"cpu": "1"}}}}}
    assert told(fields, **said) == []
    ranges = {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": {"name": "a", "namespace": "shop"},
        "spec": {"limits": []},
    }
    (unknown,) = told(fields, addons={**METRICS, "own": {"kind": "manifests", "manifests": {"range": ranges}}})
    assert unknown.startswith("warning: workloads.web.horizontal_pod_autoscaler.cpu: is a share of what is requested")
    assert "unless a LimitRange of the namespace sets it" in unknown
    whole = {"pod": {"resources": {"requests": {"cpu": "1"}}}, "requests": {}}
    assert not [each for each in hpa(cpu=70, fields=whole) if "is a share" in each]
    own = {"requests": {}, "pod": {"containers": [{"name": "web", "resources": {"limits": {"cpu": "1"}}}]}}
    assert hpa(cpu=70, fields=own) == []


@pytest.mark.parametrize(("version", "ignored"), [("1.33", True), ("1.34", True), ("1.35", False), ("1.36", False)])
def test_a_tolerance_is_ignored_where_its_gate_is_off(version: str, ignored: bool) -> None:
    found = hpa(cpu=70, version=version, behavior={"scaleUp": {"tolerance": "0.05"}})
    assert any("behavior.scaleUp.tolerance: is ignored before Kubernetes 1.35" in each for each in found) is ignored


def test_one_add_on_serves_an_api_of_metrics() -> None:
    adapter = {"prometheus_adapter": {"values": {"rules": {"external": [{}]}}}}
    (found,) = [each for each in of({**adapter, **KEDA}) if "serves" in each]
    assert "serves external.metrics.k8s.io, of which a cluster has one server; got " in found
    assert "remove its rules.external" in found
    assert of({"prometheus_adapter": {}, **KEDA}) == []


def test_the_adapter_makes_metrics_of_pods_from_prometheus() -> None:
    metric = {"requests": {"average_value": 10, "prometheus": {"series": "http_requests_total"}}}
    web = {**WEB, "horizontal_pod_autoscaler": {**HPA, "pods_metrics": metric}}
    plan = made({"web": web, "api": web}, addons={"prometheus_adapter": {}})
    (release,) = [each for each in plan.all() if _type(each).endswith("Release") and "adapter" in each.name]
    (rule,) = release.inputs["values"]["rules"]["custom"]
    assert rule["seriesQuery"] == 'http_requests_total{namespace!="",pod!=""}'
    assert rule["metricsQuery"] == "sum(rate(<<.Series>>{<<.LabelMatchers>>}[2m])) by (<<.GroupBy>>)"
    other = {
        **WEB,
        "horizontal_pod_autoscaler": {
            **HPA,
            "pods_metrics": {"requests": {**metric["requests"], "prometheus": {"series": "b"}}},
        },
    }
    found = told({"web": web, "api": other}, addons={"prometheus_adapter": {}})
    assert any("is made from another series elsewhere; got requests twice" in each for each in found)


def vpa(**fields: Any) -> list[str]:
    said = {
        key: fields.pop(key)
        for key in list(fields)
        if key in ("update_mode", "min_replicas", "containers", "resource_policy")
    }
    return of({"vpa": {}, **METRICS, **KEDA}, fields.pop("version", "1.35"), vertical_pod_autoscaler=said, **fields)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"containers": {"web": {"min_allowed": {"cpu": 2}, "max_allowed": {"cpu": 1}}}}, "max_allowed.cpu: is below min_allowed"),
        ({"containers": {"wbe": {}}}, "vertical_pod_autoscaler.containers.wbe: no such container"),
        ({"containers": {"web": {"mode": "Off", "max_allowed": {"cpu": 1}}}}, "is for a container that is resized"),
        ({"containers": {"web": {"max_allowed": {"gpu": 1}}}}, "max_allowed.gpu"),
        ({"min_replicas": 1}, "min_replicas: is for modes that evict pods; got update_mode: Off"),
        ({"update_mode": "recreate"}, "did you mean Recreate?"),
        ({"containers": {"web": {}}, "resource_policy": {"containerPolicies": []}}, ""),
    ],
)  # fmt: skip
def test_what_no_vertical_autoscaler_can_do_is_refused(said: dict[str, Any], message: str) -> None:
    found = vpa(**said)
    assert any(message in each for each in found), found


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"update_mode": "Auto", "replicas": 2}, "update_mode: is deprecated; got Auto"),
        ({"update_mode": "Recreate"}, "changes no running pod while there are fewer than 2; got 1; set min_replicas: 1"),
        ({"update_mode": "InPlaceOrRecreate", "replicas": 2, "version": "1.32"}, "evicts pods before Kubernetes 1.33"),
        ({"update_mode": "Recreate", "replicas": 2, "pod_disruption_budget": {"min_available": 2}}, "lets no pod be evicted"),
        ({"update_mode": "Recreate", "replicas": 2, "pod_disruption_budget": {"max_unavailable": 0}}, "lets no pod be evicted"),
    ],
)  # fmt: skip
def test_what_a_vertical_autoscaler_will_not_do_is_a_warning(fields: dict[str, Any], message: str) -> None:
    found = vpa(**fields)
    assert any(each.startswith("warning: ") and message in each for each in found), found


@pytest.mark.parametrize(
    ("controlled", "followed", "clash"),
    [(["memory"], {"cpu": 70}, False), (["cpu"], {"cpu": 70}, True), (["cpu", "memory"], {"containers": {"web": {"memory": 70}}}, True),
     (["cpu"], {"external_metrics": EXTERNAL}, False)],
)  # fmt: skip
def test_both_autoscalers_follow_other_resources(controlled: list[str], followed: dict[str, Any], clash: bool) -> None:
    vertical = {"update_mode": "Recreate", "containers": {"web": {"controlled_resources": controlled}}}
    horizontal = {"horizontal_pod_autoscaler": {**HPA, **followed}}
    found = vpa(**vertical, **horizontal)
    assert any("changes the requests that horizontal_pod_autoscaler counts from" in each for each in found) is clash


def test_keda_counts_as_an_autoscaler_of_what_pods_use() -> None:
    trigger = {"type": "cpu", "metadata": {"value": "60"}, "metricType": "Utilization"}
    found = vpa(update_mode="Recreate", scaled_object={"min_replicas": 2, "triggers": [trigger]})
    assert any("changes the requests that scaled_object counts from; got cpu in both" in each for each in found)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({}, "scaled_object.triggers: is required; got none"),
        ({"triggers": [{"type": "sqs", "metadata": {}}]}, "triggers[0].type: no such scaler of KEDA; got \"sqs\""),
        ({"triggers": [{"metadata": {}}]}, "triggers[0].type: is required"),
        ({"triggers": [{"type": "rabbitmq"}]}, "triggers[0].metadata: is required; got nothing"),
        ({"triggers": [{"type": "rabbitmq", "metadata": {"value": 5}}]}, 'metadata.value: needs text; got 5; quote it: "5"'),
        ({"triggers": [{"type": "rabbitmq", "metadata": {"a": True}}]}, 'needs text; got true; quote it: "true"'),
        ({"triggers": [{"type": "cron", "metadata": {"start": "0 25 * * *", "end": "0 1 * * *", "timezone": "Etc/UTC", "desiredReplicas": "1"}}]},
         "triggers[0].metadata.start: "),
        ({"triggers": [{"type": "cron", "metadata": {"start": "0 2 * * *", "end": "0 1 * * *", "timezone": "Europe/Berln", "desiredReplicas": "1"}}]},
         "triggers[0].metadata.timezone: is no time zone"),
        ({"cron": {"a": {"start": "@daily", "end": "0 1 * * *", "time_zone": "Etc/UTC", "replicas": 2}}}, "cron.a.start: is a macro, which KEDA does not know"),
        ({"cron": {"a": {"start": "0 1 * * *", "end": "0 1 * * *", "time_zone": "Etc/UTC", "replicas": 2}}}, "cron.a.end: is when it begins"),
        ({"sqs": {"a": {"queue_url": "orders"}}}, "sqs.a.queue_url: is not the URL of a queue"),
        ({"sqs": QUEUE, "cron": {"orders": TRIGGERS["cron"]["office"]}}, "cron.orders: is the name of one in sqs too"),
        ({"sqs": {"orders": {**QUEUE["orders"], "authentication": "keys"}}}, "sqs.orders.authentication: no such entry of authentications"),
        ({"sqs": QUEUE, "max_replicas": 1, "min_replicas": 2}, "max_replicas: is below min_replicas"),
        ({"sqs": QUEUE, "idle_replicas": 0}, "idle_replicas: is below min_replicas alone"),
        ({"sqs": QUEUE, "idle_replicas": 1, "min_replicas": 2}, "idle_replicas: is too large; got 1"),
        ({"triggers": [{"type": "cpu", "metadata": {"value": "60"}}]}, "min_replicas: is at least 1 where nothing but cpu and memory"),
        ({"cloudwatch": {"a": {"region": "eu-west-1", "target": 1}}}, "cloudwatch.a.namespace: is required without an expression"),
        ({"cloudwatch": {"a": {**TRIGGERS["cloudwatch"]["load"], "period_seconds": 45}}}, "period_seconds: is no period of CloudWatch; got 45"),
        ({"cloudwatch": {"a": {**TRIGGERS["cloudwatch"]["load"], "collection_seconds": 90}}}, "collection_seconds: is no multiple of period_seconds"),
        ({"cloudwatch": {"a": {**TRIGGERS["cloudwatch"]["load"], "unit": "count"}}}, "unit: no such unit of CloudWatch; got \"count\"; did you mean Count?"),
        ({"kafka": {"a": {"bootstrap_servers": ["a"], "consumer_group": "b"}}}, "kafka.a.bootstrap_servers[0]"),
        ({"kafka": {"a": {"bootstrap_servers": ["a:1"], "consumer_group": "b", "sasl": "aws_msk_iam"}}}, "kafka.a.region: is required with sasl: aws_msk_iam"),
        ({"prometheus": {"a": {"query": "a", "threshold": 1}}}, "prometheus.a: does not say which Prometheus is asked"),
        ({"prometheus": {"a": {"query": "a", "threshold": 0}}}, "prometheus.a.threshold: is too small"),
        ({"sqs": QUEUE, "aws_identity": {"role_arn": "arn:aws:iam::111122223333:role/a", "owner": "workload"}}, "aws_identity.role_arn: is another than the workload's"),
        ({"sqs": QUEUE, "fallback": {"failure_threshold": 3, "replicas": 2, "behavior": "scalingModifiers"}}, "fallback.behavior: needs spec.advanced.scalingModifiers.formula"),
    ],
)  # fmt: skip
def test_what_keda_would_refuse_is_refused(said: dict[str, Any], message: str) -> None:
    found = keda(**said)
    assert any(message in each for each in found), found


def test_keda_has_to_be_there() -> None:
    assert keda({}, sqs=QUEUE) == ["scaled_object: needs keda; got no such add-on; add keda to addons"]
    found = told({"a": {**JOB, "scaled_job": {"sqs": QUEUE}}})
    assert found == ["workloads.a.scaled_job: needs keda; got no such add-on; add keda to addons"]


def test_a_time_that_never_comes_is_a_warning() -> None:
    day = {"start": "0 8 31 2 *", "end": "0 9 * * *", "time_zone": "Etc/UTC", "replicas": 2}
    (found,) = keda(cron={"day": day})
    assert found.startswith("warning: scaled_object.cron.day.start: never occurs, so it adds no pods")


def test_a_long_name_leaves_no_room_for_kedas_own() -> None:
    (found,) = of(KEDA, scaled_object={"sqs": QUEUE}, object_name="a" * 55)
    assert found.startswith("scaled_object: makes KEDA's name of its autoscaler too long; got 55 characters, 54 fit")


def test_kedas_operator_gets_the_rights_that_triggers_need() -> None:
    triggers = {key: TRIGGERS[key] for key in ("sqs", "cloudwatch", "kafka", "prometheus", "authentications")}
    workloads = {"web": {**WEB, "scaled_object": triggers}, "train": {**JOB, "scaled_job": {"sqs": QUEUE}}}
    plan = made(workloads, addons=KEDA)
    (association,) = [each for each in plan.all() if "PodIdentityAssociation" in _type(each) and "keda" in each.name]
    assert association.inputs["serviceAccount"] == "keda-operator"
    (policy,) = [each for each in plan.all() if _type(each).endswith("RolePolicy") and "keda" in each.name]
    text = str(policy.inputs["policy"])
    for part in ("sqs:GetQueueAttributes", "arn:aws:sqs:eu-west-1:111122223333:orders", "cloudwatch:GetMetricData",
                 "aps:QueryMetrics", "kafka-cluster:DescribeGroup", ":group/shop/0f-1/shop"):  # fmt: skip
        assert part in text
    (scaled,) = [each for each in plan.all() if _type(each).endswith(":ScaledObject")]
    by_name = {each["name"]: each for each in scaled.inputs["spec"]["triggers"]}
    assert by_name["orders"]["metadata"] == {
        "queueURL": "https://sqs.eu-west-1.amazonaws.com/111122223333/orders",
        "queueLength": "10",
        "awsRegion": "eu-west-1",
        "activationQueueLength": "1",
        "scaleOnInFlight": "false",
        "scaleOnDelayed": "true",
    }
    assert by_name["orders"]["authenticationRef"] == {"name": "web-aws"}
    assert by_name["topic"]["authenticationRef"] == {"name": "web-kafka"}
    assert "authenticationRef" not in by_name["rate"]
    (job,) = [each for each in plan.all() if _type(each).endswith(":ScaledJob")]
    assert job.inputs["spec"]["jobTargetRef"]["template"]["spec"]["restartPolicy"] == "Never"
    assert not [each for each in plan.all() if _type(each).endswith("batch/v1:Job")]


@pytest.mark.parametrize("identity", [{"owner": "workload"}, {"role_arn": "arn:aws:iam::111122223333:role/a"}])
def test_the_operator_gets_none_where_it_asks_as_another(identity: dict[str, str]) -> None:
    plan = made({"web": {**WEB, "scaled_object": {"sqs": QUEUE, "aws_identity": identity}}}, addons=KEDA)
    assert not [each for each in plan.all() if "PodIdentityAssociation" in _type(each) and "keda" in each.name]
    (found,) = [each for each in plan.all() if _type(each).endswith(":TriggerAuthentication")]
    assert found.inputs["spec"]["podIdentity"]["provider"] == "aws"


def test_another_trigger_changes_no_other_resource() -> None:
    one = {"web": {**WEB, "scaled_object": {"sqs": QUEUE}}}
    two = {"web": {**WEB, "scaled_object": {"sqs": QUEUE, "cron": TRIGGERS["cron"]}}}
    assert made(one, addons=KEDA).urns == made(two, addons=KEDA).urns


def test_a_finding_of_a_scaled_job_is_at_its_field() -> None:
    found = told({"a": {**JOB, "scaled_job": {"sqs": QUEUE}, "pod": {"hostAliases": [{"ip": 5}]}}}, addons=KEDA)
    assert any(each.startswith("workloads.a.pod.hostAliases[0].ip") for each in found), found


RAW: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    (
        {"type": "aws-sqs-queue", "metadata": {"queueURL": "https://sqs.eu-west-1.amazonaws.com/111122223333/orders"}},
        [("sqs:GetQueueAttributes", "arn:aws:sqs:eu-west-1:111122223333:orders")],
    ),
    ({"type": "aws-cloudwatch", "metadata": {"awsRegion": "eu-west-1"}}, [("cloudwatch:GetMetricData", "*")]),
    (
        {"type": "aws-kinesis-stream", "metadata": {"awsRegion": "eu-west-1", "streamName": "clicks"}},
        [("kinesis:DescribeStreamSummary", "arn:aws:kinesis:eu-west-1:*:stream/clicks")],
    ),
    (
        {"type": "aws-dynamodb", "metadata": {"awsRegion": "eu-west-1", "tableName": "jobs", "indexName": "open"}},
        [("dynamodb:Query", "arn:aws:dynamodb:eu-west-1:*:table/jobs/index/open")],
    ),
    (
        {"type": "aws-dynamodb-streams", "metadata": {"awsRegion": "eu-west-1", "tableName": "jobs"}},
        [
            ("dynamodb:DescribeTable", "arn:aws:dynamodb:eu-west-1:*:table/jobs"),
            ("dynamodb:DescribeStream", "arn:aws:dynamodb:eu-west-1:*:table/jobs/stream/*"),
        ],
    ),
    (
        {
            "type": "prometheus",
            "metadata": {
                "awsRegion": "eu-west-1",
                "serverAddress": "https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-0f",
            },
        },
        [("aps:QueryMetrics", "arn:aws:aps:eu-west-1:*:workspace/ws-0f")],
    ),
    ({"type": "prometheus", "metadata": {"serverAddress": "http://prometheus:9090"}}, []),
    ({"type": "rabbitmq", "metadata": {}}, []),
]


def _scaled(trigger: dict[str, Any], **more: Any) -> ScaledObject:
    return ScaledObject.model_validate({"triggers": [trigger], **more})


@pytest.mark.parametrize(("trigger", "wanted"), RAW)
def test_rights_of_triggers_in_kedas_words_are_derived(trigger: dict[str, Any], wanted: list[tuple[str, str]]) -> None:
    found = _scaled(trigger)
    assert [(action, on) for actions, on in found.rights("aws") for action in actions] == wanted
    assert not list(found.rights_unknown())


@pytest.mark.parametrize(
    ("identity", "asks"),
    [
        ({"podIdentity": {"provider": "aws"}}, True),
        ({"podIdentity": {"provider": "aws", "roleArn": "arn:aws:iam::111122223333:role/a"}}, False),
        ({"podIdentity": {"provider": "aws", "identityOwner": "workload"}}, False),
        ({"secretTargetRef": [{"parameter": "awsAccessKeyID", "name": "a", "key": "b"}]}, False),
    ],
)
def test_only_what_the_operator_asks_itself_gives_it_rights(identity: dict[str, Any], asks: bool) -> None:
    trigger = {**RAW[0][0], "authenticationRef": {"name": "web-queue"}}
    assert bool(_scaled(trigger, authentications={"queue": identity}).rights("aws")) is asks


@pytest.mark.parametrize(
    ("trigger", "actions"),
    [
        ({"type": "aws-sqs-queue", "metadata": {"queueURL": "QUEUE_FROM_ENV"}}, "allow sqs:GetQueueAttributes"),
        ({"type": "aws-kinesis-stream", "metadata": {"streamName": "a"}}, "allow kinesis:DescribeStreamSummary"),
        ({"type": "kafka", "metadata": {"saslTokenProvider": "aws_msk_iam"}}, "allow kafka-cluster:Connect, "),
    ],
)
def test_rights_that_cannot_be_derived_are_named(trigger: dict[str, Any], actions: str) -> None:
    (found,) = keda(triggers=[trigger])
    assert found.startswith("warning: scaled_object.triggers[0].metadata: asks AWS for what is not known here")
    assert actions in found


def test_wrong_bounds_and_wrong_triggers_are_told_at_once() -> None:
    for trigger in ({"type": "sqs", "metadata": {}}, {"type": "aws-sqs-queue"}):
        found = keda(min_replicas=9, max_replicas=3, triggers=[trigger])
        assert any("max_replicas: is below min_replicas; got 9 and 3" in each for each in found), found
        assert any("triggers[0]" in each for each in found), found
    found = keda(min_replicas=200, sqs={"orders": {"queue_url": "no"}})
    assert any("max_replicas: is below min_replicas; got 200 and 100" in each for each in found), found
    assert any("queue_url" in each for each in found), found


def test_no_scaler_of_keda_is_refused() -> None:
    for kind in ("aws-kinesis-stream", "azure-log-analytics", "selenium-grid", "external-mock"):
        assert not any("no such scaler" in each for each in keda(triggers=[{"type": kind, "metadata": {}}]))
