"""Shares of the stacks on several machines: what each engine runs of them gives the report of one machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pydantic import ValidationError

from eks_blueprints.blueprint.pipelines import Pipelines
from eks_blueprints.blueprint.pipelines_spec import PipelinesArgs
from eks_blueprints.cli.check import command as check
from eks_blueprints.core.document import parse
from eks_blueprints.core.errors import problems_of
from eks_blueprints.core.yaml_text import load
from eks_blueprints.testing import record
from eks_blueprints.testing.recorded import Recorded
from tests.pipelines.aws import BASE, SOURCE, args
from tests.pipelines.groovy import Block, unquoted
from tests.pipelines.groovy import read as read_groovy
from tests.pipelines.rendered import PROVIDERS, rendered, told
from tests.review.diff.test_base import git
from tests.review.report.test_command import edit, project, run

__all__ = ["project"]  # a fixture

COMMENTS = {"install": ["pip install trusted"]}


def reviewed(engine: str, **changes: Any) -> dict[str, Any]:
    """Fields of a stack with a review of two shares."""
    source = {"provider": PROVIDERS[engine], "repository": "acme/web", "on": ["pull_request"]}
    web = {"kind": "review_pipeline", "engine": engine, "source": source, "shards": 2}
    web |= {"review": {"tests": [], "fail_on": "replace"}, **({} if engine == "jenkins" else COMMENTS), **changes}
    return {"pipelines": {"web": web}, "account": None}


def in_aws(**fields: Any) -> Recorded:
    """What CodePipeline is told of a review of two shares, with further fields of the pipeline."""
    source = {**SOURCE, "on": ["pull_request"]}
    web = {"kind": "review_pipeline", "source": source, "shards": 2, "review": {"tests": [], "fail_on": "replace"}}
    found = PipelinesArgs.model_validate({**BASE, "pipelines": {"web": {**web, **fields}}})
    return record(lambda: Pipelines("ci", found)).is_valid()


@dataclass
class Scripts:
    """What an engine runs: of a share, and of the job that joins."""

    share: Callable[[int], str]
    joined: str


def of_github() -> Scripts:
    jobs = parse(rendered("github_actions", **reviewed("github_actions"))[".github/workflows/web.yml"]).data["jobs"]
    runs = {
        name: "\n".join(step["run"] for step in job["steps"] if step.get("name") == name) for name, job in jobs.items()
    }
    return Scripts(lambda _: runs["review-shard"], runs["review"])


def of_gitlab() -> Scripts:
    jobs = parse(rendered("gitlab_ci", **reviewed("gitlab_ci"))[".gitlab-ci.yml"]).data
    return Scripts(lambda _: "\n".join(jobs["review-shard"]["script"]), "\n".join(jobs["review"]["script"]))


def of_jenkins() -> Scripts:
    top = [each for each in read_groovy(rendered("jenkins", **reviewed("jenkins"))["Jenkinsfile"]) if str(each)]
    [pipeline] = [each for each in top if isinstance(each, Block)]
    lines = [line for block in pipeline.below() if block.head == "steps" for line in block.lines]
    share, joined = (unquoted(line.removeprefix("sh ")) for line in lines if line.startswith("sh "))
    return Scripts(lambda _: share, joined)


def of_bitbucket() -> Scripts:
    text = rendered("bitbucket_pipelines", **reviewed("bitbucket_pipelines"))["bitbucket-pipelines.yml"]
    items = parse(text).data["pipelines"]["pull-requests"]["**"]
    shares = ["\n".join(each["step"]["script"]) for each in items[0]["parallel"]["steps"]]
    return Scripts(lambda number: shares[number - 1], "\n".join(items[1]["step"]["script"]))


def of_codebuild() -> Scripts:
    stack = in_aws()
    texts = [stack.one("codebuild.Project", f"ci-web-{name}-project") for name in ("review-shard", "review")]
    share, joined = (load(each["source.buildspec"])["phases"]["build"]["commands"][0] for each in texts)
    return Scripts(lambda _: share, joined)


ENGINES = {
    "github_actions": of_github,
    "gitlab_ci": of_gitlab,
    "jenkins": of_jenkins,
    "bitbucket_pipelines": of_bitbucket,
    "codepipeline": of_codebuild,
}


@dataclass
class Machine:
    """A checkout where what a share finds is there already, and programs that install do nothing."""

    folder: Path

    def run(self, script: str, **variables: str) -> int:
        tools = self.folder.parent / "bin"
        made = self.folder.parent / "made"
        said = f'echo "$*" >> "{self.folder.parent}/asked"'
        shares = 'NUMBER="${SHARD}"; for LAST; do :; done'
        tool = [
            "#!/bin/bash",
            said,
            f'if [ "$1" = check ]; then cat "{made}/check-$SHARD.json"; exit 3; fi',
            f'if [ "$1" = diff ]; then {shares}; cp "{made}/diff-$NUMBER.json" "$LAST"; exit 3; fi',
            f'exec "{sys.executable}" -m eks_blueprints "$@"',
        ]
        tools.mkdir(exist_ok=True)
        for name, lines in (("eks-blueprints", tool), ("pip", ["#!/bin/sh"])):
            (tools / name).write_text("\n".join(lines) + "\n")
            (tools / name).chmod(0o755)
        env = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "FAIL_ON": "replace", "BASE_BRANCH": "main"}
        env |= {"BITBUCKET_PR_DESTINATION_BRANCH": "main", "SHARDS": "2", **variables}
        own = script.replace("/tmp/stage.sh", str(tools / "stage.sh"))  # noqa: S108
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", own]
        return subprocess.run(command, cwd=self.folder, env=env, check=False, capture_output=True).returncode


@pytest.fixture
def machine(project: Path) -> Machine:
    edit(project, "m7g.large", "m7g.xlarge")
    git(project, "update-ref", "refs/remotes/origin/main", "HEAD")
    made = project.parent / "made"
    made.mkdir()
    everything = ["--all", "--base", "origin/main"]
    for number in ("1", "2"):
        run(*everything, "--shard", f"{number}/2", "-o", str(made / f"diff-{number}.json"))
        words = ["--all", "--policies", "--shard", f"{number}/2", "--format", "json"]
        (made / f"check-{number}.json").write_text(CliRunner().invoke(check, words).stdout)
    return Machine(project)


def handed_on(machine: Machine, engine: str, number: int) -> None:
    """What CodeBuild makes one artifact of: here with a folder of each build's own, as AWS does not say."""
    if engine == "codepipeline":
        reports = machine.folder / "artifacts" / "review-shard-reports"
        shutil.move(reports, machine.folder.parent / "given" / f"build{number}")


