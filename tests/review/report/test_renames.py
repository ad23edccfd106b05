"""A renamed element is told as one, and nothing of it as new or gone."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from eks_blueprints.recording.plan import PlannedResource
from eks_blueprints.review.diff import diff_plans
from eks_blueprints.review.diff.renames import Rename, renames
from tests.plans import NODE_GROUP, ROLE, plan, resource, urn
from tests.review.report.reports import report, stack

KIND = "eks-blueprints:index:ManagedNodes"
POOL = "kubernetes:karpenter.sh/v1:NodePool"
SUBNET = "aws:ec2/subnet:Subnet"
ENTRY = "aws:eks/accessEntry:AccessEntry"


def group(name: str, **inputs: Any) -> list[PlannedResource]:
    top = resource(KIND, name, custom=False)
    under = {"parent": top.urn}
    trust = {"assumeRolePolicy": json.dumps({"Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2"}}]})}
    role = resource(ROLE, f"{name}-role", trust, urn=urn(ROLE, f"{name}-role", KIND), **under)
    given = {"clusterName": "shop", "nodeRoleArn": f"${{{name}-role.arn}}", "labels": {"group": name}}
    given |= {"instanceTypes": ["m7g.large"], "scalingConfig": {"minSize": 2}, "amiType": "AL2023", **inputs}
    nodes = resource(NODE_GROUP, f"{name}-group", given, urn=urn(NODE_GROUP, f"{name}-group", KIND), **under)
    return [top, role, nodes]


def found(old: list[PlannedResource], new: list[PlannedResource]) -> list[Rename]:
    return list(renames(diff_plans(plan(*old), plan(*new))))


class TestWhatIsARename:
    def test_a_component_with_the_same_inputs_under_another_name(self) -> None:
        (only,) = found(group("prod-system"), group("prod-main"))
        assert (only.old, only.new, len(only.anew), only.kept) == ("prod-system", "prod-main", 2, 0)
        assert set(only.pairs) == {each.urn for each in group("prod-system") if each.custom}

    def test_it_may_change_a_little_besides(self) -> None:
        (only,) = found(group("a"), group("b", instanceTypes=["m7g.xlarge"]))
        assert only.changed == ("NodeGroup.instanceTypes",)

    def test_another_kind_is_none(self) -> None:
        other = [replace(each, type=f"{KIND}2") if not each.custom else each for each in group("b")]
        assert found(group("a"), other) == []

    def test_one_with_other_inputs_is_none(self) -> None:
        more = {"instanceTypes": ["p5.48xlarge"], "amiType": "GPU", "scalingConfig": {"minSize": 9}, "labels": {}}
        assert found(group("a"), group("b", **more, capacityType="SPOT", taints=[1])) == []

    def test_a_single_resource_only_if_it_says_exactly_the_same(self) -> None:
        entry = resource(ENTRY, "access-ci", {"clusterName": "shop", "principalArn": "arn:ci"})
        same = resource(ENTRY, "access-ops", dict(entry.inputs))
        other = resource(ENTRY, "access-ops", {**entry.inputs, "principalArn": "arn:ops"})
        assert len(found([entry], [same])) == 1
        assert found([entry], [other]) == []

    def test_a_name_that_is_also_a_word_elsewhere_may_stay_there(self) -> None:
        old = resource(POOL, "shop-karpenter", {"metadata": {"name": "karpenter"}, "spec": {"a": "karpenter.sh"}})
        new = resource(POOL, "shop-karp", {"metadata": {"name": "karp"}, "spec": {"a": "karpenter.sh"}})
        assert len(found([old], [new])) == 1

    def test_what_stands_in_another_zone_is_another_thing(self) -> None:
        zones = ("eu-west-1b", "eu-west-1c")
        old, new = (
            resource(SUBNET, f"shop-private-{zone}", {"availabilityZone": zone, "vpcId": "v"}) for zone in zones
        )
        assert found([old], [new]) == []
        assert len(found([old], [replace(new, name="shop-inner-eu-west-1b", urn="b", inputs=old.inputs)])) == 1

    def test_an_alias_keeps_all(self) -> None:
        old, new = resource(ROLE, "old"), resource(ROLE, "new", options={"aliases": [{"name": "old"}]})
        (only,) = found([old], [new])
        assert (only.kept, only.anew) == (1, ())
        assert report(stack(plan(old), plan(new))).changed


class TestWhatIsSaidOfIt:
    def told(self) -> Any:
        return stack(plan(*group("prod-system")), plan(*group("prod-main")), policies=True)

    def test_one_thing_to_look_at_with_its_effect(self) -> None:
        (item,) = self.told().attention
        assert (item.harm, item.level, item.title) == ("dies", "danger", "rename")
        assert item.cause.startswith("`prod-system` is now `prod-main`")
        assert "its 2 resources are replaced, the new ones first" in item.effect
        assert "once the new group is ready, 2 nodes are drained, and their pods move to it" in item.effect
        assert "gone" not in item.effect

    def test_nothing_is_new_fixed_dearer_or_another_version(self) -> None:
        told = self.told()
        assert (told.security, told.policies.new, told.policies.fixed) == ((), (), ())
        assert told.policies.standing > 0
        assert told.cost_change.same
        assert told.versions == ()

    def test_the_verdict_counts_it_once(self) -> None:
        assert report(self.told()).verdict == "prod-system renamed to prod-main: 2 resources replaced"

    def test_what_cannot_be_there_twice_is_said(self) -> None:
        inputs = {"clusterName": "shop", "principalArn": "arn:aws:iam::1:role/ci"}
        told = stack(plan(resource(ENTRY, "access-ci", inputs)), plan(resource(ENTRY, "access-ops", inputs)))
        assert (
            "`arn:aws:iam::1:role/ci` cannot exist twice: the new one is refused while the old one exists"
            in told.attention[0].effect
        )

    def test_one_object_under_two_names_goes_with_the_old_one(self) -> None:
        inputs = {"metadata": {"name": "x", "namespace": "y"}}
        told = stack(plan(resource(POOL, "a", inputs)), plan(resource(POOL, "b", inputs)))
        assert "`y/x` is one object under both names" in told.attention[0].effect
