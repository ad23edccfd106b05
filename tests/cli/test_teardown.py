"""`eks-blueprints teardown` as a person uses it."""

import json

from tests import ROOT

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


def test_it_deletes_nothing_itself() -> None:
    done = call("teardown", "dev")
    assert done.returncode == 2
    assert "teardown deletes nothing itself" in done.stderr


def test_one_stack_at_a_time() -> None:
    done = call("teardown", "--dry-run")
    assert done.returncode == 2
    assert "add one of dev, prod" in done.stderr
