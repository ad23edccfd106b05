"""What happens to each resource from one plan to another."""

from typing import Any

import pytest

from eks_blueprints.recording.plan import Plan, PlannedResource
from eks_blueprints.review.diff import ResourceDiff, diff_plans
from tests.plans import CLUSTER, NAT, NODE_GROUP, ROLE, changed, plan, platform, resource, urn, with_options
from tests.work import calls


def diffs(old: Plan, new: Plan) -> dict[str, ResourceDiff]:
    return {each.name.removeprefix("shop-"): each for each in diff_plans(old, new).resources}


def kinds(old: dict[str, PlannedResource], **new: PlannedResource) -> dict[str, str]:
    found = diffs(plan(*old.values()), plan(*{**old, **new}.values()))
    return {name: each.kind for name, each in found.items()}


def test_a_plan_is_the_same_as_itself() -> None:
    before = plan(*platform().values())
    found = diff_plans(before, before)
    assert (found.changed, found.unchanged) == (False, 7)


def test_without_an_old_plan_everything_is_created() -> None:
    assert diff_plans(None, plan(*platform().values())).counts == {
        "create": 7,
        "import": 0,
        "update": 0,
        "replace": 0,
        "delete": 0,
    }


def test_a_resource_that_is_gone_is_deleted() -> None:
    assert kinds({"a": resource(ROLE, "a")}) == {}
    assert [each.kind for each in diff_plans(plan(resource(ROLE, "a")), plan()).resources] == ["delete"]


def test_components_and_resources_that_are_only_read_do_not_count() -> None:
    component = resource("eks-blueprints:index:Cluster", "c", {"args": 1}, custom=False)
    read = resource("aws:ec2/vpc:Vpc", "v", options={"read_id": "vpc-1"})
    assert not diff_plans(plan(), plan(component, read)).changed


def test_what_can_be_changed_in_place_is_updated() -> None:
    it = platform()
    assert kinds(it, nodes=changed(it["nodes"], labels={"a": "b"})) == {"nodes": "update"}


def test_an_empty_list_is_nothing_unless_aws_has_a_value_of_its_own() -> None:
    def both(type_: str, key: str) -> list[str]:
        sides = [resource(type_, "x", {"tags": {"a": "b"}, **more}) for more in ({}, {key: []})]
        return [each.kind for old in (0, 1) for each in diff_plans(plan(sides[old]), plan(sides[1 - old])).resources]

    assert both(CLUSTER, "enabledClusterLogTypes") == []
    assert both(NODE_GROUP, "instanceTypes") == ["replace", "replace"]
    assert both("aws:ec2/securityGroup:SecurityGroup", "ingress") == ["update", "update"]


def test_an_immutable_input_replaces_and_is_the_cause() -> None:
    it = platform()
    nodes = changed(it["nodes"], instanceTypes=["m7i.xlarge"])
    (found,) = diff_plans(plan(*it.values()), plan(*{**it, "nodes": nodes}.values())).resources
    assert (found.kind, found.causes) == ("replace", ("`instanceTypes` m7i.large → m7i.xlarge",))
    assert not found.delete_first
    assert found.place == "stacks/prod.yaml:12"


