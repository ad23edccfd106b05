"""The check of pull requests of a platform repository."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from pydantic import model_validator

from eks_blueprints.core.errors import Faults, Path
from eks_blueprints.core.spec import Many
from eks_blueprints.pipelines import _review
from eks_blueprints.pipelines.base import Pipeline
from eks_blueprints.pipelines.stages.base import Stage
from eks_blueprints.pipelines.stages.review import Review
from eks_blueprints.pipelines.stages.shard import Shards
from eks_blueprints.pipelines.stages.source import Source


class ReviewPipeline(Pipeline):
    """Check each pull request of a platform repository: stack files, policies, tests, and what it changes, as one
    comment. One job runs the change's code without any right; another one comments and runs nothing of the change."""

    source: Source
    """The repository; `on` is `[pull_request]`."""

    review: Review = Review(name="review")
    """What is checked."""

    shards: Shards | None = None
    """How many machines look at a share of the stacks each, 2 to 100, before `review` joins what they found. Default:
    one looks at all."""

    install: Many[str] = ()
    """Commands that install this package for the comment, from where you keep it, at a commit that you trust. Default:
    no comment; the report is an artifact alone."""

    @model_validator(mode="after")
    def _is_of_pull_requests(self) -> Self:
        faults = Faults()
        if self.install:
            _review.cannot_comment(self.engine, faults, "install")
        if tuple(self.source.on) != ("pull_request",):
            got = f"[{', '.join(self.source.on)}]"
            faults.add(("source", "on"), f"is [pull_request] for a review; got {got}; write that")
        faults.raise_if_any()
        return self

    def staged(self) -> Sequence[Stage]:
        """The review and its comment."""
        stages = _review.staged(self.review, shards=self.shards, comment=self.install, after=("source",))
        return (self.source.but(name="source"), *stages)

    def place(self, stage: str) -> Path:
        """Where a stage is said."""
        return ({_review.SHARDS: "shards", "comment": "install"}.get(stage, stage),)
