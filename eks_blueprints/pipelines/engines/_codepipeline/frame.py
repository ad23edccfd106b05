"""One pipeline while its resources are made: its names, its stages' sites, ARNs of what it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from eks_blueprints.core.naming import fitted
from eks_blueprints.core.spec import In
from eks_blueprints.pipelines._graph import Graph
from eks_blueprints.pipelines._job import Gate, Job, Site, joined
from eks_blueprints.pipelines._ref import PipelinesRef
from eks_blueprints.pipelines.engines._codepipeline.inputs import given
from eks_blueprints.pipelines.stages.base import Stage
from eks_blueprints.pipelines.stages.source import Source

if TYPE_CHECKING:
    import pulumi

    from eks_blueprints.core.component import Component
    from eks_blueprints.pipelines.base import Pipeline

PIPELINE_NAME_LIMIT = 100
PROJECT_NAME_LIMIT = 64
"""CodeBuild takes 150 characters; a report group has 128 for the names of the project and the report."""
NAME_LIMIT = 100
"""Characters of the names of stages and actions. Source: AWS CodePipeline User Guide, "Quotas", read 2026-11-30."""


@dataclass(frozen=True, kw_only=True)
class Sketch:
    """One pipeline and the stack that it is part of, of which nothing needs to be there."""

    pipeline: Pipeline
    graph: Graph
    ref: PipelinesRef

    @cached_property
    def name(self) -> str:
        """Name of the pipeline in AWS."""
        return fitted(f"{self.ref.prefix}-{self.graph.name}", PIPELINE_NAME_LIMIT)

    def site(self, stage: Stage) -> Site:
        """What a stage is told."""
        return Site(
            pipeline=self.graph.name,
            region=self.ref.region,
            partition=self.ref.partition,
            account=self.ref.account,
            environment=self.graph.environment(stage),
            tools=self.ref.tools,
        )

    def region(self, stage: Stage) -> str:
        """Region that a stage runs in: that of its environment."""
        return self.site(stage).cluster_region

    def elsewhere(self, region: str) -> str | None:
        """A region where it is not that of the stack, as resources and actions take it."""
        return None if region == self.ref.region else region

    @cached_property
    def work(self) -> Mapping[str, Job | Gate]:
        """What each stage runs or waits for, sources excepted."""
        stages = (stage for stage in self.graph.stages if not isinstance(stage, Source))
        return {stage.name: self.graph.work(stage, self.site(stage)) for stage in stages}

    def cloned(self, source: Source) -> bool:
        """Whether stages clone a source with all of its commits, as it or one of them asks for; else they are given
        its files."""
        if source.provider in ("s3", "ecr"):
            return False
        asked = any(
            isinstance(job := self.work.get(stage.name), Job)
            and job.history
            and given(self.graph, stage, job).primary in source.outputs()
            for stage in self.graph.stages
        )
        return source.history or asked

    def project(self, stage: Stage) -> str:
        """Name of the project of CodeBuild that runs a stage."""
        return project_name(self.ref.prefix, self.graph.name, stage.name)

    def arn(self, service: str, resource: In[str], region: str | None = None) -> In[str]:
        """ARN of something in the account of the stack, in its region unless another is named."""
        where = self.ref.region if region is None else region
        return joined(f"arn:{self.ref.partition}:{service}:{where}:", self.ref.account, ":", resource)

    @property
    def arn_of_pipeline(self) -> In[str]:
        """ARN of the pipeline."""
        return self.arn("codepipeline", self.name)

    def arn_of_project(self, stage: Stage) -> In[str]:
        """ARN of the project of a stage."""
        return self.arn("codebuild", f"project/{self.project(stage)}", self.region(stage))


@dataclass(frozen=True, kw_only=True)
class Frame(Sketch):
    """One pipeline while its resources are made."""

    component: Component

    @property
    def tags(self) -> dict[str, str]:
        """Tags of its resources."""
        from eks_blueprints.core.component import merge_tags

        return merge_tags(self.ref.tags, self.pipeline.tags)

    def child(self, role: str) -> str:
        """Logical name of a resource."""
        return f"{self.component.pulumi_resource_name}-{role}"

    def options(self, **options: Any) -> pulumi.ResourceOptions:
        """Options of a resource."""
        return self.component.child(**options)


def project_name(prefix: str, pipeline: str, stage: str) -> str:
    """Name of the project of CodeBuild that runs a stage of a pipeline; it has no dots."""
    return fitted(f"{prefix}-{pipeline}-{stage.replace('_', '-')}", PROJECT_NAME_LIMIT, dots=False)


def artifact_name(artifact: str) -> str:
    """What CodePipeline calls an artifact: CodeBuild makes it part of the name of a variable, which has no dash."""
    return artifact.replace("-", "_")
