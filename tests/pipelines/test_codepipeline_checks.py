"""What CodePipeline and CodeBuild cannot do is said before anything is made, where it is written."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from eks_blueprints.core.errors import Problem, problems_of
from tests.pipelines.aws import ACCOUNT, BASE, RELEASE, RUN, SOURCE, args


def told(stages: dict[str, Any], pipeline: dict[str, Any] | None = None, **fields: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        args({"web": {"stages": stages, **(pipeline or {})}}, **fields)
    return [str(problem) for problem in problems_of(caught.value)]


def doubts(stages: dict[str, Any], **fields: Any) -> list[Problem]:
    return list(args({"web": stages}, **fields).warnings)


def test_a_pipeline_of_sources_alone_is_refused() -> None:
    assert told({}) == [
        "pipelines.web: needs a stage besides its sources in CodePipeline; got none; add a build, or a test"
    ]


def test_too_many_stages_behind_one_another_are_refused() -> None:
    [problem] = told({f"s{n}": {"kind": "build", **RUN} for n in range(50)})

    assert problem.startswith("pipelines.web: has more stages behind one another than CodePipeline takes; got 51; ")
    args({"web": {f"s{n}": {"kind": "build", **RUN} for n in range(49)}})


def test_too_many_stages_beside_each_other_are_refused() -> None:
    [problem] = told({f"s{n}": {"kind": "build", "after": ["source"], **RUN} for n in range(51)})

    assert problem.startswith("pipelines.web.stages.s50.after: is one of 51 stages beside each other")


def test_an_approver_is_the_arn_of_a_role() -> None:
    [problem] = told({"approve": {"approvers": ["acme/release"]}, "build": RUN})

    assert problem == (
        "pipelines.web.stages.approve.approvers[0]: must be the ARN of an IAM role for CodePipeline; got "
        '"acme/release"; write arn:aws:iam::111122223333:role/name'
    )


def test_an_approver_of_the_environment_is_told_at_the_stage_that_asks() -> None:
    environments = {"production": {"cluster": "shop", "namespaces": ["shop"], "approvers": ["acme/release"]}}
    [problem] = told({"approve": {"environment": "production"}, "build": RUN}, environments=environments)

    assert problem.startswith("pipelines.web.stages.approve.environment: has an approver who must be the ARN")


def test_a_role_of_another_account_cannot_approve() -> None:
    [problem] = told({"approve": {"approvers": ["arn:aws:iam::444455556666:role/x"]}, "build": RUN})

    assert "is a role of another account, which cannot approve here" in problem


def test_of_an_account_that_nobody_says_nothing_is_said() -> None:
    args({"web": {"approve": {"approvers": ["arn:aws:iam::444455556666:role/x"]}, "build": RUN}}, account=None)


def test_six_artifacts_are_too_many() -> None:
    artifacts = {f"a{n}": ["x"] for n in range(6)}
    found = told({"build": {**RUN, "artifacts": artifacts}, "test": {**RUN, "inputs": list(artifacts)}})

    assert [problem.split(":")[0] for problem in found] == [
        *("pipelines.web.stages.build.artifacts", "pipelines.web.stages.test.inputs"),
    ]


def test_variables_of_a_run_that_are_too_long_together_are_refused() -> None:
    variables = {f"A_RATHER_LONG_NAME_{n}": {"default_value": "x"} for n in range(12)}
    [problem] = told({"build": RUN}, {"variables": variables})

    assert "are too long for CodePipeline with those of the run, 1000 characters as JSON" in problem


def test_a_variable_that_every_job_has_is_refused() -> None:
    assert told({"build": RUN}, {"variables": {"COMMIT": {"default_value": "x"}}})[0].startswith(
        "pipelines.web.variables.COMMIT: is a variable that every job has already"
    )


def test_more_combinations_than_a_batch_has_are_refused() -> None:
    values = [str(n) for n in range(11)]
    [problem] = told({"test": {**RUN, "matrix": {"A": values, "B": values}}})

    assert problem.startswith(
        "pipelines.web.stages.test.matrix: can have at most 100 combinations in CodeBuild; got 121"
    )


def test_a_stage_with_a_matrix_makes_no_artifact() -> None:
    [problem] = told({"build": {**RUN, "matrix": {"A": ["1"]}, "artifacts": {"site": ["x"]}}})

    assert problem.startswith("pipelines.web.stages.build.matrix: is for stages that make no artifact")


def test_more_tags_than_a_filter_has_are_refused() -> None:
    [problem] = told({"source": {**SOURCE, "tags": [f"v{n}.*" for n in range(9)]}, "build": RUN})

    assert problem.startswith("pipelines.web.stages.source.tags: can be at most 8; got 9")


def test_an_image_needs_a_tag_that_is_no_pattern() -> None:
    source = {"provider": "ecr", "repository": "web", "tags": ["v*"]}
    args({"web": {"source": source, "build": RUN}})
    source = {"provider": "ecr", "repository": "web", "tags": ["v*", "stable"]}
    args({"web": {"source": source, "build": RUN}})


def test_pull_requests_that_run_nothing_are_refused() -> None:
    source = {**SOURCE, "on": ["push", "pull_request"]}
    [problem] = told({"source": source, "try": {"kind": "test", "environment": "staging", **RUN}})

    assert problem.startswith("pipelines.web.stages.source.on: runs nothing for pull requests")


def test_two_stages_that_would_have_one_name_are_refused() -> None:
    with pytest.raises(ValidationError) as caught:
        args({"a": {"b-c": {"kind": "build", **RUN}}, "a-b": {"c": {"kind": "build", **RUN}}})

    [problem] = problems_of(caught.value)
    assert str(problem).startswith("pipelines.a-b.stages.c: has the name of stage b-c of pipeline a in AWS")


@pytest.mark.parametrize("region", ["us-iso-east-1", "ap-southeast-7", "mx-central-1"])
def test_a_region_without_codepipeline_is_doubtful_and_not_refused(region: str) -> None:
    found = [str(each) for each in doubts({"build": RUN}, region=region)]

    assert any(each.startswith("region: is not known to have CodePipeline") for each in found)


def test_connections_are_not_known_in_china() -> None:
    found = [str(each) for each in doubts({"build": RUN}, region="cn-north-1")]

    assert any("needs CodeConnections, which is not known to be in region cn-north-1" in each for each in found)
    source = {"provider": "codecommit", "repository": "web"}
    assert not doubts({"source": source, "build": RUN}, region="cn-north-1")


def test_govcloud_has_no_notification_rules_that_are_known() -> None:
    found = [str(each) for each in doubts({"build": RUN}, region="us-gov-west-1", notifications={})]

    assert any("is not known to have notification rules" in each for each in found)


def test_a_stage_cannot_run_in_another_partition() -> None:
    environments = {"there": {"cluster": "shop", "region": "cn-north-1", "namespaces": ["shop"]}}
    [problem] = told({"ship": {"kind": "build", "environment": "there", **RUN}}, environments=environments)

    assert problem.startswith("pipelines.web.stages.ship.environment: is in another partition than the pipeline")


def test_an_environment_in_no_region_is_told() -> None:
    environments = {"there": {"cluster": "shop", "region": "moon-1", "namespaces": ["shop"]}}
    [problem] = told({"ship": {"kind": "build", "environment": "there", **RUN}}, environments=environments)

    assert problem.startswith("environments.there.region: is not an AWS region")


def test_a_whole_cluster_is_doubtful() -> None:
    [doubt] = doubts({"build": RUN}, environments={"all": {"cluster": "shop"}})

    assert str(doubt).startswith(
        "environments.all.namespaces: is empty, so that pipelines can change all of the cluster"
    )


def test_keys_and_topics_are_of_the_regions_that_use_them() -> None:
    key = f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/1234abcd"
    topic = f"arn:aws:sns:eu-west-2:{ACCOUNT}:team"
    artifacts = {"kms_key_arns": {"eu-west-1": key, "eu-west-3": key}}
    found = told({"build": RUN}, artifacts=artifacts, notifications={"topic_arn": topic})

    assert [problem.split(": ")[0] for problem in found] == [
        *("artifacts.kms_key_arns.eu-west-1", "artifacts.kms_key_arns.eu-west-3", "notifications.topic_arn"),
    ]


def test_the_checks_need_no_pulumi_and_say_nothing_of_what_is_right() -> None:
    assert not args({"web": {"build": RUN, "approve": {"environment": "production"}}}).warnings
    assert BASE["environments"]["production"]["approvers"] == [RELEASE]


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"logs": {"retention_in_days": 91}}, "logs.retention_in_days"),
        ({"artifacts": {"expire_days": 0}}, "artifacts.expire_days"),
        ({"notifications": {"events": []}}, "notifications.events"),
        ({"notifications": {"emails": ["nobody"]}}, "notifications.emails[0]"),
        ({"notifications": {"topic_arn": "arn:aws:sns:eu-west-1:111122223333:x.fifo"}}, "notifications.topic_arn"),
        ({"repositories": {"Web": {}}}, "repositories.Web"),
        ({"repositories": {"web": {"name": "Shop/Web"}}}, "repositories.web.name"),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(fields: dict[str, Any], place: str) -> None:
    [problem] = told({"build": RUN}, **fields)

    assert problem.startswith(f"{place}: ")
