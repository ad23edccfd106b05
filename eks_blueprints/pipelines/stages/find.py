"""What other pipelines have published: the newest image or chart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults
from eks_blueprints.core.form import Form
from eks_blueprints.pipelines import _registry
from eks_blueprints.pipelines._job import Job, Output, Site
from eks_blueprints.pipelines._places import ChartPlace, ImagePlace
from eks_blueprints.pipelines._scripts import script
from eks_blueprints.pipelines.stages._shipping import ShippingStage

_CHART = Form(r"[a-z0-9][a-z0-9-]{0,62}", what="is not the name of a chart", do="use lowercase letters, digits and -")
_PATTERN = Form(r"[\w.*+-]{1,128}", what="is not a pattern of tags", do="use * for any text, such as sha-* or 1.*")


class FoundImage(ImagePlace):
    """An image that another pipeline publishes."""

    tags: Annotated[str, AfterValidator(_PATTERN)] = "sha-*"
    """Which of its tags count, with `*` for any text. The one that was pushed last is taken."""


class FoundChart(ChartPlace):
    """A chart that another pipeline publishes."""

    name: Annotated[str, AfterValidator(_CHART)] | None = None
    """Name of the chart, in a bucket."""

    versions: Annotated[str, AfterValidator(_PATTERN)] = Field(default="*")
    """Which versions count, with `*` for any text, such as `1.*`. The one that was published last is taken."""

    @model_validator(mode="after")
    def _is_named(self) -> Self:
        faults = Faults()
        if (self.bucket is None) != (self.name is None):
            got = "none" if self.name is None else f"{self.name} with a repository"
            faults.add("name", f"goes with bucket; got {got}; {'set it' if self.name is None else 'remove it'}")
        faults.raise_if_any()
        return self


class Find(ShippingStage):
    """Take the newest image or chart that another pipeline has published, by its digest: from here on it stays."""

    image: FoundImage | None = None
    """An image."""

    chart: FoundChart | None = None
    """A chart."""

    starts: bool = False
    """Whether a push of one that counts starts the pipeline; for ECR and CodePipeline."""

    @model_validator(mode="after")
    def _can_start(self) -> Self:
        faults = Faults()
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
    def summary(self) -> str:
        """What it does, in a few words for pictures."""
        return f"newest in {self.place.name}"

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
            KIND=self.kind_of_artifact,
        )
        lines = (_registry.log_in(site, place), script("platforms"), said)
        return self.job(lines, allowed=allowed, tools=("jq",), checkout=bool(self.commands))