@pytest.mark.parametrize(
    ("inputs", "kind"),
    [
        ({"encryptionConfig": {"provider": {"keyArn": "k"}, "resources": ["secrets"]}}, "update"),
        ({"kubernetesNetworkConfig": {"ipFamily": "ipv6"}}, "replace"),
        ({"kubernetesNetworkConfig": {"ipFamily": "ipv4", "elasticLoadBalancing": {"enabled": True}}}, "update"),
        ({"vpcConfig": {"subnetIds": ["subnet-b", "subnet-a"], "endpointPublicAccess": False}}, None),
        ({"vpcConfig": {"subnetIds": ["subnet-a", "subnet-c"], "endpointPublicAccess": False}}, "update"),
        ({"version": "1.36"}, "update"),
        ({"tags": {"a": "b"}}, "update"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_the_cluster_knows_what_it_can_change(inputs: dict[str, Any], kind: str | None) -> None:
    it = platform()
    assert kinds(it, cluster=changed(it["cluster"], **inputs)).get("cluster") == kind


def test_encryption_can_be_added_but_not_taken_away() -> None:
    it = platform()
    encrypted = changed(it["cluster"], encryptionConfig={"provider": {"keyArn": "k"}, "resources": ["secrets"]})
    found = kinds({**it, "cluster": encrypted}, cluster=it["cluster"])
    assert found["cluster"] == "replace"


def test_ignored_inputs_do_not_change_anything() -> None:
    it = platform()
    sizes = {"minSize": 2, "maxSize": 4, "desiredSize": 3}
    assert kinds(it, nodes=changed(it["nodes"], scalingConfig=sizes)) == {}
    assert kinds(it, nodes=changed(it["nodes"], scalingConfig={**sizes, "maxSize": 9})) == {"nodes": "update"}


def test_an_ignored_input_does_not_replace() -> None:
    it = platform()
    nodes = with_options(changed(it["nodes"], instanceTypes=["m7i.xlarge"]), ignore_changes=["instanceTypes"])
    assert kinds(it, nodes=nodes) == {}


def test_replace_on_changes_replaces() -> None:
    it = platform()
    nodes = with_options(changed(it["nodes"], labels={"a": "b"}), replace_on_changes=["labels"])
    assert kinds(it, nodes=nodes) == {"nodes": "replace"}


def test_a_protected_resource_will_be_refused() -> None:
    it = platform()
    guarded = with_options(it["nodes"], protect=True)
    (gone,) = diff_plans(plan(guarded), plan()).resources
    assert "protect" in gone.refused
    (kept,) = diff_plans(plan(guarded), plan(changed(guarded, instanceTypes=["x"]))).resources
    assert "protect" in kept.refused


def test_a_retained_resource_stays_in_the_cloud() -> None:
    (gone,) = diff_plans(plan(resource(ROLE, "r", options={"retain_on_delete": True})), plan()).resources
    assert gone.retained


def test_unprotecting_is_told() -> None:
    guarded = resource(ROLE, "r", options={"protect": True})
    (found,) = diff_plans(plan(guarded), plan(resource(ROLE, "r"))).resources
    assert [(each.path, each.old, each.new) for each in found.changes] == [("option protect", True, False)]


def test_a_fixed_name_is_deleted_first() -> None:
    named = resource(NODE_GROUP, "n", {"nodeGroupName": "n", "instanceTypes": ["a"]})
    (found,) = diff_plans(plan(named), plan(changed(named, instanceTypes=["b"]))).resources
    assert found.delete_first


def test_an_unknown_type_is_updated_and_says_that_it_is_not_sure() -> None:
    (found,) = diff_plans(plan(resource("x:y:Z", "z", {"a": 1})), plan(resource("x:y:Z", "z", {"a": 2}))).resources
    assert (found.kind, found.certain) == ("update", False)


def test_a_new_plugin_version_changes_nothing() -> None:
    old = resource(ROLE, "r", options={"version": "7.1.0"})
    assert not diff_plans(plan(old), plan(with_options(old, version="7.2.0"))).changed


def test_outputs_are_compared() -> None:
    found = diff_plans(plan(outputs={"a": 1, "b": 1}), plan(outputs={"a": 2, "c": 1})).outputs
    assert [(each.kind, each.path) for each in found] == [("change", "a"), ("remove", "b"), ("add", "c")]


def test_a_kubernetes_object_is_replaced_by_another_name() -> None:
    it = platform()
    assert kinds(it, space=changed(it["space"], metadata={"name": "other"})) == {"space": "replace"}
    assert kinds(it, space=changed(it["space"], metadata={"name": "shop", "labels": {}})) == {"space": "update"}


def test_work_grows_with_the_resources_and_no_faster() -> None:
    assert calls(lambda: many(1000)) < 11 * calls(lambda: many(100))


def many(number: int) -> None:
    subnets = [f"subnet-{number}" for number in range(6)]
    old = [
        resource(NODE_GROUP, f"n{i}", {"instanceTypes": [f"m{i}.large"], "subnetIds": subnets, "tags": {"a": str(i)}})
        for i in range(number)
    ]
    new = [changed(each, instanceTypes=["x"]) if i % 3 == 0 else each for i, each in enumerate(old)]
    before, after = plan(*old), plan(*new)
    assert diff_plans(before, after).counts["replace"] == -(-number // 3)


def test_two_types_under_one_name_are_two_resources() -> None:
    old, new = resource(ROLE, "x"), resource(NAT, "x")
    assert diff_plans(plan(old), plan(new)).counts == {"create": 1, "import": 0, "update": 0, "replace": 0, "delete": 1}


class TestAliases:
    """A renamed resource is the same one."""

    @pytest.mark.parametrize("alias", [urn(ROLE, "old"), {"name": "old"}], ids=["urn", "spec"])
    def test_by_urn_and_by_name(self, alias: Any) -> None:
        found = diff_plans(
            plan(resource(ROLE, "old", {"a": 1})), plan(with_options(resource(ROLE, "new", {"a": 2}), aliases=[alias]))
        )
        (it,) = found.resources
        assert (it.kind, it.renamed, it.name) == ("update", True, "new")

    def test_a_child_follows_its_renamed_parent(self) -> None:
        kind = "eks-blueprints:index:Cluster"
        parent_old = resource(kind, "old", custom=False)
        child_old = resource(ROLE, "old-role", parent=parent_old.urn, urn=urn(ROLE, "old-role", kind))
        parent_new = resource(kind, "new", custom=False, options={"aliases": [{"name": "old"}]})
        child_new = resource(ROLE, "new-role", parent=parent_new.urn, urn=urn(ROLE, "new-role", kind))
        assert not diff_plans(plan(parent_old, child_old), plan(parent_new, child_new)).changed

    def test_a_child_that_moves_under_a_component(self) -> None:
        kind = "eks-blueprints:index:Cluster"
        parent = resource(kind, "c", custom=False)
        child = resource(
            ROLE, "r", parent=parent.urn, urn=urn(ROLE, "r", kind), options={"aliases": [{"noParent": True}]}
        )
        assert not diff_plans(plan(resource(ROLE, "r")), plan(parent, child)).changed

    def test_without_an_alias_a_rename_is_a_deletion(self) -> None:
        found = diff_plans(plan(resource(ROLE, "old")), plan(resource(ROLE, "new")))
        assert (found.counts["create"], found.counts["delete"]) == (1, 1)


class TestCascade:
    """What a replacement leads to."""

    def test_a_replaced_cluster_takes_along_all_that_stands_on_it(self) -> None:
        it = platform()
        cluster = changed(it["cluster"], kubernetesNetworkConfig={"ipFamily": "ipv6"})
        found = diff_plans(plan(*it.values()), plan(*{**it, "cluster": cluster}.values()))
        assert {each.name.removeprefix("shop-") for each in found.of("replace")} == {
            "cluster",
            "nodes",
            "addon",
            "cni",
            "k8s",
            "space",
        } - {"addon"}
        assert {each.name for each in found.led_by(it["cluster"].urn)} == {
            "shop-nodes",
            "shop-cni",
            "shop-k8s",
            "shop-space",
        }
        (nodes,) = [each for each in found.resources if each.name == "shop-nodes"]
        assert nodes.delete_first
        assert nodes.causes == ("`clusterName` comes from `shop-cluster`, which is replaced",)

    def test_a_fixed_text_stays_when_the_new_one_is_made_first(self) -> None:
        it = platform()
        cluster = with_options(it["cluster"], delete_before_replace=False)
        old = {**it, "cluster": cluster}
        found = kinds(old, cluster=changed(cluster, kubernetesNetworkConfig={"ipFamily": "ipv6"}))
        assert "nodes" not in found
        assert found["k8s"] == "replace"

    def test_what_takes_an_output_in_a_mutable_input_is_updated(self) -> None:
        nat = resource(NAT, "n", {"subnetId": "a"})
        route = resource("aws:ec2/route:Route", "r", {"natGatewayId": "${n.id}"}, after={"natGatewayId": [nat]})
        found = diffs(plan(nat, route), plan(changed(nat, subnetId="b"), route))
        assert (found["n"].kind, found["r"].kind, found["r"].follows) == ("replace", "update", nat.urn)

    def test_a_new_template_version_rolls_the_nodes(self) -> None:
        it = platform()
        assert kinds(it, template=changed(it["template"], userData="eA==")) == {"template": "update", "nodes": "update"}

    def test_tags_of_a_template_make_no_version(self) -> None:
        it = platform()
        assert kinds(it, template=changed(it["template"], tags={"a": "b"})) == {"template": "update"}

    def test_new_resources_follow_nothing(self) -> None:
        it = platform()
        extra = resource(NODE_GROUP, "shop-more", it["nodes"].inputs, after={"clusterName": [it["cluster"]]})
        cluster = changed(it["cluster"], kubernetesNetworkConfig={"ipFamily": "ipv6"})
        assert kinds(it, cluster=cluster, more=extra)["more"] == "create"


def test_another_region_replaces_the_provider_and_all_that_it_manages() -> None:
    def aws(region: Any) -> PlannedResource:
        return resource("pulumi:providers:aws", "aws", {"region": region} if region else {})

    provider = aws("eu-west-1")
    role = resource(ROLE, "role", {"assumeRolePolicy": "{}"}, provider=provider.urn)
    nat = resource(NAT, "nat", {"subnetId": "subnet-a"}, provider=provider.urn)
    found = diffs(plan(provider, role, nat), plan(aws("eu-north-1"), role, nat))
    assert {name: each.kind for name, each in found.items()} == dict.fromkeys(("aws", "role", "nat"), "replace")
    assert found["aws"].causes == ("`region` eu-west-1 → eu-north-1",)
    assert found["nat"].causes == ("its provider `aws` is replaced",)
    # A region that was left to the environment may be the one that is written down now.
    assert {each.kind for each in diffs(plan(aws(None), role), plan(aws("eu-west-1"), role)).values()} == {"update"}
