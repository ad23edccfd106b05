"""The check of pull requests of a platform repository."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from eks_blueprints.core.errors import Faults
from eks_blueprints.core.spec import Many
from eks_blueprints.pipelines.base import Pipeline
from eks_blueprints.pipelines.stages.base import Stage
from eks_blueprints.pipelines.stages.comment import Comment
from eks_blueprints.pipelines.stages.review import Review
from eks_blueprints.pipelines.stages.source import Source

_COMMENT = ("github_actions", "gitlab_ci")


class ReviewPipeline(Pipeline):
    """Check each pull request of a platform repository: stack files, policies, tests, and what it changes, as one
    comment. One job runs the change's code without any right; another one comments and runs nothing of the change."""

    source: Source
    """The repository; `on` is `[pull_request]`."""

    review: Review = Review(name="review")
    """What is checked."""

    install: Annotated[Many[str], Field(min_length=1)]
    """Commands that install this package for the comment, from where you keep it, at a commit that you trust."""

    @model_validator(mode="after")
    def _can_comment(self) -> Self:
        faults = Faults()
        if self.engine not in _COMMENT:
            do = f"use {' or '.join(_COMMENT)}, or a template of templates/ci"
            faults.add("engine", f"cannot comment on pull requests by a job of its own; got {self.engine}; {do}")
        if tuple(self.source.on) != ("pull_request",):
            got = f"[{', '.join(self.source.on)}]"
            faults.add(("source", "on"), f"is [pull_request] for a review; got {got}; write that")
        faults.raise_if_any()
        return self

    def staged(self) -> Sequence[Stage]:
        """The review and its comment."""
        review = self.review.but(name="review")
        comment = Comment(name="comment", inputs=(review.report,), install=self.install)
        return (self.source.but(name="source"), review, comment)
