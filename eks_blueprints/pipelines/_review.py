"""The stages of a review of pull requests, which two kinds of pipelines have."""

from __future__ import annotations

from collections.abc import Iterator

from eks_blueprints.core.errors import Faults
from eks_blueprints.core.spec import Many
from eks_blueprints.pipelines.stages.base import Stage
from eks_blueprints.pipelines.stages.comment import Comment
from eks_blueprints.pipelines.stages.review import Review
from eks_blueprints.pipelines.stages.shard import Shard

SHARDS = "review-shard"
COMMENTERS = ("github_actions", "gitlab_ci", "bitbucket_pipelines")
"""Engines whose jobs can have a token that comments, and nothing else."""


def staged(review: Review, *, shards: int | None, comment: Many[str], after: Many[str]) -> Iterator[Stage]:
    """The shares of the stacks on several machines, the review, and its comment.

    Args:
        review: What is checked; it joins the reports of the shares where there are some.
        shards: How many machines; None for one.
        comment: Commands that install this package for the comment; none for no comment.
        after: Stages that the first of them waits for.
    """
    named = review.but(name="review")
    if shards is not None:
        shard = Shard(
            name=SHARDS,
            shards=shards,
            install=review.install,
            folder=review.folder,
            checks=review.checks,
            runner=review.runner,
            after=after,
        )
        yield shard
        named = named.but(inputs=(*review.inputs, shard.artifact), after=(SHARDS,))
    else:
        named = named.but(after=after)
    yield named
    if comment:
        yield Comment(name="comment", inputs=(named.report,), install=comment, after=(named.name,))


def cannot_comment(engine: str, faults: Faults, field: str) -> None:
    """Note that an engine has no job that could comment."""
    if engine not in COMMENTERS:
        do = f"remove it, and read the report among the artifacts, or use {' or '.join(COMMENTERS)}"
        faults.add(field, f"is for engines that can comment by a job of its own; got {engine}; {do}")