def test_each_engine_joins_the_shares_to_the_report_of_one_job(machine: Machine) -> None:
    root = machine.folder.parent
    for form in ("json", "md", "html"):
        run("--all", "--base", "origin/main", "-o", str(root / "made" / f"whole.{form}"))
    for engine, scripts in ENGINES.items():
        found = scripts()
        (root / "asked").write_text("")
        (root / "given").mkdir(exist_ok=True)
        for number in (1, 2):
            assert machine.run(found.share(number), SHARD=str(number)) == 0, engine
            handed_on(machine, engine, number)
            asked = [line.split() for line in (root / "asked").read_text().splitlines()][-2:]
            assert asked[0][:5] == ["check", "--all", "--shard", f"{number}/2", "--policies"], engine
            assert asked[1][:6] == ["diff", "--all", "--shard", f"{number}/2", "--base", "origin/main"], engine
        code = machine.run(found.joined, CODEBUILD_SRC_DIR_review_shard_reports=str(root / "given"))
        report = machine.folder / "artifacts" / "review-report"
        for form in ("json", "md", "html"):
            assert (report / f"report.{form}").read_bytes() == (root / "made" / f"whole.{form}").read_bytes(), engine
        # Bitbucket runs no step after one that failed: the comment fails in its place.
        deferred = engine == "bitbucket_pipelines"
        assert (code, (report / "failed").exists()) == ((0, True) if deferred else (3, False)), engine
        shutil.rmtree(machine.folder / "artifacts")
        shutil.rmtree(root / "given")


def test_a_share_that_is_lost_is_told_and_no_gate_passes(machine: Machine) -> None:
    assert machine.run(of_gitlab().share(1), SHARD="7") != 0
    found = of_github()
    assert machine.run(found.share(1), SHARD="1") == 0

    assert machine.run(found.joined, FAIL_ON="policy") == 2
    assert "cannot be rendered" in (machine.folder / "artifacts/review-report/report.md").read_text()


def steps_of_github() -> Iterator[tuple[str, dict[str, Any]]]:
    jobs = parse(rendered("github_actions", **reviewed("github_actions"))[".github/workflows/web.yml"]).data["jobs"]
    yield from ((name, step) for name, job in jobs.items() for step in job["steps"])


def test_github_keeps_a_part_for_each_machine_and_brings_all_of_them_together() -> None:
    ours = {(name, step["uses"].partition("@")[0]): step["with"] for name, step in steps_of_github() if "uses" in step}

    assert ours["review-shard", "actions/upload-artifact"]["name"] == ("review-shard-reports.${{ strategy.job-index }}")
    taken = ours["review", "actions/download-artifact"]
    assert (taken["pattern"], taken["merge-multiple"]) == ("review-shard-reports.*", True)


def test_the_report_is_joined_also_where_a_share_failed() -> None:
    workflow = parse(rendered("github_actions", **reviewed("github_actions"))[".github/workflows/web.yml"]).data
    gitlab = parse(rendered("gitlab_ci", **reviewed("gitlab_ci"))[".gitlab-ci.yml"]).data

    assert workflow["jobs"]["review"]["if"] == "!cancelled()"
    assert gitlab["review"]["rules"] == [{"when": "always"}]
    assert gitlab["review-shard"]["parallel"] == {"matrix": [{"SHARD": ["1", "2"]}]}


