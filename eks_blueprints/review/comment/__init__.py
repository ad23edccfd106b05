"""One sticky comment on a pull request: found again by a hidden mark, split by whole sections, and kept up to date.

Uses the standard library alone, and runs nothing of the pull request: the text it posts is data from a stranger.
"""

from __future__ import annotations

from eks_blueprints.review.comment.hosts import Bitbucket, GitHub, GitLab, Host
from eks_blueprints.review.comment.post import Outcome, post

__all__ = ["Bitbucket", "GitHub", "GitLab", "Host", "Outcome", "post"]
