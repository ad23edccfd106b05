"""Karpenter takes nodes away over time: consolidation with its timer, and budgets on a calendar."""

from dataclasses import replace

import pytest

from eks_blueprints.capacity.time.simulate import Simulation
from eks_blueprints.karpenter.disruption import Budget
from eks_blueprints.karpenter.requirements import Requirement, allowed
from tests.capacity.time.worlds import LARGE, XLARGE, machine, platform, play, pool, rules, scenario, told, web

HOURS = Budget(nodes="0", schedule="0 9 * * mon-fri", duration="8h", reasons=("Drifted", "Underutilized"))
C5, TYPE = machine("c5.large", 2, 0.09), "node.kubernetes.io/instance-type"
MONDAY = "2026-03-02T08:00:00Z"


def test_two_lightly_used_nodes_make_way_for_one_of_half_the_size() -> None:
    # DC-03: two m5.xlarge lightly used are both replaced by one m5.large
    load = [{"workload": name, "replicas": {"0h": 3, "1h": 1}} for name in ("web", "api")]
    on = platform(*(replace(web(3, name, cpu=900), least=3) for name in ("web", "api")), pools=(pool(rules=rules(60)),))
    found = play(on, scenario(load=load))
    assert found.record.samples[-1].nodes == 1
    assert found.record.samples[-1].rate == 0.1
    assert found.record.samples[0].rate > 0.2


def test_the_timer_begins_anew_with_each_pod_that_comes_or_goes() -> None:
    # DC-02: consolidateAfter 1h
    load = {"workload": "job", "replicas": {"0h": 1, "1h": 0, "1h30m": 1, "1h40m": 0}}
    job = web(1, "job")
    found = play(platform(job, pools=(pool(machines=(LARGE,), rules=rules(3600)),)), scenario(load=[load]))
    # the node was empty from 1h on, had a pod from 1h30 to 1h40, and goes an hour and the wait before it acts later
    assert [at for at, _ in told(found, "gone")][:1] == [6000 + 3600 + 15]
    never = play(platform(job, pools=(pool(machines=(LARGE,)),)), scenario(load=[load]))
    assert told(never, "gone") == []


def test_budgets_hold_drift_back_by_the_calendar() -> None:
    # DC-04 to DC-08 and AU-24: none from 9:00 to 17:00 on working days, 10 % of 5 nodes, which is one, at other times
    one = pool(machines=(LARGE,), rules=rules(0, budgets=(Budget(nodes="10%"), HOURS)))
    what = scenario({"at": "2h", "new_image": {}}, start=MONDAY, duration="12h")
    found = play(platform(web(10), pools=(one,)), what)
    (wave,) = found.record.waves
    assert wave.nodes == 5
    open_at = 9 * 3600  # 17:00
    first = min(at for at, what in told(found, "gone") if at)
    assert open_at <= first < open_at + 120
    assert wave.ended is not None
    # one after the other: each waits for a new node, and for its pods on it
    assert wave.ended - open_at >= 5 * 45
    assert found.record.held["disruption budgets"] >= 7 * 3600 - 60
    held = next(each for each in found.record.entries if each.kind == "held")
    assert (held.what, held.why) == ("5 nodes could go and stay", "disruption budgets, next change at 17:00 UTC")
    weekend = play(
        platform(web(10), pools=(one,)),
        scenario({"at": "2h", "new_image": {}}, start="2026-02-28T08:00:00Z", duration="12h"),
    )
    assert weekend.record.waves[0].ended is not None
    assert weekend.record.waves[0].ended < 3 * 3600


def _at_once(found: Simulation) -> int:
    """How many nodes were replaced at the same time, at most."""
    now = most = 0
    for at, what in told(found, "nodes", "gone"):
        if at:
            now += int(what[1:].split()[0]) if what.startswith("+") else -what.count("(")
            most = max(most, now)
    return most


def test_dc_08_an_edit_of_12_nodes_takes_two_at_once_within_a_tenth() -> None:
    asked = allowed([Requirement(key=TYPE, operator="In", values=("m5.large",))])
    one = pool(machines=(LARGE, C5), requirements=asked, rules=rules(0, budgets=(Budget(nodes="10%"),)))
    edit = {"pool": "default", "requirements": [{"key": TYPE, "operator": "In", "values": ["c5.large"]}]}
    found = play(platform(web(24), pools=(one,)), scenario({"at": "1h", "change_pool": edit}))
    (wave,) = found.record.waves
    assert (wave.nodes, wave.left, found.record.disrupted) == (12, set(), {"Drifted": 12})
    assert _at_once(found) == 2
    assert found.record.samples[-1].rate == pytest.approx(12 * 0.09)


def test_au_24_an_image_rolls_40_nodes_within_a_tenth_outside_of_working_hours() -> None:
    one = pool(machines=(LARGE,), rules=rules(0, budgets=(Budget(nodes="10%"), HOURS)))
    what = scenario({"at": "0h", "new_image": {}}, start="2026-03-02T08:50:00Z", duration="12h")
    found = play(platform(web(80), pools=(one,)), what)
    (wave,) = found.record.waves
    assert (wave.nodes, wave.left, found.record.disrupted) == (40, set(), {"Drifted": 40})
    assert _at_once(found) == 5  # a tenth of 44 while four old nodes are drained and their successors are ready
    times = [at for at, what in told(found, "nodes") if at]
    assert min(times) < 600  # before 9:00
    assert not [at for at in times if 600 <= at < 600 + 8 * 3600]
    assert max(times) > 600 + 8 * 3600


def test_empty_nodes_go_in_working_hours_where_budgets_speak_of_other_reasons() -> None:
    one = pool(machines=(LARGE,), rules=rules(0, budgets=(HOURS,)))
    load = {"workload": "web", "replicas": {"0h": 6, "2h": 0}}
    found = play(platform(web(6), pools=(one,)), scenario(load=[load], start=MONDAY))
    assert found.record.disrupted == {"Empty": 3}
    assert {at for at, _ in told(found, "gone")} == {7200 + 10 + 15}  # the next look, and the wait before it acts


def test_whatever_is_left_undone_is_told() -> None:
    closed = pool(machines=(LARGE,), rules=rules(0, budgets=(Budget(nodes="0"),)))
    found = play(platform(web(4), pools=(closed,)), scenario({"at": "1h", "new_image": {}}))
    (wave,) = found.record.waves
    assert (wave.ended, len(wave.left)) == (None, 2)
    assert found.record.held["disruption budgets"] == 3 * 3600 - 10


def test_a_pool_that_costs_less_with_larger_nodes_is_left_as_it_is() -> None:
    found = play(platform(web(4), pools=(pool(machines=(LARGE, XLARGE), rules=rules(0)),)), scenario())
    assert told(found, "gone", "nodes") == []


def test_what_was_decided_as_a_window_begins_is_not_done_in_it() -> None:
    shut = Budget(nodes="0", schedule="0 * * * *", duration="10m")
    one = pool(machines=(LARGE,), rules=rules(0, budgets=(Budget(nodes="100%"), shut)))
    load = {"workload": "web", "replicas": {"0h": 4, "59m40s": 2}}
    found = play(platform(web(4), pools=(one,)), scenario(load=[load]))
    # found at 59:50, to be done 15 seconds later
    assert min(at for at, _ in told(found, "gone")) == 70 * 60 + 15
