"""Jobs of stages as an engine gets them."""

from __future__ import annotations

from typing import Any

from eks_blueprints.blueprint.pipelines_spec import PipelinesArgs
from eks_blueprints.pipelines._job import Job, Site
from tests.pipelines.aws import BASE, SOURCE


def job(
    stage: str, stages: dict[str, Any], environments: dict[str, Any] | None = None, engine: str = "codepipeline"
) -> Job:
    """The job of one stage of a pipeline of these."""
    said = {"source": SOURCE, **stages}
    pipeline = {"kind": "custom_pipeline", "approval": "required", "engine": engine, "stages": said}
    data = {**BASE, "environments": environments or BASE["environments"], "pipelines": {"shop": pipeline}}
    args = PipelinesArgs.model_validate(data)
    graph = args.pipelines[0].graph(args.environments)
    [found] = [each for each in graph.stages if each.name == stage]
    site = Site(
        pipeline="shop",
        region="eu-west-1",
        partition="aws",
        account="111122223333",
        environment=graph.environment(found),
    )
    work = graph.work(found, site)
    assert isinstance(work, Job)
    return work
