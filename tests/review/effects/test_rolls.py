"""Managed and self-managed groups, and what a cluster's new version does to nodes of all sorts."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.recording.plan import PlannedResource
from eks_blueprints.review.diff import diff_plans
from tests.plans import NODE_GROUP, TEMPLATE, changed, plan, resource
from tests.review.effects.told import AUTO_CLASS, cluster, found, node_class, pool, told

GROUP = "aws:autoscaling/group:Group"
HOOK = "aws:autoscaling/lifecycleHook:LifecycleHook"


def template(**inputs: Any) -> PlannedResource:
    return resource(TEMPLATE, "shop-template", {"imageId": "ami-1", "instanceType": "m7i.large", **inputs})


def managed(version: Any = None, **inputs: Any) -> PlannedResource:
    taken = version or {"$unknown": True, "from": ["shop-template"]}
    base = {
        "clusterName": "shop",
        "scalingConfig": {"minSize": 2, "desiredSize": 3, "maxSize": 6},
        "launchTemplate": {"id": "${shop-template.id}", "version": taken},
    }
    after = {"launchTemplate": [template()]}
    return resource(
        NODE_GROUP,
        "shop-nodes",
        {**base, **inputs},
        after=after,
        options={"ignore_changes": ["scalingConfig.desiredSize"]},
    )


def own(version: Any = None, refresh: Any = None, **inputs: Any) -> PlannedResource:
    taken = version or {"$unknown": True, "from": ["shop-template"]}
    base = {
        "name": "shop-own",
        "minSize": 2,
        "desiredCapacity": 3,
        "launchTemplate": {"id": "${shop-template.id}", "version": taken},
        **({"instanceRefresh": refresh} if refresh else {}),
    }
    return resource(GROUP, "shop-own", {**base, **inputs}, after={"launchTemplate": [template()]})


ROLLING = {"strategy": "Rolling", "preferences": {"minHealthyPercentage": 80}}


class TestManagedGroups:
    ROLLS: dict[str, tuple[dict[str, Any], bool]] = {
        "a version": ({"version": "1.36"}, True),
        "a release": ({"releaseVersion": "1.35.2-20261101"}, True),
        "labels": ({"labels": {"a": "b"}}, False),
        "taints": ({"taints": [{"key": "a", "effect": "NO_SCHEDULE"}]}, False),
        "tags": ({"tags": {"a": "b"}}, False),
        "sizes": ({"scalingConfig": {"minSize": 3, "desiredSize": 3, "maxSize": 9}}, False),
        "the pace of updates": ({"updateConfig": {"maxUnavailable": 2}}, False),
        "repair": ({"nodeRepairConfig": {"enabled": True}}, False),
    }

    @pytest.mark.parametrize(
        ("inputs", "rolls"),
        [({"description": "new"}, True), ({"imageId": "ami-2"}, True), ({"tags": {"a": "b"}}, False)],
    )
    def test_what_of_a_launch_template_is_a_new_version(self, inputs: dict[str, Any], rolls: bool) -> None:
        said = found([template(), managed()], [template(**inputs), managed()], "rolls")
        assert bool(said) is rolls

    @pytest.mark.parametrize(("inputs", "rolls"), ROLLS.values(), ids=ROLLS)
    def test_what_rolls(self, inputs: dict[str, Any], rolls: bool) -> None:
        said = found([template(), managed()], [template(), managed(**inputs)], "rolls")
        assert [(each.level, each.title) for each in said] == ([("warning", "rolls nodes")] if rolls else [])

    @pytest.mark.parametrize(
        ("inputs", "said"),
        [
            ({}, "1 at a time"),
            ({"updateConfig": {"maxUnavailable": 3}}, "3 at a time, new nodes come before old ones go"),
            ({"updateConfig": {"maxUnavailablePercentage": 33}}, "33% of them at a time"),
            ({"updateConfig": {"updateStrategy": "MINIMAL"}}, "old nodes go before new ones come"),
            ({}, "3 nodes are drained"),
            ({}, "(up to 6 where an autoscaler added some)"),
            ({}, "where one allows no pod to be evicted, the update fails"),
        ],
    )
    def test_it_says_how_many_and_how_fast(self, inputs: dict[str, Any], said: str) -> None:
        before, after = (managed(**inputs, version="1.35"), managed(**inputs, version="1.36"))
        (line,) = told([template(), before], [template(), after], "rolls")
        assert said in line

    def test_a_forced_update_overrides_disruption_budgets(self) -> None:
        forced = managed(forceUpdateVersion=True, releaseVersion="1.35.2-20261101")
        (item,) = found([template(), managed()], [template(), forced], "rolls")
        assert item.level == "danger"
        assert "pods are terminated even where their disruption budget does not allow it" in item.effect

    def test_a_template_that_changes_by_itself_rolls_the_group_that_follows(self) -> None:
        (item,) = found([template(), managed()], [template(imageId="ami-2"), managed()], "rolls")
        assert (item.name, item.cause) == ("shop-nodes", "`imageId` of `shop-template` changes")

    def test_a_template_whose_tags_alone_change_rolls_nothing(self) -> None:
        assert found([template(), managed()], [template(tags={"a": "b"}), managed()], "rolls") == []

    def test_a_group_on_a_fixed_version_stays(self) -> None:
        (item,) = found([template(), managed("3")], [template(imageId="ami-2"), managed("3")], "rolls")
        assert (item.level, item.title) == ("note", "not rolled out yet")
        assert "stay on version 3" in item.effect

    def test_the_latest_version_is_resolved_at_deployment(self) -> None:
        (item,) = found([template(), managed("$Latest")], [template(imageId="ami-2"), managed("$Latest")], "rolls")
        assert item.level == "warning"

    def test_a_new_group_rolls_nothing(self) -> None:
        assert found([template()], [template(imageId="ami-2"), managed()], "rolls") == []


class TestSelfManagedGroups:
    def test_a_refresh_replaces_instances(self) -> None:
        (item,) = found([template(), own(refresh=ROLLING)], [template(imageId="ami-2"), own(refresh=ROLLING)])
        assert (item.level, item.title, item.cause) == (
            "warning",
            "rolls nodes",
            "`imageId` of `shop-template` changes",
        )
        assert "replaces 3 instances, at least 80% healthy" in item.effect
        assert "EC2 does not drain" in item.effect

    def test_tags_that_instances_get_are_part_of_the_template(self) -> None:
        tagged = template(tagSpecifications=[{"resourceType": "instance", "tags": {"a": "b"}}])
        (item,) = found([template(), own(refresh=ROLLING)], [tagged, own(refresh=ROLLING)])
        assert item.title == "rolls nodes"

    def test_without_a_refresh_nothing_rolls_until_someone_acts(self) -> None:
        (item,) = found([template(), own()], [template(imageId="ami-2"), own()])
        assert (item.level, item.title) == ("note", "not rolled out yet")
        assert "there is no `instanceRefresh`" in item.effect

    def test_a_refresh_does_not_begin_for_the_latest_version(self) -> None:
        before, after = own("$Latest", ROLLING), own("$Latest", ROLLING)
        (item,) = found([template(), before], [template(imageId="ami-2"), after])
        assert (item.level, item.title) == ("note", "not rolled out yet")

    def test_mixed_instances_refresh_too(self) -> None:
        def mixed(*types: str) -> PlannedResource:
            overrides = [{"instanceType": each} for each in types]
            specification = {"launchTemplateId": "${shop-template.id}", "version": "1"}
            policy = {"launchTemplate": {"launchTemplateSpecification": specification, "overrides": overrides}}
            return changed(own(refresh=ROLLING), launchTemplate=..., mixedInstancesPolicy=policy)

        (item,) = found([template(), mixed("m7i.large")], [template(), mixed("m7i.large", "m6i.large")])
        assert item.title == "rolls nodes"

    @pytest.mark.parametrize(("triggers", "rolls"), [(["tag"], 1), ([], 0)])
    def test_tags_of_the_group_count_where_they_are_a_trigger(self, triggers: list[str], rolls: int) -> None:
        refresh = {**ROLLING, "triggers": triggers}
        tags = [{"key": "a", "value": "b", "propagateAtLaunch": True}]
        said = found([template(), own(refresh=refresh)], [template(), own(refresh=refresh, tags=tags)], "rolls")
        assert len(said) == rolls

    @pytest.mark.parametrize(
        "inputs", [{"maxSize": 9}, {"healthCheckType": "EC2"}, {"enabledMetrics": ["GroupMinSize"]}]
    )
    def test_what_rolls_nothing(self, inputs: dict[str, Any]) -> None:
        assert found([template(), own(refresh=ROLLING)], [template(), own(refresh=ROLLING, **inputs)]) == []

    def test_a_shorter_life_replaces_what_is_older(self) -> None:
        (item,) = found([own()], [own(maxInstanceLifetime=864000)])
        assert (item.title, item.cause) == ("rolls nodes", "`maxInstanceLifetime` is now 10 days")
        assert found([own(maxInstanceLifetime=864000)], [own(maxInstanceLifetime=1728000)]) == []

    def test_a_subnet_that_is_left_loses_its_instances(self) -> None:
        before, after = (own(vpcZoneIdentifiers=ids) for ids in (["subnet-a", "subnet-b"], ["subnet-a"]))
        (item,) = found([before], [after])
        assert item.cause == "`vpcZoneIdentifiers` loses 1 of its entries"
        assert found([after], [before]) == []

    def test_a_lifecycle_hook_drains(self) -> None:
        transition = "autoscaling:EC2_INSTANCE_TERMINATING"
        hook = resource(HOOK, "hook", {"autoscalingGroupName": "${shop-own.name}", "lifecycleTransition": transition})
        old, new = own(refresh=ROLLING), own(refresh=ROLLING)
        (item,) = found([template(), old, hook], [template(imageId="ami-2"), new, hook])
        assert "lifecycle hook" in item.effect

    def test_no_healthy_instance_at_all_is_a_danger(self) -> None:
        refresh = {"strategy": "Rolling", "preferences": {"minHealthyPercentage": 0}}
        (item,) = found([template(), own(refresh=refresh)], [template(imageId="ami-2"), own(refresh=refresh)])
        assert item.level == "danger"


class TestUpgrades:
    """A cluster that goes from 1.34 to 1.35."""

    def said(self, *others: PlannedResource, **inputs: Any) -> list[str]:
        lines = told([cluster("1.34", **inputs), *others], [cluster("1.35", **inputs), *others], "rolls")
        return [line.partition(": ")[0] + " | " + line.partition(" | ")[2] for line in lines]

    def test_karpenters_nodes_follow_a_pinned_alias_too(self) -> None:
        (line,) = self.said(node_class(), pool())
        assert line.startswith("warning rolls nodes shop-class")
        assert "pool `general`" in line

    def test_an_image_by_its_id_stays(self) -> None:
        (line,) = self.said(node_class(amiFamily="AL2023", amiSelectorTerms=[{"id": "ami-1"}]), pool())
        assert line.startswith("note not rolled out yet shop-cluster")

    def test_auto_modes_nodes_follow(self) -> None:
        auto = {"computeConfig": {"enabled": True, "nodePools": ["system"]}}
        (line,) = self.said(node_class(AUTO_CLASS), pool(auto=True), **auto)
        assert line.startswith("warning rolls nodes shop-cluster")
        assert "built-in pool `system`" in line

    def test_what_stays_is_told(self) -> None:
        profile = resource("aws:eks/fargateProfile:FargateProfile", "shop-profile", {"clusterName": "shop"})
        entry = resource("aws:eks/accessEntry:AccessEntry", "shop-hybrid", {"type": "HYBRID_LINUX"})
        lines = self.said(managed("1"), own("1"), profile, entry)
        assert all(line.startswith("note not rolled out yet shop-cluster") for line in lines)
        for part in ("`shop-nodes`", "`shop-own`", "Fargate", "hybrid nodes"):
            assert sum(part in line for line in lines) == 1, part

    def test_nothing_is_told_of_nodes_when_the_version_stays(self) -> None:
        others = (node_class(), pool(), managed("1"), own("1"))
        old, new = cluster("1.34"), cluster("1.34", enabledClusterLogTypes=["audit"])
        assert found([old, *others], [new, *others]) == []

    def test_new_nodes_roll_nothing(self) -> None:
        lines = told([cluster("1.34")], [cluster("1.35"), node_class(), pool()], "rolls")
        assert lines == []


class TestAutoMode:
    def switched(self, old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str]]:
        items = found([cluster(computeConfig=old)], [cluster(computeConfig=new)])
        return [(each.level, each.title) for each in items if each.harm in ("dies", "rolls")]

    def test_switched_off_its_nodes_end(self) -> None:
        assert self.switched({"enabled": True}, {"enabled": False}) == [("danger", "Auto Mode off")]
        assert self.switched({"enabled": False}, {"enabled": True}) == []

    def test_a_built_in_pool_that_goes_takes_its_nodes(self) -> None:
        both = {"enabled": True, "nodePools": ["general-purpose", "system"]}
        one = {"enabled": True, "nodePools": ["general-purpose"]}
        assert self.switched(both, one) == [("warning", "nodes end")]
        assert self.switched(one, both) == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ([], ["NO_EXECUTE"], True),
        ([], ["NO_SCHEDULE"], False),
        (["NO_SCHEDULE"], ["NO_EXECUTE"], True),
        (["NO_EXECUTE"], ["NO_EXECUTE"], False),
        (["NO_EXECUTE"], [], False),
    ],
)
def test_a_taint_that_ends_pods(before: list[str], after: list[str], said: bool) -> None:
    sides = [managed(taints=[{"key": "a", "effect": effect} for effect in side]) for side in (before, after)]
    lines = told([template(), sides[0]], [template(), sides[1]])
    assert [line.startswith("warning pods end shop-nodes: `taints` gains NO_EXECUTE") for line in lines] == [
        True
    ] * said


@pytest.mark.parametrize(
    ("after", "title"),
    [
        ({}, "not rolled out yet"),
        ({"version": "1.35"}, "not rolled out yet"),
        ({"version": "1.36"}, "rolls nodes"),
        ({"releaseVersion": "1.35.2-20261101"}, "rolls nodes"),
    ],
)
def test_a_release_that_is_no_longer_said_stays(after: dict[str, Any], title: str) -> None:
    sides = [template(), managed(releaseVersion="1.35.1-20261001")], [template(), changed(managed(), **after)]
    assert [each.title for each in found(*sides, "rolls")] == [title]


class TestTemplatesOfSomebodyElse:
    """Launch templates that exist, and what else groups can say about their instances."""

    def group(self, given: dict[str, Any], **inputs: Any) -> PlannedResource:
        base = {"clusterName": "shop", "scalingConfig": {"minSize": 2, "maxSize": 6}, "launchTemplate": given}
        return resource(NODE_GROUP, "shop-nodes", {**base, **inputs})

    def test_another_version_rolls_the_nodes(self) -> None:
        old, new = ({"id": "lt-0123456789abcdef0", "version": version} for version in ("3", "4"))
        (said,) = found([self.group(old)], [self.group(new)], "rolls")
        assert said.title == "rolls nodes"

    @pytest.mark.parametrize("key", ["id", "name"])
    def test_another_template_replaces_the_group(self, key: str) -> None:
        old, new = ({key: name, "version": "3"} for name in ("lt-0123456789abcdef0", "lt-0fedcba9876543210"))
        (group,) = diff_plans(plan(self.group(old)), plan(self.group(new))).resources
        assert group.kind == "replace"

    @pytest.mark.parametrize(
        "inputs",
        [
            {"cpuOptions": {"coreCount": 2, "threadsPerCore": 1}},
            {"creditSpecification": {"cpuCredits": "standard"}},
            {"privateDnsNameOptions": {"hostnameType": "resource-name"}},
            {"maintenanceOptions": {"autoRecovery": "disabled"}},
            {"enclaveOptions": {"enabled": True}},
            {"disableApiTermination": True},
            {"networkInterfaces": [{"deviceIndex": 0}]},
        ],
    )
    def test_whatever_instances_are_launched_with_rolls_them(self, inputs: dict[str, Any]) -> None:
        for group in (managed, lambda: own(refresh=ROLLING)):
            said = found([template(), group()], [template(**inputs), group()], "rolls")
            assert [each.title for each in said] == ["rolls nodes"]

    def test_attributes_of_types_begin_a_refresh_and_settings_of_the_group_do_not(self) -> None:
        def policy(most: int) -> dict[str, Any]:
            wanted = {"instanceRequirements": {"vcpuCount": {"min": 4, "max": most}, "memoryMib": {"min": 8192}}}
            specification = {"launchTemplateId": "lt-0123456789abcdef0", "version": "3"}
            return {"launchTemplate": {"launchTemplateSpecification": specification, "overrides": [wanted]}}

        def group(most: int, **inputs: Any) -> PlannedResource:
            base = {"name": "shop-own", "minSize": 2, "instanceRefresh": ROLLING}
            return resource(GROUP, "shop-own", {**base, "mixedInstancesPolicy": policy(most), **inputs})

        (said,) = found([group(8)], [group(16)], "rolls")
        assert (said.title, "`mixedInstancesPolicy` changes" in said.cause) == ("rolls nodes", True)
        kept = {"instanceMaintenancePolicy": {"minHealthyPercentage": 100, "maxHealthyPercentage": 120}}
        assert found([group(8)], [group(8, **kept, forceDelete=True)], "rolls") == []
