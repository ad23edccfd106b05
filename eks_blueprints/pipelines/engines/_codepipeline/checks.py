"""What CodePipeline and CodeBuild cannot do, said before anything is made."""

from __future__ import annotations

from collections.abc import Iterator

from eks_blueprints.core.errors import Problem, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import role_arn
from eks_blueprints.network import zones
from eks_blueprints.pipelines._job import Gate, Job
from eks_blueprints.pipelines.engines._codepipeline.actions import image_tag, levels, run_variables
from eks_blueprints.pipelines.engines._codepipeline.frame import Sketch
from eks_blueprints.pipelines.engines._codepipeline.inputs import given, runs
from eks_blueprints.pipelines.engines._codepipeline.regions import lacking
from eks_blueprints.pipelines.stages.base import Stage
from eks_blueprints.pipelines.stages.source import HOSTS, Source

# Source: AWS CodePipeline User Guide, "Quotas" and "Pipeline structure", and the model of its API; AWS CodeBuild User
# Guide, "Quotas"; read 2026-11-30.
MOST_STAGES = 50
MOST_ACTIONS = 50
MOST_TRIGGERS = 50
MOST_ARTIFACTS = 5
MOST_TAGS = 8
MOST_CHARACTERS = 1000
MOST_RUNS = 100
LONGEST_BUILD = 2160
LONGEST_APPROVAL = 86_400
_BRANCH = Form(r"[^\x00-\x1f]{1,100}")
_ACCOUNT = Form(r"arn:[a-z-]+:iam::(\d{12}):.*")


def problems(sketch: Sketch, reviewed: frozenset[str]) -> Iterator[Problem]:
    """All of it; paths begin with the name of a stage."""
    yield from _size(sketch)
    for stage in sketch.graph.stages:
        if isinstance(stage, Source):
            yield from _source(sketch, stage)
            continue
        work = sketch.work[stage.name]
        yield from _gate(sketch, stage, work) if isinstance(work, Gate) else _job(sketch, stage, work)
    sources = {source.name for source in sketch.graph.sources}
    if reviewed and reviewed == sources:
        first = next(source.name for source in sketch.graph.sources if "pull_request" in source.on)
        do = "add a build or a test without an environment, or remove pull_request"
        message = f"runs nothing for pull requests, as every stage deploys, waits or has permissions; got none; {do}"
        yield Problem((first, "on"), message)


def _size(sketch: Sketch) -> Iterator[Problem]:
    found = levels(sketch.graph)
    if len(found) < 2:
        yield Problem((), "needs a stage besides its sources in CodePipeline; got none; add a build, or a test")
    if len(found) > MOST_STAGES:
        do = "let some run beside each other with after, or split the pipeline"
        yield Problem((), f"has more stages behind one another than CodePipeline takes; got {len(found)}; {do}")
    for level in found:
        if len(level) > MOST_ACTIONS:
            message = f"is one of {len(level)} stages beside each other, of which CodePipeline takes {MOST_ACTIONS}"
            yield Problem((level[-1].name, "after"), f"{message}; got {len(level)}; let some wait for others")


def _source(sketch: Sketch, source: Source) -> Iterator[Problem]:
    region = sketch.ref.region
    if source.provider in HOSTS and len(source.tags) > MOST_TAGS:
        do = "write fewer patterns"
        yield Problem((source.name, "tags"), f"can be at most {MOST_TAGS}; got {len(source.tags)}; {do}")
    if source.provider == "ecr" and source.tags and "*" in image_tag(source):
        do = "list one without * first, which runs by hand take"
        yield Problem((source.name, "tags"), f"are patterns alone; got {', '.join(source.tags)}; {do}")
    if source.provider in HOSTS and lacking("codestar-connections", region):
        yield Problem((source.name, "provider"), _not_known("CodeConnections", region), severity="warning")


def _not_known(service: str, region: str) -> str:
    do = "make sure that it is there, or choose another region or engine"
    return f"needs {service}, which is not known to be in region {region}; got {region}; {do}"


