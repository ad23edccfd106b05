"""A value that is known on neither side is not silently unchanged."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.recording.plan import PlannedResource
from eks_blueprints.review.diff.plans import diff_plans
from eks_blueprints.review.diff.unknowns import uncompared
from tests.plans import plan, resource
from tests.review.report.reports import report, stack

QUEUE, TOPIC = "aws:sqs/queue:Queue", "aws:sns/topic:Topic"


def queue(**inputs: Any) -> PlannedResource:
    return resource(QUEUE, "q", inputs)


@pytest.mark.parametrize("policy", [{"$unknown": True}, {"in": [{"$unknown": True}]}])
def test_what_comes_from_nowhere_cannot_be_compared(policy: Any) -> None:
    both = plan(queue(policy=policy)), plan(queue(policy=policy))
    (said,) = uncompared(diff_plans(*both))
    assert said.startswith("q.policy")
    assert "cannot be compared" in said
    assert "1 thing of the program not followed" in report(stack(*both)).verdict


def test_what_comes_from_a_resource_that_changes_cannot_be_compared() -> None:
    mine = queue(policy={"$unknown": True, "from": ["t"]})
    old, same, new = (resource(TOPIC, "t", {"displayName": name}) for name in ("a", "a", "b"))
    assert not list(uncompared(diff_plans(plan(old, mine), plan(same, mine))))
    (said,) = uncompared(diff_plans(plan(old, mine), plan(new, mine)))
    assert "t changes" in said


def test_what_differs_or_is_new_is_told_as_such() -> None:
    one, other = queue(policy={"$unknown": True, "from": ["a"]}), queue(policy={"$unknown": True, "from": ["b"]})
    assert not list(uncompared(diff_plans(plan(one), plan(other))))
    assert diff_plans(plan(one), plan(other)).counts["update"] == 1
    assert not list(uncompared(diff_plans(None, plan(one))))
