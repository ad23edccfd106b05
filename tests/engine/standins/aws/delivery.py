"""Pipelines, builds and connections: what a stack of pipelines makes besides keys, buckets and roles."""

from __future__ import annotations

from typing import Any

from . import eks, iam, others
from .rules import Context, Row, ServiceError, creates, deletes, updates

PIPELINE = "aws:codepipeline/pipeline:Pipeline"
PROJECT = "aws:codebuild/project:Project"
REPORTS = "aws:codebuild/reportGroup:ReportGroup"
CONNECTION = "aws:codeconnections/connection:Connection"
NOTICES = "aws:codestarnotifications/notificationRule:NotificationRule"
TOPIC = "aws:sns/topic:Topic"
REPOSITORY = "aws:ecr/repository:Repository"
WORD = "-0000-4000-8000-"


def _role(ctx: Context, arn: str, service: str) -> None:
    """The role that a service is given is there, and trusts it."""
    row = iam.role_of_arn(ctx, arn, "InvalidInputException")
    if service not in str(row.outputs["assumeRolePolicy"]):
        raise ServiceError("InvalidInputException", f"{service} is not authorized to perform: sts:AssumeRole on {arn}")


@creates(CONNECTION)
def create_connection(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    number = ctx.account.count("connection")
    arn = ctx.arn("codeconnections", f"connection/{number:08x}{WORD}{number:012x}")
    return arn, {"arn": arn, "connectionStatus": "PENDING"}


@creates(PROJECT)
def create_project(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    name = inputs["name"]
    if ctx.account.find(PROJECT, name, ctx.region):
        raise ServiceError("ResourceAlreadyExistsException", f"Project already exists: {name}")
    _role(ctx, inputs["serviceRole"], "codebuild.amazonaws.com")
    group = (inputs.get("logsConfig") or {}).get("cloudwatchLogs", {}).get("groupName")
    if group:
        ctx.need(eks.LOG_GROUP, group, "InvalidInputException", "log group")
    if not 5 <= inputs.get("buildTimeout", 60) <= 2160:
        raise ServiceError("InvalidInputException", "Invalid timeout")
    return name, {"arn": ctx.arn("codebuild", f"project/{name}")}


@creates(REPORTS)
def create_report_group(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    arn = ctx.arn("codebuild", f"report-group/{inputs['name']}")
    if ctx.account.find(REPORTS, arn, ctx.region):
        raise ServiceError("ResourceAlreadyExistsException", f"Report group already exists: {inputs['name']}")
    return arn, {"arn": arn}


@creates(PIPELINE)
def create_pipeline(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    name = inputs["name"]
    if ctx.account.find(PIPELINE, name, ctx.region):
        raise ServiceError("PipelineNameInUseException", f"A pipeline with the name '{name}' already exists")
    _structure(ctx, inputs)
    return name, {"arn": ctx.arn("codepipeline", name)}


@updates(PIPELINE)
def update_pipeline(ctx: Context, row: Row, inputs: dict[str, Any]) -> dict[str, Any]:
    _structure(ctx, inputs)
    return {}


def _structure(ctx: Context, inputs: dict[str, Any]) -> None:
    _role(ctx, inputs["roleArn"], "codepipeline.amazonaws.com")
    stores = inputs["artifactStores"]
    for store in stores:
        if ctx.account.find(others.BUCKET, store["location"]) is None:
            raise ServiceError("InvalidStructureException", f"Bucket does not exist: {store['location']}")
        if bool(store.get("region")) != (len(stores) > 1):
            raise ServiceError("InvalidStructureException", "region must be set for a cross-region pipeline alone")
    if len(inputs["stages"]) < 2:
        raise ServiceError("InvalidStructureException", "Pipeline has fewer than 2 stages")
    names = [stage["name"] for stage in inputs["stages"]]
    if len(set(names)) < len(names):
        raise ServiceError("InvalidStructureException", f"Stage names are not unique: {names}")
    made: set[str] = set()
    for index, stage in enumerate(inputs["stages"]):
        if not stage["actions"]:
            raise ServiceError("InvalidStructureException", f"Stage {stage['name']} has no actions")
        for action in stage["actions"]:
            if (action["category"] == "Source") != (index == 0):
                message = "Pipeline should start with a stage that only contains source actions"
                raise ServiceError("InvalidStructureException", message)
            if lacking := set(action.get("inputArtifacts", [])) - made:
                message = f"Input Artifact Bindings do not exist: {', '.join(sorted(lacking))}"
                raise ServiceError("InvalidStructureException", message)
            _runs(ctx, action)
        made |= {name for action in stage["actions"] for name in action.get("outputArtifacts", [])}


def _runs(ctx: Context, action: dict[str, Any]) -> None:
    """CodePipeline itself finds this out in the first run, which begins at once."""
    if action["provider"] == "CodeBuild":
        name = action["configuration"]["ProjectName"]
        if ctx.account.find(PROJECT, name, action.get("region") or ctx.region) is None:
            raise ServiceError("InvalidActionDeclarationException", f"Project does not exist: {name}")


@creates(TOPIC)
def create_topic(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    arn = ctx.arn("sns", inputs["name"])
    return arn, {"arn": arn}


@creates(NOTICES)
def create_notices(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    for row in ctx.account.rows(NOTICES, ctx.region):
        if row.outputs["name"] == inputs["name"]:
            raise ServiceError("ResourceAlreadyExistsException", f"A rule named {inputs['name']} already exists")
    for target in inputs["targets"]:
        ctx.need(TOPIC, target["address"], "ConfigurationException", "topic")
    arn = ctx.arn("codestar-notifications", f"notificationrule/{ctx.account.count('notices')}")
    return arn, {"arn": arn}


@creates(REPOSITORY)
def create_repository(ctx: Context, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    name = inputs["name"]
    if ctx.account.find(REPOSITORY, name, ctx.region):
        raise ServiceError("RepositoryAlreadyExistsException", f"The repository '{name}' already exists")
    url = f"{ctx.account_id}.dkr.ecr.{ctx.region}.amazonaws.com/{name}"
    return name, {"arn": ctx.arn("ecr", f"repository/{name}"), "repositoryUrl": url, "registryId": ctx.account_id}


@deletes(PROJECT)
def delete_project(ctx: Context, row: Row) -> None:
    """What runs in a pipeline is still needed by it."""
    for pipeline in ctx.account.rows(PIPELINE):
        for stage in pipeline.outputs["stages"]:
            if any(action.get("configuration", {}).get("ProjectName") == row.id for action in stage["actions"]):
                raise ServiceError("InvalidInputException", f"pipeline {pipeline.id} still runs {row.id}")
