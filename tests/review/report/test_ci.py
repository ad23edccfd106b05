"""The GitHub Action, the CI templates and the hooks: their scripts are run, and every option they give exists."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.cli.check import command as check
from eks_blueprints.cli.comment import command as comment
from eks_blueprints.cli.diff import command as diff
from eks_blueprints.cli.report import merge
from eks_blueprints.core.document import parse
from tests import ROOT
from tests.review.diff.test_base import git
from tests.review.report.test_command import edit, project

__all__ = ["project"]  # a fixture

FILES = [ROOT / "action.yml", ROOT / ".pre-commit-hooks.yaml", *sorted((ROOT / "templates" / "ci").rglob("*.yml"))]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_option_exists(file: Path) -> None:
    text = file.read_text(encoding="utf-8").replace("\\\n", " ")
    calls = re.findall(r"eks-blueprints (diff|comment|check|report merge)\b([^\n]*)", text)
    commands = {"diff": diff, "comment": comment, "check": check, "report merge": merge}
    known = {name: {option for each in it.params for option in each.opts} for name, it in commands.items()}
    assert "eks-blueprints" in text
    for name, rest in calls:
        for option in re.findall(r"(?<![\w$])--?[a-z][a-z-]*", rest.split("||")[0].split(";")[0]):
            assert option in known[name], f"{file.name}: {name} has no {option}"


@pytest.fixture
def action() -> dict[str, Any]:
    data: dict[str, Any] = parse((ROOT / "action.yml").read_text(encoding="utf-8")).data
    return data


def tools(folder: Path, *others: str) -> str:
    """A PATH with the command, and with others that do nothing."""
    found = folder.parent / "bin"
    found.mkdir(exist_ok=True)
    for name, does in (
        ("eks-blueprints", f'exec "{sys.executable}" -m eks_blueprints "$@"'),
        *((o, "") for o in others),
    ):
        (found / name).write_text(f"#!/bin/sh\n{does}\n")
        (found / name).chmod(0o755)
    return f"{found}:{os.environ['PATH']}"


def script(action: dict[str, Any], folder: Path, **variables: str) -> tuple[int, dict[str, str]]:
    """Run the step that compares, as a runner does, and give its exit code and outputs."""
    (step,) = [each for each in action["runs"]["steps"] if each.get("id") == "diff"]
    outputs = folder.parent / "outputs"
    env = {
        **os.environ,
        "PATH": tools(folder),
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
    second = parse((folder / "platform-diff-comment.yml").read_text()).data
    assert first["permissions"] == second["permissions"] == {}
    assert [job["permissions"] for job in first["jobs"].values()] == [{"contents": "read"}]
    assert second["on"] == {"workflow_run": {"workflows": [first["name"]], "types": ["completed"]}}
    steps = second["jobs"]["comment"]["steps"]
    assert not [step for step in steps if "checkout" in step.get("uses", "")]
    (install,) = [step["run"] for step in steps if step.get("name") == "Install"]
    assert "https://github.com/acme/eks-blueprints trusted" in install
    assert "--require-hashes" in install
    (post,) = [step for step in steps if "env" in step]
    assert post["env"] == {"GITHUB_TOKEN": "${{ github.token }}"}
    assert "eks-blueprints comment artifacts/review-report/report.json" in post["run"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_nothing_is_installed_by_a_name_that_nobody_holds(file: Path) -> None:
    assert not re.search(r"pip install[^\n]*\beks-blueprints(==|>|\s|$)", file.read_text(encoding="utf-8"))
