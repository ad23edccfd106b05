"""Worked examples with numbers: how many nodes and pods may go at a moment, and how old nodes get."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from eks_blueprints.karpenter.disruption import Budget
from eks_blueprints.provisioning.karpenter.disruption.budgets import calendar, holds_forever, limit, next_change
from eks_blueprints.provisioning.karpenter.disruption.expiry import longest_life, reaches_its_end
from eks_blueprints.provisioning.karpenter.disruption.pod_budgets import allowed as allowed_pods
from eks_blueprints.provisioning.karpenter.disruption.pod_budgets import blocks_forever
from eks_blueprints.provisioning.karpenter.disruption.rules import Rules, rules_of

MONDAY = datetime(2026, 11, 30, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

WORK_HOURS = Budget(nodes="0", schedule="0 9 * * mon-fri", duration="8h", reasons=("Drifted", "Underutilized"))
EMPTY_ALWAYS = Budget(nodes="100%", reasons=("Empty",))
A_TENTH = Budget(nodes="10%", reasons=("Drifted", "Underutilized"))
ALL = (WORK_HOURS, EMPTY_ALWAYS, A_TENTH)


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    """Of the week whose Monday is the 30th of November 2026."""
    return datetime(2026, 11, 30, hour, minute, tzinfo=UTC) + day * DAY


def test_dc_04_no_node_goes_in_working_hours() -> None:
    assert limit((WORK_HOURS,), 20, "Drifted", _at(0, 8, 59)) > 20
    assert limit((WORK_HOURS,), 20, "Drifted", _at(0, 9)) == 0
    assert limit((WORK_HOURS,), 20, "Underutilized", _at(4, 16, 59)) == 0
    assert limit((WORK_HOURS,), 20, "Drifted", _at(0, 17)) > 20
    assert limit((WORK_HOURS,), 20, "Empty", _at(0, 12)) > 20
    assert limit((WORK_HOURS,), 20, "Drifted", _at(5, 12)) > 20


def test_dc_05_all_empty_nodes_may_go_always() -> None:
    assert {limit((EMPTY_ALWAYS,), 20, "Empty", _at(day, hour)) for day in range(7) for hour in range(24)} == {20}


@pytest.mark.parametrize(("nodes", "most"), [(1, 1), (10, 1), (11, 2), (20, 2), (21, 3), (0, 0)])
def test_dc_06_a_tenth_is_rounded_up(nodes: int, most: int) -> None:
    assert limit((A_TENTH,), nodes, "Drifted", MONDAY) == most


@pytest.mark.parametrize(
    ("day", "hour", "drifted", "empty"),
    [(0, 8, 2, 20), (0, 9, 0, 20), (2, 16, 0, 20), (2, 17, 2, 20), (5, 12, 2, 20), (6, 12, 2, 20)],
)
def test_dc_07_the_strictest_budget_of_a_reason_holds(day: int, hour: int, drifted: int, empty: int) -> None:
    at = _at(day, hour)
    assert limit(ALL, 20, "Drifted", at) == limit(ALL, 20, "Underutilized", at) == drifted
    assert limit(ALL, 20, "Empty", at) == empty


def test_dc_07_a_week_of_drift_in_utc() -> None:
    found = list(calendar(ALL, 20, "Drifted", _at(0, 0), _at(7, 0)))
    working = [entry for day in range(5) for entry in ((_at(day, 9), 0), (_at(day, 17), 2))]
    assert found == [(_at(0, 0), 2), *working]
    assert next_change(ALL, _at(4, 17)) == _at(7, 9)


def test_windows_that_meet_are_one_and_one_that_never_ends_says_so() -> None:
    nightly = Budget(nodes="0", schedule="0 20,22 * * *", duration="4h")
    assert next_change((nightly,), _at(0, 21)) == _at(1, 2)
    ever = Budget(nodes="0", schedule="*/5 * * * *", duration="10m")
    assert next_change((ever,), MONDAY) is None
    week = Budget(nodes="0", schedule="* * * * 1-6", duration="1m")
    assert next_change((week,), MONDAY) == _at(6, 0)


@pytest.mark.parametrize(
    ("pods", "budget", "said"),
    [
        (3, {"max_unavailable": 0}, "maxUnavailable 0 lets none of 3 pods go"),
        (3, {"max_unavailable": "0%"}, "maxUnavailable 0% lets none of 3 pods go"),
        (3, {"min_available": 3}, "minAvailable 3 keeps all 3 pods"),
        (3, {"min_available": "100%"}, "minAvailable 100% keeps all 3 pods"),
        (1, {"min_available": "50%"}, "minAvailable 50% keeps all 1 pods"),
        (3, {"min_available": 2}, None),
        (3, {"max_unavailable": "10%"}, None),
        (0, {"max_unavailable": 0}, None),
    ],
)
def test_dc_09_budgets_of_pods_that_block_for_ever_are_found(pods: int, budget: Any, said: str | None) -> None:
    assert blocks_forever(pods, **budget) == said


def test_how_many_pods_may_be_evicted_is_rounded_as_kubernetes_does() -> None:
    assert allowed_pods(10, 10, max_unavailable="25%") == 3
    assert allowed_pods(10, 10, min_available="25%") == 7
    assert allowed_pods(10, 8, min_available="75%") == 0
    assert allowed_pods(10, 9, max_unavailable=2) == 1


def test_dc_09_budgets_of_a_pool_that_block_for_ever_are_found() -> None:
    assert holds_forever((Budget(nodes="0"),), 5, "Drifted", MONDAY)
    assert not holds_forever((Budget(nodes="0", reasons=("Empty",)),), 5, "Drifted", MONDAY)
    assert not holds_forever((WORK_HOURS,), 5, "Drifted", MONDAY)
    day_and_night = Budget(nodes="0", schedule="@daily", duration="24h")
    assert holds_forever((day_and_night,), 5, "Drifted", MONDAY)


@pytest.mark.parametrize(
    ("rules", "auto_mode", "hours", "said"),
    [
        (Rules(), False, 10_000, "always"),
        (Rules(expire_after=14 * DAY, grace=DAY), False, 24, "always"),
        (Rules(expire_after=14 * DAY, grace=DAY), False, 25, "perhaps"),
        (Rules(expire_after=14 * DAY, grace=DAY), False, 15 * 24, "perhaps"),
        (Rules(expire_after=14 * DAY, grace=DAY), False, 15 * 24 + 1, "never"),
        (Rules(expire_after=None), True, 1, "perhaps"),
        (Rules(expire_after=20 * DAY), True, 24, "always"),
        (Rules(expire_after=20 * DAY), True, 505, "never"),
    ],
)
def test_kp_24_jobs_that_outlast_their_node_are_told(rules: Rules, auto_mode: bool, hours: int, said: str) -> None:
    assert reaches_its_end(rules, hours * HOUR, auto_mode=auto_mode) == said


def test_au_25_nodes_of_auto_mode_live_14_days_and_21_at_most() -> None:
    usual = rules_of({}, auto_mode=True)
    assert (usual.expire_after, usual.grace) == (14 * DAY, DAY)
    assert longest_life(usual, auto_mode=True) == 15 * DAY
    custom = rules_of({"template": {"spec": {"expireAfter": "480h"}}}, auto_mode=True)
    assert longest_life(custom, auto_mode=True) == 21 * DAY
    assert longest_life(Rules(), auto_mode=True) == 21 * DAY
    assert longest_life(Rules()) is None


def test_rules_are_read_from_a_nodepool() -> None:
    spec = {
        "disruption": {"consolidationPolicy": "WhenEmpty", "consolidateAfter": "30s", "budgets": [{"nodes": "5"}]},
        "template": {"spec": {"expireAfter": "Never", "terminationGracePeriod": "24h"}},
    }
    expected = Rules(
        policy="WhenEmpty",
        consolidate_after=timedelta(seconds=30),
        budgets=(Budget(nodes="5"),),
        expire_after=None,
        grace=DAY,
    )
    assert rules_of(spec) == expected
    assert rules_of({}) == Rules()
    assert rules_of({"disruption": {"consolidateAfter": "Never", "budgets": []}}).budgets == ()
    # Of budgets of which one cannot be read, Karpenter lets no node go.
    bad = {"disruption": {"budgets": [{"nodes": "50%"}, {"nodes": "1", "schedule": "0 9 * * 7", "duration": "1h"}]}}
    assert limit(rules_of(bad).budgets, 20, "Empty", MONDAY) == 0
    with pytest.raises(ValueError, match="WhenUnderutilized"):
        rules_of({"disruption": {"consolidationPolicy": "WhenUnderutilized"}})
