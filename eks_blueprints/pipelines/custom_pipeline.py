"""A pipeline of any stages."""

from __future__ import annotations

from collections.abc import Sequence

from eks_blueprints.core.elements import Group
from eks_blueprints.pipelines.base import Pipeline
from eks_blueprints.pipelines.stages.base import Stage


class CustomPipeline(Pipeline):
    """Run the stages that you list."""

    stages: Group[Stage]
    """Its stages, by names of your choice, in order; `kind` sets the kind (`source`, `build`, `test`, `scan`,
    `publish`, `deploy`, `verify`, `approve`, `promote`, `roll_back`) and defaults to the name."""

    def staged(self) -> Sequence[Stage]:
        """Those that are listed."""
        return self.stages
