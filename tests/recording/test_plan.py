"""Plans as files."""

import json
import subprocess
import sys
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pytest

from eks_blueprints.recording import Plan, Position, record
from eks_blueprints.recording.schema import schema
from tests import ROOT

from .programs import rich, rich_settings


def test_a_plan_comes_back_as_it_was() -> None:
    plan = record(rich, **rich_settings()).plan()
    again = Plan.from_json(plan.to_json())
    assert again == plan
    assert again.to_json() == plan.to_json()


def test_positions_can_be_left_out() -> None:
    text = record(rich, **rich_settings()).plan().to_json(positions=False)
    assert all(each.position is None for each in Plan.from_json(text).resources)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("[]", "not a plan"),
        ('{"kind": "other"}', "not a plan"),
        ('{"kind": "eks-blueprints/plan", "version": 2}', "plan version 2 is not supported; this release reads 1"),
    ],
)
def test_other_files_are_refused(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        Plan.from_json(text)


def test_parents_come_first_and_siblings_by_urn() -> None:
    plan = record(rich, **rich_settings()).plan()
    seen: set[str | None] = {None}
    last: dict[str | None, str] = {}
    for resource in plan.resources:
        assert resource.parent in seen
        assert last.get(resource.parent, "") < resource.urn
        last[resource.parent] = resource.urn
        seen.add(resource.urn)


def test_the_schema_on_disk_is_current() -> None:
    assert json.loads((ROOT / "docs/reference/plan.schema.json").read_text()) == schema()


def test_the_schema_fits_a_plan() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.validate(json.loads(record(rich, **rich_settings()).plan().to_json()), schema())


def test_every_option_in_a_plan_is_in_the_schema() -> None:
    known = schema()["$defs"]["options"]["properties"]
    for resource in record(rich, **rich_settings()).plan().resources:
        assert resource.options.keys() <= known.keys()


def test_a_position_is_the_line_that_makes_the_component() -> None:
    class Part(pulumi.ComponentResource):
        def __init__(self, name: str) -> None:
            super().__init__("acme:index:Part", name)
            aws.iam.Role(f"{name}-role", assume_role_policy="{}", opts=pulumi.ResourceOptions(parent=self))

    first = Part.__init__.__code__.co_firstlineno
    recording = record(lambda: Part("p"), root=str(ROOT))
    where = {each.name: each.position for each in recording.resources}
    assert where["p-role"] == Position("tests/recording/test_plan.py", first + 2)
    assert where["p"] == Position("tests/recording/test_plan.py", first + 5)


def test_positions_outside_the_project_are_not_absolute(tmp_path: Path) -> None:
    recording = record(lambda: aws.iam.Role("r", assume_role_policy="{}"), root=str(tmp_path))
    assert recording.resources[1].position is not None
    assert not recording.resources[1].position.file.startswith("/")


def test_importing_the_package_does_not_import_pulumi() -> None:
    script = "import sys, eks_blueprints.recording; sys.exit('pulumi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0
