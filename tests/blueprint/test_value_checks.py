# ruff: noqa: E501 - a line for each value
"""Values that the chart itself would refuse are refused at their place, before anything is installed."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.blueprint import value_checks
from eks_blueprints.core.charts import table
from tests.blueprint.test_addons import args, refused

ZONES = {"zone_arns": ["arn:aws:route53:::hostedzone/Z0123456789ABC"]}


def told(kind: str, values: dict[str, Any], **fields: Any) -> list[str]:
    return [
        str(problem)
        for problem in value_checks.check(
            args({kind: {"values": values, **(ZONES if kind == "external_dns" else {}), **fields}})
        )
    ]


def test_the_table_knows_what_charts_demand() -> None:
    row = table.row("aws_load_balancer_controller")
    assert row is not None
    assert "clusterName" in row.needs
    falco = table.row("falco")
    assert falco is not None
    assert {"kmod", "modern_ebpf", "auto"} <= set(falco.takes_only["driver.kind"])
    assert "ebpf" not in falco.takes_only["driver.kind"]


def test_a_required_value_that_is_taken_away_is_refused_at_its_place() -> None:
    text = refused({"aws_load_balancer_controller": {"values": {"clusterName": None}}})
    assert "addons.aws_load_balancer_controller.values.clusterName: is required to render the chart" in text
    assert "Chart cannot be installed without a valid clusterName!" in text


@pytest.mark.parametrize(
    ("kind", "values", "what"),
    [
        ("istiod", {"global": {"pilotCertProvider": "kubernetes"}}, "pilotCertProvider=kubernetes is not supported"),
        ("external_dns", {"logFormat": "jsn"}, "did you mean json?"),
        (
            "aws_gateway_api_controller",
            {"webhookTLS": {"certManager": {"enabled": True}}},
            "certificateName is required",
        ),
    ],
)
def test_a_value_that_the_chart_does_not_take_is_refused(kind: str, values: dict[str, Any], what: str) -> None:
    needed = {"istio_base": {}} if kind == "istiod" else {}
    more = ZONES if kind == "external_dns" else {}
    assert what in refused({**needed, kind: {"values": values, **more}})


@pytest.mark.parametrize("value", ["abc", 7])
def test_a_value_that_is_taken_no_more_is_refused_whatever_it_is(value: Any) -> None:
    text = refused({"prometheus_node_exporter": {"values": {"image": {"sha": value}}}})
    assert "addons.prometheus_node_exporter.values.image.sha: is not accepted by the chart" in text
    assert told("prometheus_node_exporter", {"image": {"sha": ""}}) == []


def test_what_decides_may_stand_far_away() -> None:
    canary = {"lokiCanary": {"enabled": False}}
    assert "Helm test requires the Loki Canary" in refused({"loki": {"values": canary}})
    [line] = told("loki", {**canary, "test": {"enabled": False}})
    assert "unless another value beside it allows it" in line
    assert "Helm test requires the Loki Canary" in refused({"loki": {"values": {**canary, "nameOverride": "logs"}}})


def test_what_a_field_sets_may_allow_it_too() -> None:
    budget = {"controller": {"podDisruptionBudget": {"enable": True}}}
    assert "controller.replicas must be greater than 1" in refused({"spark_operator": {"values": budget}})
    lines = told("spark_operator", budget, production=True)
    assert all("unless another value beside it allows it" in each for each in lines)


def test_a_choice_that_needs_another_value_is_told_with_its_own_reason() -> None:
    alone = refused({"trino": {"values": {"accessControl": {"type": "properties"}}}})
    assert "accessControl.properties is required when accessControl.type is 'properties'" in alone
    assert "did you mean configmap?" in refused({"trino": {"values": {"accessControl": {"type": "configmp"}}}})


def test_an_api_that_other_add_ons_bring_is_no_matter_of_values() -> None:
    assert told("spark_operator", {"certManager": {"enable": True}}) == []


def test_what_another_value_may_allow_is_a_doubt() -> None:
    tls = {"webhookTLS": {"certManager": {"enabled": True, "certificateName": "own"}}}
    [line] = told("aws_gateway_api_controller", tls)
    assert "unless another value beside it allows it" in line
    args({"aws_gateway_api_controller": {"values": tls}})


def test_what_the_chart_takes_is_fine() -> None:
    assert told("external_dns", {"logFormat": "json", "logLevel": "debug"}) == []
    assert told("external_dns", {"logFormat": None}) == []
    assert told("external_dns", {"unheard": {"of": 1}}) == []


def test_of_other_versions_nothing_is_said() -> None:
    assert told("external_dns", {"logFormat": "jsn"}, version="1.20.0") == []


def test_values_of_other_shapes_break_nothing() -> None:
    found = told("kyverno", {"grafana": ["a"], "apiVersionOverride": "x", "test": [1], "crds_": {}})
    assert [" in the chart's defaults" in each for each in found] == [True, True, True]


@pytest.mark.parametrize(
    ("kind", "values", "message"),
    [
        (
            "external_dns",
            {"serviceAccount": {"name": {"a": "b"}}},
            'values.serviceAccount.name: needs text; got {"a": "b"}',
        ),
        (
            "ack_s3",
            {"reconcile": {"defaultResyncPeriod": "daily"}},
            'values.reconcile.defaultResyncPeriod: needs a number; got "daily"; write it without quotes',
        ),
        (
            "cert_manager",
            {"replicacount": 2},
            'values.replicacount: no such field; got "replicacount"; did you mean replicaCount?',
        ),
        ("cert_manager", {"webhook": {"replicaCount": "two"}}, "values.webhook.replicaCount: needs a number"),
    ],
)
def test_values_are_held_against_the_schema_of_their_chart(kind: str, values: dict[str, Any], message: str) -> None:
    least = {"external_dns": ZONES, "ack_s3": {"unbounded": True}}
    assert message in refused({kind: {"values": values, **least.get(kind, {})}})


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("cert_manager", {"replicaCount": 2, "webhook": {"replicaCount": None}, "global": {"logLevel": 3}}),
        ("cert_manager", {"nodeSelector": {"anything.of/mine": "x"}}),
        ("external_dns", {"extraArgs": ["--txt-prefix=x"]}),
        ("reloader", {"reloader": {"anything": {"of": "mine"}}}),
    ],
)
def test_values_that_the_schema_takes_are_taken(kind: str, values: dict[str, Any]) -> None:
    assert told(kind, values) == []


def test_a_schema_of_another_version_says_nothing() -> None:
    assert told("cert_manager", {"replicacount": 2}, version="v1.0.0") == []
    assert told("argo_rollouts", {"nothing": {"of": "the kind"}}) == []


def test_what_add_ons_set_themselves_fits_the_schemas() -> None:
    from eks_blueprints.blueprint import value_schemas
    from tests.addons.test_charts import RENDERED, values_of

    wrong = {
        kind: found for kind in RENDERED if (found := list(map(str, value_schemas.check(kind, values_of(kind, "")))))
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("kind", "values", "message"),
    [
        ("argo_rollouts", {"controller": {"podAnnotations": ""}}, "values.controller.podAnnotations: is a mapping in the"),
        ("trino", {"coordinator": {"additionalConfigFiles": "x"}}, 'additionalConfigFiles: is a mapping in the chart\'s defaults; got "x"'),
        ("nvidia_device_plugin", {"podAnnotations": ["x"]}, "write a mapping, unless the chart takes both"),
        ("argo_rollouts", {"controller": {"tolerations": {"key": "a"}}}, "controller.tolerations: is a list in the chart's"),
    ],
)  # fmt: skip
def test_values_of_another_shape_than_the_default_are_doubted(kind: str, values: dict[str, Any], message: str) -> None:
    found = [*value_checks.check(args({kind: {"values": values}}))]
    assert [problem.severity for problem in found] == ["warning"]
    assert message in str(found[0])


def test_values_of_the_shape_of_the_default_and_new_ones_are_not() -> None:
    assert told("argo_rollouts", {"controller": {"podAnnotations": {"a": "b"}, "tolerations": []}, "own": "x"}) == []
    assert told("argo_rollouts", {"controller": None, "dashboard": {"resources": {}}}) == []
