"""What keeps pods on their nodes over time, and how long they take to end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from eks_blueprints.capacity.model import Demand
from eks_blueprints.capacity.time.simulate import Simulation
from eks_blueprints.karpenter.tolerating import Toleration
from eks_blueprints.provisioning.karpenter.disruption.state import Traits
from tests.capacity.time.worlds import LARGE, machine, platform, play, pool, rules, scenario, told, web

HOUR = timedelta(hours=1)
DRAINED = {"at": "1h", "spot_interruption": {}}
SPOT = pool(machines=(machine("m5.large", 2, 0.1, ("spot",)),))


def _job(count: int = 2, name: str = "job", **traits: Any) -> Demand:
    return replace(web(count, name), traits=Traits(**traits))


def _drifts(*demands: Demand, **of_pool: Any) -> Simulation:
    """Nodes that drift after an hour, of a pool that nothing consolidates."""
    one = pool(machines=(LARGE,), rules=replace(rules(), consolidate_after=None, **of_pool))
    return play(platform(*demands, pools=(one,)), scenario({"at": "1h", "new_image": {}}, duration="12h"))


def test_a_pod_that_keeps_its_node_holds_drift_and_that_is_told() -> None:
    found = _drifts(_job(keeps=True))
    (wave,) = found.record.waves
    assert (len(wave.left), wave.ended) == (1, None)
    (held,) = (each for each in found.record.entries if each.kind == "held")
    assert held.what == "default-0 has drifted and stays"
    assert held.why == "shop/Deployment/job#0 has the annotation karpenter.sh/do-not-disrupt"


def test_it_holds_it_no_longer_than_it_says_from_the_start_of_the_pod() -> None:
    found = _drifts(_job(keeps=3 * HOUR))
    # a new node comes first, and pods take 30 s to end
    assert [at for at, _ in told(found, "gone")] == [3 * 3600 + 45 + 30]


def test_drift_goes_on_where_nodes_have_a_grace_period_and_pods_get_their_time_at_its_end() -> None:
    found = _drifts(_job(keeps=True, grace=HOUR), grace=4 * HOUR)
    ((gone, _),) = told(found, "gone")
    begun = 3600 + 10
    assert gone == begun + 4 * 3600
    # they are told an hour before, and are made anew then
    assert [at for at, _ in told(found, "nodes")] == [begun + 3 * 3600 + 1]
    assert (found.record.moved, found.record.workloads["shop/Deployment/job"].cut) == ({"Drifted": 2}, 0)
    short = _drifts(_job(keeps=True, grace=HOUR), grace=HOUR / 2)
    assert short.record.workloads["shop/Deployment/job"].cut == 2


def test_a_node_with_the_annotation_is_left_alone_but_expires() -> None:
    found = _drifts(web(2), do_not_disrupt=True, expire_after=6 * HOUR)
    assert [at for at, _ in told(found, "gone")] == [6 * 3600 + 30]
    assert found.record.disrupted == {"Expired": 1}


def test_a_pool_that_is_given_the_annotation_consolidates_nothing() -> None:
    load = [{"workload": "web", "replicas": {"0h": 8, "1h": 2}}]
    for stays, nodes in ((False, 1), (True, 4)):
        one = pool(machines=(LARGE,), rules=rules(do_not_disrupt=stays))
        found = play(platform(web(8), pools=(one,)), scenario(load=load))
        assert found.record.samples[-1].nodes == nodes


def test_kp_09_an_interruption_cuts_pods_short_that_ask_for_more_than_two_minutes() -> None:
    slow, kept = _job(grace=HOUR / 12), _job(1, "batch", keeps=True)
    found = play(platform(slow, web(2), kept, pools=(SPOT,)), scenario(DRAINED))
    cut = {name: each.cut for name, each in found.record.workloads.items()}
    assert cut == {"shop/Deployment/job": 2, "shop/Deployment/web": 0, "shop/Deployment/batch": 1}
    assert max(at for at, _ in told(found, "gone")) == 3720
    found = play(platform(slow, web(2), pools=(SPOT,)), scenario(DRAINED, delays={"pod_stop": "20s"}))
    assert all(not each.cut for each in found.record.workloads.values())
    assert {at for at, _ in told(found, "gone")} == {3620}


def test_a_pod_of_a_statefulset_is_made_anew_when_the_one_before_it_has_ended() -> None:
    for kind, made in (("Deployment", 3600), ("StatefulSet", 3660)):
        data = replace(web(2), name=f"shop/{kind}/data", traits=Traits(grace=HOUR / 60))
        found = play(platform(data, pools=(SPOT,)), scenario(DRAINED))
        assert [at for at, _ in told(found, "nodes")] == [made + 1]
        assert found.record.workloads[data.name].fewest == 0


def test_pods_that_bear_the_taint_of_a_leaving_node_are_not_evicted_and_go_with_it() -> None:
    bears = replace(web(1), shape=replace(web(1).shape, tolerations=(Toleration(operator="Exists"),)))
    found = _drifts(bears, web(1, "api"))
    (wave,) = found.record.waves
    assert wave.ended is not None
    assert found.record.moved == {"Drifted": 2}
    assert sum(each.cut for each in found.record.workloads.values()) == 0


@pytest.mark.parametrize(("expires", "ends"), [(HOUR * 336, 360), (HOUR * 490, 504), (None, 504)])
def test_au_25_auto_mode_ends_nodes_at_their_grace_period_and_at_21_days(expires: timedelta | None, ends: int) -> None:
    of = replace(rules(), consolidate_after=None, expire_after=expires, grace=24 * HOUR)
    one = pool(machines=(LARGE,), auto_mode=True, rules=of)
    found = play(platform(_job(keeps=True), pools=(one,)), scenario(duration="22d"))
    assert told(found, "gone")[0][0] == ends * 3600
