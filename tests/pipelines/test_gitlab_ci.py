"""Files of GitLab CI."""

from __future__ import annotations

import json
from typing import Any

import pytest

from eks_blueprints.core.document import parse
from tests.pipelines.rendered import ACCOUNT, STAGES, deployed, rendered, told, warned

SETTINGS = ".gitlab/eks-blueprints/web"


def ci(**changes: Any) -> dict[str, Any]:
    data: dict[str, Any] = parse(rendered("gitlab_ci", **changes)[".gitlab-ci.yml"]).data
    return data


def settings(**changes: Any) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(rendered("gitlab_ci", **changes)[f"{SETTINGS}.settings.json"])
    return data


def test_jobs_need_what_the_model_says_and_get_the_artifacts_that_they_use() -> None:
    found = {name: job["needs"] for name, job in ci().items() if isinstance(job, dict) and "needs" in job}

    assert found["lint"] == []
    assert [need["job"] for need in found["build"]] == ["lint", "test"]
    assert found["live"] == [{"job": "approve", "artifacts": False}, {"job": "build", "artifacts": True}]


def test_every_job_is_in_a_stage_that_is_listed_and_later_than_what_it_needs() -> None:
    data = ci()
    place = {name: data["stages"].index(job["stage"]) for name, job in data.items() if "stage" in job}

    assert len(place) == len(STAGES)
    assert all(place[need["job"]] < place[name] for name in place for need in data[name]["needs"])
    assert {place[name] for name in place} == set(range(len(data["stages"])))


def test_a_job_of_a_merge_request_needs_no_job_that_is_not_there() -> None:
    data = ci()
    there = {
        name
        for name, job in data.items()
        if "stage" in job and not any("merge_request_event" in rule.get("if", "") for rule in job["rules"])
    }

    assert there == {"lint", "test"}
    assert all(need["job"] in there for name in there for need in data[name]["needs"])


def test_an_approval_holds_up_what_follows_and_is_not_for_the_author() -> None:
    job = ci()["approve"]

    [rule] = job["rules"]
    assert (rule["when"], rule["allow_failure"]) == ("manual", False)
    assert job["environment"]["name"] == "web-approve"
    assert "environment web-approve acme/release\n" in rendered("gitlab_ci")[f"{SETTINGS}.sh"]
    assert "$CI_COMMIT_AUTHOR" in job["script"][0]


def test_roles_are_assumed_by_tokens_and_trust_the_branch() -> None:
    job = ci()["build"]

    assert job["id_tokens"] == {"AWS_ID_TOKEN": {"aud": "sts.amazonaws.com"}}
    assert job["variables"]["AWS_ROLE_ARN"] == f"arn:aws:iam::{ACCOUNT}:role/shop-web-build"
    assert "AWS_WEB_IDENTITY_TOKEN_FILE" in job["script"][0]
    assert "id_tokens" not in ci()["lint"]
    assert subject("build") == {
        "StringEquals": {
            "gitlab.com:aud": "sts.amazonaws.com",
            "gitlab.com:sub": "project_path:acme/web:ref_type:branch:ref:main",
        }
    }


def subject(stage: str, **changes: Any) -> dict[str, Any]:
    found = deployed("gitlab_ci", **changes).one("aws:iam/role:Role", f"shop-web-{stage}")
    [statement] = json.loads(found["assumeRolePolicy"])["Statement"]
    conditions: dict[str, Any] = statement["Condition"]
    return conditions


def test_protected_environments_can_be_part_of_the_trust() -> None:
    engines = {"gitlab_ci": {"subject_has_environment": True, "url": "https://gitlab.example.com"}}

    said = subject("live", engines=engines)["StringEquals"]
    assert said["gitlab.example.com:sub"].endswith(":ref:main:environment_protected:true")
    assert settings(engines=engines)["project"]["ci_id_token_sub_claim_components"][-1] == "environment_protected"
    assert "ci_id_token_sub_claim_components" not in settings()["project"]


