"""Bitbucket Pipelines: the file as reviewed, as its schema has it, and what is refused."""

from __future__ import annotations

import copy
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.core.document import parse
from tests.pipelines.rendered import STAGES, rendered, told
from tests.pipelines.test_platform_review import platform
from tests.pipelines.test_shards import reviewed

FILE = "bitbucket-pipelines.yml"
GOLDEN = Path(__file__).parent / "golden" / "bitbucket_pipelines"
RUN: dict[str, Any] = {"commands": ["make"]}


def plain() -> dict[str, Any]:
    """Stages that need nothing of AWS, with a matrix."""
    stages = {name: copy.deepcopy(STAGES[name]) for name in ("lint", "test", "build")}
    del stages["build"]["secrets"]
    stages["lint"]["matrix"] = {"PYTHON": ["3.12", "3.13"], "LEVEL": ["fast"]}
    stages["review"] = {"after": ["source"]}
    return {"stages": stages, "pipeline": {"variables": {"LEVEL_OF_LOG": {"default_value": 'it\'s "$5"'}}}}


CASES = {
    "all": plain(),
    "review": reviewed("bitbucket_pipelines"),
    "tags": {"stages": {"build": RUN}, "source": {"on": ["push"], "tags": ["v*", "w*"], "ignore_paths": ["docs/**"]}},
    "night": {"stages": {"build": RUN}, "source": {"on": ["schedule"], "schedule": "0 2 * * *", "paths": ["src/**"]}},
}


def text(case: str) -> str:
    [(path, found)] = rendered("bitbucket_pipelines", **CASES[case]).items()
    assert path == FILE
    return found


@pytest.mark.parametrize("case", ["all", "review"])
def test_it_is_what_was_reviewed(case: str, request: pytest.FixtureRequest) -> None:
    file = GOLDEN / f"{case}.yml"
    if request.config.getoption("--update-golden"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text(case), encoding="utf-8", newline="\n")

    assert text(case) == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES)
def test_it_fits_the_published_schema(tmp_path: Path, case: str) -> None:
    if shutil.which("check-jsonschema") is None:
        pytest.skip("needs check-jsonschema on the PATH")
    (tmp_path / FILE).write_text(text(case))
    call = ["check-jsonschema", "--builtin-schema", "vendor.bitbucket-pipelines", FILE]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def steps(found: Any) -> list[dict[str, Any]]:
    flat: list[dict[str, Any]] = []
    for item in found:
        flat += [each["step"] for each in item["parallel"]["steps"]] if "parallel" in item else []
        flat += [item["step"]] if "step" in item else []
    return flat


@pytest.mark.parametrize("case", CASES)
def test_bash_and_shellcheck_read_every_script(tmp_path: Path, case: str) -> None:
    ways = parse(text(case)).data["pipelines"]
    scripts = [
        "\n".join(step["script"])
        for name, way in ways.items()
        for each in way.values()
        for step in steps(each)
        if name != "custom" or case == "night"
    ]
    assert scripts
    for number, script in enumerate(scripts):
        file = tmp_path / f"{number}.sh"
        file.write_text(f"#!/usr/bin/env bash\n{script}\n")
        assert subprocess.run(["bash", "-n", str(file)], check=False).returncode == 0
        if shutil.which("shellcheck"):
            call = ["shellcheck", "--severity=style", "--exclude=SC2016,SC2034,SC2154", str(file)]
            done = subprocess.run(call, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout


def test_pull_requests_pushes_and_runs_by_hand_have_the_steps_that_are_theirs() -> None:
    ways = parse(text("all")).data["pipelines"]
    lint = ["lint 3.12 fast", "lint 3.13 fast"]

    assert [step["name"] for step in steps(ways["pull-requests"]["**"])] == [*lint, "test", "review", "build"]
    assert [step["name"] for step in steps(ways["branches"]["main"])] == [*lint, "test", "build"]
    assert ways["custom"]["web"][0] == {
        "variables": [{"name": "LEVEL_OF_LOG", "default": 'it\'s "$5"', "description": "LEVEL_OF_LOG"}]
    }
    assert list(parse(text("tags")).data["pipelines"]["tags"]) == ["v*", "w*"]
    night = parse(text("night")).data["pipelines"]
    assert list(night) == ["custom"]
    assert "0 2 * * *" in text("night")


def test_only_the_step_that_comments_has_the_environment_with_the_token() -> None:
    found = {step["name"]: step for step in steps(parse(text("review")).data["pipelines"]["pull-requests"]["**"])}

    assert {name for name, step in found.items() if "deployment" in step} == {"comment"}
    assert found["comment"]["deployment"] == "web-comment"
    assert found["comment"]["clone"] == {"enabled": False}


@pytest.mark.parametrize(("there", "code"), [(False, 0), (True, 1)])
def test_the_comment_fails_in_the_place_of_the_review(tmp_path: Path, there: bool, code: int) -> None:
    found = {step["name"]: step for step in steps(parse(text("review")).data["pipelines"]["pull-requests"]["**"])}
    if there:
        (tmp_path / "artifacts/review-report").mkdir(parents=True)
        (tmp_path / "artifacts/review-report/failed").touch()

    last = found["comment"]["script"][-1]
    assert subprocess.run(["bash", "-e", "-c", last], cwd=tmp_path, check=False).returncode == code


def test_a_default_value_is_the_text_that_was_written() -> None:
    first = steps(parse(text("all")).data["pipelines"]["branches"]["main"])[0]["script"][0]
    done = subprocess.run(
        ["bash", "-c", f'{first}printf %s "$LEVEL_OF_LOG"'], capture_output=True, text=True, check=True
    )

    assert done.stdout == 'it\'s "$5"'


def test_what_needs_a_role_or_a_decision_is_refused() -> None:
    found = told("bitbucket_pipelines")

    assert [problem.partition(": ")[0] for problem in found] == [
        f"stages.{name}" for name in ("build", "smoke", "approve", "live")
    ]
    assert "which steps of Bitbucket have not here" in found[0]
    assert "for which Bitbucket cannot name approvers" in found[2]
    assert told("bitbucket_pipelines", **platform("bitbucket_pipelines"))


def test_another_host_is_refused() -> None:
    [problem] = told("bitbucket_pipelines", stages={"build": RUN}, source={"provider": "github"})

    assert problem.startswith("stages.source.provider: is not what Bitbucket Pipelines starts from; got github; ")
