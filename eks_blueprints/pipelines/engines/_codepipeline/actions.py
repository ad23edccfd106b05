"""The stages and actions of a pipeline of CodePipeline, and what starts it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

from eks_blueprints.core.naming import fitted
from eks_blueprints.core.spec import In
from eks_blueprints.pipelines._graph import Graph
from eks_blueprints.pipelines._job import Gate, Job
from eks_blueprints.pipelines.engines._codepipeline.frame import NAME_LIMIT, Sketch, artifact_name
from eks_blueprints.pipelines.engines._codepipeline.inputs import given
from eks_blueprints.pipelines.stages.base import Stage
from eks_blueprints.pipelines.stages.source import HOSTS, Source
from eks_blueprints.pipelines.stages.test import Test

if TYPE_CHECKING:
    import pulumi_aws as aws

Event = Literal["push", "pull_request"]
SOURCES = {"codecommit": "CodeCommit", "s3": "S3", "ecr": "ECR"}
HOSTED = "CodeStarSourceConnection"
_RUN = "#{codepipeline.PipelineExecutionId}"
_CONSOLES = {"aws-cn": "console.amazonaws.cn", "aws-us-gov": "console.amazonaws-us-gov.com"}
_VARIABLES = {"codecommit": ("CommitId", "BranchName"), "s3": ("VersionId", None), "ecr": ("ImageDigest", None)}
"""Variables of source actions that name the revision and the branch. Source: AWS CodePipeline User Guide, "Variables
reference", read 2026-11-30. That of an image's tag is missing where an event named the digest."""


def levels(graph: Graph) -> list[tuple[Stage, ...]]:
    """Stages that run beside each other. The first holds the sources alone: CodePipeline takes nothing else there."""
    first, *rest = graph.levels
    sources = tuple(stage for stage in first if isinstance(stage, Source))
    early = tuple(stage for stage in first if not isinstance(stage, Source))
    if not early:
        return [sources, *rest]
    beside = {stage.name for stage in (*early, *(rest[0] if rest else ()))}
    return [sources, tuple(stage for stage in graph.stages if stage.name in beside), *rest[1:]]


def stage_name(level: Sequence[Stage]) -> str:
    """What CodePipeline calls what runs beside each other."""
    return fitted("-".join(stage.name for stage in level), NAME_LIMIT)


def stages(frame: Sketch, kept: frozenset[str], pipeline: str) -> list[aws.codepipeline.PipelineStageArgsDict]:
    """All stages of a pipeline in AWS but those that are not kept, with their actions."""
    found: list[aws.codepipeline.PipelineStageArgsDict] = []
    for level in levels(frame.graph):
        if left := [stage for stage in level if stage.name in kept]:
            found.append({"name": stage_name(left), "actions": [_action(frame, stage, pipeline) for stage in left]})
    return found


def _action(frame: Sketch, stage: Stage, pipeline: str) -> aws.codepipeline.PipelineStageActionArgsDict:
    if isinstance(stage, Source):
        return _source(frame, stage)
    work = frame.work[stage.name]
    return _approval(frame, stage, work) if isinstance(work, Gate) else _build(frame, stage, work, pipeline)


def _source(frame: Sketch, source: Source) -> aws.codepipeline.PipelineStageActionArgsDict:
    return {
        "name": source.name,
        "category": "Source",
        "owner": "AWS",
        "provider": SOURCES.get(source.provider, HOSTED),
        "version": "1",
        "namespace": source.name,
        "configuration": source_configuration(frame, source),
        "output_artifacts": [artifact_name(name) for name in source.outputs()],
    }


def source_configuration(frame: Sketch, source: Source) -> dict[str, In[str]]:
    """What a source action is told."""
    # Events start the pipeline, and not questions that CodePipeline asks every minute.
    form = {"OutputArtifactFormat": "CODEBUILD_CLONE_REF" if frame.cloned(source) else "CODE_ZIP"}
    if source.provider in HOSTS:
        return {
            "ConnectionArn": frame.ref.connections[source.connection or ""],
            "FullRepositoryId": source.repository,
            "BranchName": source.branch,
            "DetectChanges": "false",
            **form,
        }
    if source.provider == "codecommit":
        named = {"RepositoryName": source.repository, "BranchName": source.branch}
        return {**named, "PollForSourceChanges": "false", **form}
    if source.provider == "ecr":
        return {"RepositoryName": source.repository, "ImageTag": image_tag(source)}
    return {"S3Bucket": source.repository, "S3ObjectKey": source.key or "", "PollForSourceChanges": "false"}


