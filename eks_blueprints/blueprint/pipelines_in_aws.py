"""What is wrong or doubtful about a stack of pipelines in AWS as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from eks_blueprints.core.errors import Problem, shown
from eks_blueprints.core.spec import is_known
from eks_blueprints.network import zones
from eks_blueprints.pipelines._roles import enters
from eks_blueprints.pipelines.engines._codepipeline.frame import project_name
from eks_blueprints.pipelines.engines._codepipeline.regions import lacking
from eks_blueprints.pipelines.stages.source import Source

if TYPE_CHECKING:
    from eks_blueprints.blueprint.pipelines_spec import PipelinesArgs

_NAMES = {"codepipeline": "CodePipeline", "codebuild": "CodeBuild", "codestar-notifications": "notification rules"}


def check(args: PipelinesArgs) -> Iterator[Problem]:
    """Services that a region lacks, names that two things would share, keys of other regions, wide access."""
    run_here = [pipeline for pipeline in args.pipelines if pipeline.engine == "codepipeline"]
    yield from _names(args)
    for name, environment in args.environments.items():
        if enters(environment) and not environment.namespaces and environment.policy != "cluster_admin":
            do = "list the namespaces that pipelines change"
            message = f"is empty, so that pipelines can change all of the cluster; got []; {do}"
            yield Problem(("environments", name, "namespaces"), message, severity="warning")
        if environment.region is not None:
            try:
                zones.partition(environment.region)
            except ValueError as error:
                yield Problem(("environments", name, "region"), str(error))
    yield from _keys(args)
    if not run_here:
        return
    needed = ["codepipeline", "codebuild"] + (["codestar-notifications"] if args.notifications is not None else [])
    if missing := [_NAMES[service] for service in needed if lacking(service, args.region)]:
        do = "make sure that they are there, or choose another region or engine"
        message = f"is not known to have {' and '.join(missing)}; got {args.region}; {do}"
        yield Problem(("region",), message, severity="warning")


def _names(args: PipelinesArgs) -> Iterator[Problem]:
    """`a` with a stage `b-c` and `a-b` with a stage `c` would have one name."""
    seen: dict[str, tuple[str, str]] = {}
    for pipeline in args.pipelines:
        slug = pipeline.name.replace("_", "-")
        for stage in pipeline.staged():
            if isinstance(stage, Source):
                continue
            mine = (pipeline.name, stage.name)
            other = seen.setdefault(project_name("x", slug, stage.name), mine)
            if other != mine:
                message = f"has the name of stage {other[1]} of pipeline {other[0]} in AWS; got {stage.name}"
                place = ("pipelines", pipeline.name, *pipeline.place(stage.name))
                yield Problem(place, f"{message}; rename one of them")


def _keys(args: PipelinesArgs) -> Iterator[Problem]:
    used = {args.region, *(each.region for each in args.environments.values() if each.region is not None)}
    for region, arn in args.artifacts.kms_key_arns.items():
        path = ("artifacts", "kms_key_arns", region)
        if region not in used:
            yield Problem(path, f"is a region in which no stage runs; got {region}; remove it")
        elif is_known(arn) and str(arn).split(":")[3] != region:
            yield Problem(path, f"is a key of another region than {region}; got {shown(arn)}; name one of {region}")
    notices = args.notifications
    topic = notices.topic_arn if notices is not None else None
    if isinstance(topic, str) and topic.split(":")[3] != args.region:
        do = f"name one of {args.region}"
        message = f"is a topic of another region than the pipelines; got {shown(topic)}; {do}"
        yield Problem(("notifications", "topic_arn"), message)
