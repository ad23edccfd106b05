"""What stages share that find, publish or promote an image or a chart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import model_validator

from eks_blueprints.core.errors import Faults
from eks_blueprints.pipelines._job import ArtifactKind, Output, Place
from eks_blueprints.pipelines.stages._commands import BuiltInStage


class ShippingStage(BuiltInStage):
    """A stage about one image or one chart, which its field `image` or `chart` places somewhere."""

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        faults = Faults()
        faults.require_one(self, "image", "chart")
        faults.raise_if_any()
        return self

    @property
    def kind_of_artifact(self) -> ArtifactKind:
        """What it is about."""
        return "chart" if getattr(self, "chart", None) is not None else "image"

    @property
    def thing(self) -> Any:
        """The image or the chart, as the stage says it."""
        return getattr(self, self.kind_of_artifact)

    @property
    def place(self) -> Place:
        """Where it is, or goes."""
        place: Place = self.thing.place
        return place

    def outputs(self) -> Mapping[str, Output]:
        """The image or the chart at its place."""
        return {**super().outputs(), self.artifact: Output(kind=self.kind_of_artifact, place=self.place)}
