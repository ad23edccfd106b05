"""`eks-blueprints teardown` as a person uses it."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eks_blueprints.cli.teardown import command
from tests import PROJECT, ROOT
from tests.lifecycle.teardown.account import account

from .test_commands import call


def test_it_shows_the_steps_in_order() -> None:
    done = call("teardown", "--dry-run", "prod", cwd=ROOT / "examples" / "mixed_compute")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("to take prod down, in this order:\n\n1. connect to cluster mixed\n")
    assert "     $ pulumi destroy --stack prod --refresh\n" in done.stdout


def test_a_project_of_one_stack_needs_no_name() -> None:
    done = call("teardown", "--dry-run", "--format", "json", cwd=ROOT / "examples" / "auto_mode")
    assert done.returncode == 0, done.stderr
    titles = [step["title"] for step in json.loads(done.stdout)]
    assert titles[-3:-1] == ["destroy the stack", "look for leftovers of auto"]


def test_it_takes_any_program() -> None:
    done = call("teardown", "--dry-run", "--program", "examples/mixed_compute", "prod", cwd=ROOT)
    assert done.returncode == 0, done.stderr


def test_without_options_it_shows_the_steps_and_deletes_nothing() -> None:
    assert call("teardown", "dev").stdout == call("teardown", "--dry-run", "dev").stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--volumes", "delete"], "--volumes belongs to --execute; got no --execute"),
        (["--yes"], "--yes belongs to --execute"),
        (["--execute", "--dry-run"], "--execute does what --dry-run shows; got both"),
        (["--execute", "--yes", "--format", "json"], "reports its progress as text; got --format json"),
        (["--execute"], "asks for the stack's name; got no terminal; add --yes"),
        (["--execute", "--yes", "--volumes", "all"], "'all' is not one of 'keep', 'snapshot', 'delete'"),
        (["--execute", "--yes", "--timeout", "0"], "0 is not in the range x>=1"),
    ],
)
def test_options_that_do_not_fit(options: list[str], said: str) -> None:
    done = call("teardown", "dev", *options)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_protected_stack_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    with account():
        done = run_here("teardown", "prod", "--execute", "--yes", tools=tmp_path)
    assert done.exit_code == 3
    assert "refused: prod-cluster (protect) is protected by the program: Pulumi and AWS refuse to delete" in done.stderr


def test_a_stack_without_a_project_has_nothing_deployed(tmp_path: Path) -> None:
    file = tmp_path / "alone.yaml"
    file.write_text((PROJECT / "stacks" / "dev.yaml").read_text())
    done = run_here("teardown", str(file), "--execute", "--yes", tools=tmp_path)
    assert done.exit_code == 1
    assert "alone.yaml belongs to no Pulumi project" in done.stderr


def test_the_name_of_the_stack_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with account():
        monkeypatch.setattr("eks_blueprints.cli.teardown._asks", lambda: True)
        done = run_here("teardown", "dev", "--execute", tools=tmp_path, typed="prod\n")
    assert done.exit_code == 3
    assert "this deletes the stack dev; type its name to go on" in done.stdout
    assert "nothing is deleted" in done.stderr


def run_here(*words: str, tools: Path, typed: str = "") -> Result:
    """In this process, where the account is, with programs on the PATH that must not be called."""
    for name in ("pulumi", "kubectl"):
        program = tools / name
        program.write_text("#!/bin/sh\nexit 99\n")
        program.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
        patch.chdir(PROJECT)
        return CliRunner().invoke(command, words[1:], input=typed)


def test_one_stack_at_a_time() -> None:
    done = call("teardown", "--dry-run")
    assert done.returncode == 2
    assert "add one of dev, prod" in done.stderr
