"""Add-ons whose pods an enforced policy would refuse are left out of it, by their namespaces."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.addons._pod_standards import pod_standards
from eks_blueprints.core.charts.model import Container, Workload
from eks_blueprints.core.charts.pod_standards import meets, standard
from tests.blueprint.test_addons import CORE, args, platform

KYVERNO: dict[str, Any] = {"kyverno": {}, "kyverno_policies": {"action": "Enforce"}}
CONFINED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}


def policies(addons: dict[str, Any]) -> dict[str, Any]:
    return dict(platform({**CORE, **addons}).one("shop-kyverno-policies-release").get("values", {}))


def left_out(addons: dict[str, Any]) -> list[str]:
    found: list[str] = policies(addons).get("vpolExclude", {}).get("excludeNamespaces", [])
    return found


def test_agents_of_nodes_are_left_out_of_enforced_policies() -> None:
    found = left_out({**KYVERNO, "falco": {}, "prometheus_node_exporter": {}, "argocd": {}})
    assert {"falco", "prometheus-node-exporter"} <= set(found)
    assert "argocd" not in found
    assert "kyverno" not in found


def test_policies_of_the_older_kind_leave_them_out_too() -> None:
    [each] = policies({**KYVERNO, "falco": {}})["validationFailureActionOverrides"]["all"]
    assert each["action"] == "Audit"
    assert "falco" in each["namespaces"]


def test_the_restricted_standard_leaves_out_more() -> None:
    strict = {**KYVERNO, "kyverno_policies": {"action": "Enforce", "standard": "restricted"}}
    assert "reloader" not in left_out({**KYVERNO, "reloader": {}})
    assert "reloader" in left_out({**strict, "reloader": {}})


def test_reports_are_about_all() -> None:
    assert "vpolExclude" not in policies({"kyverno": {}, "kyverno_policies": {}, "falco": {}})


def test_what_an_option_brings_counts() -> None:
    assert "velero" not in left_out({**KYVERNO, "velero": {}})
    assert "velero" in left_out({**KYVERNO, "velero": {"node_agent": True}})


def test_ones_own_list_wins() -> None:
    own = {"kyverno_policies": {"action": "Enforce", "values": {"vpolExclude": {"excludeNamespaces": ["mine"]}}}}
    assert left_out({"kyverno": {}, **own, "falco": {}}) == ["mine"]


def test_what_eks_keeps_and_operators_make_counts() -> None:
    found = pod_standards(args({**CORE, "amazon_cloudwatch_observability": {}, "trivy_operator": {}}).addons)
    assert found["amazon-cloudwatch"] == "privileged"
    assert found["trivy-system"] == "privileged"


@pytest.mark.parametrize(
    ("fields", "met"),
    [
        ({}, "restricted"),
        ({"host_network": True}, "privileged"),
        ({"host_paths": ("/var/log",)}, "privileged"),
        ({"security": {"seccompProfile": {"type": "Unconfined"}}}, "privileged"),
    ],
)
def test_a_workload_meets_a_standard(fields: dict[str, Any], met: str) -> None:
    workload = Workload(containers={"main": Container(image="a", security=CONFINED)}, **fields)
    assert standard([workload]) == met


@pytest.mark.parametrize(
    ("fields", "met"),
    [
        ({"security": {}}, "baseline"),
        ({"security": CONFINED | {"capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}}}, "restricted"),
        ({"security": CONFINED | {"capabilities": {"drop": ["ALL"], "add": ["CHOWN"]}}}, "baseline"),
        ({"security": CONFINED | {"capabilities": {"drop": ["ALL"], "add": ["NET_ADMIN"]}}}, "privileged"),
        ({"security": CONFINED | {"privileged": True}}, "privileged"),
        ({"security": CONFINED | {"procMount": "Unmasked"}}, "privileged"),
        ({"security": CONFINED | {"runAsUser": 0}}, "baseline"),
        ({"security": CONFINED, "host_ports": (4317,)}, "privileged"),
    ],
)
def test_a_container_meets_a_standard(fields: dict[str, Any], met: str) -> None:
    assert standard([Workload(containers={"main": Container(image="a", **fields)})]) == met


def test_what_the_pod_says_holds_for_its_containers() -> None:
    said = {key: CONFINED[key] for key in ("runAsNonRoot", "seccompProfile")}
    own = {key: CONFINED[key] for key in ("allowPrivilegeEscalation", "capabilities")}
    assert standard([Workload(security=said, containers={"main": Container(image="a", security=own)})]) == "restricted"


def test_standards_are_in_order() -> None:
    assert meets("restricted", "baseline")
    assert meets("baseline", "baseline")
    assert not meets("privileged", "baseline")
    assert standard([]) == "restricted"


def test_gatekeepers_webhooks_leave_the_named_namespaces_alone() -> None:
    spec = {"exempt_namespaces": ["kube-system", "falco"]}
    values = platform({**CORE, "gatekeeper": spec}).one("shop-gatekeeper-release")["values"]
    for hook in ("validatingWebhookExemptNamespacesLabels", "mutatingWebhookExemptNamespacesLabels"):
        assert values[hook] == {"kubernetes.io/metadata.name": ["kube-system", "falco"]}
