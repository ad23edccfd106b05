"""Drift: what is deployed differs from what the program says."""

from __future__ import annotations

from collections.abc import Mapping

from eks_blueprints.pipelines._job import Job, Output, Site
from eks_blueprints.pipelines._scripts import script
from eks_blueprints.pipelines.stages._stacks import StackStage


class Drift(StackStage):
    """Compare what is deployed with what a program says, and fail if anything differs. Nothing is changed."""

    @property
    def summary(self) -> str:
        """What it does, in a few words for pictures."""
        return f"{self.pulumi.stack} as its program says?"

    def outputs(self) -> Mapping[str, Output]:
        """The report."""
        return {**super().outputs(), self.artifact: Output(kind="files")}

    def work(self, site: Site, inputs: Mapping[str, Output]) -> Job:
        """Compare."""
        job = self.job((self.pulumi.login(site),), allowed=self.pulumi.allowed(site), tools=("pulumi",))
        return job.but(commands=(*job.commands, script("pulumi_drift", **self.settings)))
