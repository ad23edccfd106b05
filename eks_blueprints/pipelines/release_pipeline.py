"""Releases: where an image and a chart meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Self

from pydantic import Field, model_validator

from eks_blueprints.core.errors import Faults, Path, unknown_name
from eks_blueprints.core.leaves import Namespace
from eks_blueprints.core.spec import Spec
from eks_blueprints.pipelines._kinds import Deployments, deployed, place_of
from eks_blueprints.pipelines._repository import Tag
from eks_blueprints.pipelines.base import Pipeline
from eks_blueprints.pipelines.stages.base import Stage
from eks_blueprints.pipelines.stages.find import Find, FoundChart, FoundImage
from eks_blueprints.pipelines.stages.source import Source
from eks_blueprints.pipelines.stages.trial import Trial

if TYPE_CHECKING:
    from eks_blueprints.pipelines._environment import Environment


class ReleasedImage(FoundImage):
    """The image of a release, and what starts one."""

    starts_on: Tag | None = None
    """Tag of the image whose push starts the pipeline, such as `main` where the app pipeline tags branches. Default:
    pushes of images do not start it."""


class TrialArgs(Spec):
    """Where image and chart are tried together before they are deployed."""

    environment: str
    """The environment, by its name in `deploy`."""

    namespace: Namespace | None = None
    """Namespace for trials. Default: one of its own for each run, which its role must be able to create."""


class ReleasePipeline(Pipeline):
    """Bring the newest image and the newest chart together: try them in a namespace of their own with the tests of the
    chart, and then upgrade the release in one environment after the other. What fails is put back."""

    source: Source
    """The repository with the values of each environment, and which change starts it."""

    image: ReleasedImage
    """The image, as an app pipeline publishes it."""

    chart: FoundChart
    """The chart, as a chart pipeline publishes it. It starts the pipeline of CodePipeline when it is published."""

    trial: TrialArgs | None = None
    """Where they are tried together first. Default: the first environment alone shows whether they fit."""

    deploy: Deployments = Field()
    """Environments in the order in which it is deployed to them; each says `helm`, or does as the one before it."""

    @model_validator(mode="after")
    def _by_helm(self) -> Self:
        faults = Faults()
        found = None
        for name, args in self.deploy.items():
            found = args.helm or found
            if args.kubectl is not None:
                faults.add(("deploy", name, "kubectl"), "is not how a chart is released; got kubectl; use helm")
            elif found is None and args.gitops is None:
                faults.add(("deploy", name, "helm"), "is required for a release; got none; write helm: {release: name}")
            elif args.helm is not None and args.helm.chart is not None:
                got = args.helm.chart
                faults.add(("deploy", name, "helm", "chart"), f"is the one that is found; got {got}; remove it")
        if self.trial is not None and self.trial.environment not in self.deploy:
            faults.add(
                ("trial", "environment"), unknown_name(self.trial.environment, self.deploy, "environment of deploy")
            )
        faults.raise_if_any()
        return self

    def staged(self) -> Sequence[Stage]:
        """Its stages, without approvals."""
        return self.staged_for({})

    def staged_for(self, environments: Mapping[str, Environment]) -> Sequence[Stage]:
        """Its stages, with an approval before production."""
        return list(self._staged(environments))

    def _staged(self, environments: Mapping[str, Environment]) -> Iterator[Stage]:
        yield self.source.but(name="source")
        sources = ["source"]
        if self.image.starts_on is not None:
            repository, tag = self.image.repository, self.image.starts_on
            yield Source(name="image-pushed", provider="ecr", repository=repository, tags=(tag,))
            sources.append("image-pushed")
        if self.chart.bucket is not None:
            bucket, _, folder = self.chart.bucket.removeprefix("s3://").rstrip("/").partition("/")
            key = f"{folder}/index.yaml" if folder else "index.yaml"
            yield Source(name="chart-published", provider="s3", repository=bucket, key=key)
            sources.append("chart-published")
        after = tuple(sources)
        yield Find(name="image", image=FoundImage(repository=self.image.repository, tags=self.image.tags), after=after)
        starts = self.engine == "codepipeline" and self.chart.repository is not None
        yield Find(name="chart", chart=self.chart, starts=starts, after=after)
        both = ("image", "chart")
        if self.trial is not None:
            helm = next(args.helm for args in self.deploy.values() if args.helm is not None)
            yield Trial(
                name="trial",
                helm=self.deploy[self.trial.environment].helm or helm,
                environment=self.trial.environment,
                namespace=self.trial.namespace,
                inputs=both,
            )
        inputs = dict.fromkeys(self.deploy, both)
        yield from deployed(self.deploy, environments, approval=self.approval == "required", inputs=inputs)

    def place(self, stage: str) -> Path:
        """Where a stage is said."""
        if (found := place_of(stage, tuple(self.deploy))) is not None:
            return found
        fields = {"image": "image", "image-pushed": "image", "chart": "chart", "chart-published": "chart"}
        return (fields.get(stage, stage),)
