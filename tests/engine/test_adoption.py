"""Taking over what exists, on the real engine: imports alone, then changes in place alone, then nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from eks_blueprints.lifecycle.importers.found.adoption import judged
from eks_blueprints.lifecycle.importers.found.model import Holdings
from eks_blueprints.lifecycle.importers.found.stack import drafted
from eks_blueprints.lifecycle.importers.pulumi_state import read_state as read_stack_state
from eks_blueprints.lifecycle.importers.terraform import read_state
from eks_blueprints.lifecycle.importers.writing import as_yaml
from tests.lifecycle.importers import pulumi_states, states

from .harness import Engine, Project, Result
from .held import hold, hold_named

pytestmark = pytest.mark.engine

PROGRAM = """\
from pathlib import Path

from eks_blueprints import stackfile

stackfile.deploy(Path(__file__).with_name("dev.yaml"))
"""


def project_of(engine: Engine, holdings: Holdings, *, aliases: bool = False) -> Project:
    """A project whose stack file and adoption an importer wrote, in an account that holds what it found."""
    draft = drafted(holdings)
    text = as_yaml(draft.data)
    found = judged(draft, text, "dev", aliases=aliases)
    assert not found.replaced
    files = {"dev.yaml": text, "dev.adopt.yaml": found.text("Imported for a test.")}
    project = engine.program(PROGRAM, files=files)
    hold(project, found, (*holdings.resources, *draft.extra))
    hold_named(project, text)
    return project


def of_aws(result: Result) -> dict[str, set[str]]:
    """What happens to resources of AWS: operation to types."""
    found: dict[str, set[str]] = {}
    for step in result.steps:
        if step.type.startswith("aws:") and step.op != "same":
            found.setdefault(step.op, set()).add(step.type.rpartition(":")[2])
    return found


def taken_over(project: Project, created: set[str] | None = None) -> Result:
    """Take over all that was found, and let the stack file hold; gives the up after the adoption."""
    made = {"create"} if created else set[str]()
    preview = project.preview()
    assert of_aws(preview).keys() == {"import"} | made
    assert of_aws(preview).get("create", set()) == (created or set())
    before = {row.key: row.outputs for row in project.account.rows() if row.origin == "seed"}
    assert of_aws(project.up()).keys() == {"import"} | made
    after = {row.key: row.outputs for row in project.account.rows() if row.origin == "seed"}
    assert after == before, "the adoption changed something"
    project.edit("dev.adopt.yaml", "adopted: false", "adopted: true")
    changes = project.up()
    assert of_aws(changes).keys() <= {"update"}
    assert project.up().unchanged
    return changes


@pytest.mark.parametrize(("name", "created"), [("eks_21", None), ("eks_20", {"LaunchTemplate"}), ("plain", None)])
def test_a_root_of_terraform_is_taken_over_with_nothing_replaced(
    engine: Engine, tmp_path: Path, name: str, created: set[str] | None
) -> None:
    state = states.written(tmp_path / "terraform.tfstate", states.terraform(getattr(states, name)()))
    taken_over(project_of(engine, read_state(str(state))), created)


@pytest.mark.parametrize(
    ("name", "created"), [("eks_2", None), ("eks_3", {"LaunchTemplate"}), ("eks_4", None), ("plain", None)]
)
def test_a_stack_of_pulumi_is_taken_over_with_nothing_replaced(
    engine: Engine, tmp_path: Path, name: str, created: set[str] | None
) -> None:
    state = states.written(tmp_path / "stack.json", getattr(pulumi_states, name)())
    taken_over(project_of(engine, read_stack_state(str(state))), created)
