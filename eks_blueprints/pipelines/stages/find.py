"""What other pipelines have published: the newest image or chart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults
from eks_blueprints.core.form import Form
from eks_blueprints.core.spec import Spec
from eks_blueprints.pipelines import _registry
from eks_blueprints.pipelines._job import ArtifactKind, Job, Output, Place, Site
from eks_blueprints.pipelines._registry import BucketUrl, Repository
from eks_blueprints.pipelines._scripts import script
from eks_blueprints.pipelines.stages._commands import BuiltInStage

_CHART = Form(r"[a-z0-9][a-z0-9-]{0,62}", what="is not the name of a chart", do="use lowercase letters, digits and -")
_PATTERN = Form(r"[\w.*+-]{1,128}", what="is not a pattern of tags", do="use * for any text, such as sha-* or 1.*")


class FoundImage(Spec):
    """An image that another pipeline publishes."""

    repository: Repository
    """Repository in ECR."""

    tags: Annotated[str, AfterValidator(_PATTERN)] = "sha-*"
    """Which of its tags count, with `*` for any text. The one that was pushed last is taken."""


class FoundChart(Spec):
    """A chart that another pipeline publishes."""

    repository: Repository | None = None
    """Repository in ECR whose name ends in that of the chart."""

    bucket: BucketUrl | None = None
    """Folder of a bucket that is a Helm repository, instead of `repository`."""

    name: Annotated[str, AfterValidator(_CHART)] | None = None
    """Name of the chart, in a bucket."""

    versions: Annotated[str, AfterValidator(_PATTERN)] = Field(default="*")
    """Which versions count, with `*` for any text, such as `1.*`. The one that was published last is taken."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        faults = Faults()
        faults.require_one(self, "repository", "bucket")
        if (self.bucket is None) != (self.name is None):
            got = "none" if self.name is None else f"{self.name} with a repository"
            faults.add("name", f"goes with bucket; got {got}; {'set it' if self.name is None else 'remove it'}")
        faults.raise_if_any()
        return self


class Find(BuiltInStage):
    """Take the newest image or chart that another pipeline has published, by its digest: from here on it stays."""

    image: FoundImage | None = None
    """An image."""

    chart: FoundChart | None = None
    """A chart."""

    starts: bool = False
    """Whether a push of one that counts starts the pipeline; for ECR and CodePipeline."""

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        faults = Faults()
        faults.require_one(self, "image", "chart")
        if self.starts and self.chart is not None and self.chart.bucket is not None:
            do = "add a source with provider: s3 and the index.yaml of the bucket"
            faults.add("starts", f"is for repositories of ECR; got a chart in a bucket; {do}")
        faults.raise_if_any()
        return self

    @property
    def pattern(self) -> str:
        """Which tags count, with `*` for any text."""
        return self.image.tags if self.image is not None else self.chart.versions if self.chart is not None else "*"

    @property
    def artifact(self) -> str:
        """Its name among the artifacts."""
        return self.name.replace("_", "-")

    @property
    def place(self) -> Place:
        """Where it is published."""
        if self.chart is not None and self.chart.bucket is not None:
            return _registry.bucket(self.chart.bucket)
        found = self.image or self.chart
        return Place(repository=found.repository if found is not None else None)

    @property
    def summary(self) -> str:
        """What it does, in a few words for pictures."""
        return f"newest in {self.place.name}"

    def outputs(self) -> Mapping[str, Output]:
        """What it finds."""
        kind: ArtifactKind = "image" if self.image is not None else "chart"
        return {**super().outputs(), self.artifact: Output(kind=kind, place=self.place)}

    def work(self, site: Site, inputs: Mapping[str, Output]) -> Job:
        """Look for it."""
        place = self.place
        allowed = _registry.pulls(site, place)
        if self.chart is not None and place.bucket is not None:
            said = script(
                "find_s3_chart",
                NAME=self.artifact,
                BUCKET=place.bucket,
                PREFIX=place.prefix,
                CHART=self.chart.name or "",
                PATTERN=self.chart.versions,
            )
            return self.job((said,), allowed=allowed, tools=("jq", "yq"), checkout=bool(self.commands))
        said = script(
            "find_in_ecr",
            NAME=self.artifact,
            REPOSITORY=place.repository or "",
            PATTERN=self.pattern,
            KIND="image" if self.image is not None else "chart",
        )
        lines = (_registry.log_in(site, place), script("platforms"), said)
        return self.job(lines, allowed=allowed, tools=("jq",), checkout=bool(self.commands))
