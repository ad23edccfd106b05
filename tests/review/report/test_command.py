"""`eks-blueprints diff` as a person and as CI call it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from eks_blueprints.cli.diff import command, default_base
from tests import ROOT
from tests.review.diff.test_base import PROGRAM, STACK, git


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A committed project with two stacks."""
    folder = tmp_path / "shop"
    (folder / "stacks").mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\nmain: stacks\n")
    (folder / "stacks" / "__main__.py").write_text(PROGRAM)
    for name in ("dev", "prod"):
        (folder / "stacks" / f"{name}.yaml").write_text(STACK)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    for name in ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "BITBUCKET_PR_DESTINATION_BRANCH"):
        monkeypatch.delenv(name, raising=False)
    return folder


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments, "--jobs", "1"], catch_exceptions=False)


def edit(project: Path, old: str, new: str, stack: str = "prod") -> None:
    file = project / "stacks" / f"{stack}.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_nothing_changed(project: Path) -> None:
    result = run("prod", "--exit-code")
    assert result.exit_code == 0
    assert "no changes" in result.output
    assert "main (" in result.output


def test_a_replacement_with_a_gate_and_files(project: Path) -> None:
    edit(project, "m7g.large", "m7g.xlarge")
    result = run("-o", "out/r.md", "-o", "out/r.html", "-o", "out/r.json", "--fail-on", "replace")
    assert result.exit_code == 3
    data: dict[str, Any] = json.loads((project / "out" / "r.json").read_text())
    assert data["counts"] == {"create": 0, "import": 0, "update": 0, "replace": 1, "delete": 0}
    assert [stack["stack"] for stack in data["stacks"]] == ["dev", "prod"]
    assert "**replace**" in (project / "out" / "r.md").read_text()
    assert "<svg" in (project / "out" / "r.html").read_text()
    assert git(project, "worktree", "list").count("\n") == 0


def test_changes_can_be_told_by_the_exit_code(project: Path) -> None:
    edit(project, "m7g.large", "m7g.xlarge")
    assert run("prod", "--exit-code").exit_code == 4
    assert run("prod").exit_code == 0


def test_a_stack_that_is_gone_is_deleted_and_one_that_comes_is_new(project: Path) -> None:
    (project / "stacks" / "dev.yaml").rename(project / "stacks" / "eu.yaml")
    data = json.loads(run("--format", "json").stdout)
    kinds = {stack["stack"]: {kind for kind, number in stack["counts"].items() if number} for stack in data["stacks"]}
    assert kinds == {"dev": {"delete"}, "eu": {"create"}, "prod": set()}


def test_an_invalid_stack_is_told_beside_the_others(project: Path) -> None:
    edit(project, "eu-west-1", "eu-west-99", "dev")
    edit(project, "m7g.large", "m7g.xlarge")
    result = run()
    assert result.exit_code == 2
    assert "dev cannot be rendered" in result.output
    assert "1 replacement" in result.output


def test_a_change_that_mends_a_broken_base_gets_through(project: Path) -> None:
    edit(project, "eu-west-1", "eu-west-99")
    git(project, "commit", "-qam", "broken")
    edit(project, "eu-west-99", "eu-west-1")
    result = run("prod", "--base", "HEAD")
    assert result.exit_code == 0
    assert "its base cannot be rendered" in result.output


def test_a_saved_plan_is_a_base(project: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "eks_blueprints", "preview", "prod", "--format", "json"],
        capture_output=True,
        check=True,
    )
    (project / "plan.json").write_bytes(done.stdout)
    edit(project, "m7g.large", "m7g.xlarge")
    assert "1 replacement" in run("prod", "--base", "plan.json").output


def test_the_branch_that_ci_names_is_the_base(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert default_base() == "main"
    monkeypatch.setenv("GITHUB_BASE_REF", "release")
    assert default_base() == "origin/release"


@pytest.mark.parametrize("arguments", [["--fail-on", "replaced"], ["--base", "nowhere"], ["nostack"]])
def test_what_the_user_got_wrong_is_said(project: Path, arguments: list[str]) -> None:
    from eks_blueprints.core.errors import InputError

    with pytest.raises(InputError):
        run(*arguments)


def broken_base(project: Path, *stacks: str) -> None:
    """A main whose stacks cannot be rendered, and a working tree that mends them."""
    good = {name: (project / "stacks" / f"{name}.yaml").read_text() for name in stacks}
    for name in stacks:
        edit(project, "region: ", "regoin: ", name)
    git(project, "commit", "-qam", "broken")
    for name, text in good.items():
        (project / "stacks" / f"{name}.yaml").write_text(text)


@pytest.mark.parametrize("gates", ["replace", "delete", "attention", "create,update", "policy", "security", "cost>1"])
def test_a_gate_is_not_passed_unseen(project: Path, gates: str) -> None:
    """What a base held that cannot be rendered is not known, so whether something is replaced is not either."""
    broken_base(project, "prod")
    result = run("prod", "--fail-on", gates, "-o", "out/r.md")
    assert result.exit_code == 2
    assert "blocked  prod: whether a gate is met is not known" in result.stderr
    assert "note  prod is shown as new, because its base cannot be rendered" in result.stderr


def test_without_gates_a_change_that_mends_the_base_gets_through(project: Path) -> None:
    broken_base(project, "prod")
    assert run("prod").exit_code == 0


def test_a_stack_that_goes_with_a_base_that_cannot_be_rendered_is_told(project: Path) -> None:
    broken_base(project, "dev")
    (project / "stacks" / "dev.yaml").unlink()
    result = run("--fail-on", "delete")
    assert result.exit_code == 2
    assert "blocked  dev: " in result.stderr
    assert "dev is deleted, and what it holds is not known" in run().stdout


def test_a_base_without_a_readable_project_is_not_an_empty_one(project: Path) -> None:
    (project / "Pulumi.yaml").write_text("name: [\n")
    git(project, "commit", "-qam", "broken")
    (project / "Pulumi.yaml").write_text("name: shop\nruntime: python\nmain: stacks\n")
    result = run("--fail-on", "replace")
    assert result.exit_code == 1
    assert "could not be rendered" in result.stderr


def test_a_gate_needs_what_it_asks(project: Path) -> None:
    result = CliRunner().invoke(command, ["prod", "--fail-on", "policy", "--no-policies"])
    assert result.exit_code == 2
    assert "--fail-on policy requires the policies; got --no-policies" in result.output
