"""Variables of users that the lines of a stage would replace, or that would give a job to somebody else."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.pipelines.engines._names import given
from tests.pipelines.test_graph import read, told

ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:x-AbCdEf"
IMAGE = {"kind": "build", "image": {"repository": "web", "secrets": ["REGISTRY"]}}


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("A=1\n  export B=2\nlocal c=3\nD+=(x)", {"A", "B", "c", "D"}),
        ("for each in x; do", {"each"}),
        ("mapfile -t -O 1 FOUND < <(ls)\nwhile read -r one two; do", {"FOUND", "one", "two"}),
        ("docker build --build-arg A=b\naws --query 'x=y'", set()),
    ],
)
def test_names_that_lines_give_values(line: str, names: set[str]) -> None:
    assert given([line]) == names


def test_a_secret_of_a_build_is_not_replaced_by_its_script() -> None:
    build = {**IMAGE, "secrets": {"REGISTRY": ARN}}

    [problem] = told({"build": build})
    assert problem.startswith("stages.build.secrets.REGISTRY: is a variable of the lines that this stage runs")
    assert problem.endswith("which would replace it; got REGISTRY; rename it")


def test_a_variable_of_a_verification_is_not_replaced_by_its_script() -> None:
    verify = {"environment": "staging", "workloads": ["deployment/a"], "variables": {"NAMESPACE": "other"}}

    assert told({"verify": verify})[0].startswith("stages.verify.variables.NAMESPACE: is a variable of the lines")


def test_commands_of_a_user_can_use_any_other_name() -> None:
    assert read({"test": {"commands": ["REGISTRY=x make"], "variables": {"REGISTRY": "x", "NAMESPACE": "y"}}})


@pytest.mark.parametrize("name", ["PATH", "LD_PRELOAD", "AWS_PROFILE", "BASH_ENV"])
@pytest.mark.parametrize("where", ["stage", "run"])
def test_nobody_says_which_programs_run_by_a_variable(name: str, where: str) -> None:
    fields: dict[str, Any] = {"variables": {name: {"default_value": "x"}}} if where == "run" else {}
    stage = {"commands": ["make"], **({"variables": {name: "x"}} if where == "stage" else {})}
    [problem] = told({"test": stage}, **fields)

    assert f"variables.{name}: decides which programs a job runs, or as whom" in problem