def image_tag(source: Source) -> str:
    """Tag of the image that a run by hand takes: the first that is no pattern."""
    return next((tag for tag in source.tags if "*" not in tag), "latest")


def _approval(frame: Sketch, stage: Stage, gate: Gate) -> aws.codepipeline.PipelineStageActionArgsDict:
    configuration: dict[str, In[str]] = {"CustomData": gate.message}
    spec, topic = frame.ref.notifications, frame.ref.topic
    if spec is not None and topic is not None and "approval" in spec.events:
        configuration["NotificationArn"] = topic.arn
    if gate.link is not None:
        configuration["ExternalEntityLink"] = gate.link
    return {
        "name": stage.name,
        "category": "Approval",
        "owner": "AWS",
        "provider": "Manual",
        "version": "1",
        "configuration": configuration,
        "timeout_in_minutes": gate.timeout_minutes,
    }


def _build(frame: Sketch, stage: Stage, job: Job, pipeline: str) -> aws.codepipeline.PipelineStageActionArgsDict:
    artifacts = given(frame.graph, stage, job)
    configuration: dict[str, In[str]] = {"ProjectName": frame.project(stage)}
    if len(artifacts.all) > 1:
        configuration["PrimarySource"] = artifact_name(artifacts.primary)
    if job.matrix:
        configuration["BatchEnabled"] = "true"
        if stage.outputs():
            # The first artifacts of all builds become one.
            configuration["CombineArtifacts"] = "true"
    configuration["EnvironmentVariables"] = run_variables(frame, artifacts.primary, pipeline)
    action: aws.codepipeline.PipelineStageActionArgsDict = {
        "name": stage.name,
        "category": "Test" if isinstance(stage, Test) else "Build",
        "owner": "AWS",
        "provider": "CodeBuild",
        "version": "1",
        "configuration": configuration,
        "input_artifacts": [artifact_name(name) for name in artifacts.all],
    }
    if outputs := [artifact_name(name) for name in stage.outputs()]:
        action["output_artifacts"] = outputs
    if (region := frame.elsewhere(frame.region(stage))) is not None:
        action["region"] = region
    return action


def run_variables(frame: Sketch, primary: str, pipeline: str) -> str:
    """Variables of a job that each run has values of its own for, as an action takes them."""
    # What a stage starts in may be no source: then the first one says what is run.
    source = next((each for each in frame.graph.sources if primary in each.outputs()), frame.graph.sources[0])
    commit, branch = _VARIABLES.get(source.provider, ("CommitId", "BranchName"))
    named = image_tag(source) if source.provider == "ecr" else source.key or source.branch
    values = {
        "COMMIT": f"#{{{source.name}.{commit}}}",
        "BRANCH": f"#{{{source.name}.{branch}}}" if branch is not None else named,
        "RUN": _RUN,
        "RUN_URL": _page(frame, pipeline),
    }
    values |= {name: f"#{{variables.{name}}}" for name in frame.pipeline.variables}
    said = [{"name": name, "value": value, "type": "PLAINTEXT"} for name, value in values.items()]
    return json.dumps(said, separators=(",", ":"))


def _page(frame: Sketch, pipeline: str) -> str:
    """The page of a run."""
    region = frame.ref.region
    console = f"{region}.{_CONSOLES.get(frame.ref.partition, 'console.aws.amazon.com')}"
    return f"https://{console}/codesuite/codepipeline/pipelines/{pipeline}/executions/{_RUN}/timeline?region={region}"


def triggers(frame: Sketch, event: Event) -> list[aws.codepipeline.PipelineTriggerArgsDict]:
    """What starts it at hosts of code."""
    found: list[aws.codepipeline.PipelineTriggerArgsDict] = []
    for source in frame.graph.sources:
        if source.provider in HOSTS and event in source.on:
            key = "pushes" if event == "push" else "pull_requests"
            configuration: Any = {"source_action_name": source.name, key: [dict(_filters(source, event))]}
            found.append({"provider_type": HOSTED, "git_configuration": configuration})
    return found


def _filters(source: Source, event: Event) -> Iterator[tuple[str, Any]]:
    if event == "pull_request":
        yield "events", ["OPEN", "UPDATED"]
    if event == "push" and source.tags:
        yield "tags", {"includes": list(source.tags)}
        return
    yield "branches", {"includes": [source.branch]}
    paths = {"includes": list(source.paths), "excludes": list(source.ignore_paths)}
    if any(paths.values()):
        yield "file_paths", {side: globs for side, globs in paths.items() if globs}
