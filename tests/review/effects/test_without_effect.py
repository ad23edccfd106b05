"""Edits that a resource ignores."""

from __future__ import annotations

from typing import Any

from eks_blueprints.recording.plan import PlannedResource
from eks_blueprints.review.diff import diff_plans
from eks_blueprints.review.diff.effective import effective
from tests.plans import NODE_GROUP, changed, plan, resource, with_options
from tests.review.effects.told import found
from tests.review.report.reports import report, stack


def group(desired: int, **more: Any) -> PlannedResource:
    scaling = {"minSize": 1, "desiredSize": desired, "maxSize": 9}
    inputs = {"scalingConfig": scaling, "instanceTypes": ["m7i.large"], **more}
    return resource(NODE_GROUP, "shop-nodes", inputs, options={"ignore_changes": ["scalingConfig.desiredSize"]})


def test_an_ignored_edit_is_named() -> None:
    (item,) = found([group(2)], [group(5)])
    assert (item.harm, item.level, item.title) == ("idle", "note", "without effect")
    assert item.cause == "`scalingConfig.desiredSize` 2 → 5"
    assert "it applies only when the group is created" in item.effect
    assert item.place == "stacks/prod.yaml:7"


def test_it_is_named_beside_changes_that_have_an_effect() -> None:
    items = found([group(2)], [group(5, labels={"a": "b"})])
    assert [item.harm for item in items] == ["idle"]


def test_any_ignored_input_is_named() -> None:
    old = resource("aws:s3/bucket:Bucket", "b", {"tags": {"a": "1"}}, options={"ignore_changes": ["tags"]})
    (item,) = found([old], [changed(old, tags={"a": "2"})])
    assert item.cause == "`tags.a` 1 → 2"
    assert "`ignore_changes`" in item.effect


def test_what_is_the_same_is_not_named() -> None:
    assert found([group(2)], [group(2)]) == []


def test_nothing_happens_to_the_resource_and_the_verdict_says_why() -> None:
    found = report(stack(plan(group(2)), plan(group(5))))
    (it,) = found.stacks
    assert (it.diff.changed, it.diff.unchanged) == (False, 1)
    assert found.verdict == "1 edit without effect"
    assert found.level == "note"
    assert found.unchanged == []


def test_the_cost_counts_what_takes_effect() -> None:
    (it,) = report(stack(plan(group(2)), plan(group(5)))).stacks
    assert it.cost_change is not None
    assert it.cost_change.lines == ()
    replaced = stack(plan(group(2)), plan(group(5, instanceTypes=["m7i.xlarge"])))
    assert replaced.cost_change is not None
    assert any("5 × m7i.xlarge" in line.what for line in replaced.cost_change.lines)


class TestEffectivePlan:
    def inputs(self, old: PlannedResource, new: PlannedResource) -> Any:
        return effective(diff_plans(plan(old), plan(new))).resources[0].inputs

    def test_ignored_inputs_are_the_old_ones(self) -> None:
        assert self.inputs(group(2), group(5))["scalingConfig"]["desiredSize"] == 2

    def test_others_are_the_new_ones(self) -> None:
        found = self.inputs(group(2), group(5, labels={"a": "b"}))
        assert (found["labels"], found["scalingConfig"]["desiredSize"]) == ({"a": "b"}, 2)

    def test_one_that_comes_or_goes(self) -> None:
        old = resource("x:y:Z", "z", {"a": 1, "b": 1}, options={"ignore_changes": ["a", "c"]})
        new = with_options(changed(old, a=..., b=2, c=3), **old.options)
        assert self.inputs(old, new) == {"a": 1, "b": 2}

    def test_everything(self) -> None:
        old = resource("x:y:Z", "z", {"a": 1}, options={"ignore_changes": ["*"]})
        assert self.inputs(old, changed(old, a=2, b=3)) == {"a": 1}

    def test_a_new_resource_takes_what_it_says(self) -> None:
        new = plan(group(5))
        assert effective(diff_plans(plan(), new)) is new


SELF_MANAGED = "aws:autoscaling/group:Group"


def own(desired: int, least: int, most: int) -> PlannedResource:
    inputs = {"name": "own", "desiredCapacity": desired, "minSize": least, "maxSize": most}
    return resource(SELF_MANAGED, "shop-own", inputs, options={"ignore_changes": ["desiredCapacity"]})


def test_a_size_that_follows_the_raised_least_is_no_edit() -> None:
    assert found([own(2, 2, 6)], [own(3, 3, 6)], "idle") == []
    assert len(found([own(3, 2, 6)], [own(4, 3, 6)], "idle")) == 1


def test_a_size_that_ec2_brings_into_the_bounds_has_an_effect() -> None:
    assert found([own(5, 1, 6)], [own(2, 1, 2)], "idle") == []
    (item,) = found([own(5, 1, 6)], [own(2, 1, 2)], "rolls")
    assert (item.level, item.title) == ("warning", "nodes end")
    assert "ends 3 instances of 5" in item.effect
    assert found([own(2, 1, 6)], [own(2, 1, 4)]) == []
