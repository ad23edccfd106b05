"""Money that needs attention, and what nobody can price."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.core.errors import InputError
from eks_blueprints.recording.plan import PlannedResource
from eks_blueprints.review.report import markdown
from eks_blueprints.review.report.money import Threshold
from tests.plans import CLUSTER, NAT, NODE_GROUP, changed, plan, resource
from tests.review.report.reports import report, stack

POOL = "kubernetes:karpenter.sh/v1:NodePool"
BASE = resource(CLUSTER, "c", {"version": "1.35"})


def nodes(count: int, type_: str = "m7i.large") -> PlannedResource:
    return resource(NODE_GROUP, "n", {"instanceTypes": [type_], "scalingConfig": {"minSize": count}})


def pool(limits: dict[str, Any], *families: str) -> PlannedResource:
    wanted = {"key": "karpenter.k8s.aws/instance-family", "operator": "In", "values": list(families or ("m7g",))}
    return resource(POOL, "p", {"spec": {"limits": limits, "template": {"spec": {"requirements": [wanted]}}}})


def told(old: list[PlannedResource], new: list[PlannedResource], **more: Any) -> list[str]:
    found = stack(plan(BASE, *old), plan(BASE, *new), **more).attention
    return [f"{item.title} {item.name}: {item.effect}" for item in found if item.harm == "money"]


def test_many_times_as_much_needs_attention() -> None:
    (only,) = told([nodes(2)], [nodes(40)])
    assert only.startswith("costs more n: +$2,857 a month (14 times as much)")


@pytest.mark.parametrize(("old", "new"), [(10, 11), (1, 0), (2, 2)])
def test_a_small_share_or_less_does_not(old: int, new: int) -> None:
    assert told([nodes(old)], [nodes(new)]) == []


def test_a_large_share_of_little_money_does_not() -> None:
    assert told([], [resource(NAT, "nat")]) == []


def test_a_new_stack_is_no_surprise() -> None:
    assert stack(None, plan(BASE, nodes(40))).attention == ()


def test_the_threshold_can_be_set() -> None:
    assert told([nodes(2)], [nodes(3)]) != []
    assert told([nodes(2)], [nodes(3)], threshold=Threshold.parse("100%, $500")) == []


@pytest.mark.parametrize("text", ["", "20", "20%", "a%,b", "20%;50", "-1%,5"])
def test_a_threshold_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="needs a share and an amount"):
        Threshold.parse(text)


def test_a_pool_may_cost_up_to_its_limits() -> None:
    (only,) = told([], [pool({"cpu": "1000"})])
    assert only.startswith("costs more p: up to +$")
    change = stack(plan(BASE), plan(BASE, pool({"cpu": "64"}))).cost_change
    assert change is not None
    assert (change.low, round(change.high)) == (0, round(2.6112 * 730))


def test_a_pool_without_limits_has_no_known_end() -> None:
    assert told([], [pool({})])[0].startswith("unlimited p: it is not known")
    assert told([pool({"cpu": "8"})], [pool({})])[0].startswith("unlimited p: it is not known")
    assert told([pool({})], [pool({}, "m7g", "m6g")]) == []


def test_a_pool_whose_limits_go_does_not_seem_to_save_money() -> None:
    change = stack(plan(BASE, pool({"cpu": "8"})), plan(BASE, pool({}))).cost_change
    assert change is not None
    assert change.lines == ()
    assert "no upper limit known: p" in change.unknown[0]


@pytest.mark.parametrize(
    ("type_", "cell"),
    [("aws:rds/instance:Instance", "unknown"), ("aws:sqs/queue:Queue", "unknown"), ("aws:ec2/vpc:Vpc", "same")],
)
def test_what_has_no_price_is_unknown_and_not_the_same(type_: str, cell: str) -> None:
    old = resource(type_, "x", {"a": 1})
    row = markdown.render(report(stack(plan(BASE, old), plan(BASE, changed(old, a=2))))).splitlines()[6]
    assert row.endswith(f"| {cell} |")


def test_a_tag_costs_nothing() -> None:
    old = resource("aws:rds/instance:Instance", "x", {"tags": {}})
    change = stack(plan(old), plan(changed(old, tags={"a": "b"}))).cost_change
    assert change is not None
    assert change.same
