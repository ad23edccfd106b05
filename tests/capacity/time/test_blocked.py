"""Budgets that never let anything go are told at the start."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from eks_blueprints.capacity.model import Demand, Platform
from eks_blueprints.capacity.time.blocked import blocked
from eks_blueprints.karpenter.disruption import Budget
from eks_blueprints.provisioning.karpenter.disruption.pod_budgets import PodBudget
from eks_blueprints.provisioning.karpenter.disruption.rules import Rules
from eks_blueprints.provisioning.karpenter.disruption.state import Traits
from eks_blueprints.provisioning.makers import Pool
from eks_blueprints.scheduling.pod import Shape
from eks_blueprints.scheduling.selectors import selector

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def _pool(name: str, *budgets: Budget) -> Pool:
    return Pool(name=name, rules=Rules(budgets=budgets))


def test_dc_09_budgets_of_pools_that_hold_a_reason_for_ever_are_told() -> None:
    work_hours = Budget(nodes="0", schedule="0 9 * * mon-fri", duration="8h")
    pools = (
        _pool("open", Budget(nodes="10%")),
        _pool("shut", Budget(nodes="0")),
        _pool("by-day", work_hours),
        _pool("drift", Budget(nodes="0", reasons=("Drifted",)), Budget(nodes="10%")),
    )
    assert list(blocked(Platform(name="a", pools=pools), MONDAY)) == [
        "the budgets of shut never let a node go for Drifted, Underutilized, Empty",
        "the budgets of drift never let a node go for Drifted",
    ]


def test_dc_09_budgets_that_keep_all_pods_are_told() -> None:
    web = Demand(name="shop/Deployment/web", shape=Shape(namespace="shop", labels={"app": "web"}), least=2, most=9)
    chosen = selector({"matchLabels": {"app": "web"}})
    keeps = PodBudget(name="web", namespace="shop", selector=chosen, allowed=0, min_available=2)
    lets = PodBudget(name="other", namespace="shop", selector=chosen, allowed=1, max_unavailable=1)
    (said,) = blocked(Platform(name="a", demands=(web,), pod_budgets=(keeps, lets)), MONDAY)
    assert said == "the PodDisruptionBudget shop/web holds every drain: minAvailable 2 keeps all 2 pods"


def test_kp_24_jobs_that_outlast_their_node_are_told() -> None:
    hour, day = timedelta(hours=1), timedelta(days=1)
    jobs = [
        Demand(name=f"shop/Job/{hours}", shape=Shape(), least=0, most=1, lasts=hours * hour, traits=Traits(keeps=keeps))
        for hours, keeps in ((24, True), (25, True), (361, True), (362, False))
    ]
    pools = (
        Pool(name="ends", rules=Rules(expire_after=14 * day, grace=day)),
        Pool(name="waits", rules=Rules(expire_after=14 * day)),
    )
    lives = "nodes of ends live for 15d 00h at most"
    assert list(blocked(Platform(name="a", demands=tuple(jobs), pools=pools), MONDAY)) == [
        f"shop/Job/25 may run for 1d 01h, and {lives}: on an older node it is cut short",
        f"shop/Job/361 may run for 15d 01h, and {lives}: it is cut short",
    ]
