"""What a pull request changes on the platforms of a repository."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from eks_blueprints.core.spec import Many
from eks_blueprints.pipelines._job import Job, Output, Site
from eks_blueprints.pipelines.stages._commands import CommandStage, RunnerArgs

PYTHON = RunnerArgs(image="public.ecr.aws/docker/library/python:3.12")
"""A machine with Python, Git and bash, on every engine."""


class Review(CommandStage):
    """Check stack files and policies, run the tests, and compare with the branch that the pull request is for. It runs
    the change's own code and has no right to anything; its report is an artifact, which a `comment` stage posts."""

    takes: ClassVar = {}

    install: Many[str] = ("pip install --quiet -r requirements.lock",)
    """Commands that install what the stacks need, this package among them."""

    tests: Many[str] = ("python -m pytest",)
    """Commands that test the repository."""

    fail_on: str = "policy"
    """What is refused, as `eks-blueprints diff --fail-on` takes it, such as `replace,delete,policy,cost>100`."""

    runner: RunnerArgs = PYTHON

    @property
    def needs_commands(self) -> bool:
        """It does its work without."""
        return False

    @property
    def report(self) -> str:
        """Name of the artifact."""
        return f"{self.name.replace('_', '-')}-report"

    def outputs(self) -> Mapping[str, Output]:
        """The report as Markdown, HTML and JSON."""
        return {**super().outputs(), self.report: Output(kind="files", always=True)}

    def work(self, site: Site, inputs: Mapping[str, Output]) -> Job:
        """The check, the tests and the comparison, which fails after its report is written."""
        file = f"artifacts/{self.report}/report"
        forms = " ".join(f"-o {file}.{form}" for form in ("md", "html", "json"))
        compare = f'eks-blueprints diff --base "origin/$BASE_BRANCH" --fail-on "$FAIL_ON" {forms}'
        # A checkout of all commits has the branch already, and may have no right to fetch it again.
        refs = '"+refs/heads/$BASE_BRANCH:refs/remotes/origin/$BASE_BRANCH"'
        fetch = f'git fetch --quiet origin {refs} || git rev-parse --quiet --verify "origin/$BASE_BRANCH" > /dev/null'
        lines = (
            *self.install,
            "eks-blueprints check --policies",
            *self.tests,
            fetch,
            f"mkdir -p artifacts/{self.report}",
            "CODE=0",
            f"{compare} || CODE=$?",
            # The page of a job of GitHub shows the report even where no comment can be made.
            f'if [ -n "${{GITHUB_STEP_SUMMARY:-}}" ] && [ -f {file}.json ]; then',
            f"  eks-blueprints comment {file}.json --dry-run > /dev/null",
            "fi",
            'if [ "$CODE" -ne 0 ]; then exit "$CODE"; fi',
        )
        return self.job(("\n".join(lines),), variables={"FAIL_ON": self.fail_on}, history=True)
