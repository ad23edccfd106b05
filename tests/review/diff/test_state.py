"""A deployed stack as the old side."""

from typing import Any

from eks_blueprints.recording.plan import Plan
from eks_blueprints.review.diff import diff_plans
from eks_blueprints.review.diff.state import is_state, plan_of_state
from tests.plans import NODE_GROUP, plan, resource, urn

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}


def row(type_: str, name: str, inputs: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"urn": urn(type_, name), "type": type_, "custom": True, "id": f"{name}-id", "inputs": inputs, **more}


def state(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"version": 3, "deployment": {"resources": list(rows)}}


def compared(new: Plan, *rows: dict[str, Any]) -> dict[str, list[str]]:
    found = diff_plans(plan_of_state(state(*rows), new), new)
    return {
        each.name: [f"{each.kind} {change.path}" for change in each.changes] or [each.kind] for each in found.resources
    }


def test_it_is_told_from_other_files() -> None:
    assert is_state(state())
    assert not is_state({"kind": "eks-blueprints/plan"})
    assert not is_state([])


def test_symbols_stand_for_what_is_deployed() -> None:
    subnet = resource("aws:ec2/subnet:Subnet", "s", {"cidrBlock": "10.0.0.0/24"})
    nodes = resource(NODE_GROUP, "n", {"subnetIds": ["${s.id}"], "url": "https://${s.arn}/x"})
    deployed = (
        row(subnet.type, "s", {"cidrBlock": "10.0.0.0/24"}, outputs={"id": "s-id", "arn": "arn:s"}),
        row(NODE_GROUP, "n", {"subnetIds": ["s-id"], "url": "https://arn:s/x"}),
    )
    assert compared(plan(subnet, nodes), *deployed) == {}
    moved = row(NODE_GROUP, "n", {"subnetIds": ["another"], "url": "https://arn:s/x"})
    assert compared(plan(subnet, nodes), deployed[0], moved) == {
        "n": ["replace subnetIds[]", "replace subnetIds[]"],
    }


def test_unknowns_and_generated_names_are_no_difference() -> None:
    new = resource("aws:iam/role:Role", "r", {"path": "/", "x": {"$unknown": True}})
    deployed = row(new.type, "r", {"__defaults": ["name"], "name": "r-3f2c1ab", "path": "/", "tagsAll": {}, "x": 7})
    assert compared(plan(new), deployed) == {}


def test_a_secret_is_a_mark_on_both_sides() -> None:
    new = resource("aws:rds/instance:Instance", "d", {"password": {"$secret": True}})
    assert compared(plan(new), row(new.type, "d", {"password": SECRET})) == {}


def test_what_the_kubernetes_provider_generates_is_left_out() -> None:
    new = resource("kubernetes:core/v1:Namespace", "s", {"metadata": {"labels": {"a": "b"}}})
    generated = {"name": "s-1a2b", "labels": {"a": "b"}, "annotations": {"pulumi.com/autonamed": "true"}}
    assert compared(plan(new), row(new.type, "s", {"metadata": generated})) == {}


def test_a_providers_inputs_are_text_in_the_state() -> None:
    new = resource("pulumi:providers:aws", "p", {"region": "eu-west-1", "defaultTags": {"tags": {"a": "b"}}})
    deployed = row(new.type, "p", {"version": "7.51.1", "region": "eu-west-1", "defaultTags": '{"tags":{"a":"b"}}'})
    assert compared(plan(new), deployed) == {}


def test_what_waits_for_its_deletion_is_gone() -> None:
    new = resource("aws:iam/role:Role", "r")
    assert compared(plan(new), row(new.type, "r", {}), row(new.type, "r", {"path": "/old"}, delete=True)) == {}


def test_what_is_deployed_and_no_longer_declared_is_deleted_with_its_protection() -> None:
    (found,) = diff_plans(
        plan_of_state(state(row("aws:iam/role:Role", "r", {}, protect=True)), plan()), plan()
    ).resources
    assert (found.kind, bool(found.refused)) == ("delete", True)
