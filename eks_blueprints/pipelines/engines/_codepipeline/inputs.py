"""What CodePipeline gives a stage, and how often the stage runs."""

from __future__ import annotations

from dataclasses import dataclass

from eks_blueprints.pipelines._graph import Graph
from eks_blueprints.pipelines._job import Job
from eks_blueprints.pipelines.stages.base import Stage


@dataclass(frozen=True, kw_only=True)
class Given:
    """The artifacts that CodePipeline gives a stage."""

    primary: str
    """The one in whose files it starts: the sources, where it has some."""
    inputs: tuple[str, ...]
    """Those that it uses."""

    @property
    def all(self) -> tuple[str, ...]:
        """All of them, the primary one first."""
        return tuple(dict.fromkeys((self.primary, *self.inputs)))


def given(graph: Graph, stage: Stage, job: Job) -> Given:
    """What a stage is given. CodeBuild starts nothing without an artifact."""
    inputs = graph.inputs[stage.name]
    outputs = {name: maker.outputs()[name] for name, maker in graph.makers.items()}
    all_sources = [name for source in graph.sources for name in source.outputs()]
    # Where no repository has code, an archive in a bucket does.
    checkouts = next(
        (
            found
            for kind in ("source", "files")
            if (found := [name for name in all_sources if outputs[name].kind == kind])
        ),
        [],
    )
    sources = [name for name in inputs if name in checkouts]
    starts = [*sources, *(checkouts if job.checkout else ()), *inputs, *checkouts, *all_sources]
    return Given(primary=starts[0], inputs=tuple(inputs))


def runs(job: Job) -> int:
    """How often a job runs beside itself."""
    return len(job.runs)
