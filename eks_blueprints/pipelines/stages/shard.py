"""One share of the stacks of a repository, on each of several machines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from eks_blueprints.core.errors import Faults
from eks_blueprints.core.spec import Many
from eks_blueprints.pipelines._job import Job, Output, Site
from eks_blueprints.pipelines._repository import RepositoryPath
from eks_blueprints.pipelines.stages._commands import BuiltInStage, RunnerArgs
from eks_blueprints.pipelines.stages._comparison import INSTALL, PYTHON, base, entered

Shards = Annotated[int, Field(ge=2, le=100)]
"""CodeBuild runs at most 100 builds beside each other in a batch."""


class Shard(BuiltInStage):
    """Check and compare a share of the stacks on each of several machines, which run beside each other. What they find
    is told once, by a stage that joins their reports: `review`, or one that runs `eks-blueprints report merge`."""

    takes: ClassVar = {}

    shards: Shards
    """How many machines, 2 to 100. Each stack is in one share; a machine is told of its own by SHARD and SHARDS."""

    install: Many[str] = INSTALL
    """Commands that install what the stacks need, this package among them."""

    folder: RepositoryPath = "."
    """Folder of Pulumi.yaml."""

    checks: bool = True
    """Whether stack files and policies are checked."""

    profile: Literal["baseline", "production", "regulated"] | None = None
    """How strict the policies are. Default: as the repository says."""

    compares: bool = True
    """Whether they are compared with the branch that a pull request is for."""

    runner: RunnerArgs = PYTHON

    @model_validator(mode="after")
    def _looks_at_something(self) -> Self:
        faults = Faults()
        if not self.checks and not self.compares:
            faults.add("compares", "leaves nothing to do without checks; got false for both; set one of them")
        faults.raise_if_any()
        return self

    @property
    def reviews(self) -> bool:
        """It is about a change where it compares."""
        return self.compares

    @property
    def summary(self) -> str:
        """What it does, in a few words for pictures."""
        return f"one of {self.shards} shares of the stacks"

    @property
    def artifact(self) -> str:
        """Name of the reports among the artifacts."""
        return f"{self.name.replace('_', '-')}-reports"

    def outputs(self) -> Mapping[str, Output]:
        """A report of each share."""
        return {**super().outputs(), self.artifact: Output(kind="shards", in_parts=True)}

    def work(self, site: Site, inputs: Mapping[str, Output]) -> Job:
        """The share of one machine. What is wrong with a stack does not fail it: the joined report tells that."""
        lines = [*self.install, *(base() if self.compares else ())]
        lines += [f'mkdir -p "$ROOT/artifacts/{self.artifact}"', *entered(self.folder)]
        share = '--all --shard "$SHARD/$SHARDS"'
        profile = f" --profile {self.profile}" if self.profile is not None else ""
        if self.checks:
            lines.append(f'FILE="$ROOT/artifacts/{self.artifact}/check-$SHARD.json"')
            lines.append(f'eks-blueprints check {share} --policies{profile} --format json > "$FILE" || test -s "$FILE"')
        if self.compares:
            lines.append(f'FILE="$ROOT/artifacts/{self.artifact}/diff-$SHARD.json"')
            lines.append(f'eks-blueprints diff {share} --base "origin/$BASE_BRANCH" -o "$FILE" || test -s "$FILE"')
        job = self.job(("\n".join(lines),), variables={"SHARDS": str(self.shards)}, history=self.compares)
        return job.but(matrix={"SHARD": tuple(str(number) for number in range(1, self.shards + 1))})
