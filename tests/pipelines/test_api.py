"""The services of AWS accept what is recorded: every input of CodePipeline, CodeBuild, ECR and others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from eks_blueprints.testing.recorded import Recorded
from tests.pipelines.api import faults, known, tags
from tests.pipelines.aws import whole

CONFIGURATIONS: dict[tuple[str, str], tuple[set[str], set[str]]] = {
    ("Source", "CodeStarSourceConnection"): (
        {"ConnectionArn", "FullRepositoryId", "BranchName"},
        {"OutputArtifactFormat", "DetectChanges"},
    ),
    ("Source", "CodeCommit"): ({"RepositoryName", "BranchName"}, {"PollForSourceChanges", "OutputArtifactFormat"}),
    ("Source", "S3"): ({"S3Bucket", "S3ObjectKey"}, {"AllowOverrideForS3ObjectKey", "PollForSourceChanges"}),
    ("Source", "ECR"): ({"RepositoryName"}, {"ImageTag"}),
    **dict.fromkeys(
        (("Build", "CodeBuild"), ("Test", "CodeBuild")),
        (
            {"ProjectName"},
            {"PrimarySource", "BatchEnabled", "BuildspecOverride", "CombineArtifacts", "EnvironmentVariables"},
        ),
    ),
    ("Approval", "Manual"): (set(), {"NotificationArn", "CustomData", "ExternalEntityLink", "ApproverSummary"}),
}
"""Keys that an action needs, and those that it knows besides. Source: AWS CodePipeline User Guide, "Action structure
reference" and "Add a manual approval action", read 2026-11-30."""


@pytest.fixture(scope="module")
def stack() -> Recorded:
    return whole()


def without(found: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if value is not None}


def pipeline(inputs: dict[str, Any]) -> dict[str, Any]:
    stores = [
        without({"type": each["type"], "location": each["location"], "encryptionKey": each.get("encryptionKey")})
        for each in inputs["artifactStores"]
    ]
    said = {"name": inputs["name"], "roleArn": inputs["roleArn"], "pipelineType": inputs["pipelineType"]}
    said["executionMode"] = inputs["executionMode"]
    if len(stores) == 1:
        assert "region" not in inputs["artifactStores"][0]
        said["artifactStore"] = stores[0]
    else:
        regions = [each["region"] for each in inputs["artifactStores"]]
        said["artifactStores"] = dict(zip(regions, stores, strict=True))
    said["stages"] = [
        {"name": stage["name"], "actions": [action(each) for each in stage["actions"]]} for stage in inputs["stages"]
    ]
    if "variables" in inputs:
        said["variables"] = inputs["variables"]
    if "triggers" in inputs:
        said["triggers"] = [
            {"providerType": each["providerType"], "gitConfiguration": git(each["gitConfiguration"])}
            for each in inputs["triggers"]
        ]
    return {"pipeline": said, "tags": tags(inputs.get("tags"))}


def git(found: dict[str, Any]) -> dict[str, Any]:
    names = {"pushes": "push", "pullRequests": "pullRequest"}
    return {names.get(key, key): value for key, value in found.items()}


def action(found: dict[str, Any]) -> dict[str, Any]:
    kind = {key: found[key] for key in ("category", "owner", "provider", "version")}
    rest = {key: value for key, value in found.items() if key not in kind}
    for key in ("inputArtifacts", "outputArtifacts"):
        if key in rest:
            rest[key] = [{"name": name} for name in rest[key]]
    return {"actionTypeId": kind, **rest}


def project(inputs: dict[str, Any]) -> dict[str, Any]:
    said = {key: value for key, value in inputs.items() if key not in {"buildTimeout", "queuedTimeout", "region"}}
    said |= {"timeoutInMinutes": inputs["buildTimeout"], "queuedTimeoutInMinutes": inputs["queuedTimeout"]}
    said["logsConfig"] = {"cloudWatchLogs": inputs["logsConfig"]["cloudwatchLogs"]}
    if batch := said.get("buildBatchConfig"):
        restrictions = dict(batch["restrictions"])
        restrictions["computeTypesAllowed"] = restrictions.pop("computeTypesAlloweds")
        said["buildBatchConfig"] = {**batch, "restrictions": restrictions}
    return {**said, "tags": tags(inputs.get("tags"))}


def test_codepipeline_accepts_every_pipeline(stack: Recorded) -> None:
    found = stack.all("codepipeline.Pipeline")

    assert {each.name for each in found} == {
        *("ci-web-pipeline", "ci-web-pipeline-pull-requests", "ci-nightly-pipeline", "ci-legacy-pipeline"),
    }
    for each in found:
        assert faults("codepipeline", "CreatePipeline", known(pipeline(dict(each.inputs)))) == [], each.name


