"""The engine's steps as a diff."""

from __future__ import annotations

import json

import pytest

from eks_blueprints.recording.plan import Plan
from eks_blueprints.review.diff import PlanDiff, ResourceDiff
from eks_blueprints.review.engine.convert import plan_diff

from .conftest import STREAMS, plan, stream


def diff(name: str, recorded: Plan | None = None) -> PlanDiff:
    found = stream(name)
    return plan_diff(found.steps, recorded, project="shop", stack="prod", outputs=found.outputs)


def told(name: str) -> PlanDiff:
    return diff(name, plan(name))


def one(found: PlanDiff, name: str) -> ResourceDiff:
    return next(each for each in found.resources if each.name == name)


def test_a_first_preview_creates_all_and_has_no_old_side() -> None:
    found = told("policies")
    assert found.old is None
    assert found.counts == {"create": 21, "import": 0, "update": 0, "replace": 0, "delete": 0}
    assert found.unchanged == 0


def test_components_the_stack_and_default_providers_are_not_counted() -> None:
    types = {each.type for each in told("policies").resources}
    assert not any(type_.startswith(("eks-blueprints:", "pulumi:pulumi:")) for type_ in types)
    assert diff("failing").resources[0].name == "net"
    assert len(diff("failing").resources) == 1


def test_what_only_the_cloud_knows_has_the_name_that_the_recording_gives_it() -> None:
    inputs = one(told("policies"), "prod-kubernetes").resource.inputs
    assert inputs["clusterIdentifier"] == "${prod-cluster.endpoint}"


def test_generated_names_are_left_out() -> None:
    assert "name" not in one(told("policies"), "prod-cluster-role").resource.inputs


def test_known_ids_are_told_by_the_same_symbols_on_both_sides() -> None:
    found = told("changed")
    group = one(found, "prod-nodes-group")
    assert group.old is not None
    assert group.new is not None
    assert group.old.inputs["nodeRoleArn"] == group.new.inputs["nodeRoleArn"] == "${prod-nodes-role.arn}"


def test_each_kind_of_change_is_told_apart() -> None:
    found = told("changed")
    kinds = {each.name: each.kind for each in found.resources}
    assert kinds == {
        "prod-coredns-addon": "create",
        "prod-nodes-group": "replace",
        "prod-kube-proxy-addon": "delete",
    }
    assert found.unchanged == 19


def test_a_replacement_has_its_property_its_values_and_its_line() -> None:
    group = one(told("changed"), "prod-nodes-group")
    assert group.causes == ("`instanceTypes` t4g.large → m7g.large",)
    assert all(each.replaces for each in group.changes)
    assert group.place.startswith("stacks/prod.yaml:")
    assert not group.delete_first


def test_a_replaced_cluster_leads_to_the_rest() -> None:
    found = told("cluster")
    cluster = one(found, "prod-cluster")
    assert cluster.causes == ("`kubernetesNetworkConfig.serviceIpv4Cidr` + 10.96.0.0/16",)
    assert cluster.follows is None
    assert cluster.delete_first
    led = {each.name for each in found.led_by(cluster.urn)}
    assert led >= {"prod-nodes-group", "prod-oidc", "prod-kubernetes", "prod-vpc-cni-addon"}
    assert one(found, "prod-oidc").causes == ("`url` comes from `prod-cluster`, which is replaced",)


def test_what_changes_anyway_is_told_though_a_replacement_hides_it_from_the_provider() -> None:
    group = one(told("cluster"), "prod-nodes-group")
    assert {each.path for each in group.changes} == {"instanceTypes[]", "clusterName"}
    assert {each.path for each in group.changes if each.replaces} == {"clusterName"}


def test_what_goes_with_a_replaced_resource_and_is_declared_no_more_is_deleted() -> None:
    assert one(told("cluster"), "prod-kube-proxy-addon").kind == "delete"


def test_without_a_recording_the_engines_own_values_are_told() -> None:
    group = one(diff("changed"), "prod-nodes-group")
    assert group.causes == ("`instanceTypes` t4g.large → m7g.large",)
    assert group.place == ""
    assert group.resource.inputs["nodeRoleArn"].startswith("arn:aws:iam::")


def test_without_a_recording_a_fixed_name_of_a_replaced_resource_is_known_later() -> None:
    assert one(diff("cluster"), "prod-vpc-cni-addon").causes == ("`clusterName` prod → known later",)


@pytest.mark.parametrize("name", ["changed", "cluster", "policies"])
@pytest.mark.parametrize("recorded", [True, False])
def test_secrets_are_masked(name: str, recorded: bool) -> None:
    found = told(name) if recorded else diff(name)
    for side in filter(None, (found.old, found.new)):
        text = side.to_json()
        assert "kubeconfig" in text
        assert "ciphertext" not in text
        assert "04da6b54" not in text, "the engine's word for an unknown value"
    assert "current-context" not in (STREAMS / f"{name}.jsonl").read_text()


def test_outputs_that_stay_are_no_change_and_those_of_a_replaced_cluster_are_told_by_name() -> None:
    assert told("changed").outputs == ()
    assert told("cluster").outputs == ()
    assert {each.path: each.new for each in told("policies").outputs}["cluster_endpoint"] == "${prod-cluster.endpoint}"
    assert {each.path for each in diff("cluster").outputs} == {"cluster_arn", "cluster_endpoint", "oidc_issuer"}


def test_an_option_that_the_engine_only_notes_is_told() -> None:
    recorded = plan("changed")
    resources = [
        {**each.to_data(), "options": {**each.options, "protect": True}} if each.name == "prod-oidc" else each.to_data()
        for each in recorded.resources
    ]
    data = {**json.loads(recorded.to_json()), "resources": resources}
    change = one(diff("changed", Plan.from_json(json.dumps(data))), "prod-oidc")
    assert change.kind == "update"
    assert [each.path for each in change.changes] == ["option protect"]
