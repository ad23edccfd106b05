"""Kinds of stages of our own, for tests."""

from __future__ import annotations

from eks_blueprints.pipelines._job import Job, Output, Site
from eks_blueprints.pipelines.stages._commands import CommandStage


class Ship(CommandStage):
    """Deploys, and rolls back if that fails."""

    @property
    def deploys(self) -> bool:
        return True

    def work(self, site: Site, inputs: object) -> Job:
        return self.job(on_failure=("echo back",))


class Look(CommandStage):
    """Looks at a cluster."""

    @property
    def verifies(self) -> bool:
        return True


class Pack(CommandStage):
    """Writes its artifact itself."""

    def outputs(self) -> dict[str, Output]:
        return {"chart": Output(kind="chart")}