def test_no_share_can_write_anything() -> None:
    jobs = parse(rendered("github_actions", **reviewed("github_actions"))[".github/workflows/web.yml"]).data["jobs"]

    assert {name: job["permissions"] for name, job in jobs.items()} == {
        name: {"contents": "read"} for name in ("review-shard", "review")
    }


def test_jenkins_stashes_a_part_for_each_machine() -> None:
    text = rendered("jenkins", **reviewed("jenkins"))["Jenkinsfile"]

    assert "stash name: 'review-shard-reports.' + env.SHARD, includes: 'artifacts/review-shard-reports/**'" in text
    assert re.findall(r"unstash '(.*)'", text) == ["review-shard-reports.1", "review-shard-reports.2"]


def actions(stack: Recorded, pipeline: str) -> dict[str, dict[str, Any]]:
    (found,) = [each for each in stack.all("codepipeline.Pipeline") if each.name == pipeline]
    return {action["name"]: dict(action) for stage in found["stages"] for action in stage["actions"]}


def test_codepipeline_runs_a_batch_and_takes_one_artifact_of_it() -> None:
    stack = in_aws(shards=5)
    found = actions(stack, "ci-web-pipeline-pull-requests")

    said = found["review-shard"]["configuration"]
    assert (said["BatchEnabled"], said["CombineArtifacts"]) == ("true", "true")
    assert found["review-shard"]["outputArtifacts"] == ["review_shard_reports"]
    assert "BatchEnabled" not in found["review"]["configuration"]
    batch = stack.one("codebuild.Project", "ci-web-review-shard-project")["buildBatchConfig"]
    assert batch["restrictions"]["maximumBuildsAllowed"] == 5
    policy = stack.one("iam.RolePolicy", "ci-web-review-shard-batch-role")["policy"]
    for verb in ("StartBuild", "StopBuild", "RetryBuild"):
        assert f"codebuild:{verb}" in policy
    role = stack.one("iam.RolePolicy", "ci-web-pipeline-pull-requests-role")["policy"]
    assert "codebuild:StartBuildBatch" in role


@pytest.mark.parametrize("shards", [1, 101, "many"])
def test_a_count_that_no_engine_can_run_is_refused(shards: object) -> None:
    [problem] = told("github_actions", **reviewed("github_actions", shards=shards))

    assert problem.startswith("shards: ")


TEXTS = ("github_actions", "gitlab_ci", "jenkins")
GOLDEN = Path(__file__).parent / "golden" / "shards"
SCHEMAS = {
    ".yml": ("--builtin-schema", "vendor.github-workflows"),
    ".gitlab-ci.yml": ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"),
}


def texts(engine: str) -> dict[str, str]:
    """What is rendered, without settings."""
    found = rendered(engine, **reviewed(engine))
    return {path: text for path, text in found.items() if "/eks-blueprints/" not in path}


@pytest.mark.parametrize("engine", TEXTS)
def test_it_is_what_was_reviewed(engine: str, request: pytest.FixtureRequest) -> None:
    for path, text in texts(engine).items():
        file = GOLDEN / engine / path.rpartition("/")[2].removeprefix(".")
        if request.config.getoption("--update-golden"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
        assert file.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("engine", ["github_actions", "gitlab_ci"])
def test_it_fits_the_published_schema(tmp_path: Path, engine: str) -> None:
    if shutil.which("check-jsonschema") is None:
        pytest.skip("needs check-jsonschema on the PATH")
    for path, text in texts(engine).items():
        (tmp_path / "file.yml").write_text(text)
        call = ["check-jsonschema", *SCHEMAS.get(path, SCHEMAS[".yml"]), "file.yml"]
        done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        if engine == "github_actions" and shutil.which("actionlint"):
            linted = subprocess.run(
                ["actionlint", "file.yml"], cwd=tmp_path, capture_output=True, text=True, check=False
            )
            assert linted.returncode == 0, linted.stdout


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="needs shellcheck on the PATH")
@pytest.mark.parametrize("engine", ENGINES)
def test_shellcheck_finds_nothing(tmp_path: Path, engine: str) -> None:
    found = ENGINES[engine]()
    for name, script in (("share", found.share(1)), ("joined", found.joined)):
        file = tmp_path / f"{name}.sh"
        file.write_text(script if script.startswith("#!") else f"#!/usr/bin/env bash\n{script}")
        call = ["shellcheck", "--severity=style", "--exclude=SC2034,SC2154", str(file)]
        done = subprocess.run(call, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_a_share_that_looks_at_nothing_is_refused() -> None:
    stages = {"shard": {"shards": 2, "checks": False, "compares": False}}

    assert told("github_actions", stages=stages) == [
        "stages.shard.compares: leaves nothing to do without checks; got false for both; set one of them"
    ]


def test_two_artifacts_of_a_batch_are_refused_where_one_is_made_of_them() -> None:
    shard = {"kind": "shard", "shards": 2, "compares": False, "artifacts": {"more": ["x"]}}
    with pytest.raises(ValidationError) as caught:
        args({"web": {"shard": shard}})

    [problem] = problems_of(caught.value)
    assert "which joins what the runs of a matrix make into one artifact; got 2" in str(problem)
