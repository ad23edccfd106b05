"""What stages share that compare the stacks of a repository with another branch."""

from __future__ import annotations

import shlex

from eks_blueprints.pipelines.stages._commands import RunnerArgs

PYTHON = RunnerArgs(image="public.ecr.aws/docker/library/python:3.12")
"""A machine with Python, Git and bash, on every engine."""
INSTALL = ("pip install --quiet -r requirements.lock",)
"""Commands that install what the stacks of a repository need."""


def base() -> tuple[str, ...]:
    """Lines that bring the branch that a pull request is for, `BASE_BRANCH`."""
    # A checkout of all commits has the branch already, and may have no right to fetch it again.
    refs = '"+refs/heads/$BASE_BRANCH:refs/remotes/origin/$BASE_BRANCH"'
    there = 'git rev-parse --quiet --verify "origin/$BASE_BRANCH" > /dev/null'
    return (f"git fetch --quiet origin {refs} || {there}",)


def entered(folder: str) -> tuple[str, ...]:
    """Lines that enter the folder of a project."""
    return () if folder == "." else (f"cd {shlex.quote(folder)}",)
