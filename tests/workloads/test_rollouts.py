"""Rollouts of a deployment: what is made for a canary and for blue/green, what stays as it was, and what is refused."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from .said import WEB, made, told

ROLLOUT = "kubernetes:argoproj.io/v1alpha1:Rollout"
TEMPLATE = "kubernetes:argoproj.io/v1alpha1:AnalysisTemplate"
SERVICE = "kubernetes:core/v1:Service"
INGRESS = "kubernetes:networking.k8s.io/v1:Ingress"
ADDONS: dict[str, Any] = {"argo_rollouts": {}, "aws_load_balancer_controller": {}, "metrics_server": {}}
SERVED: dict[str, Any] = {**WEB, "ports": {"http": 8080}, "replicas": 3, "requests": {"cpu": "100m"}}
BALANCED: dict[str, Any] = {**SERVED, "ingress": {"hosts": ["shop.example.com"]}}
STEPS: dict[str, Any] = {"canary": {"steps": [{"weight": 20}, {"pause": "5m"}, {"pause": "until_promoted"}]}}
OK = {"metrics": {"ok": {"web": {"url": "http://api/ok"}, "success": "result == true"}}}


def with_rollout(rollout: Any, base: Any = None, addons: Any = None, **more: Any) -> Any:
    return made({"web": {**(base or BALANCED), "rollout": rollout, **more}}, addons={**ADDONS, **(addons or {})})


def test_the_deployment_stays_and_its_pods_move() -> None:
    before = made({"web": BALANCED}, addons=ADDONS)
    after = with_rollout(STEPS)
    after.adds_only(before, "rollout", "service-stable", "service-canary")
    old, new = before.one("kubernetes:apps/v1:Deployment"), after.one("kubernetes:apps/v1:Deployment")
    assert old.inputs == new.inputs
    # Argo Rollouts takes its pods away; the program must not bring them back.
    assert new.has_option(ignore_changes=["spec.replicas"])
    rollout = after.one(ROLLOUT)
    assert rollout["spec.workloadRef"] == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "name": "web",
        "scaleDown": "progressively",
    }
    assert rollout["spec.replicas"] == 3
    rollout.lacks("spec.template", "spec.selector", "metadata.annotations")
    assert rollout.waits_for(new)


def test_a_canary_behind_a_load_balancer_has_two_more_services() -> None:
    found = with_rollout(STEPS)
    strategy = found.one(ROLLOUT)["spec.strategy.canary"]
    assert strategy["steps"] == [{"setWeight": 20}, {"pause": {"duration": "5m"}}, {"pause": {}}]
    assert (strategy["stableService"], strategy["canaryService"]) == ("web-stable", "web-canary")
    assert strategy["trafficRouting"] == {"alb": {"ingress": "web", "servicePort": 8080, "rootService": "web"}}
    assert (strategy["maxSurge"], strategy["maxUnavailable"]) == ("25%", 0)
    backend = found.one(INGRESS)["spec.rules"][0]["http"]["paths"][0]["backend"]
    assert backend == {"service": {"name": "web", "port": {"name": "use-annotation"}}}
    names = {each["metadata.name"] for each in found.all(SERVICE)}
    assert names == {"web", "web-stable", "web-canary"}
    for each in found.all(SERVICE):
        assert each["spec.ports"] == [{"name": "http", "port": 8080, "targetPort": "http"}]
        assert found.one(ROLLOUT).waits_for(each)


def test_a_canary_without_a_load_balancer_goes_by_the_number_of_pods() -> None:
    found = with_rollout(STEPS, SERVED)
    strategy = found.one(ROLLOUT)["spec.strategy.canary"]
    assert not {"trafficRouting", "stableService", "canaryService"} & set(strategy)
    assert not found.all(SERVICE)
    replicas = copy.deepcopy(STEPS)
    replicas["canary"]["traffic"] = "replicas"
    assert len(with_rollout(replicas).all(SERVICE)) == 1


def test_a_canary_behind_a_route_is_split_by_a_plugin() -> None:
    plugin = {"name": "argoproj-labs/gatewayAPI", "location": "https://example.com/plugin", "sha256": "a" * 64}
    base = {**SERVED, "http_route": {"gateway": "public"}}
    found = with_rollout(STEPS, base, {"argo_rollouts": {"traffic_router_plugins": [plugin]}})
    routing = found.one(ROLLOUT)["spec.strategy.canary.trafficRouting"]
    assert routing == {"plugins": {"argoproj-labs/gatewayAPI": {"httpRoute": "web", "namespace": "shop"}}}
    route = found.one("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute")
    shares = [(each["name"], each["weight"]) for each in route["spec.rules"][0]["backendRefs"]]
    assert shares == [("web-stable", 100), ("web-canary", 0)]
    assert route.has_option(ignore_changes=["spec.rules"])
    values = found.one("kubernetes:helm.sh/v3:Release", "argo-rollouts")["values"]
    assert values["controller"]["trafficRouterPlugins"] == [plugin]
    (said,) = told({"web": {**base, "rollout": STEPS}}, addons=ADDONS)
    assert "rollout.canary.traffic: needs the plugin argoproj-labs/gatewayAPI" in said


def test_blue_green_has_an_active_and_a_preview_service() -> None:
    both = {"auto_promotion": False, "before": ["ok"], "preview_replicas": 1}
    found = with_rollout({"blue_green": both, "analyses": {"ok": OK}, "wait": True})
    rollout = found.one(ROLLOUT)
    assert rollout["spec.strategy.blueGreen"] == {
        "activeService": "web",
        "previewService": "web-preview",
        "autoPromotionEnabled": False,
        "scaleDownDelaySeconds": 30,
        "previewReplicaCount": 1,
        "prePromotionAnalysis": {"templates": [{"templateName": "web-ok"}]},
    }
    assert rollout["metadata.annotations"] == {"pulumi.com/waitFor": "jsonpath={.status.phase}=Healthy"}
    assert found.one(TEMPLATE)["metadata.name"] == "web-ok"
    assert rollout.waits_for(found.one(TEMPLATE))
    assert {each["metadata.name"] for each in found.all(SERVICE)} == {"web", "web-preview"}


def test_an_autoscaler_scales_the_rollout() -> None:
    base = {key: value for key, value in BALANCED.items() if key != "replicas"}
    scaler = {"min_replicas": 4, "max_replicas": 9, "cpu": 70}
    found = with_rollout(STEPS, base, horizontal_pod_autoscaler=scaler)
    target = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "web"}
    autoscaler = found.one("kubernetes:autoscaling/v2:HorizontalPodAutoscaler")
    assert autoscaler["spec.scaleTargetRef"] == target
    assert autoscaler.waits_for(found.one(ROLLOUT))
    # It starts with as many pods as there are at least, and is not set back to them.
    assert found.one(ROLLOUT)["spec.replicas"] == 4
    assert found.one(ROLLOUT).has_option(ignore_changes=["spec.replicas"])
    assert found.one("kubernetes:policy/v1:PodDisruptionBudget")["spec.maxUnavailable"] == 1


def test_the_controller_reads_cloudwatch_where_an_analysis_does() -> None:
    measured = {"cloudwatch": {"namespace": "AWS/ApplicationELB", "metric": "RequestCount"}, "success": "result[0] > 1"}
    rollout = {**STEPS, "analyses": {"seen": {"metrics": {"requests": measured}}}}
    found = with_rollout(rollout)
    (statement,) = found.one("aws:iam/rolePolicy:RolePolicy", "argo-rollouts")["policy.Statement"]
    assert statement["Action"] == ["cloudwatch:GetMetricData"]
    assert not with_rollout(STEPS).all("aws:iam/role:Role", "argo-rollouts")


def test_prometheus_is_that_of_the_cluster() -> None:
    asked = {"prometheus": {"query": "vector(0)"}, "success": "result[0] < 1"}
    rollout = {**STEPS, "analyses": {"errors": {"metrics": {"rate": asked}}}}
    (metric,) = with_rollout(rollout, addons={"kube_prometheus_stack": {}}).one(TEMPLATE)["spec.metrics"]
    address = "http://kube-prometheus-stack-prometheus.monitoring.svc:9090"
    assert metric["provider"]["prometheus"] == {"address": address, "query": "vector(0)"}
    (said,) = told({"web": {**BALANCED, "rollout": rollout}}, addons=ADDONS)
    assert "analyses.errors.metrics.rate.prometheus.address: needs the URL of Prometheus" in said


@pytest.mark.parametrize(
    ("rollout", "what"),
    [
        ({}, "rollout.canary: or blue_green is required"),
        (
            {"canary": STEPS["canary"], "blue_green": {}},
            "rollout.canary: or blue_green is required, and one alone; got both",
        ),
        ({"canary": {"steps": []}}, "rollout.canary.steps"),
        ({"canary": {"steps": [{}]}}, "rollout.canary.steps[0].weight: or another action is required"),
        ({"canary": {"steps": [{"weight": 101}]}}, "rollout.canary.steps[0].weight"),
        ({"canary": {"steps": [{"weight": 5, "pause": "5m"}]}}, "rollout.canary.steps[0].weight: or another action"),
        ({"canary": {"steps": [{"pause": "soon"}]}}, "rollout.canary.steps[0].pause"),
        ({"canary": {"steps": [{"analysis": ["ok"]}]}}, "rollout.canary.steps[0].analysis[0]: no such analysis"),
        ({"blue_green": {"before": ["ok"]}}, "rollout.blue_green.before[0]: no such analysis"),
        (
            {"blue_green": {"auto_promotion": False, "auto_promotion_after": "5m"}},
            "auto_promotion_after: is for auto_promotion",
        ),
        ({**STEPS, "spec": {"replicas": 3}}, "rollout.spec.replicas: is what the workload says"),
        ({**STEPS, "spec": {"revisionHistoryLimt": 3}}, "rollout.spec.revisionHistoryLimt"),
        (
            {**STEPS, "analyses": {"ok": {"metrics": {"ok": {"web": {"url": "http://x"}}}}}},
            "ok.success: or failure is required",
        ),
        ({"canary": {**STEPS["canary"], "traffic": "http_route"}}, "traffic: is split by the workload's http_route"),
    ],
)
def test_what_is_wrong_is_refused(rollout: Any, what: str) -> None:
    found = told({"web": {**BALANCED, "rollout": rollout}}, addons=ADDONS)
    assert any(what in each for each in found), found


def test_the_add_on_is_needed() -> None:
    without = {key: value for key, value in ADDONS.items() if key != "argo_rollouts"}
    (said,) = told({"web": {**BALANCED, "rollout": STEPS}}, addons=without)
    assert said.startswith("workloads.web.rollout: needs argo_rollouts; got no such add-on")


def test_blue_green_needs_a_service_and_no_strategy_of_its_own() -> None:
    (said,) = told({"web": {**WEB, "rollout": {"blue_green": {}}}}, addons=ADDONS)
    assert "rollout.blue_green: needs a Service" in said
    strategy = {"spec": {"strategy": {"type": "Recreate"}}}
    (said,) = told({"web": {**BALANCED, "rollout": STEPS, **strategy}}, addons=ADDONS)
    assert "workloads.web.spec.strategy: is what rollout says" in said


def test_only_a_deployment_has_one() -> None:
    (said,) = told({"db": {**SERVED, "kind": "stateful_set", "rollout": STEPS}}, addons=ADDONS)
    assert said.startswith("workloads.db.rollout: ")
