"""Drift: what is deployed differs from what the program says."""

from __future__ import annotations

from collections.abc import Mapping

from eks_blueprints.pipelines._job import Job, Output, Site
from eks_blueprints.pipelines._scripts import script
from eks_blueprints.pipelines.stages._commands import BuiltInStage
from eks_blueprints.pipelines.stages.preview import PulumiArgs


class Drift(BuiltInStage):
    """Compare what is deployed with what a program says, and fail if anything differs. Nothing is changed."""

    pulumi: PulumiArgs
    """The stack."""

    @property
    def summary(self) -> str:
        """What it does, in a few words for pictures."""
        return f"{self.pulumi.stack} as its program says?"

    def outputs(self) -> Mapping[str, Output]:
        """The report."""
        return {**super().outputs(), self.name.replace("_", "-"): Output(kind="files")}

    def work(self, site: Site, inputs: Mapping[str, Output]) -> Job:
        """Compare."""
        place = {"FOLDER": self.pulumi.folder, "STACK": self.pulumi.stack, "NAME": self.name.replace("_", "-")}
        job = self.job((self.pulumi.login(site),), allowed=self.pulumi.allowed(site), tools=("pulumi",))
        return job.but(commands=(*job.commands, script("pulumi_drift", **place)))
