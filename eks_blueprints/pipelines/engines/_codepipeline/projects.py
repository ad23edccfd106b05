"""The project of CodeBuild that runs a stage, with its role, its logs and its reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from eks_blueprints.pipelines._job import Architecture, Job, Output, Size, joined
from eks_blueprints.pipelines._roles import access_entry
from eks_blueprints.pipelines._secrets import in_codebuild
from eks_blueprints.pipelines.engines._codepipeline import buildspec, roles
from eks_blueprints.pipelines.engines._codepipeline.frame import Frame
from eks_blueprints.pipelines.engines._codepipeline.inputs import given, runs
from eks_blueprints.pipelines.stages.base import Stage
from eks_blueprints.pipelines.stages.source import Source

IMAGES: Mapping[Architecture, str] = {
    "x86_64": "aws/codebuild/amazonlinux-x86_64-standard:5.0",
    "arm64": "aws/codebuild/amazonlinux-aarch64-standard:3.0",
}
"""CodeBuild's own images of Amazon Linux 2023. Source: AWS CodeBuild User Guide, "Docker images provided by CodeBuild",
read 2026-11-30."""
MACHINES: Mapping[Architecture, str] = {"x86_64": "LINUX_CONTAINER", "arm64": "ARM_CONTAINER"}
SIZES: Mapping[Size, str] = {
    "small": "BUILD_GENERAL1_SMALL",
    "medium": "BUILD_GENERAL1_MEDIUM",
    "large": "BUILD_GENERAL1_LARGE",
}
REPORTS = {"junit": "TEST", "cobertura": "CODE_COVERAGE"}
QUEUED_MINUTES = 480
"""How long a build can wait for a machine, which is the longest time."""


def project(frame: Frame, stage: Stage, job: Job) -> aws.codebuild.Project:
    """The project that runs a stage."""
    region = frame.region(stage)
    where, store = frame.elsewhere(region), frame.ref.stores[region]
    artifacts = given(frame.graph, stage, job)
    sources = [source for source in frame.graph.sources if any(name in artifacts.all for name in source.outputs())]
    role = roles.stage_role(frame, stage, job, sources)
    entered = access_entry(frame.component, frame.site(stage), stage, role.arn, frame.tags)
    name, slug = frame.project(stage), stage.name.replace("_", "-")
    logs = aws.cloudwatch.LogGroup(
        frame.child(f"{slug}-logs"),
        name=f"/aws/codebuild/{name}",
        retention_in_days=frame.ref.logs.retention_in_days,
        kms_key_id=store.key_arn,
        skip_destroy=frame.ref.logs.skip_destroy or None,
        region=where,
        tags=frame.tags or None,
        opts=frame.options(depends_on=list(store.ready)),
    )
    reports = _reports(frame, stage, job, where)
    environment = frame.graph.environment(stage)
    access = environment.private_access if environment is not None else None
    return aws.codebuild.Project(
        frame.child(f"{slug}-project"),
        name=name,
        description=f"Stage {stage.name} of pipeline {frame.graph.name}",
        service_role=role.arn,
        source={"type": "CODEPIPELINE", "buildspec": _buildspec(frame, stage, job, sources)},
        artifacts={"type": "CODEPIPELINE"},
        environment=_machine(frame, stage, job),
        cache=_cache(frame, job, name, store.bucket),
        logs_config={"cloudwatch_logs": {"status": "ENABLED", "group_name": logs.name}},
        encryption_key=store.key_arn,
        build_timeout=job.timeout_minutes,
        queued_timeout=QUEUED_MINUTES,
        build_batch_config=_batch(frame, stage, job),
        vpc_config={
            "vpc_id": access.vpc_id,
            "subnets": list(access.subnet_ids),
            "security_group_ids": list(access.security_group_ids),
        }
        if access is not None
        else None,
        region=where,
        tags=frame.tags or None,
        # A name is taken while its project is there.
        opts=frame.options(depends_on=[*role.policies, *entered, *reports], delete_before_replace=True),
    )


def _buildspec(frame: Frame, stage: Stage, job: Job, sources: list[Source]) -> str:
    artifacts = given(frame.graph, stage, job)
    inputs: dict[str, Output] = {name: frame.graph.makers[name].outputs()[name] for name in artifacts.inputs}
    clones = any(frame.cloned(source) for source in sources)
    return buildspec.text(job, inputs, stage.outputs(), artifacts.primary, clones=clones)


def _machine(frame: Frame, stage: Stage, job: Job) -> aws.codebuild.ProjectEnvironmentArgsDict:
    runner = job.runner
    own = runner.image is not None
    private = own and roles.ECR_IMAGE.fullmatch(runner.image or "") is not None
    variables: dict[str, Any] = {"PIPELINE": frame.graph.name, **job.variables}
    if stage.reviews:
        # CodePipeline starts it for pull requests to this branch alone.
        variables["BASE_BRANCH"] = frame.graph.sources[0].branch
    said: list[aws.codebuild.ProjectEnvironmentEnvironmentVariableArgsDict] = [
        {"name": name, "value": value, "type": "PLAINTEXT"} for name, value in variables.items()
    ]
    for name, arn in job.secrets.items():
        kept, value = in_codebuild(arn)
        said.append({"name": name, "value": value, "type": kept})
    return {
        "type": MACHINES[runner.architecture],
        "compute_type": SIZES[runner.size],
        "image": runner.image or IMAGES[runner.architecture],
        "image_pull_credentials_type": "SERVICE_ROLE" if private else "CODEBUILD",
        "privileged_mode": runner.docker,
        "environment_variables": said,
    }


def _cache(frame: Frame, job: Job, name: str, bucket: pulumi.Output[str]) -> aws.codebuild.ProjectCacheArgsDict:
    modes = ["LOCAL_DOCKER_LAYER_CACHE"] if job.runner.docker else []
    if job.cache and frame.ref.artifacts.cache == "s3":
        return {"type": "S3", "location": joined(bucket, f"/cache/{name}")}
    if job.cache:
        modes.append("LOCAL_CUSTOM_CACHE")
    return {"type": "LOCAL", "modes": modes} if modes else {"type": "NO_CACHE"}


def _batch(frame: Frame, stage: Stage, job: Job) -> aws.codebuild.ProjectBuildBatchConfigArgsDict | None:
    if not job.matrix:
        return None
    role = roles.batch_role(frame, stage)
    return {
        "service_role": role.arn,
        "restrictions": {"maximum_builds_allowed": runs(job), "compute_types_alloweds": [SIZES[job.runner.size]]},
        "timeout_in_mins": job.timeout_minutes,
    }


def _reports(frame: Frame, stage: Stage, job: Job, where: str | None) -> list[pulumi.Resource]:
    """The groups of its reports. CodeBuild itself finds them by the names of the project and the report."""
    slug = stage.name.replace("_", "-")
    return [
        aws.codebuild.ReportGroup(
            frame.child(f"{slug}-report-{name}"),
            name=f"{frame.project(stage)}-{name}",
            type=REPORTS[report.kind],
            export_config={"type": "NO_EXPORT"},
            # Reports are gone after 30 days anyway, and a group with some cannot be deleted.
            delete_reports=True,
            region=where,
            tags=frame.tags or None,
            opts=frame.options(delete_before_replace=True),
        )
        for name, report in job.reports.items()
        if report.kind in REPORTS
    ]
