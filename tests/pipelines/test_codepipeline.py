"""What CodePipeline and CodeBuild are told to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eks_blueprints.blueprint.pipelines import Pipelines
from eks_blueprints.blueprint.pipelines_spec import PipelinesArgs
from eks_blueprints.pipelines.engines._codepipeline.schedules import expressions
from eks_blueprints.testing.recorded import Recorded, record
from tests.pipelines.aws import ACCOUNT, BASE, PIPELINES, RUN, SOURCE, WHOLE, recorded, whole

GOLDEN = Path(__file__).parent / "golden"


def stages(stack: Recorded, name: str = "ci-web-pipeline") -> list[tuple[str, list[str]]]:
    (pipeline,) = [each for each in stack.all("codepipeline.Pipeline") if each.name == name]
    return [(each["name"], [action["name"] for action in each["actions"]]) for each in pipeline["stages"]]


def environment(stack: Recorded, stage: str, pipeline: str = "ci-web-pipeline") -> dict[str, str]:
    (found,) = [each for each in stack.all("codepipeline.Pipeline") if each.name == pipeline]
    actions = [action for each in found["stages"] for action in each["actions"] if action["name"] == stage]
    variables = json.loads(actions[0]["configuration"]["EnvironmentVariables"])
    return {each["name"]: each["value"] for each in variables}


def source(stack: Recorded) -> dict[str, Any]:
    return dict(stack.one("codepipeline.Pipeline")["stages[0].actions[0].configuration"])


def test_the_smallest_pipeline(golden: Callable[..., None]) -> None:
    golden(recorded({"web": {"build": RUN}}), "smallest", GOLDEN)


def test_a_stack_that_uses_all_that_there_is(golden: Callable[..., None]) -> None:
    golden(whole(), "whole", GOLDEN)


def test_stages_that_wait_for_nothing_of_each_other_run_beside_each_other() -> None:
    beside = {"after": ["source"], **RUN}
    stack = recorded({"web": {"lint": {"kind": "test", **beside}, "test": beside, "build": RUN}})

    assert stages(stack) == [("source", ["source"]), ("lint-test", ["lint", "test"]), ("build", ["build"])]


def test_a_stage_that_waits_for_nothing_runs_after_the_sources_all_the_same() -> None:
    stack = recorded({"web": {"build": RUN, "page": {"kind": "build", "after": [], **RUN}}})

    assert stages(stack) == [("source", ["source"]), ("build-page", ["build", "page"])]


def test_a_stage_name_is_no_longer_than_codepipeline_takes() -> None:
    beside = {f"a-rather-long-name-of-a-test-number-{n:02}": {"kind": "test", "after": [], **RUN} for n in range(20)}
    [_, (name, actions)] = stages(recorded({"web": beside}))

    assert len(name) <= 100
    assert len(actions) == 20


def test_another_stage_changes_no_other_resource() -> None:
    before = recorded({"web": {"build": RUN}})
    after = recorded({"web": {"test": RUN, "build": RUN}})

    after.adds_only(before, "ci-web-test-")


def test_another_pipeline_changes_no_other_resource() -> None:
    before = recorded({"web": {"build": RUN}})
    after = recorded({"api": {"build": RUN}, "web": {"build": RUN}})

    after.adds_only(before, "ci-api")


def test_the_order_of_pipelines_and_stages_is_no_part_of_their_names() -> None:
    both = {"web": {"build": RUN}, "api": {"test": RUN, "build": RUN}}
    turned = {"api": {"build": RUN, "test": RUN}, "web": {"build": RUN}}

    assert recorded(both).urns == recorded(turned).urns


def test_a_job_is_told_of_its_run() -> None:
    stack = recorded({"web": {"stages": {"build": RUN}, "variables": {"LEVEL": {"default_value": "info"}}}})

    assert environment(stack, "build") == {
        "COMMIT": "#{source.CommitId}",
        "BRANCH": "#{source.BranchName}",
        "RUN": "#{codepipeline.PipelineExecutionId}",
        "RUN_URL": (
            "https://eu-west-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/ci-web/executions/"
            "#{codepipeline.PipelineExecutionId}/timeline?region=eu-west-1"
        ),
        "LEVEL": "#{variables.LEVEL}",
    }
    variables = {
        each["name"]: each["value"] for each in stack.one("codebuild.Project")["environment.environmentVariables"]
    }
    assert variables == {"PIPELINE": "web"}


def test_the_page_of_a_run_for_a_pull_request_is_that_of_its_own_pipeline() -> None:
    stack = recorded({"web": {"source": {**SOURCE, "on": ["push", "pull_request"]}, "build": RUN}})

    assert "/pipelines/ci-web-pull-requests/" in environment(stack, "build", "ci-web-pipeline-pull-requests")["RUN_URL"]


@pytest.mark.parametrize(
    ("said", "commit", "branch"),
    [
        ({"provider": "codecommit", "repository": "web"}, "#{source.CommitId}", "#{source.BranchName}"),
        ({"provider": "ecr", "repository": "web", "tags": ["v1"]}, "#{source.ImageDigest}", "v1"),
        ({"provider": "s3", "repository": "acme-web", "key": "a.zip"}, "#{source.VersionId}", "a.zip"),
    ],
)
def test_each_source_names_its_revision(said: dict[str, Any], commit: str, branch: str) -> None:
    found = environment(recorded({"web": {"source": said, "build": RUN}}), "build")

    assert (found["COMMIT"], found["BRANCH"]) == (commit, branch)


def test_files_alone_are_given_unless_stages_need_the_history() -> None:
    assert source(recorded({"web": {"build": RUN}}))["OutputArtifactFormat"] == "CODE_ZIP"
    assert source(recorded({"web": {"source": {**SOURCE, "history": True}, "build": RUN}}))["OutputArtifactFormat"] == (
        "CODEBUILD_CLONE_REF"
    )


def test_one_stage_that_needs_the_history_has_the_source_cloned_by_all_that_start_in_it() -> None:
    stack = recorded({"web": {"blame": {"kind": "tests.pipelines.kinds.Blame", **RUN}, "build": RUN}})

    assert source(stack)["OutputArtifactFormat"] == "CODEBUILD_CLONE_REF"
    for stage in ("blame", "build"):
        assert "UseConnection" in stack.one("iam.RolePolicy", f"ci-web-{stage}-role")["policy"]
        assert "git-credential-helper: true" in stack.one("codebuild.Project", stage)["source.buildspec"]


def test_only_a_trigger_starts_a_pipeline() -> None:
    pushed = recorded({"web": {"build": RUN}}).one("codepipeline.Pipeline")
    assert pushed["triggers"] == [
        {
            "gitConfiguration": {"pushes": [{"branches": {"includes": ["main"]}}], "sourceActionName": "source"},
            "providerType": "CodeStarSourceConnection",
        }
    ]
    by_hand = recorded({"web": {"source": {**SOURCE, "on": []}, "build": RUN}})
    by_hand.one("codepipeline.Pipeline").lacks("triggers")
    assert source(by_hand)["DetectChanges"] == "false"


def test_tags_start_it_instead_of_the_branch() -> None:
    stack = recorded({"web": {"source": {**SOURCE, "tags": ["v*"]}, "build": RUN}})

    assert stack.one("codepipeline.Pipeline")["triggers[0].gitConfiguration.pushes"] == [{"tags": {"includes": ["v*"]}}]


def test_pull_requests_run_what_has_no_environment_no_decision_and_no_permission() -> None:
    allow = [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::charts/*"]}]
    stack = recorded(
        {
            "web": {
                "source": {**SOURCE, "on": ["push", "pull_request"]},
                "lint": {"kind": "test", "after": ["source"], **RUN},
                "fetch": {"kind": "build", "after": ["source"], "allow": allow, **RUN},
                "try": {"kind": "test", "after": ["lint"], "environment": "staging", **RUN},
                "build": {"after": ["lint"], **RUN},
                "pack": {"kind": "build", "after": ["fetch"], **RUN},
                "approve": {"after": ["build"], "environment": "production"},
                "last": {"kind": "build", "after": ["approve"], **RUN},
            }
        }
    )

    kept = [name for _, names in stages(stack, "ci-web-pipeline-pull-requests") for name in names]
    assert kept == ["source", "lint", "build"]
    (reviewed,) = [each for each in stack.all("codepipeline.Pipeline") if "pull" in each.name]
    assert reviewed["triggers[0].gitConfiguration"]["pullRequests"][0]["events"] == ["OPEN", "UPDATED"]


def test_a_stage_runs_in_the_region_of_its_cluster_with_a_store_and_a_key_there() -> None:
    there = {"cluster": "shop", "region": "eu-central-1", "namespaces": ["shop"]}
    stages = {"build": RUN, "ship": {"kind": "build", "environment": "there", **RUN}}
    stack = recorded({"web": stages}, environments={**BASE["environments"], "there": there})

    pipeline = stack.one("codepipeline.Pipeline")
    assert [each["region"] for each in pipeline["artifactStores"]] == ["eu-west-1", "eu-central-1"]
    assert pipeline["stages[2].actions[0].region"] == "eu-central-1"
    pipeline_stages = [action for each in pipeline["stages"][:2] for action in each["actions"]]
    assert not any("region" in action for action in pipeline_stages)
    for kind in ("codebuild.Project", "cloudwatch.LogGroup"):
        stack.one(kind, "ship").has(region="eu-central-1")
        stack.one(kind, "build").lacks("region")
    assert len(stack.all("kms.Key")) == len(stack.all("s3.Bucket")) == 2


def test_one_region_has_one_store_without_a_region() -> None:
    (store,) = recorded({"web": {"build": RUN}}).one("codepipeline.Pipeline")["artifactStores"]

    assert "region" not in store


def test_builds_of_a_private_cluster_run_in_its_network() -> None:
    stack = whole()

    assert stack.one("codebuild.Project", "there")["vpcConfig"] == {
        "vpcId": "vpc-0a1b2c3d",
        "subnets": ["subnet-0a1b2c3d", "subnet-1a2b3c4d"],
        "securityGroupIds": ["sg-0a1b2c3d"],
    }


def test_a_secret_is_read_by_codebuild_and_is_nowhere_in_the_text() -> None:
    project = whole().one("codebuild.Project", "try-it")
    secret = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:npm-AbCdEf:token"

    assert {"name": "TOKEN", "type": "SECRETS_MANAGER", "value": secret} in project["environment.environmentVariables"]
    assert "secretsmanager" not in project["source.buildspec"]


def test_logs_end_and_are_there_before_codebuild_would_make_them() -> None:
    stack = recorded({"web": {"build": RUN}}, logs={"retention_in_days": 365})

    group = stack.one("cloudwatch.LogGroup").has(name="/aws/codebuild/ci-web-build", retentionInDays=365)
    assert group["kmsKeyId"].endswith("key.arn}")
    stack.one("codebuild.Project").waits_for(group)


def test_a_cache_is_kept_in_the_bucket_or_on_the_machine() -> None:
    stages = {"build": {**RUN, "cache": [".cache/pip"]}}
    in_s3 = recorded({"web": stages}).one("codebuild.Project")
    assert in_s3["cache"] == {"type": "S3", "location": "${ci-artifacts-eu-west-1-bucket.bucket}/cache/ci-web-build"}
    local = recorded({"web": stages}, artifacts={"cache": "local"}).one("codebuild.Project")
    assert local["cache"] == {"type": "LOCAL", "modes": ["LOCAL_CUSTOM_CACHE"]}


def test_an_existing_key_is_used_and_none_is_made() -> None:
    key = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    stack = recorded({"web": {"build": RUN}}, artifacts={"kms_key_arns": {"eu-west-1": key}})

    stack.none("kms.Key").one("codebuild.Project").has(encryptionKey=key)


def test_approvals_are_told_to_the_topic_with_message_link_and_time() -> None:
    stages = {"approve": {"environment": "production", "link": "https://example.com/x", "timeout_minutes": 30}}
    stack = recorded({"web": {**stages, "build": RUN}}, notifications={})
    action = stack.one("codepipeline.Pipeline")["stages[1].actions[0]"]

    assert action["configuration"] == {
        "CustomData": "Continue?",
        "ExternalEntityLink": "https://example.com/x",
        "NotificationArn": "${ci-notifications-topic.arn}",
    }
    assert action["timeoutInMinutes"] == 30


def test_failures_are_told_and_pull_requests_are_not() -> None:
    stack = whole()

    assert [each.name for each in stack.all("codestarnotifications.NotificationRule")] == [
        *("ci-legacy-notifications", "ci-nightly-notifications", "ci-web-notifications"),
    ]
    stack.one("codestarnotifications.NotificationRule", "ci-web").has(
        eventTypeIds=[
            "codepipeline-pipeline-pipeline-execution-failed",
            "codepipeline-pipeline-pipeline-execution-succeeded",
        ]
    )


def test_a_named_topic_is_used_with_its_key() -> None:
    topic, key = f"arn:aws:sns:eu-west-1:{ACCOUNT}:team", f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd"
    notices = {"topic_arn": topic, "topic_key_arn": key}
    stack = recorded({"web": {"approve": {"environment": "production"}, "build": RUN}}, notifications=notices)

    stack.none("sns.Topic")
    policy = stack.one("iam.RolePolicy", "pipeline-role")["policy"]
    assert topic in policy
    assert key in policy


def test_a_long_name_is_cut_and_stays_apart() -> None:
    long = {
        "name-of-a-pipeline-that-is-rather-long-a": {
            "stage-that-is-also-very-long-number-one": {"kind": "build", **RUN}
        }
    }
    (project,) = recorded(long).all("codebuild.Project")

    assert len(project["name"]) <= 64


def test_the_pipelines_of_other_engines_make_no_bucket() -> None:
    stack = recorded({})

    stack.none("s3.Bucket").none("kms.Key")


def test_outputs_say_what_others_need() -> None:
    outputs = whole().outputs

    assert outputs["repository_urls"]["web"]
    assert outputs["pipelines"]["web"]["approval_policy_arns"]["approve"]
    assert outputs["pipelines"]["web"]["pipeline_arn"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0 3 * * *", ["0 3 * * ? *"]),
        ("*/15 * * * mon-fri", ["0,15,30,45 * ? * 2,3,4,5,6 *"]),
        ("0 0 1 * *", ["0 0 1 * ? *"]),
        ("0 0 1 jan sun", ["0 0 1 1 ? *", "0 0 ? 1 1 *"]),
        ("@daily", ["0 0 * * ? *"]),
    ],
)
def test_schedules_are_written_as_eventbridge_reads_them(text: str, found: list[str]) -> None:
    assert expressions(text) == found


def test_the_whole_is_the_same_on_every_run() -> None:
    one, other = whole(), recorded(PIPELINES, **WHOLE)

    assert [dict(each.inputs) for each in one.all()] == [dict(each.inputs) for each in other.all()]


RELEASE_OF_CHART: dict[str, Any] = {
    "kind": "release_pipeline",
    "source": SOURCE,
    "image": {"repository": "shop/web"},
    "deploy": {"staging": {"helm": {"release": "shop"}}},
}


@pytest.mark.parametrize(
    ("versions", "tags"),
    [("*", [{"anything-but": {"prefix": "sha256-"}}]), ("1.*", [{"wildcard": "1.*"}]), ("2.0.0", ["2.0.0"])],
)
def test_a_chart_in_ecr_starts_a_release_and_its_signature_does_not(versions: str, tags: list[Any]) -> None:
    chart = {"repository": "charts/shop", "versions": versions}
    stack = released({**RELEASE_OF_CHART, "chart": chart})

    rule = json.loads(stack.one("cloudwatch.EventRule")["eventPattern"])
    assert rule["detail-type"] == ["ECR Image Action"]
    assert rule["detail"]["repository-name"] == ["charts/shop"]
    assert rule["detail"]["image-tag"] == tags
    # The stage that looks for the newest finds it.
    assert stack.one("cloudwatch.EventTarget").get("inputTransformer") is None


def released(pipeline: dict[str, Any]) -> Recorded:
    found = PipelinesArgs.model_validate({**BASE, "pipelines": {"release": pipeline}})
    return record(lambda: Pipelines("ci", found)).is_valid()
