"""The check of pull requests as a pipeline: one job that runs the change, and one that comments."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.core.document import parse
from eks_blueprints.pipelines.review_pipeline import ReviewPipeline
from tests.pipelines.rendered import PROVIDERS, rendered, told

INSTALL = ["pip install --quiet git+https://git.example.com/platform/eks-blueprints@v1"]


def review(engine: str, **changes: Any) -> dict[str, Any]:
    source = {"provider": PROVIDERS[engine], "repository": "acme/web", "on": ["pull_request"]}
    web = {"kind": "review_pipeline", "engine": engine, "source": source, "install": INSTALL, **changes}
    return {"pipelines": {"web": web}, "account": None}


def jobs(engine: str, path: str) -> dict[str, Any]:
    data = parse(rendered(engine, **review(engine))[path].replace('"on":', "on_:")).data
    found: dict[str, Any] = data.get("jobs", data)
    return found


def test_the_job_that_runs_the_change_has_no_right_and_keeps_its_report_whatever_comes_of_it() -> None:
    found = jobs("github_actions", ".github/workflows/web.yml")
    [upload] = [step for step in found["review"]["steps"] if "upload-artifact" in step.get("uses", "")]

    assert list(found) == ["review"]
    assert found["review"]["permissions"] == {"contents": "read"}
    assert upload["if"] == "always()"
    kept = jobs("gitlab_ci", ".gitlab-ci.yml")["review"]["artifacts"]
    assert (kept["when"], kept["paths"]) == ("always", ["artifacts/review-report"])


def test_the_job_that_comments_runs_nothing_of_the_change_and_only_its_last_step_has_the_token() -> None:
    job = jobs("github_actions", ".github/workflows/web-comment.yml")["comment"]

    assert job["permissions"] == {"actions": "read", "pull-requests": "write"}
    assert not [step for step in job["steps"] if "checkout" in step.get("uses", "")]
    assert ["env" in step for step in job["steps"]] == [False, False, True]
    other = jobs("gitlab_ci", ".gitlab-ci.yml")["comment"]
    assert other["variables"] == {"GIT_STRATEGY": "none"}
    assert other["environment"]["name"] == "web-comment"
    assert [rule["when"] for rule in other["rules"]] == ["always"]


def test_it_compares_with_the_branch_that_the_request_is_for() -> None:
    for engine, path in (("github_actions", ".github/workflows/web.yml"), ("gitlab_ci", ".gitlab-ci.yml")):
        text = rendered(engine, **review(engine))[path]
        assert 'diff --base "origin/$BASE_BRANCH" --fail-on "$FAIL_ON"' in text
        assert "BASE_BRANCH:" in text


def test_no_role_means_no_account() -> None:
    assert "AWS_ACCOUNT_ID" not in rendered("github_actions", **review("github_actions"))[".github/workflows/web.yml"]


@pytest.mark.parametrize("engine", ["jenkins", "codepipeline"])
def test_an_engine_that_cannot_comment_leaves_the_report(engine: str) -> None:
    web = {**review("github_actions")["pipelines"]["web"], "engine": engine}

    [problem] = told("github_actions", pipelines={"web": web}, connections={})[:1]
    assert problem.startswith("install: is for engines that can comment by a job of its own; got ")
    kept = {key: value for key, value in web.items() if key not in {"kind", "install"}}
    assert [stage.name for stage in ReviewPipeline.model_validate({**kept, "name": "web"}).staged()] == [
        *("source", "review"),
    ]


def test_a_review_is_of_pull_requests() -> None:
    source = {"provider": "github", "repository": "acme/web"}

    [problem, *_] = told("github_actions", **review("github_actions", source=source))
    assert problem.startswith("source.on: is [pull_request] for a review")
