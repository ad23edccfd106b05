"""The same rules on a stack's exported state."""

import json
from typing import Any

import pytest

from eks_blueprints.core.errors import InputError
from eks_blueprints.policies.state import check_state, stack_of_state

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "x"}


def _urn(type_: str, name: str) -> str:
    return f"urn:pulumi:prod::shop::{type_}::{name}"


def _resource(type_: str, name: str, inputs: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"urn": _urn(type_, name), "type": type_, "custom": True, "inputs": inputs, **more}


def _state(*resources: dict[str, Any]) -> str:
    return json.dumps({"version": 3, "deployment": {"resources": list(resources)}})


CLUSTER = _resource(
    "aws:eks/cluster:Cluster",
    "shop",
    {
        "__defaults": ["name"],
        "name": "shop-1234567",
        "version": "1.35",
        "vpcConfig": {"__defaults": [], "subnetIds": ["subnet-1"], "endpointPublicAccess": False},
        "accessConfig": {"authenticationMode": "API"},
    },
    id="shop-1234567",
    protect=True,
    outputs={"arn": "arn:aws:eks:eu-west-1:111122223333:cluster/shop-1234567"},
)


def test_names_ids_and_options_are_read() -> None:
    subnet = _resource("aws:ec2/subnet:Subnet", "a", {"availabilityZone": "eu-west-1a"}, id="subnet-1")
    stack = stack_of_state(_state(CLUSTER, subnet))
    assert (stack.project, stack.name) == ("shop", "prod")
    cluster = stack.of("aws:eks/cluster:Cluster")[0]
    assert cluster.options == {"protect": True}
    assert cluster.inputs["vpcConfig"] == {"subnetIds": ["subnet-1"], "endpointPublicAccess": False}
    found = stack.resolved(cluster, "vpcConfig", "subnetIds", 0, types=("aws:ec2/subnet:Subnet",))
    assert found is not None
    assert found.name == "a"


def test_the_rules_judge_it() -> None:
    report = check_state(_state(CLUSTER))
    failed = {finding.policy for finding in report.failed()}
    assert "eks-control-plane-audit-logging" in failed
    assert not failed & {"eks-endpoint-not-open-to-internet", "eks-deletion-protection"}


def test_what_cannot_be_changed_any_more_is_advice() -> None:
    report = check_state(_state(CLUSTER), profile="production")
    (finding,) = report.failed("eks-no-bootstrap-creator-admin")
    assert finding.enforcement == "advisory"


def test_secrets_and_things_to_be_deleted_are_left_out() -> None:
    config = _resource("kubernetes:core/v1:ConfigMap", "c", {"data": {"a": SECRET}})
    old = _resource("aws:eks/cluster:Cluster", "old", {}, delete=True)
    stack = stack_of_state(_state(config, old))
    assert [each.name for each in stack.resources] == ["c"]
    assert stack.resources[0].inputs["data"] == {"a": {"$secret": True}}


def test_components_of_pulumi_eks_are_judged_once() -> None:
    """In a state the children are there, and the component has no inputs."""
    component = {"urn": _urn("eks:index:Cluster", "shop"), "type": "eks:index:Cluster", "custom": False}
    child = {**CLUSTER, "parent": component["urn"]}
    report = check_state(_state(component, child))
    assert len(report.failed("eks-control-plane-audit-logging")) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not an exported stack; got text that is not JSON"),
        ('{"deployment": ', "is not an exported stack; got text that is not JSON"),
        ("[" * 100_000, "is not an exported stack; got text that is not JSON"),
        ("[]", r"is not an exported stack; got \[\]"),
        ("{}", r"is not an exported stack; got \[\]"),
        ('{"deployment": {"resources": 1}}', "resources: needs a list; got 1"),
        ('{"deployment": {"resources": [1]}}', r"resources\[0\]: needs a mapping; got 1"),
        ('{"deployment": {"resources": [{"urn": 1, "type": "t"}]}}', r"resources\[0\]\.urn: needs the URN"),
        ('{"deployment": {"resources": [{"urn": "urn:pulumi:a::b::c::d"}]}}', r"\.type: needs text; got null"),
        (
            '{"deployment": {"resources": [{"urn": "urn:pulumi:a::b::c::d", "type": "t", "inputs": [1]}]}}',
            r"\.inputs: needs a mapping; got list",
        ),
        (
            '{"deployment": {"resources": [{"urn": "urn:pulumi:a::b::c::d", "type": "t", "dependencies": [1]}]}}',
            r"\.dependencies: needs URNs; got \[1\]",
        ),
        ('{"deployment": {}}', "holds no resources, so nothing can be checked; got an empty stack"),
        ('{"deployment": {"resources": []}}', "holds no resources, so nothing can be checked; got an empty stack"),
    ],
)
def test_other_text_is_refused(text: str, message: str) -> None:
    """Nothing else may end in `nothing found`."""
    with pytest.raises(InputError, match=message):
        stack_of_state(text)