def test_tags_are_matched_by_rules_and_by_the_trust() -> None:
    source = {"tags": ["v1.*"], "on": ["push"]}

    assert any("=~ /^v1\\..*$/" in rule["if"] for rule in ci(source=source)["workflow"]["rules"])
    assert subject("build", source=source)["StringLike"] == {
        "gitlab.com:sub": "project_path:acme/web:ref_type:tag:ref:v1.*"
    }


def test_one_deployment_at_a_time_enters_an_environment() -> None:
    assert ci()["live"]["resource_group"] == "production"
    assert ci()["live"]["interruptible"] is False


def test_values_with_a_dollar_are_not_replaced() -> None:
    assert ci()["test"]["variables"]["PRICE"] == {"value": "$5", "expand": False}


def test_reports_are_those_that_gitlab_shows() -> None:
    said = ci()["test"]["artifacts"]

    assert said["reports"]["junit"] == ["reports/**/*.xml"]
    assert said["reports"]["coverage_report"] == {"coverage_format": "cobertura", "path": "coverage.xml"}
    assert said["paths"] == ["*.sarif"]
    assert said["when"] == "always"


def test_images_are_built_beside_a_daemon_of_their_own_on_runners_of_the_architecture() -> None:
    job = ci()["build"]

    assert job["services"][0]["alias"] == "docker"
    assert job["tags"] == ["saas-linux-medium-arm64"]
    own = {"gitlab_ci": {"url": "https://gitlab.example.com"}}
    assert ci(engines=own)["build"]["tags"] == ["arm64"]
    assert "tags" not in ci(engines=own)["lint"]


def test_nobody_approves_what_they_wrote() -> None:
    found = settings()

    assert found["approvals"]["merge_requests_author_approval"] is False
    assert found["approvals"]["merge_requests_disable_committers_approval"] is True
    assert found["branch"]["push_access_level"] == 0
    assert found["project"]["allow_pipeline_trigger_approve_deployment"] is False


def test_a_schedule_is_a_setting_of_the_project() -> None:
    source = {"on": ["schedule"], "schedule": "0 3 * * *"}

    assert settings(source=source)["schedule"]["cron"] == "0 3 * * *"
    assert "pipeline_schedules" in rendered("gitlab_ci", source=source)[f"{SETTINGS}.sh"]
    assert "pipeline_schedules" not in rendered("gitlab_ci")[f"{SETTINGS}.sh"]


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"source": {"ignore_paths": ["**.md"]}}, "stages.source.ignore_paths: is not known to GitLab CI"),
        ({"source": {"provider": "github"}}, "stages.source.provider: is not what GitLab CI starts from"),
        ({"stages": {"cache": {"kind": "test", "commands": ["make"]}}}, "stages.cache: is a word of GitLab's own"),
    ],
)
def test_what_it_cannot_do_is_an_error(changes: Any, what: str) -> None:
    assert any(each.startswith(what) for each in told("gitlab_ci", **changes))


def test_a_secret_that_is_not_masked_is_a_warning() -> None:
    assert any("stages.build: reads values that GitLab does not mask" in each for each in warned("gitlab_ci"))


def test_an_approval_runs_where_the_other_jobs_do() -> None:
    engines = {"gitlab_ci": {"url": "https://gitlab.example.com", "runners": {"small": "ours"}}}

    assert {tuple(ci(engines=engines)[name]["tags"]) for name in ("approve", "lint")} == {("ours",)}


def test_a_quote_in_the_name_of_a_branch_stays_one() -> None:
    [push, *_] = [each["if"] for each in ci(source={"branch": 'a"b', "on": ["push"]})["workflow"]["rules"]]

    assert push == """$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == 'a"b'"""


@pytest.mark.parametrize("engine", ["gitlab_ci", "jenkins"])
@pytest.mark.parametrize("tag", ["v[0-9]+.*", "v?", "v1+"])
def test_a_pattern_of_tags_that_github_alone_knows_is_told(engine: str, tag: str) -> None:
    [problem] = told(engine, source={"tags": [tag], "on": ["push"]})

    assert problem.startswith("stages.source.tags[0]: has a ")
    assert problem.endswith(f"does not know; got {tag}; write * for any text, such as v*")
