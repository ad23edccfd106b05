"""Promotion: the same bytes for the next environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from pydantic import model_validator

from eks_blueprints.core.errors import Faults
from eks_blueprints.core.spec import Many, Spec
from eks_blueprints.pipelines import _registry
from eks_blueprints.pipelines._job import ArtifactKind, Job, Output, Place, Site
from eks_blueprints.pipelines._registry import Account, BucketUrl, Repository
from eks_blueprints.pipelines._repository import Tag
from eks_blueprints.pipelines._scripts import script
from eks_blueprints.pipelines.stages._charts import index
from eks_blueprints.pipelines.stages._commands import BuiltInStage


class RegistryTarget(Spec):
    """A repository in ECR that something is promoted to."""

    repository: Repository
    """Its name. For a chart it ends in the name of the chart."""

    region: str | None = None
    """Its region. Default: that of the stack."""

    account_id: Account | None = None
    """Its account, 12 digits in quotes, whose repository lets the pipeline push. Default: that of the stack."""

    tags: Many[Tag] = ()
    """Further tags there, such as `production`; they are moved. Its tag of the commit or the version goes along."""


class ChartTarget(RegistryTarget):
    """A repository that a chart is promoted to."""

    repository: Repository | None = None  # type: ignore[assignment]
    """Name of a repository in ECR that ends in the name of the chart."""

    bucket: BucketUrl | None = None
    """Folder of a bucket that is a Helm repository, instead of `repository`; the chart comes from one too."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        faults = Faults()
        faults.require_one(self, "repository", "bucket")
        faults.raise_if_any()
        return self


class Promote(BuiltInStage):
    """Copy an image or a chart to the registry of the next environment, by its digest and with its signatures. Nothing
    is built again, and what arrives is compared."""

    image: RegistryTarget | None = None
    """Where an image goes."""

    chart: ChartTarget | None = None
    """Where a chart goes."""

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        faults = Faults()
        faults.require_one(self, "image", "chart")
        faults.raise_if_any()
        return self

    @property
    def artifact(self) -> str:
        """Name of what it promotes among the artifacts."""
        return self.name.replace("_", "-")

    @property
    def kind_of_artifact(self) -> ArtifactKind:
        """What it promotes."""
        return "image" if self.image is not None else "chart"

    @property
    def place(self) -> Place:
        """Where it goes."""
        if self.chart is not None and self.chart.bucket is not None:
            return _registry.bucket(self.chart.bucket)
        to = self.image or self.chart
        if to is None:
            return Place()
        return Place(repository=to.repository, region=to.region, account_id=to.account_id)

    @property
    def takes(self) -> Mapping[ArtifactKind, bool]:
        """What it works on."""
        return {self.kind_of_artifact: True}

    @property
    def summary(self) -> str:
        """What it does, in a few words for pictures."""
        return f"{self.kind_of_artifact} to {self.place.name}"

    def outputs(self) -> Mapping[str, Output]:
        """The same thing at its new place."""
        return {**super().outputs(), self.artifact: Output(kind=self.kind_of_artifact, place=self.place)}

    def work(self, site: Site, inputs: Mapping[str, Output]) -> Job:
        """Copy it and compare."""
        [(name, given), *_] = [each for each in inputs.items() if each[1].kind == self.kind_of_artifact]
        source = given.place or Place()
        allowed = (*_registry.pulls(site, source), *_registry.pushes(site, self.place))
        if self.place.bucket is not None:
            lines = (
                script("promote_s3_chart", INPUT=name),
                *index(self.place, None),
                script("publish_s3_chart", NAME=self.artifact),
            )
            return self.job(lines, allowed=allowed, tools=("helm", "jq"), checkout=bool(self.commands))
        to = self.image or self.chart
        said = script(
            "promote_oci",
            NAME=self.artifact,
            INPUT=name,
            FILE=f"{self.kind_of_artifact}.json",
            FROM_REGION=source.region or site.region,
            REPOSITORY=self.place.repository or "",
            TAGS=tuple(to.tags) if to is not None else (),
        )
        lines = (_registry.log_in(site, self.place), said)
        return self.job(lines, allowed=allowed, tools=("cosign", "jq"), checkout=bool(self.commands))
