"""Previews of Pulumi stacks: the plan that a deployment then carries out, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from eks_blueprints.pipelines._job import Job, Output, Site
from eks_blueprints.pipelines._scripts import script
from eks_blueprints.pipelines.stages._stacks import StackStage


class Preview(StackStage):
    """Show what Pulumi would change, and save it as a plan: a deployment of the plan does that and nothing else, or
    fails."""

    @property
    def summary(self) -> str:
        """What it does, in a few words for pictures."""
        return f"plan of {self.pulumi.stack}"

    def outputs(self) -> Mapping[str, Output]:
        """The plan."""
        return {**super().outputs(), self.artifact: Output(kind="plan")}

    def work(self, site: Site, inputs: Mapping[str, Output]) -> Job:
        """Preview it; its own commands come before, with the packages of the program there."""
        job = self.job((self.pulumi.login(site),), allowed=self.pulumi.allowed(site), tools=("pulumi",))
        return job.but(commands=(*job.commands, script("pulumi_preview", **self.settings)))
