"""A deployed stack as the old side: right after `up` nothing differs, whatever was written back, and an edit is alone.

What the engine's own preview says of more edits is in `tests/engine/test_agreement.py`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from eks_blueprints.recording import record_directory
from eks_blueprints.review.diff import PlanDiff, diff_plans
from eks_blueprints.review.diff.base import from_file
from eks_blueprints.review.diff.state import deployed, read_state, stack_references
from tests import PROJECT, ROOT
from tests.engine.harness import Engine, Project, missing

pytestmark = pytest.mark.engine

STACKS = {
    "dev": (PROJECT, "dev"),
    "prod": (PROJECT, "prod"),
    **{
        name: (ROOT / "examples" / name, "prod")
        for name in ("auto_mode", "cluster_autoscaler", "ipv6", "mixed_compute", "private_cluster", "team_repo")
    },
    "pulumi_eks": (ROOT / "examples" / "pulumi_eks", "dev"),
}
"""All but those that need what another stack owns (`existing_vpc`), or children that no stand-in makes."""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    if reason := missing():
        pytest.skip(reason)
    made = Engine(tmp_path / "engine")
    yield made
    made.close()


@pytest.mark.parametrize("name", STACKS)
def test_nothing_differs_from_what_is_deployed_and_an_edit_is_shown_alone(engine: Engine, name: str) -> None:
    folder, stack = STACKS[name]
    if name == "pulumi_eks":
        pytest.importorskip("pulumi_eks")
    project = engine.project(folder, stack=stack)
    if name == "team_repo":
        shutil.copytree(folder / "acme", project.folder / "acme")
    project.up()
    state = exported(project)
    assert shown(differing(project, state)) == []
    for file in project.folder.rglob(f"{stack}.yaml"):
        if file.name.startswith("Pulumi"):
            continue
        platform = yaml.safe_load(file.read_text())
        before = platform["cluster"].get("support_type", "EXTENDED")
        platform["cluster"]["support_type"] = "STANDARD" if before == "EXTENDED" else "EXTENDED"
        file.write_text(yaml.safe_dump(platform, sort_keys=False))
        (said,) = shown(differing(project, state))
        assert said.startswith(f"update {stack}-cluster: ['upgradePolicy")


def exported(project: Project) -> Path:
    file = project.root / "state.json"
    file.write_text(json.dumps({"version": 3, "deployment": {"resources": project.export()}}))
    return file


def differing(project: Project, file: Path) -> PlanDiff:
    base = from_file(file).state
    assert base is not None
    new = record_directory(project.folder, project.stack).plan()
    known = {"deployed": deployed(base), "stack_references": stack_references(base)}
    run = record_directory(project.folder, project.stack, **known).plan()
    return diff_plans(read_state(base, new, run).plan, new)


def shown(diff: PlanDiff) -> list[str]:
    said = [f"{each.kind} {each.name}: {[change.path for change in each.changes]}" for each in diff.resources]
    return [*said, *(f"output {change.path}" for change in diff.outputs)]
