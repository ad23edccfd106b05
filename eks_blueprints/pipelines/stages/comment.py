"""Comments on pull requests, by a job that runs nothing of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from eks_blueprints.core.spec import Many
from eks_blueprints.pipelines._job import ArtifactKind, Job, Output, Site
from eks_blueprints.pipelines.stages._commands import BuiltInStage, RunnerArgs
from eks_blueprints.pipelines.stages._comparison import PYTHON


class Comment(BuiltInStage):
    """Post the report of a `review` stage as the one comment of the pull request. It checks nothing out and alone has
    a token that can comment, which only its last command sees."""

    takes: ClassVar[Mapping[ArtifactKind, bool]] = {"files": True}

    install: Annotated[Many[str], Field(min_length=1)]
    """Commands that install this package from where you keep it, at a commit that you trust; never what the pull
    request names."""

    runner: RunnerArgs = PYTHON

    @property
    def reviews(self) -> bool:
        """It comments on a change."""
        return True

    def work(self, site: Site, inputs: Mapping[str, Output]) -> Job:
        """The installation, and then the comment."""
        file = f"artifacts/{next(iter(inputs))}/report.json"
        post = f"eks-blueprints comment {file}"
        job = self.job(tuple(self.install), checkout=False, comments=True)
        # A review that could not begin has no report to post.
        return job.but(commands=(*job.commands, f"if [ -f {file} ]; then {post}; fi"), timeout_minutes=15)