def test_each_action_is_told_what_its_service_documents(stack: Recorded) -> None:
    seen = set()
    for each in stack.all("codepipeline.Pipeline"):
        for stage in each.inputs["stages"]:
            for found in stage["actions"]:
                kind = (found["category"], found["provider"])
                needed, known_keys = CONFIGURATIONS[kind]
                said = set(found["configuration"])
                assert needed <= said <= needed | known_keys, found["name"]
                seen.add(kind)
    assert seen == set(CONFIGURATIONS)


def test_the_first_stage_has_the_sources_alone(stack: Recorded) -> None:
    for each in stack.all("codepipeline.Pipeline"):
        first, *rest = each.inputs["stages"]
        assert {found["category"] for found in first["actions"]} == {"Source"}
        assert "Source" not in {found["category"] for stage in rest for found in stage["actions"]}


def test_codebuild_accepts_every_project_and_report_group(stack: Recorded) -> None:
    for each in stack.all("codebuild.Project"):
        assert faults("codebuild", "CreateProject", known(project(dict(each.inputs)))) == [], each.name
    for each in stack.all("codebuild.ReportGroup"):
        said = {key: value for key, value in each.inputs.items() if key in {"name", "type"}}
        said["exportConfig"] = {"exportConfigType": each["exportConfig.type"]}
        said["tags"] = tags(each.get("tags"))
        assert faults("codebuild", "CreateReportGroup", known(said)) == [], each.name


def test_ecr_accepts_every_repository(stack: Recorded) -> None:
    private = stack.one("ecr.Repository").inputs
    said = {
        "repositoryName": private["name"],
        "imageTagMutability": private["imageTagMutability"],
        "imageScanningConfiguration": private["imageScanningConfiguration"],
        "encryptionConfiguration": private["encryptionConfigurations"][0],
        "tags": tags(private.get("tags"), "Key", "Value"),
    }
    assert faults("ecr", "CreateRepository", known(said)) == []
    lifecycle = stack.one("ecr.LifecyclePolicy").inputs
    said = {"repositoryName": lifecycle["repository"], "lifecyclePolicyText": lifecycle["policy"]}
    assert faults("ecr", "PutLifecyclePolicy", known(said)) == []
    policy = stack.one("ecr.RepositoryPolicy").inputs
    said = {"repositoryName": policy["repository"], "policyText": policy["policy"]}
    assert faults("ecr", "SetRepositoryPolicy", known(said)) == []
    public = stack.one("ecrpublic.Repository").inputs
    said = {"repositoryName": public["repositoryName"], "catalogData": public["catalogData"]}
    assert faults("ecr-public", "CreateRepository", known(said)) == []


def test_eventbridge_accepts_every_rule_and_target(stack: Recorded) -> None:
    for each in stack.all("cloudwatch.EventRule"):
        names = {
            "eventPattern": "EventPattern",
            "scheduleExpression": "ScheduleExpression",
            "description": "Description",
        }
        said = {names[key]: value for key, value in each.inputs.items() if key in names}
        assert faults("events", "PutRule", {"Name": each.name, **known(said)}) == [], each.name
    for each in stack.all("cloudwatch.EventTarget"):
        target = {"Id": "sample", "Arn": each["arn"], "RoleArn": each["roleArn"]}
        if transformer := each.get("inputTransformer"):
            target["InputTransformer"] = {
                "InputPathsMap": transformer["inputPaths"],
                "InputTemplate": transformer["inputTemplate"],
            }
            started = json.loads(transformer["inputTemplate"].replace("<revision>", "abc"))
            assert faults("codepipeline", "StartPipelineExecution", {"name": "sample", **started}) == []
        assert faults("events", "PutTargets", {"Rule": "sample", "Targets": [known(target)]}) == [], each.name


def test_notifications_connections_topics_and_entries_are_accepted(stack: Recorded) -> None:
    for each in stack.all("codestarnotifications.NotificationRule"):
        said = {
            "Name": each["name"],
            "EventTypeIds": each["eventTypeIds"],
            "Resource": each["resource"],
            "DetailType": each["detailType"],
            "Targets": [{"TargetType": t["type"], "TargetAddress": t["address"]} for t in each["targets"]],
        }
        assert faults("codestar-notifications", "CreateNotificationRule", known(said)) == [], each.name
    connection = stack.one("codeconnections.Connection")
    said = {"ConnectionName": connection["name"], "ProviderType": connection["providerType"]}
    assert faults("codeconnections", "CreateConnection", said) == []
    assert faults("sns", "CreateTopic", {"Name": stack.one("sns.Topic")["name"]}) == []


def test_the_model_itself_refuses_what_is_wrong(stack: Recorded) -> None:
    said = known(pipeline(dict(stack.one("codepipeline.Pipeline", "legacy").inputs)))
    said["pipeline"]["name"] = "not a name"
    said["pipeline"]["stages"][0]["actions"][0]["actionTypeId"]["category"] = "Sauce"
    said["pipeline"]["more"] = 1

    assert len(faults("codepipeline", "CreatePipeline", said)) == 3
