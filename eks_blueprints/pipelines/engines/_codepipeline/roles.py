"""What the roles of CodeBuild and CodePipeline need to run a pipeline, named one by one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from eks_blueprints.core.iam import Allow
from eks_blueprints.core.iam_roles import GrantedRole, Grants, service_role
from eks_blueprints.core.spec import In
from eks_blueprints.pipelines._environment import PrivateAccess
from eks_blueprints.pipelines._job import Job, joined
from eks_blueprints.pipelines._roles import statements
from eks_blueprints.pipelines.engines._codepipeline.buildspec import FORMATS
from eks_blueprints.pipelines.engines._codepipeline.frame import Frame
from eks_blueprints.pipelines.engines._codepipeline.store import Store
from eks_blueprints.pipelines.stages.base import Stage
from eks_blueprints.pipelines.stages.source import HOSTS, Source

if TYPE_CHECKING:
    from eks_blueprints.core.iam import Conditions

_USE = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")
_SHOWN_NAME = 20
"""Characters of a pipeline's name with which the keys of its artifacts begin in a bucket."""
ECR_IMAGE = re.compile(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/([a-z0-9._/-]+?)(?:[:@].*)?")


def stage_role(frame: Frame, stage: Stage, job: Job, sources: Sequence[Source]) -> GrantedRole:
    """The role of the project that runs a stage; `sources` are those that it is given."""
    allowed = (*statements(frame.site(stage), job), *_runs(frame, stage, job), *_clones(frame, sources))
    role = f"{stage.name.replace('_', '-')}-role"
    grants = Grants(allowed=allowed, tags=frame.tags)
    return service_role(frame.component, role, "codebuild.amazonaws.com", grants, _for_project(frame, stage))


def batch_role(frame: Frame, stage: Stage) -> GrantedRole:
    """The role that starts the runs of a stage with a matrix."""
    allow = Allow("codebuild:RetryBuild", "codebuild:StartBuild", "codebuild:StopBuild", on=frame.arn_of_project(stage))
    role = f"{stage.name.replace('_', '-')}-batch-role"
    grants = Grants(allowed=(allow,), tags=frame.tags)
    return service_role(frame.component, role, "codebuild.amazonaws.com", grants, _for_project(frame, stage))


def pipeline_role(frame: Frame, role: str, jobs: Sequence[tuple[Stage, Job]], *, asks: bool) -> GrantedRole:
    """The role of a pipeline itself, which runs these jobs; `asks` says whether it asks for approvals by the topic.

    Its trust has no condition: CodePipeline's guide says of none that the service sends with it.
    """
    allowed: list[Allow] = []
    for region in dict.fromkeys((frame.ref.region, *(frame.region(stage) for stage, _ in jobs))):
        allowed += _artifacts(frame, frame.ref.stores[region])
    single = [frame.arn_of_project(stage) for stage, job in jobs if not job.matrix]
    batches = [frame.arn_of_project(stage) for stage, job in jobs if job.matrix]
    if single:
        allowed.append(Allow("codebuild:BatchGetBuilds", "codebuild:StartBuild", "codebuild:StopBuild", on=single))
    if batches:
        verbs = ("codebuild:BatchGetBuildBatches", "codebuild:StartBuildBatch", "codebuild:StopBuildBatch")
        allowed.append(Allow(*verbs, on=batches))
    for source in frame.graph.sources:
        allowed += _reads(frame, source)
    topic = frame.ref.topic
    if asks and topic is not None:
        allowed.append(Allow("sns:Publish", on=topic.arn))
        if topic.key_arn is not None:
            allowed.append(Allow("kms:Decrypt", "kms:GenerateDataKey*", on=topic.key_arn))
    grants = Grants(allowed=tuple(allowed), tags=frame.tags)
    return service_role(frame.component, role, "codepipeline.amazonaws.com", grants)


def _for_project(frame: Frame, stage: Stage) -> dict[str, dict[str, In[str]]]:
    # Source: AWS CodeBuild User Guide, "Cross-service confused deputy prevention", read 2026-11-30.
    asked = {"aws:SourceAccount": frame.ref.account, "aws:SourceArn": frame.arn_of_project(stage)}
    return {"StringEquals": asked}


def _artifacts(frame: Frame, store: Store) -> Iterator[Allow]:
    objects = joined(store.bucket_arn, f"/{frame.name[:_SHOWN_NAME]}*")
    yield Allow("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", on=objects)
    yield Allow("s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning", on=store.bucket_arn)
    yield Allow(*_USE, on=store.key_arn)


def _runs(frame: Frame, stage: Stage, job: Job) -> Iterator[Allow]:
    region, project = frame.region(stage), frame.project(stage)
    store = frame.ref.stores[region]
    group = frame.arn("logs", f"log-group:/aws/codebuild/{project}:*", region)
    yield Allow("logs:CreateLogStream", "logs:PutLogEvents", on=group)
    yield from _artifacts(frame, store)
    if job.cache and frame.ref.artifacts.cache == "s3":
        place = joined(store.bucket_arn, f"/cache/{project}")
        yield Allow("s3:GetObject", "s3:PutObject", on=(place, joined(place, "/*")))
    groups = [name for name, report in job.reports.items() if report.kind in FORMATS]
    if groups:
        verbs = ("BatchPutCodeCoverages", "BatchPutTestCases", "CreateReport", "UpdateReport")
        arns = [frame.arn("codebuild", f"report-group/{project}-{name}", region) for name in groups]
        yield Allow(*(f"codebuild:{verb}" for verb in verbs), on=arns)
    if job.runner.image is not None and (image := ECR_IMAGE.fullmatch(job.runner.image)):
        yield Allow("ecr:GetAuthorizationToken")
        arn = f"arn:{frame.ref.partition}:ecr:{image[2]}:{image[1]}:repository/{image[3]}"
        yield Allow("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", on=arn)
    environment = frame.graph.environment(stage)
    if environment is not None and environment.private_access is not None:
        yield from _network(frame, region, environment.private_access)


def _network(frame: Frame, region: str, access: PrivateAccess) -> Iterator[Allow]:
    """Source: AWS CodeBuild User Guide, "Allow CodeBuild access to AWS services required to create a VPC network
    interface", read 2026-11-30."""
    looks = ("DhcpOptions", "NetworkInterfaces", "SecurityGroups", "Subnets", "Vpcs")
    yield Allow(*(f"ec2:Describe{what}" for what in looks))
    subnets = [frame.arn("ec2", joined("subnet/", each), region) for each in access.subnet_ids]
    groups = [frame.arn("ec2", joined("security-group/", each), region) for each in access.security_group_ids]
    interfaces = frame.arn("ec2", "network-interface/*", region)
    yield Allow("ec2:CreateNetworkInterface", on=(*subnets, *groups, interfaces))
    within: Conditions = {"ArnEquals": {"ec2:Subnet": subnets}}
    yield Allow("ec2:DeleteNetworkInterface", on=interfaces, when=within)
    asked: Conditions = {**within, "StringEquals": {"ec2:AuthorizedService": "codebuild.amazonaws.com"}}
    yield Allow("ec2:CreateNetworkInterfacePermission", on=interfaces, when=asked)


def _clones(frame: Frame, sources: Iterable[Source]) -> Iterator[Allow]:
    """A project that is given a reference to a repository clones it itself."""
    for source in sources:
        if source.history and source.provider in HOSTS:
            yield _connection(frame, source)
        elif source.history:
            yield Allow("codecommit:GitPull", on=frame.arn("codecommit", source.repository))


def _connection(frame: Frame, source: Source) -> Allow:
    arn = frame.ref.connections[source.connection or ""]
    old = isinstance(arn, str) and ":codestar-connections:" in arn
    return Allow(f"{'codestar-connections' if old else 'codeconnections'}:UseConnection", on=arn)


def _reads(frame: Frame, source: Source) -> Iterator[Allow]:
    """Sources: the references of source actions in the AWS CodePipeline User Guide, read 2026-11-30."""
    if source.provider in HOSTS:
        yield _connection(frame, source)
    elif source.provider == "codecommit":
        verbs = ("CancelUploadArchive", "GetBranch", "GetCommit", "GetRepository", "GetUploadArchiveStatus")
        arn = frame.arn("codecommit", source.repository)
        yield Allow(*(f"codecommit:{verb}" for verb in (*verbs, "UploadArchive")), on=arn)
    elif source.provider == "ecr":
        yield Allow("ecr:DescribeImages", on=frame.arn("ecr", joined("repository/", source.repository)))
    else:
        bucket = joined(f"arn:{frame.ref.partition}:s3:::", source.repository)
        looks = ("GetBucketAcl", "GetBucketLocation", "GetBucketVersioning", "ListBucket")
        yield Allow(*(f"s3:{verb}" for verb in looks), on=bucket)
        reads = ("GetObject", "GetObjectTagging", "GetObjectVersion", "GetObjectVersionTagging")
        yield Allow(*(f"s3:{verb}" for verb in reads), on=joined(bucket, f"/{source.key}"))
