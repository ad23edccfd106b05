"""What is read for a look at time: rules of pools, budgets of pods, targets of autoscalers, and what runs already."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from eks_blueprints.capacity.read.export import platform_of_export
from eks_blueprints.karpenter.requirements import Requirement, allowed
from eks_blueprints.provisioning.karpenter.disruption.state import PLAIN, Traits
from tests.capacity.read.exports import node, of_deployment
from tests.capacity.read.stacks import demand, platform, scaler
from tests.capacity.read.test_makers import node_class, only_pool, pool
from tests.capacity.time.worlds import play, scenario
from tests.policies.build import UNKNOWN, object_, workload


def test_a_pool_says_when_its_nodes_may_be_taken_away() -> None:
    budgets = [{"nodes": "2", "schedule": "0 9 * * mon-fri", "duration": "8h", "reasons": ["Drifted"]}]
    said = {"consolidationPolicy": "WhenEmpty", "consolidateAfter": "5m", "budgets": budgets}
    rules = only_pool(platform(pool(disruption=said, node={"expireAfter": "48h"}), node_class())).rules
    assert rules is not None
    assert (rules.policy, rules.consolidate_after, rules.expire_after) == (
        *("WhenEmpty", timedelta(minutes=5), timedelta(hours=48)),
    )
    assert [(each.nodes, each.reasons) for each in rules.budgets] == [("2", ("Drifted",))]


def test_an_autoscaler_says_at_which_use_it_aims() -> None:
    metric = {
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
    }
    found = platform(workload("web"), scaler("web", minReplicas=2, maxReplicas=9, metrics=[metric]), workload("api"))
    assert demand(found, "shop/Deployment/web").target == 70
    assert demand(found, "shop/Deployment/api").target is None


def test_budgets_of_pods_are_those_of_the_stack() -> None:
    spec = {"minAvailable": "50%", "selector": {"matchLabels": {"app": "web"}}}
    (found,) = platform(object_("policy/v1:PodDisruptionBudget", "web", spec=spec)).pod_budgets
    assert (found.namespace, found.name, found.min_available, found.max_unavailable) == ("shop", "web", "50%", None)
    assert found.selector.of({"app": "web"})


def test_pods_of_a_running_cluster_come_again_when_their_node_is_lost(tmp_path: Path) -> None:
    pods = [{**each, "spec": {**each["spec"], "nodeName": "node-a"}} for each in map(_pod, range(2))]
    budget = {
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"maxUnavailable": 1},
    }
    file = tmp_path / "now.json"
    file.write_text(json.dumps({"kind": "List", "items": [node("node-a"), node("node-b"), *pods, budget]}))
    found = platform_of_export(file)
    assert [each.max_unavailable for each in found.pod_budgets] == [1]
    after = play(found, scenario({"at": "1h", "node_loss": {"node": "node-a"}}))
    (kept,) = after.record.workloads.values()
    assert (kept.pods, kept.fewest, kept.moved, kept.still) == (2, 0, 2, 0)
    assert [after.record.samples[0].nodes, after.record.samples[-1].nodes] == [2, 1]
    assert after.record.samples[0].rate > 0


def test_pods_and_nodes_say_what_keeps_them_and_how_long_they_take_to_end() -> None:
    kept = {"karpenter.sh/do-not-disrupt": "true", "controller.kubernetes.io/pod-deletion-cost": "-50"}
    for_a_time, odd = ({"karpenter.sh/do-not-disrupt": said} for said in ("90m", "yes"))
    made = pool(node={"terminationGracePeriod": "2h"}, annotations={"karpenter.sh/do-not-disrupt": "true"})
    found = platform(
        *(made, node_class()),
        workload("a", t={"annotations": kept}, p={"terminationGracePeriodSeconds": 300}),
        workload("b", t={"annotations": for_a_time}),
        workload("c", t={"annotations": odd}, p={"terminationGracePeriodSeconds": UNKNOWN}),
        workload("d", "Job", t={"annotations": kept}, s={"activeDeadlineSeconds": 7200}),
    )
    a, b, c, d = (demand(found, f"shop/{kind}") for kind in ("Deployment/a", "Deployment/b", "Deployment/c", "Job/d"))
    assert a.traits == Traits(keeps=True, deletion_cost=-50, grace=timedelta(minutes=5))
    assert b.traits == Traits(keeps=timedelta(minutes=90))
    assert (c.traits, c.asked) == (PLAIN, "")
    assert (d.traits.keeps, d.lasts, a.lasts) == (True, timedelta(hours=2), None)
    rules = only_pool(found).rules
    assert rules is not None
    assert (rules.do_not_disrupt, rules.grace) == (True, timedelta(hours=2))


def test_an_export_says_so_of_what_runs(tmp_path: Path) -> None:
    kept = {"karpenter.sh/do-not-disrupt": "true"}
    one = of_deployment("web", 0, terminationGracePeriodSeconds=90)
    one["metadata"]["annotations"] = kept
    there = node("node-a")
    there["metadata"]["annotations"] = kept
    file = tmp_path / "now.json"
    file.write_text(json.dumps({"kind": "List", "items": [there, one, of_deployment("api", 0)]}))
    (running,) = platform_of_export(file).running
    assert running.do_not_disrupt
    assert dict(running.traits) == {running.pods[0][0]: Traits(keeps=True, grace=timedelta(seconds=90))}


def _pod(number: int) -> dict[str, object]:
    return of_deployment("web", number)


def test_a_pool_knows_its_instance_types_under_other_requirements_with_what_overlays_change() -> None:
    cheap = {"requirements": [{"key": "karpenter.sh/nodepool", "operator": "Exists"}], "price": "0.01"}
    found = only_pool(
        platform(pool(), node_class(), object_("karpenter.sh/v1alpha1:NodeOverlay", "cheap", ns=None, spec=cheap))
    )
    assert {each.name for each in found.machines} == {"m7g.large", "m7g.xlarge"}
    assert found.machines_for is not None
    others = found.machines_for(
        allowed([Requirement(key="karpenter.k8s.aws/instance-family", operator="In", values=("c7g",))])
    )
    assert {"c7g.large", "c7g.2xlarge"} < {each.name for each in others}
    assert {offer.price for each in others for offer in each.offerings} == {0.01}
