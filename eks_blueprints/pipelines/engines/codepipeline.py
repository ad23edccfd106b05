"""AWS CodePipeline: one pipeline of type V2, and one project of CodeBuild with a role of its own for each stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from eks_blueprints.core.errors import Problem
from eks_blueprints.pipelines._job import Gate, Job
from eks_blueprints.pipelines._roles import statements
from eks_blueprints.pipelines.engines._codepipeline.frame import PIPELINE_NAME_LIMIT, Frame, Sketch
from eks_blueprints.pipelines.engines._steps import only_reviews
from eks_blueprints.pipelines.stages.source import Source

if TYPE_CHECKING:
    import pulumi_aws as aws

    from eks_blueprints.core.component import Component
    from eks_blueprints.pipelines._graph import Graph
    from eks_blueprints.pipelines._ref import PipelinesRef
    from eks_blueprints.pipelines.base import Pipeline
    from eks_blueprints.pipelines.engines._codepipeline.store import Store

FOR_PULL_REQUESTS = "-pull-requests"


def render(pipeline: Pipeline, graph: Graph, ref: PipelinesRef) -> Mapping[str, str]:
    """What protects the repository of a pipeline: it has no other file there."""
    from eks_blueprints.pipelines.engines import _guards

    return _guards.files(pipeline, graph, (), ())


def build(component: Component, pipeline: Pipeline, graph: Graph, ref: PipelinesRef) -> Mapping[str, Any]:
    """Make the pipeline; gives its ARN, and those of the policies that let people approve."""
    from eks_blueprints.pipelines.engines._codepipeline import approvals, events, notices, projects

    frame = Frame(component=component, pipeline=pipeline, graph=graph, ref=ref)
    built = {
        stage.name: projects.project(frame, stage, job)
        for stage in graph.stages
        if isinstance(job := frame.work.get(stage.name), Job)
    }
    made = _pipeline(frame, built, pushed(graph), "")
    if kept := reviewed(frame):
        _pipeline(frame, built, kept, FOR_PULL_REQUESTS)
    events.rules(frame, made)
    notices.rule(frame, made)
    found: dict[str, Any] = {"pipeline_arn": made.arn}
    if policies := approvals.policies(frame):
        found["approval_policy_arns"] = policies
    return found


def pushed(graph: Graph) -> frozenset[str]:
    """The stages of the pipeline that changes start which are no pull requests: all but those that are about these."""
    alone = all(only_reviews(source) for source in graph.sources)
    return frozenset(stage.name for stage in graph.stages if alone or not stage.reviews)


def regions(graph: Graph, home: str) -> tuple[str, ...]:
    """The regions in which a pipeline needs a store of artifacts: its own first."""
    environments = (graph.environment(stage) for stage in graph.stages if not isinstance(stage, Source))
    return tuple(dict.fromkeys((home, *(each.region for each in environments if each is not None and each.region))))


def problems(pipeline: Pipeline, graph: Graph, ref: PipelinesRef) -> Iterator[Problem]:
    """What CodePipeline and CodeBuild cannot do; paths begin with the name of a stage."""
    from eks_blueprints.pipelines.engines._codepipeline import checks

    sketch = Sketch(pipeline=pipeline, graph=graph, ref=ref)
    yield from checks.problems(sketch, reviewed(sketch))


def reviewed(frame: Sketch) -> frozenset[str]:
    """The stages that run for pull requests, with the sources; none where no source asks for it.

    They have no environment, no decision and no permissions but those that every build needs, as all that they wait
    for: what a pull request changes, anybody who can open one has written. They are a pipeline of their own.
    """
    graph = frame.graph
    if not any("pull_request" in source.on for source in graph.sources):
        return frozenset()
    found = {source.name for source in graph.sources}
    for level in graph.levels:
        for stage in level:
            work = frame.work.get(stage.name)
            if work is None or isinstance(work, Gate) or stage.environment is not None:
                continue
            if not statements(frame.site(stage), work) and found.issuperset(graph.needs[stage.name]):
                found.add(stage.name)
    return frozenset(found)


def _pipeline(
    frame: Frame, built: Mapping[str, aws.codebuild.Project], kept: frozenset[str], suffix: str
) -> aws.codepipeline.Pipeline:
    import pulumi_aws as aws

    from eks_blueprints.core.naming import fitted
    from eks_blueprints.pipelines.engines._codepipeline import actions, roles

    stages = [stage for stage in frame.graph.stages if stage.name in kept]
    jobs = [(stage, job) for stage in stages if isinstance(job := frame.work.get(stage.name), Job)]
    asks = any(isinstance(frame.work.get(stage.name), Gate) for stage in stages)
    role = roles.pipeline_role(frame, f"pipeline{suffix}-role", jobs, asks=asks)
    regions = dict.fromkeys((frame.ref.region, *(frame.region(stage) for stage, _ in jobs)))
    found = [frame.ref.stores[region] for region in regions]
    # It runs as soon as it is there.
    needed = [*role.policies, *(part for store in found for part in store.ready)]
    needed += [built[stage.name] for stage, _ in jobs]
    needed += frame.ref.topic.ready if frame.ref.topic is not None else ()
    name = fitted(f"{frame.name}{suffix}", PIPELINE_NAME_LIMIT)
    return aws.codepipeline.Pipeline(
        frame.child(f"pipeline{suffix}"),
        name=name,
        pipeline_type="V2",
        execution_mode="PARALLEL" if suffix else frame.pipeline.execution_mode,
        role_arn=role.arn,
        artifact_stores=[_store(store, several=len(found) > 1) for store in found],
        stages=actions.stages(frame, kept, name),
        triggers=actions.triggers(frame, "pull_request" if suffix else "push") or None,
        variables=_variables(frame) or None,
        tags=frame.tags or None,
        # A name is taken while its pipeline is there.
        opts=frame.options(depends_on=needed, delete_before_replace=True),
    )


def _store(store: Store, *, several: bool) -> aws.codepipeline.PipelineArtifactStoreArgsDict:
    key: aws.codepipeline.PipelineArtifactStoreEncryptionKeyArgsDict = {"id": store.key_arn, "type": "KMS"}
    found: aws.codepipeline.PipelineArtifactStoreArgsDict = {
        "location": store.bucket,
        "type": "S3",
        "encryption_key": key,
    }
    # Said of several, and refused of one.
    return {**found, "region": store.region} if several else found


def _variables(frame: Frame) -> list[aws.codepipeline.PipelineVariableArgsDict]:
    found: list[aws.codepipeline.PipelineVariableArgsDict] = []
    for name, spec in frame.pipeline.variables.items():
        said: aws.codepipeline.PipelineVariableArgsDict = {"name": name, "default_value": spec.default_value}
        found.append({**said, "description": spec.description} if spec.description else said)
    return found
