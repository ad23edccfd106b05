"""Reports of drift, by a schedule."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from eks_blueprints.core.errors import Path
from eks_blueprints.core.spec import In
from eks_blueprints.pipelines._repository import RepositoryPath
from eks_blueprints.pipelines.base import Pipeline
from eks_blueprints.pipelines.stages._stacks import PulumiArgs, StackName, StateArgs, slug
from eks_blueprints.pipelines.stages.base import Stage
from eks_blueprints.pipelines.stages.drift import Drift
from eks_blueprints.pipelines.stages.source import Source


class DriftPipeline(Pipeline):
    """Report which stacks differ from what their program says, all beside each other: the run is red where one does."""

    source: Source
    """The repository; `on: [schedule]` and `schedule` say when, such as `0 2 * * *` for 2 at night in UTC."""

    state: StateArgs | None = None
    """Where Pulumi keeps its state. Default: Pulumi Cloud, whose token is the secret `PULUMI_ACCESS_TOKEN`."""

    folder: RepositoryPath = "."
    """Folder of Pulumi.yaml."""

    secrets: dict[str, In[str]] = {}
    """Secrets that the program needs: variables with the ARN of each in Secrets Manager."""

    stacks: dict[StackName, str] = Field(min_length=1, max_length=50)
    """Stacks, and the environment of each, whose role reads what is deployed."""

    def staged(self) -> Sequence[Stage]:
        """The source, and one stage for each stack."""
        found: list[Stage] = [self.source.but(name="source")]
        for stack, environment in self.stacks.items():
            pulumi = PulumiArgs(stack=stack, folder=self.folder, state=self.state)
            name = f"drift-{slug(stack)}"
            found.append(
                Drift(name=name, pulumi=pulumi, environment=environment, after=("source",), secrets=self.secrets)
            )
        return found

    def place(self, stage: str) -> Path:
        """Where a stage is said."""
        names = {f"drift-{slug(stack)}": stack for stack in self.stacks}
        return ("stacks", names[stage]) if stage in names else (stage,)
