"""Pull requests of a platform pipeline: shares of the check, the review, and its comment."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.blueprint.pipelines import Pipelines
from eks_blueprints.blueprint.pipelines_spec import PipelinesArgs
from eks_blueprints.core.document import parse
from eks_blueprints.testing import record
from tests.pipelines.aws import BASE, SOURCE
from tests.pipelines.bash import Machine
from tests.pipelines.rendered import PROVIDERS, rendered, told
from tests.pipelines.test_shards import actions

WORKFLOW = ".github/workflows/web.yml"
PULL_REQUEST = "github.event_name == 'pull_request'"


def platform(engine: str, **changes: Any) -> dict[str, Any]:
    source = {"provider": PROVIDERS[engine], "repository": "acme/web", "on": ["push", "pull_request"]}
    web = {
        "kind": "platform_pipeline",
        "engine": engine,
        "source": source,
        "review": {},
        "comment_install": ["pip install trusted"],
        "waves": {"canary": {"environment": "staging", "stacks": ["dev"]}},
        **changes,
    }
    return {"pipelines": {"web": web}}


def jobs(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = parse(rendered("github_actions", **platform("github_actions", **changes))[WORKFLOW]).data
    return dict(found["jobs"])


def test_a_review_runs_for_pull_requests_alone_and_nothing_that_deploys_waits_for_it() -> None:
    found = jobs()

    assert found["review"]["if"] == PULL_REQUEST
    assert found["review"]["permissions"] == {"contents": "read"}
    assert "if" not in found["check"]
    assert found["preview-dev"]["needs"] == ["check"]
    steps = found["review"]["steps"]
    assert "eks-blueprints diff" in "".join(step.get("run", "") for step in steps)
    assert "check --policies" not in "".join(step.get("run", "") for step in steps)


def test_the_second_workflow_comments_after_pull_requests() -> None:
    files = rendered("github_actions", **platform("github_actions"))
    second = parse(files[".github/workflows/web-comment.yml"]).data

    assert second["on"] == {"workflow_run": {"workflows": ["web"], "types": ["completed"]}}
    assert second["jobs"]["comment"]["if"] == "github.event.workflow_run.event == 'pull_request'"
    gitlab = parse(rendered("gitlab_ci", **platform("gitlab_ci"))[".gitlab-ci.yml"]).data
    event = '$CI_PIPELINE_SOURCE == "merge_request_event"'
    assert gitlab["comment"]["rules"] == [{"if": event, "when": "always"}]
    assert gitlab["review"]["rules"] == [{"if": event, "when": "on_success"}]
    assert gitlab["preview-dev"]["rules"][0]["if"] == event.replace("==", "!=")


def test_without_a_review_pull_requests_run_the_check_alone() -> None:
    files = rendered("github_actions", **platform("github_actions", review=None, comment_install=[]))

    assert ".github/workflows/web-comment.yml" not in files
    assert "review" not in parse(files[WORKFLOW]).data["jobs"]


def test_shares_run_the_check_for_pushes_too() -> None:
    found = jobs(shards=3)

    assert "if" not in found["check-shard"]
    assert found["check-shard"]["strategy"]["matrix"] == {"SHARD": ["1", "2", "3"]}
    assert found["review-shard"]["if"] == PULL_REQUEST
    assert found["review"]["if"] == f"!cancelled() && {PULL_REQUEST}"
    assert found["check"]["needs"] == ["check-shard"]


def test_the_check_joins_shares_in_the_folder_of_the_project(tmp_path: Any) -> None:
    found = jobs(shards=2, folder="infra")
    [run] = [step["run"] for step in found["check"]["steps"] if step.get("name") == "check"]
    machine = Machine(tmp_path)
    machine.program("python3", "")
    machine.program("eks-blueprints", 'echo "$PWD $*"')
    for number in (1, 2):
        machine.write(f"artifacts/check-shard-reports/check-{number}.json", {})
    (machine.checkout / "infra").mkdir()

    done = machine.lines([run])
    assert done.returncode == 0, done.stderr
    folder, *words = (machine.checkout / "reports/policies.xml").read_text().split()
    reports = [str(machine.checkout / f"artifacts/check-shard-reports/check-{number}.json") for number in (1, 2)]
    assert folder == str(machine.checkout / "infra")
    assert words == ["report", "merge", *reports, "--format", "junit"]


def test_codepipeline_reviews_in_the_pipeline_of_pull_requests() -> None:
    source = {**SOURCE, "on": ["push", "pull_request"]}
    waves = {"canary": {"environment": "staging", "stacks": ["dev"]}}
    web = {"kind": "platform_pipeline", "source": source, "shards": 2, "review": {}, "waves": waves}
    args = PipelinesArgs.model_validate({**BASE, "pipelines": {"web": web}})
    stack = record(lambda: Pipelines("ci", args)).is_valid()

    pushed = ["source", "check-shard", "check", "preview-dev", "deploy-dev"]
    assert list(actions(stack, "ci-web-pipeline")) == pushed
    asked = ["source", "check-shard", "review-shard", "check", "review"]
    assert list(actions(stack, "ci-web-pipeline-pull-requests")) == asked
    variables = stack.one("codebuild.Project", "ci-web-review-project")["environment.environmentVariables"]
    assert {"name": "BASE_BRANCH", "type": "PLAINTEXT", "value": "main"} in variables


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"review": None}, "comment_install: posts what a review found; got pip install trusted without one; "),
        (
            {"source": {"provider": "github", "repository": "acme/web"}},
            "source.on: starts no review, which is of pull ",
        ),
    ],
)
def test_a_comment_without_what_it_is_about_is_refused(changes: dict[str, Any], problem: str) -> None:
    assert told("github_actions", **platform("github_actions", **changes))[0].startswith(problem)


def test_an_engine_that_cannot_comment_is_told() -> None:
    [problem] = told("jenkins", **platform("jenkins"))

    assert problem.startswith("comment_install: is for engines that can comment by a job of its own; got jenkins; ")


def test_a_stage_that_waits_for_a_review_would_never_run_for_pushes() -> None:
    stages = {"review": {}, "ship": {"kind": "build", "after": ["review"], "commands": ["make"]}}

    [problem] = told("github_actions", stages=stages)
    wrong = "waits for a stage that runs for pull requests alone; got review; name other stages in after and inputs"
    assert problem == f"stages.ship.after: {wrong}"


def test_what_is_listed_after_a_review_does_not_wait_for_it() -> None:
    stages = {"review": {}, "ship": {"kind": "build", "commands": ["make"]}}
    found = parse(rendered("github_actions", stages=stages)[WORKFLOW]).data["jobs"]

    assert "needs" not in found["ship"]
    assert "if" not in found["ship"]
    assert found["review"]["if"] == PULL_REQUEST
