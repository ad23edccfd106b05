"""Revisions of Git repositories as Flux names them."""

import pytest

from eks_blueprints.core.git_revisions import flux_ref


@pytest.mark.parametrize(
    ("revision", "named"),
    [
        ("main", {"branch": "main"}),
        ("release/1.2", {"branch": "release/1.2"}),
        ("v1.2.0", {"tag": "v1.2.0"}),
        ("1.2.0", {"tag": "1.2.0"}),
        ("a" * 40, {"commit": "a" * 40}),
        ("refs/pull/7/head", {"name": "refs/pull/7/head"}),
        ("refs/heads/1.x", {"name": "refs/heads/1.x"}),
    ],
)
def test_a_revision_is_a_branch_a_tag_a_commit_or_a_whole_ref(revision: str, named: dict[str, str]) -> None:
    assert flux_ref(revision) == named
