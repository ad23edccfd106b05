"""What a pull request changes on the platforms of a repository."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from eks_blueprints.core.spec import Many
from eks_blueprints.pipelines._job import ArtifactKind, Job, Output, Site
from eks_blueprints.pipelines._repository import RepositoryPath
from eks_blueprints.pipelines.stages._commands import BuiltInStage, RunnerArgs
from eks_blueprints.pipelines.stages._comparison import INSTALL, PYTHON, base, entered


class Review(BuiltInStage):
    """Check stack files and policies, run the tests, and compare with the branch that the pull request is for. It runs
    the change's own code and has no right to anything; its report is an artifact, which a `comment` stage posts. After
    a `shard` stage it joins the reports of the shares instead."""

    takes: ClassVar[Mapping[ArtifactKind, bool]] = {"shards": False}

    install: Many[str] = INSTALL
    """Commands that install what the stacks need, this package among them."""

    folder: RepositoryPath = "."
    """Folder of Pulumi.yaml."""

    checks: bool = True
    """Whether stack files and policies are checked; not where another stage does."""

    tests: Many[str] = ("python -m pytest",)
    """Commands that test the repository."""

    fail_on: str = "policy"
    """What is refused, as `eks-blueprints diff --fail-on` takes it, such as `replace,delete,policy,cost>100`."""

    runner: RunnerArgs = PYTHON

    @property
    def reviews(self) -> bool:
        """It is about a change."""
        return True

    @property
    def report(self) -> str:
        """Name of the artifact."""
        return f"{self.artifact}-report"

    def outputs(self) -> Mapping[str, Output]:
        """The report as Markdown, HTML and JSON."""
        return {**super().outputs(), self.report: Output(kind="files", always=True)}

    def work(self, site: Site, inputs: Mapping[str, Output]) -> Job:
        """The check, the tests and the comparison, which fails after its report is written."""
        shards = next((name for name, output in inputs.items() if output.kind == "shards"), None)
        root = "" if self.folder == "." else '"$ROOT"/'
        file = f"{root}artifacts/{self.report}/report"
        forms = " ".join(f"-o {file}.{form}" for form in ("md", "html", "json"))
        told = _COMPARE if shards is None else self._joined(f"{root}artifacts/{shards}")
        lines = (
            *self.install,
            *entered(self.folder),
            *(("eks-blueprints check --policies",) if self.checks and shards is None else ()),
            *self.tests,
            *(base() if shards is None else ()),
            f"mkdir -p {root}artifacts/{self.report}",
            "CODE=0",
            *(f"{line} || CODE=$?" for line in told[:-1]),
            f"{told[-1]} {forms} || CODE=$?",
            # The page of a job of GitHub shows the report even where no comment can be made.
            f'if [ -n "${{GITHUB_STEP_SUMMARY:-}}" ] && [ -f {file}.json ]; then',
            f"  eks-blueprints comment {file}.json --dry-run > /dev/null",
            "fi",
            'if [ "$CODE" -ne 0 ]; then exit "$CODE"; fi',
        )
        # Joining says of which stacks nothing is known where a shard failed, and fails.
        always = shards is not None
        return self.job(("\n".join(lines),), variables={"FAIL_ON": self.fail_on}, history=True, always=always)

    def _joined(self, folder: str) -> tuple[str, ...]:
        """The reports of the shares; the code of the comparison goes before that of the check."""
        checks = (f"eks-blueprints report merge {folder}/check-*.json",) if self.checks else ()
        return (*checks, f'eks-blueprints report merge {folder}/diff-*.json --fail-on "$FAIL_ON"')


_COMPARE = ('eks-blueprints diff --base "origin/$BASE_BRANCH" --fail-on "$FAIL_ON"',)
