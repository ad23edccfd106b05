"""What findings tell users to write into a stack file is what one takes."""

import json
from typing import Any

import pytest

from eks_blueprints.blueprint.spec import BlueprintArgs
from eks_blueprints.core.document import parse
from eks_blueprints.core.facts.instance_types import instance_type
from eks_blueprints.policies.catalogue import rules
from eks_blueprints.policies.check import check_stack
from eks_blueprints.policies.cli_support import judge_plan
from eks_blueprints.policies.stack import Stack
from eks_blueprints.stackfile.settle import checked
from tests import PROJECT
from tests.policies.build import group

WORDS = {id_: rule.prose.stack for id_, rule in rules().items() if rule.prose.stack}
LEAST: dict[str, Any] = {
    "region": "eu-west-1",
    "cluster": {"version": "1.35"},
    "compute": {"nodes": {"kind": "managed_nodes"}},
}


def _merged(one: Any, other: Any) -> Any:
    if not isinstance(one, dict) or not isinstance(other, dict):
        return other
    return {**one, **{key: _merged(one.get(key), value) for key, value in other.items()}}


@pytest.mark.parametrize(("id_", "words"), WORDS.items(), ids=list(WORDS))
def test_a_stack_file_takes_it(id_: str, words: str, tmp_path: Any) -> None:
    names = {"compute": "nodes", "addons": "vpc_cni", "access": "team"}
    part = parse(words.replace("NAME", names.get(words.partition(":")[0], "NAME"))).data
    team = {"principal_arn": "arn:aws:iam::111122223333:role/team"}
    admin = {"principal_arn": "arn:aws:iam::111122223333:role/a", "policies": [{"policy": "cluster_admin"}]}
    base = _merged(LEAST, {"access": {"team": team, "admin": admin}, "core_addons": ["eks_pod_identity_agent"]})
    whole = _merged(base, part)
    if "public_access_cidrs" in words:
        whole = _merged(whole, {"cluster": {"endpoint_public_access": True}})
    file = tmp_path / "prod.yaml"
    file.write_text(json.dumps(whole))
    checked(file)
    assert set(part) <= set(BlueprintArgs.model_fields)


def test_findings_of_a_stack_file_speak_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    from eks_blueprints.review.preview.run import preview
    from eks_blueprints.review.preview.targets import stack_target

    monkeypatch.chdir(PROJECT)
    plan = preview(stack_target("dev")).plan
    told = {each.policy: each.do for each in judge_plan(plan, PROJECT / "stacks", profile="production").failed()}
    assert told["eks-deletion-protection"] == "write cluster: {deletion_protection: true}"
    assert told["eks-nodegroup-spot-diversified"].startswith("write compute: {nodes: {instance_types: [")


def test_types_of_spot_are_offered_for_the_image_that_is_there() -> None:
    nodes = group("nodes", amiType="AL2023_ARM_64_STANDARD", capacityType="SPOT", instanceTypes=["m7g.large"])
    nodes.from_stack_file = True
    (found,) = check_stack(Stack([nodes]), only=("eks-nodegroup-spot-diversified",)).failed()
    types = found.do.partition("[")[2].partition("]")[0].split(", ")
    assert len(types) == 4
    assert all(instance_type(each).architectures == ("arm64",) for each in types)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("given", "fits"),
    [
        ("AL2023_ARM_64_STANDARD", "BOTTLEROCKET_ARM_64}"),
        ("AL2023_x86_64_STANDARD", "BOTTLEROCKET_x86_64}"),
        ("AL2023_x86_64_NVIDIA", "BOTTLEROCKET_x86_64_NVIDIA}"),
    ],
)
def test_an_image_is_offered_for_the_hardware_that_is_there(given: str, fits: str) -> None:
    nodes = group("nodes", amiType=given)
    nodes.from_stack_file = True
    report = check_stack(Stack([nodes]), profile="production", only=("eks-nodegroup-container-optimized-os",))
    (found,) = report.failed()
    assert found.do.startswith("write compute: ")
    assert fits in found.do
