"""What a platform's alarms and dashboards are made of."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.observability.said import AGENT, BASE, STACK, WEB, made, platform, told

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
DASHBOARD = "aws:cloudwatch/dashboard:Dashboard"
RULE = "kubernetes:monitoring.coreos.com/v1:PrometheusRule"
MONITOR = "kubernetes:monitoring.coreos.com/v1:PodMonitor"
CONFIG = "kubernetes:core/v1:ConfigMap"
TOPIC = "arn:aws:sns:eu-west-1:111122223333:alarms"
OTHER = "arn:aws:acm:eu-west-1:111122223333:certificate/aaaa"
INGRESS = "arn:aws:acm:eu-west-1:111122223333:certificate/bbbb"
ALL: dict[str, Any] = {"alarms": {"sns_topic_arns": [TOPIC]}, "dashboards": {}}


def test_nothing_is_made_where_nothing_is_asked_for() -> None:
    found = made(addons={**STACK, **AGENT})
    for kind in (ALARM, DASHBOARD, RULE):
        found.none(kind)
    assert made(addons={**STACK, **AGENT}, observability={"workloads": {}}).urns == found.urns


def test_prometheus_gets_rules_where_it_is_and_its_own_of_the_same_are_left_out() -> None:
    found = made(addons=STACK, observability={"alarms": {}})
    rule = found.one(RULE)
    rule.has({"metadata.namespace": "monitoring", "metadata.name": "eks-alarms"})
    rule.waits_for("acme-kube-prometheus-stack-release")
    assert len(rule["spec.groups[0].rules"]) == 11
    release = found.one("kubernetes:helm.sh/v3:Release", "acme-kube-prometheus-stack-release")
    disabled = release["values"]["defaultRules"]["disabled"]
    assert disabled["KubeHpaMaxedOut"] is True
    assert "KubePodNotReady" not in disabled
    found.none(ALARM)
    found.none(MONITOR)


def test_own_values_of_the_stack_stay() -> None:
    addons = {"kube_prometheus_stack": {"values": {"defaultRules": {"disabled": {"KubeHpaMaxedOut": False}}}}}
    release = made(addons=addons, observability={"alarms": {}}).one(
        "kubernetes:helm.sh/v3:Release", "acme-kube-prometheus-stack-release"
    )
    assert release["values"]["defaultRules"]["disabled"]["KubeHpaMaxedOut"] is False


def test_rules_carry_the_labels_that_their_prometheus_asks_for() -> None:
    addons = {"kube_prometheus_stack": {"select_all_monitors": False}, "cert_manager": {}}
    found = made(addons=addons, observability={"alarms": {}})
    for kind in (RULE, MONITOR):
        found.one(kind).has({"metadata.labels": {"release": "kube-prometheus-stack"}})


def test_certificates_of_cert_manager_are_read() -> None:
    found = made(addons={**STACK, "cert_manager": {}}, observability={"alarms": {}})
    found.one(MONITOR).has({"spec.namespaceSelector.matchNames": ["cert-manager"], "metadata.namespace": "monitoring"})
    off = {"alarms": {"certificate_expiry": {"enabled": False}}}
    made(addons={**STACK, "cert_manager": {}}, observability=off).none(MONITOR)


def test_cloudwatch_gets_alarms_that_tell_the_topics() -> None:
    found = made(addons=AGENT, observability=ALL, tags={"env": "prod"})
    alarms = {each.name.removeprefix("acme-observability-"): each for each in found.all(ALARM)}
    assert {*alarms} == {
        "container-restarts",
        "oom-kills",
        "pending-pods",
        "node-memory-pressure",
        "node-disk-pressure",
        "node-pid-pressure",
        "api-server-errors",
    }
    for each in alarms.values():
        each.has(alarmActions=[TOPIC], okActions=[TOPIC])
        assert each["tags"]["severity"] in each["alarmDescription"]
    alarms["pending-pods"].has({"dimensions.ClusterName": "acme", "namespace": "ContainerInsights"})
    alarms["api-server-errors"].lacks("metricName", "dimensions", "period")
    found.none("aws:sns/topic:Topic")
    found.none(RULE)


def test_addresses_get_a_topic_of_their_own() -> None:
    key = "arn:aws:kms:eu-west-1:111122223333:key/0f0f0f0f-1111-2222-3333-444444444444"
    alarms = {"emails": ["a@example.com", "b@example.com"], "kms_key_arn": key, "tell_when_over": False}
    found = made(addons=AGENT, observability={"alarms": alarms})
    found.one("aws:sns/topic:Topic").has(kmsMasterKeyId=key)
    assert {each["endpoint"] for each in found.all("aws:sns/topicSubscription:TopicSubscription")} == {
        "a@example.com",
        "b@example.com",
    }
    for each in found.all(ALARM):
        each.has(alarmActions=["${acme-observability-topic.arn}"]).lacks("okActions")


def test_certificates_of_acm_are_watched_those_of_ingresses_too() -> None:
    web = {**WEB, "ingress": {"hosts": ["a.example.com"], "certificate_arns": [INGRESS, OTHER]}}
    found = made(
        addons={**AGENT, "aws_load_balancer_controller": {}},
        workloads={"web": web},
        observability={"alarms": {"sns_topic_arns": [TOPIC], "certificate_expiry": {"certificate_arns": [OTHER]}}},
    )
    for arn, key in ((INGRESS, "bbbb"), (OTHER, "aaaa")):
        alarm = found.one(ALARM, f"acme-observability-certificate-{key}")
        alarm.has(metricName="DaysToExpiry", dimensions={"CertificateArn": arn}, threshold=21)


def test_an_alarm_comes_and_goes_alone() -> None:
    def urns(**alarms: Any) -> set[str]:
        return made(
            addons={**STACK, **AGENT}, observability={**ALL, "alarms": {"sns_topic_arns": [TOPIC], **alarms}}
        ).urns

    every = urns()
    assert {urn.split("::")[-1] for urn in every - urns(oom_kills={"enabled": False})} == {
        "acme-observability-oom-kills"
    }
    one = urns(node_pressure={"conditions": ["PIDPressure"]})
    assert one < every
    assert len(every - one) == 2
    assert urns(node_pressure={"conditions": ["PIDPressure", "DiskPressure", "MemoryPressure"]}) == every


def test_grafana_of_the_stack_reads_dashboards_from_config_maps() -> None:
    found = made(addons=STACK, observability={"dashboards": {}})
    maps = found.all(CONFIG, "acme-observability-grafana-cluster")
    assert len(maps) == 1
    maps[0].has({"metadata.labels": {"grafana_dashboard": "1"}, "metadata.namespace": "monitoring"})
    found.none(DASHBOARD)


def test_grafana_by_itself_is_told_to_read_them() -> None:
    addons = {"kube_prometheus_stack": {"grafana": False}, "grafana": {}}
    found = made(addons=addons, observability={"dashboards": {}})
    found.one(CONFIG, "acme-observability-grafana-nodes").has({"metadata.namespace": "grafana"})
    release = found.one("kubernetes:helm.sh/v3:Release", "acme-grafana-release")
    assert release["values"]["sidecar"]["dashboards"]["enabled"] is True
    without = made(addons=addons).one("kubernetes:helm.sh/v3:Release", "acme-grafana-release")
    assert "sidecar" not in without["values"]


def test_cloudwatch_gets_three_dashboards_named_by_the_cluster() -> None:
    found = made(addons=AGENT, observability={"dashboards": {}})
    boards = {each["dashboardName"]: json.loads(each["dashboardBody"]) for each in found.all(DASHBOARD)}
    assert [*boards] == ["acme-cluster", "acme-nodes", "acme-workloads"]
    assert "eks:acme/CHOSEN_NAMESPACE" in json.dumps(boards["acme-workloads"])
    found.none(CONFIG)


def test_without_the_agent_cloudwatch_shows_what_eks_sends() -> None:
    found = made(observability={"dashboards": {"cloudwatch": True}})
    assert [each["dashboardName"] for each in found.all(DASHBOARD)] == ["acme-cluster"]


WRONG: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({}, {"alarms": {}}, "observability.alarms: need what measures the cluster; got no such add-on; add kube_prom"),
    ({}, {"dashboards": {}}, "observability.dashboards: need what measures the cluster"),
    (AGENT, {"alarms": {"prometheus": True}}, "observability.alarms.prometheus: needs kube_prometheus_stack"),
    (AGENT, {"dashboards": {"grafana": True}}, "observability.dashboards.grafana: needs a Grafana"),
    (STACK, {"alarms": {"emails": ["a@b.de"]}}, "observability.alarms.emails: are told by CloudWatch; got Prometheus"),
    ({}, {"alarms": {"prometheus": False, "cloudwatch": False}}, "observability.alarms.prometheus: or cloudwatch"),
    ({}, {"dashboards": {"cloudwatch": False, "grafana": False}}, "observability.dashboards.cloudwatch: or grafana"),
    (AGENT, {"alarms": {"emails": ["a"]}}, "observability.alarms.emails[0]: is not a valid email address"),
    (AGENT, {"alarms": {"emails": ["a@b.de", "a@b.de"]}}, "observability.alarms.emails: names one twice"),
    (AGENT, {"alarms": {"sns_topic_arns": ["alarms"]}}, "observability.alarms.sns_topic_arns[0]: is not a valid ARN"),
    (
        AGENT,
        {"alarms": {"sns_topic_arns": [TOPIC.replace("eu-west-1", "us-east-1")]}},
        "observability.alarms.sns_topic_arns[0]: ",
    ),
    (STACK, {"alarms": {"oom_kill": {}}}, 'observability.alarms.oom_kill: no such field; got "oom_kill"; did you mean'),
    (STACK, {"alarms": {"cpu_throttling": {"percent": 0}}}, "observability.alarms.cpu_throttling.percent: "),
    (STACK, {"alarms": {"cpu_throttling": {"for_minutes": 1.5}}}, "observability.alarms.cpu_throttling.for_minutes: "),
    (STACK, {"alarms": {"pending_pods": {"severity": "page"}}}, "observability.alarms.pending_pods.severity: "),
    (STACK, {"alarms": {"node_pressure": {"conditions": []}}}, "observability.alarms.node_pressure.conditions: "),
    (
        STACK,
        {"alarms": {"node_pressure": {"conditions": ["Ready"]}}},
        "observability.alarms.node_pressure.conditions[0]: ",
    ),
    (
        STACK,
        {"alarms": {"volume_nearly_full": {"critical_free_percent": 20}}},
        "observability.alarms.volume_nearly_full.critical_free_percent: is not below free_percent; got 20 and 15",
    ),
    (STACK, {"alarms": []}, "observability.alarms: "),
    (STACK, {"alarm": {}}, "observability.alarm: no such field"),
]


@pytest.mark.parametrize(("addons", "said", "wanted"), WRONG, ids=[wanted[:60] for *_, wanted in WRONG])
def test_what_cannot_be_is_refused_at_its_place(addons: dict[str, Any], said: dict[str, Any], wanted: str) -> None:
    found = told(addons=addons, observability=said)
    assert len(found) == 1
    assert found[0].startswith(wanted)


def test_what_cloudwatch_cannot_tell_is_said() -> None:
    quiet = {"cpu_throttling": {"enabled": False}, "hpa_at_maximum": {"enabled": False}}
    topics = {"sns_topic_arns": [TOPIC]}
    (every,) = told(addons=AGENT, observability={"alarms": topics})
    assert every == (
        "warning: observability.alarms: have no metric in CloudWatch, and there is no such alarm; got cpu_throttling, "
        "hpa_at_maximum, volume_nearly_full; add kube_prometheus_stack to addons, or set enabled: false for "
        "cpu_throttling, hpa_at_maximum, volume_nearly_full"
    )
    left = {**topics, **quiet, "volume_nearly_full": {"free_percent": 10}}
    (said,) = told(addons=AGENT, observability={"alarms": left})
    assert said.startswith("warning: observability.alarms.volume_nearly_full: has no metric in CloudWatch")
    none = {**topics, **quiet, "volume_nearly_full": {"enabled": False}}
    assert told(addons=AGENT, observability={"alarms": none}) == []
    assert told(addons={**AGENT, **STACK}, observability={"alarms": topics}) == []


def test_what_needs_the_agent_is_said_without_it() -> None:
    said = told(observability={"alarms": {"cloudwatch": True, "sns_topic_arns": [TOPIC]}})
    assert "container_restarts, oom_kills, node_pressure" in said[1]


def test_alarms_that_tell_nobody_are_doubtful() -> None:
    (said,) = told(addons={**STACK, **AGENT}, observability={"alarms": {}})
    assert said.startswith("warning: observability.alarms: tell nobody")


def test_certificates_that_are_none_are_doubtful() -> None:
    off = {name: {"enabled": False} for name in ("cpu_throttling", "hpa_at_maximum", "volume_nearly_full")}
    alarms = {"sns_topic_arns": [TOPIC], **off, "certificate_expiry": {"days": 30}}
    (said,) = told(addons=AGENT, observability={"alarms": alarms})
    assert said.startswith("warning: observability.alarms.certificate_expiry: watches certificates of ACM; got none")


def test_the_same_in_python() -> None:
    from eks_blueprints.observability import Alarms, Dashboards, ObservabilityArgs, OomKills

    alarms = Alarms(sns_topic_arns=[TOPIC], oom_kills=OomKills(severity="critical"))
    args = platform(addons={**STACK, **AGENT}, observability=ObservabilityArgs(alarms=alarms, dashboards=Dashboards()))
    as_data = {"alarms": {"sns_topic_arns": [TOPIC], "oom_kills": {"severity": "critical"}}, "dashboards": {}}
    assert args == platform(addons={**STACK, **AGENT}, observability=as_data)
    assert BASE["region"] == args.region


class TestManagedPrometheus:
    ARN = "arn:aws:aps:eu-west-1:111122223333:workspace/ws-0f0f0f0f-1111-2222-3333-444444444444"
    GROUPS = "aws:amp/ruleGroupNamespace:RuleGroupNamespace"
    MANAGER = "aws:amp/alertManagerDefinition:AlertManagerDefinition"

    def test_a_workspace_has_the_rules_and_tells_topics(self) -> None:
        alarms = {"managed_prometheus": {"workspace_arn": self.ARN}, "sns_topic_arns": [TOPIC]}
        found = made(observability={"alarms": alarms})
        groups = found.one(self.GROUPS)
        groups.has(workspaceId="ws-0f0f0f0f-1111-2222-3333-444444444444", name="acme-alarms")
        (group,) = json.loads(groups["data"])["groups"]
        known = made(addons=STACK, observability={"alarms": {}}).one(RULE)["spec"]["groups"][0]
        assert group["rules"] == known["rules"]
        config = json.loads(json.loads(found.one(self.MANAGER)["definition"])["alertmanager_config"])
        (receiver,) = config["receivers"]
        assert receiver["name"] == config["route"]["receiver"]
        (told_by,) = receiver["sns_configs"]
        assert (told_by["topic_arn"], told_by["sigv4"]) == (TOPIC, {"region": "eu-west-1"})
        found.none(ALARM)
        found.none("aws:sns/topicPolicy:TopicPolicy")

    def test_the_topic_of_addresses_lets_the_workspace_tell(self) -> None:
        alarms = {"managed_prometheus": {"workspace_arn": self.ARN}, "emails": ["a@example.com"]}
        found = made(addons=AGENT, observability={"alarms": alarms})
        statements = json.loads(found.one("aws:sns/topicPolicy:TopicPolicy")["policy"])["Statement"]
        assert [each["Principal"]["Service"] for each in statements] == [
            "cloudwatch.amazonaws.com",
            "aps.amazonaws.com",
        ]
        assert statements[1]["Condition"]["ArnEquals"] == {"aws:SourceArn": self.ARN}
        assert {each["Condition"]["StringEquals"]["aws:SourceAccount"] for each in statements} == {"111122223333"}
        found.one(self.MANAGER).waits_for(found.one("aws:sns/topicPolicy:TopicPolicy"))

    def test_others_may_keep_the_alert_manager(self) -> None:
        alarms = {"managed_prometheus": {"workspace_arn": self.ARN, "alert_manager": False}}
        found = made(observability={"alarms": alarms})
        found.one(self.GROUPS)
        found.none(self.MANAGER)
        (line,) = told(observability={"alarms": {**alarms, "sns_topic_arns": [TOPIC]}})
        assert "sns_topic_arns: are told by CloudWatch; got Prometheus alone" in line

    def test_what_cannot_be_is_refused(self) -> None:
        other = self.ARN.replace("eu-west-1", "eu-west-3")
        for arn, message in (("ws-1", "is not a valid ARN of a workspace"), (other, "eu-west-3")):
            (line,) = told(observability={"alarms": {"managed_prometheus": {"workspace_arn": arn}}})
            assert line.startswith("observability.alarms.managed_prometheus.workspace_arn: ")
            assert message in line

    def test_an_alert_manager_that_tells_nobody_is_doubtful(self) -> None:
        (line,) = told(observability={"alarms": {"managed_prometheus": {"workspace_arn": self.ARN}}})
        assert line.startswith("warning: observability.alarms: tell nobody: nothing tells their alert manager whom")


class TestComposite:
    TYPE = "aws:cloudwatch/compositeAlarm:CompositeAlarm"

    def test_one_alarm_tells_the_topics_for_all(self) -> None:
        found = made(addons=AGENT, observability={"alarms": {"sns_topic_arns": [TOPIC], "composite": True}})
        one = found.one(self.TYPE)
        one.has(alarmName="acme-alarms", alarmActions=[TOPIC], okActions=[TOPIC])
        alarms = found.all(ALARM)
        assert {*one["alarmRule"].split(" OR ")} == {f"ALARM(${{{each.name}.arn}})" for each in alarms}
        for each in alarms:
            each.lacks("alarmActions", "okActions")
            one.waits_for(each)

    def test_it_is_refused_without_alarms_of_cloudwatch(self) -> None:
        (line,) = told(addons=STACK, observability={"alarms": {"composite": True}})
        assert "alarms.composite: are told by CloudWatch; got Prometheus alone" in line
        (line,) = told(addons=STACK, observability={"alarms": {"composite": True, "cloudwatch": False}})
        assert "alarms.composite: is told by CloudWatch; got cloudwatch: false" in line


class TestGrafanaOperator:
    KIND = "kubernetes:grafana.integreatly.org/v1beta1:GrafanaDashboard"

    def test_it_gets_dashboards_as_objects(self) -> None:
        found = made(addons={"grafana_operator": {}}, observability={"dashboards": {"grafana_labels": {"team": "ops"}}})
        boards = found.all(self.KIND)
        assert [each["metadata"]["name"] for each in boards] == [
            "eks-dashboard-cluster",
            "eks-dashboard-nodes",
            "eks-dashboard-workloads",
        ]
        for each in boards:
            each.has({"spec.instanceSelector.matchLabels": {"team": "ops"}, "metadata.namespace": "grafana-operator"})
            assert json.loads(each["spec"]["json"])["panels"]

    def test_it_is_off_where_it_is_switched_off_and_refused_where_it_is_not_there(self) -> None:
        off = {"dashboards": {"grafana_operator": False}}
        made(addons={**STACK, "grafana_operator": {}}, observability=off).none(self.KIND)
        (line,) = told(addons=STACK, observability={"dashboards": {"grafana_operator": True}})
        assert "dashboards.grafana_operator: needs the Grafana Operator; got none" in line
        (line,) = told(addons=STACK, observability={"dashboards": {"grafana_labels": {}}})
        assert "grafana_labels: selects no Grafana" in line
