"""What happens to nodes, and what it does to pods."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from eks_blueprints.karpenter.disruption import Budget
from tests.capacity.time.worlds import (
    LARGE,
    SCALED,
    XLARGE,
    group,
    keeps,
    machine,
    platform,
    play,
    pool,
    rules,
    scenario,
    told,
    web,
)

ONE = pool(machines=(LARGE,))
SPOT = pool(machines=(machine("m5.large", 2, 0.1, ("spot",)),))


def test_the_same_seed_comes_out_the_same_and_another_chooses_other_nodes() -> None:
    lost = {"at": "1h", "node_loss": {"count": "2"}}
    on = platform(web(12), pools=(ONE,))
    runs = [play(on, scenario(lost, seed=seed)).record for seed in (1, 1, 2)]
    assert runs[0] == runs[1]
    assert runs[0].entries != runs[2].entries


def test_a_lost_node_takes_its_pods_until_that_is_noticed_and_others_are_ready() -> None:
    found = play(platform(web(2, spread=True), web(2, "api"), pools=(ONE,)), scenario({"at": "1h", "node_loss": {}}))
    assert told(found, "nodes") == [(3651, "+1 m5.large on-demand in " + _zones(found))]  # 50 s, and a second's batch
    (loss, *_) = found.record.losses
    assert (loss.lost, loss.before, loss.back) == (1, 2, 50 + 1 + 45 + 10)
    assert found.record.workloads[loss.workload].fewest == 1
    assert found.record.disrupted == {"node loss": 1}


def _zones(found: object) -> str:
    return next(e.what.rpartition(" ")[2] for e in found.record.entries if e.kind == "nodes")  # type: ignore[attr-defined,no-any-return]


def test_ko_10_a_workload_on_one_node_loses_all_and_one_below_its_budget_too_many() -> None:
    one = pool(machines=(XLARGE,))
    lost = scenario({"at": "1h", "node_loss": {"count": "100%"}})
    (loss,) = play(platform(web(2), pools=(one,)), lost).record.losses
    assert loss.all
    on = platform(web(4), pools=(ONE,), pod_budgets=(keeps(missing=1),))
    (loss,) = play(on, scenario({"at": "1h", "node_loss": {}})).record.losses
    assert (loss.all, loss.lost, loss.least, loss.too_many) == (False, 2, 3, True)


def test_a_lost_zone_takes_its_nodes_and_gets_no_new_ones_until_it_is_back() -> None:
    on = platform(web(9), groups=(group(start=5, most=30),), autoscaler=SCALED)
    event = {"at": "1h", "zone_loss": {"zone": "eu-west-1a", "during": "30m"}}
    load = {"workload": "web", "replicas": {"0h": 9, "1h10m": 13, "2h": 25}}
    found = play(on, scenario(event, load=[load]))
    lost = told(found, "event")[0][1]
    assert lost == "loss of zone eu-west-1a: workers-0, workers-3"
    before, after = ([w for at, w in told(found, "nodes") if (at < 5400) is early] for early in (True, False))
    assert before
    assert all("eu-west-1a" not in each for each in before)
    assert any("eu-west-1a" in each for each in after)
    assert (5400, "zone eu-west-1a is back") in told(found, "event")
    # 50 s until its nodes are not ready, 300 s that pods tolerate it
    assert min(each.back or 0 for each in found.record.losses) > 350


def test_an_interruption_drains_spot_nodes_within_two_minutes() -> None:
    on = platform(web(4), pools=(SPOT,), pod_budgets=(keeps(least="100%"),))
    found = play(on, scenario({"at": "1h", "spot_interruption": {"share": "50%"}}))
    assert [at for at, _ in told(found, "gone")] == [3720]  # its budget lets no pod go: EC2 takes the node anyway
    assert found.record.held == {"PodDisruptionBudgets": 120}
    free = play(replace(on, pod_budgets=()), scenario({"at": "1h", "spot_interruption": {}}))
    assert [at for at, _ in told(free, "gone")] == [3630]  # pods take the 30 s that they may take to end
    assert free.record.disrupted == {"spot interruption": 2}
    assert free.record.moved == {"spot interruption": 4}
    none = play(platform(web(4), pools=(ONE,)), scenario({"at": "1h", "spot_interruption": {}}))
    assert told(none, "event") == [(3600, "spot interruption: no spot node is there")]


def test_without_capacity_pools_take_something_else_or_pods_wait() -> None:
    both = pool(machines=(machine("m5.large", 2, 0.1, ("spot", "on-demand")),))
    event = {"at": "30m", "no_capacity": {"capacity_type": "spot", "during": "1h"}}
    load = {"workload": "web", "replicas": {"0h": 2, "1h": 4, "2h": 6}}
    found = play(platform(web(2), pools=(both,)), scenario(event, load=[load]))
    assert [what.split(" in ")[0] for _, what in told(found, "nodes")] == ["+1 m5.large on-demand", "+1 m5.large spot"]
    gone = {"at": "30m", "no_capacity": {"type": "m5.*", "during": "1h"}}
    found = play(platform(web(2), pools=(both,)), scenario(gone, load=[load]))
    assert [at for at, _ in told(found, "nodes")] == [5401, 7201]  # as soon as there is some again
    assert found.record.workloads["shop/Deployment/web"].longest == 5401 + 45 - 3600


def test_a_new_image_replaces_the_nodes_of_a_class_one_after_another_and_managed_groups() -> None:
    on = platform(
        web(8), pools=(replace(ONE, weight=10), pool("other", machines=(LARGE,), labels={})), groups=(group(),)
    )
    found = play(on, scenario({"at": "1h", "new_image": {"node_class": "usual"}}))
    (wave,) = found.record.waves
    there = wave.nodes
    assert there >= 2
    assert wave.ended is not None
    assert found.record.disrupted == {"Drifted": there}
    found = play(on, scenario({"at": "1h", "new_image": {}}))
    assert {each.cause for each in found.record.waves} == {"new image", "new image of workers"}
    assert all(each.ended is not None for each in found.record.waves)


@pytest.mark.parametrize(("most", "surge", "seconds"), [("1", 0, 4 * 45), ("50%", 0, 2 * 45), ("1", 4, 45)])
def test_an_upgrade_rolls_a_group_as_many_nodes_at_once_as_may_be_missing(most: str, surge: int, seconds: int) -> None:
    on = platform(groups=(group(start=4),))
    found = play(on, scenario({"at": "1h", "upgrade": {"max_unavailable": most, "surge": surge}}))
    (wave,) = found.record.waves
    assert wave.ended is not None
    assert max(each.nodes for each in found.record.samples) == 4 + surge
    assert found.record.samples[-1].nodes == 4
    took = wave.ended - wave.at
    # the last old node goes when those before it are replaced
    assert took == (seconds - 45 if not surge else 4 * 45)


def test_a_changed_pool_drifts_what_it_no_longer_asks_for_and_takes_its_new_rules() -> None:
    on = platform(web(4), pools=(pool(machines=(LARGE, XLARGE)),))
    small = {"key": "node.kubernetes.io/instance-type", "operator": "In", "values": ["m5.large"]}
    event = {"at": "1h", "change_pool": {"pool": "default", "requirements": [small], "expire_after": "1h"}}
    found = play(on, scenario(event))
    assert found.record.samples[-1].nodes == 2
    assert {kind for kind, _ in found.record.hours} == {"m5.xlarge", "m5.large"}
    # nodes that came afterwards are replaced when they are an hour old
    assert found.record.disrupted["Expired"] >= 2


def test_a_rollout_needs_room_for_its_surge() -> None:
    event = {"at": "1h", "rollout": {"workload": "web", "max_surge": "50%", "max_unavailable": "0"}}
    found = play(platform(web(4), pools=(ONE,)), scenario(event))
    assert told(found, "nodes") == [(3601, "+1 m5.large on-demand in " + _zones(found))]  # 2 pods more than fit
    assert [each.what for each in found.record.entries if each.kind == "done"] == ["rollout of shop/web"]
    assert found.record.workloads["shop/Deployment/web"].fewest == 4
    few = play(platform(web(4), pools=(replace(ONE, limits={"nodes": 2}),)), scenario(event))
    assert few.record.workloads["shop/Deployment/web"].still == 2
    without = {"at": "1h", "rollout": {"workload": "web", "max_surge": "0", "max_unavailable": "25%"}}
    found = play(platform(web(4), pools=(ONE,)), scenario(without))
    assert told(found, "nodes") == []
    assert found.record.workloads["shop/Deployment/web"].fewest == 3


def test_nodes_expire_at_their_age_whatever_budgets_say() -> None:
    old = replace(rules(), expire_after=timedelta(hours=1), budgets=(Budget(nodes="0"),))
    found = play(platform(web(2), pools=(replace(ONE, rules=old),)), scenario(duration="90m"))
    assert found.record.disrupted == {"Expired": 1}
    assert told(found, "gone")[0][0] == 3630


def test_a_second_update_of_a_group_is_refused_while_one_runs_and_one_whose_nodes_are_lost_goes_on() -> None:
    on = platform(web(3), groups=(group(start=4),))
    both: list[dict[str, Any]] = [{"at": at, "upgrade": {}} for at in ("1h", "61m")]
    found = play(on, scenario(*both, {"at": "62m", "zone_loss": {"zone": "eu-west-1a", "during": "30m"}}))
    (wave,) = found.record.waves
    assert wave.ended is not None
    assert (3660, "upgrade: EKS refuses it for workers") in told(found, "event")
    assert found.record.samples[-1].nodes == 4
    again = play(on, scenario(both[0], {"at": "2h", "upgrade": {}}))
    assert [each.ended is not None for each in again.record.waves] == [True, True]