def _job(sketch: Sketch, stage: Stage, job: Job) -> Iterator[Problem]:
    if job.comments:
        do = "use github_actions, gitlab_ci or bitbucket_pipelines"
        message = f"comments on pull requests, for which AWS has no token of a job's own; got codepipeline; {do}"
        yield Problem((stage.name,), message)
    artifacts = given(sketch.graph, stage, job)
    if len(artifacts.all) > MOST_ARTIFACTS:
        message = f"can be at most {MOST_ARTIFACTS} with the sources in CodePipeline; got {len(artifacts.all)}"
        yield Problem((stage.name, "inputs"), f"{message}; let one stage join some")
    if len(stage.outputs()) > MOST_ARTIFACTS:
        message = f"can be at most {MOST_ARTIFACTS} in CodePipeline; got {len(stage.outputs())}"
        yield Problem((stage.name, "artifacts"), f"{message}; put some into one artifact")
    if (size := len(run_variables(sketch, artifacts.primary, sketch.name))) > MOST_CHARACTERS:
        message = f"are too long for CodePipeline with those of the run, {MOST_CHARACTERS} characters as JSON"
        yield Problem((), f"variables: {message}; got {size}; use fewer, or shorter names")
    if job.matrix and len(stage.outputs()) > 1:
        message = "can be one in CodePipeline, which joins what the runs of a matrix make into one artifact"
        yield Problem((stage.name, "artifacts"), f"{message}; got {len(stage.outputs())}; use one name for all")
    if job.matrix and (count := runs(job)) > MOST_RUNS:
        message = f"can have at most {MOST_RUNS} combinations in CodeBuild; got {count}"
        yield Problem((stage.name, "matrix"), f"{message}; use fewer values, or split the stage")
    if not 5 <= job.timeout_minutes <= LONGEST_BUILD:
        message = f"must be 5 to {LONGEST_BUILD} minutes in CodeBuild; got {job.timeout_minutes}; choose such a time"
        yield Problem((stage.name, "timeout_minutes"), message)
    for field, own in (("variables", job.variables), ("secrets", job.secrets), ("matrix", job.matrix)):
        if both := sorted(own.keys() & sketch.pipeline.variables.keys()):
            message = f"is a variable of the run too, whose value would hide this one; got {both[0]} in both"
            yield Problem((stage.name, field, both[0]), f"{message}; rename one of them")
    if job.identity_tokens:
        what = "needs an identity token of the engine, which CodeBuild does not give"
        do = "sign with a key of KMS (key_arn), or use another engine"
        yield Problem((stage.name,), f"{what}; got {', '.join(job.identity_tokens)}; {do}")
    region = sketch.region(stage)
    if region != sketch.ref.region:
        yield from _elsewhere(sketch, stage, region)


def _elsewhere(sketch: Sketch, stage: Stage, region: str) -> Iterator[Problem]:
    try:
        partition = zones.partition(region)
    except ValueError:  # told at the environment
        return
    if partition != sketch.ref.partition:
        do = "deploy to it from a stack of that partition"
        message = f"is in another partition than the pipeline, which cannot run a stage there; got {region}; {do}"
        yield Problem((stage.name, "environment"), message)
    elif lacking("codebuild", region) or lacking("codepipeline", region):
        message = _not_known("CodePipeline and CodeBuild", region)
        yield Problem((stage.name, "environment"), message, severity="warning")


def _gate(sketch: Sketch, stage: Stage, gate: Gate) -> Iterator[Problem]:
    said = bool(getattr(stage, "approvers", ()))
    account = sketch.ref.account
    for index, approver in enumerate(gate.approvers):
        path = (stage.name, "approvers", index) if said else (stage.name, "environment")
        try:
            role_arn(approver)
        except ValueError:
            do = "write arn:aws:iam::111122223333:role/name"
            message = f"must be the ARN of an IAM role for CodePipeline; got {shown(approver)}; {do}"
            yield Problem(path, message if said else f"has an approver who {message}")
            continue
        of = _ACCOUNT.fullmatch(approver)
        if isinstance(account, str) and account.isdigit() and of is not None and of[1] != account:
            do = f"name one of {account}, which others can assume"
            message = f"is a role of another account, which cannot approve here; got {shown(approver)}; {do}"
            yield Problem(path, message)
    names = [approver.rpartition("/")[2] for approver in gate.approvers]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        yield Problem((stage.name, "approvers"), f"names one role twice; got {twice[0]}; remove one of them")
    if not 5 <= gate.timeout_minutes <= LONGEST_APPROVAL:
        message = f"must be 5 to {LONGEST_APPROVAL} minutes in CodePipeline; got {gate.timeout_minutes}"
        yield Problem((stage.name, "timeout_minutes"), f"{message}; choose such a time")
