"""The GitHub Action, the CI templates and the hooks: their scripts are run, and every option they give exists."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.cli.comment import command as comment
from eks_blueprints.cli.diff import command as diff
from eks_blueprints.core.document import parse
from tests import ROOT
from tests.review.diff.test_base import git
from tests.review.report.test_command import edit, project

__all__ = ["project"]  # a fixture

FILES = [ROOT / "action.yml", ROOT / ".pre-commit-hooks.yaml", *sorted((ROOT / "templates" / "ci").rglob("*.yml"))]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_option_exists(file: Path) -> None:
    text = file.read_text(encoding="utf-8").replace("\\\n", " ")
    calls = re.findall(r"eks-blueprints (diff|comment)\b([^\n]*)", text)
    known = {name: {o for p in it.params for o in p.opts} for name, it in (("diff", diff), ("comment", comment))}
    assert "eks-blueprints" in text
    for name, rest in calls:
        for option in re.findall(r"(?<![\w$])--?[a-z][a-z-]*", rest.split("||")[0].split(";")[0]):
            assert option in known[name], f"{file.name}: {name} has no {option}"


@pytest.fixture
def action() -> dict[str, Any]:
    data: dict[str, Any] = parse((ROOT / "action.yml").read_text(encoding="utf-8")).data
    return data


def script(action: dict[str, Any], folder: Path, **variables: str) -> tuple[int, dict[str, str]]:
    """Run the step that compares, as a runner does, and give its exit code and outputs."""
    (step,) = [each for each in action["runs"]["steps"] if each.get("id") == "diff"]
    tools = folder.parent / "bin"
    tools.mkdir(exist_ok=True)
    tool = tools / "eks-blueprints"
    tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m eks_blueprints "$@"\n')
    tool.chmod(0o755)
    outputs = folder.parent / "outputs"
    env = {
        **os.environ,
        "PATH": f"{tools}:{os.environ['PATH']}",
        "RUNNER_TEMP": str(folder.parent),
        "GITHUB_OUTPUT": str(outputs),
        **dict.fromkeys(("STACKS", "BASE", "BASE_BRANCH", "FAIL_ON"), ""),
        "COST_THRESHOLD": action["inputs"]["cost-threshold"]["default"],
        **variables,
    }
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    done = subprocess.run(shell, cwd=folder, env=env, check=False, capture_output=True, text=True)
    lines = outputs.read_text().splitlines() if outputs.exists() else []
    return done.returncode, dict(line.split("=", 1) for line in lines)


def test_the_action_compares_and_hands_on_the_exit_code(action: dict[str, Any], project: Path) -> None:
    edit(project, "m7g.large", "m7g.xlarge")
    code, outputs = script(action, project, STACKS="prod", BASE="main", FAIL_ON="replace")
    assert (code, outputs["exit-code"]) == (0, "3")
    assert {file.name for file in Path(outputs["report"]).iterdir()} == {"report.md", "report.html", "report.json"}


def test_the_action_fetches_the_base_of_the_pull_request(action: dict[str, Any], project: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{project}", str(clone))
    git(clone, "remote", "set-branches", "origin", "nothing")
    code, outputs = script(action, clone, STACKS="prod", BASE_BRANCH="main", GITHUB_BASE_REF="main")
    assert (code, outputs["exit-code"]) == (0, "0")


def test_an_input_is_never_part_of_a_script(action: dict[str, Any]) -> None:
    for step in action["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


def test_only_the_second_workflow_may_write_and_it_runs_nothing_of_the_pull_request() -> None:
    folder = ROOT / "templates" / "ci" / "github"
    first = parse((folder / "platform-diff.yml").read_text()).data
    second = parse((folder / "platform-comment.yml").read_text())
    assert first["permissions"] == {"contents": "read"}
    steps = second.data["jobs"]["comment"]["steps"]
    assert "workflow_run" in (folder / "platform-comment.yml").read_text()
    checkouts = [step["with"] for step in steps if "checkout" in step.get("uses", "")]
    assert [each["repository"] for each in checkouts] == ["acme/eks-blueprints"]
    assert [step["run"] for step in steps if "env" in step] == ["eks-blueprints comment report/report.json"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_nothing_is_installed_by_a_name_that_nobody_holds(file: Path) -> None:
    assert not re.search(r"pip install[^\n]*\beks-blueprints(==|>|\s|$)", file.read_text(encoding="utf-8"))
