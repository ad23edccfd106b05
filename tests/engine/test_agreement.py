"""What the offline diff says happens to each resource is what the real engine's preview says, edit by edit.

And the other direction: right after `up`, the diff against the exported state is empty, and an edit is shown alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import yaml

from eks_blueprints.recording import Plan, record_directory
from eks_blueprints.review.diff import PlanDiff, diff_plans
from eks_blueprints.review.diff.state import deployed, read_state, stack_references

from .conftest import why_missing
from .edits import EDITS, PLATFORMS, edited
from .harness import QUIET_OPS, Engine, Project, Result
from .test_compute import PROGRAM

pytestmark = pytest.mark.engine

REGION = {"aws:region": "eu-west-1"}
KINDS = {"create-replacement": "replace", "delete-replaced": "replace", "import": "create"}
LENIENT = {"dev-network-default-security-group"}
"""The stand-in moves a default security group to another VPC, which the real provider cannot."""

CASES = [pytest.param(name, edit, id=f"{name}: {edit}") for name, edits in EDITS.items() for edit in edits]


@dataclass
class Standing:
    """A platform that is up."""

    project: Project
    platform: dict[str, Any]
    plan: Plan
    state: dict[str, Any] = field(default_factory=dict)
    region: str = REGION["aws:region"]

    def write(self, platform: dict[str, Any]) -> None:
        if platform["region"] != self.region:
            self.region = platform["region"]
            self.project.config("aws:region", self.region)
        (self.project.folder / "dev.yaml").write_text(yaml.safe_dump(platform, sort_keys=False))

    def record(self, **known: Any) -> Plan:
        return record_directory(self.project.folder, "dev", config={"aws:region": self.region}, **known).plan()

    def against_the_state(self) -> PlanDiff:
        known = {"deployed": deployed(self.state), "stack_references": stack_references(self.state)}
        new = self.record()
        return diff_plans(read_state(self.state, new, self.record(**known)).plan, new)


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Standing]]:
    """Each platform, brought up once."""
    if reason := why_missing():
        pytest.skip(reason)
    engine = Engine(tmp_path_factory.mktemp("engine"))
    known: dict[str, Standing] = {}

    def get(name: str) -> Standing:
        if name not in known:
            platform = PLATFORMS[name]
            project = engine.program(PROGRAM, files={"dev.yaml": yaml.safe_dump(platform, sort_keys=False)})
            project.seed("aws:iam/role:Role", "own", "global", **OWN_ROLE)
            project.up()
            plan = record_directory(project.folder, "dev", config=REGION).plan()
            known[name] = Standing(project, platform, plan, {"deployment": {"resources": project.export()}})
        return known[name]

    yield get
    engine.close()


OWN_ROLE = {
    "name": "own",
    "arn": "arn:aws:iam::123456789012:role/own",
    "assumeRolePolicy": (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", '
        '"Action": ["sts:AssumeRole", "sts:TagSession"], "Principal": {"Service": "eks.amazonaws.com"}}]}'
    ),
}


def test_there_are_edits_of_every_kind() -> None:
    assert sum(len(edits) for edits in EDITS.values()) >= 60
    assert EDITS.keys() == PLATFORMS.keys()


@pytest.mark.parametrize(("name", "edit"), CASES)
def test_the_engine_does_what_the_diff_says(standing: Callable[[str], Standing], name: str, edit: str) -> None:
    stand = standing(name)
    stand.write(edited(stand.platform, EDITS[name][edit]))
    try:
        new = stand.record()
        done = stand.project.preview()
        shown = stand.against_the_state()
    finally:
        stand.write(stand.platform)
    said = operations(diff_plans(stand.plan, new))
    assert said == planned(done, stand.plan, new)
    assert operations(shown) == said


@pytest.mark.parametrize("name", PLATFORMS)
def test_nothing_differs_from_what_is_deployed(standing: Callable[[str], Standing], name: str) -> None:
    assert operations(standing(name).against_the_state()) == {}


def operations(diff: PlanDiff) -> dict[str, str]:
    return {each.urn: each.kind for each in diff.resources if each.name not in LENIENT}


def planned(result: Result, *plans: Plan) -> dict[str, str]:
    """What the engine would do, by URN, to what a provider manages."""
    components = {each.urn for plan in plans for each in plan.resources if not each.custom}
    found: dict[str, str] = {}
    for step in result.steps:
        default = step.type.startswith("pulumi:providers:") and step.name.startswith("default")
        if step.op in QUIET_OPS or step.urn in components or default or step.name in LENIENT:
            continue
        found[step.urn] = KINDS.get(step.op, step.op)
    return found
