"""Revisions of Git repositories, as those who read them name them."""

from __future__ import annotations


def flux_ref(revision: str) -> dict[str, str]:
    """A revision as Flux names it: a commit, a full ref, a tag or a branch.

    A text that begins as a version does is taken for a tag, as repositories name them; `refs/heads/1.x` names a branch
    that looks like one.
    """
    if len(revision) == 40 and set(revision) <= set("0123456789abcdef"):
        return {"commit": revision}
    if revision.startswith("refs/"):
        return {"name": revision}
    tagged = revision[:1] == "v" and revision[1:2].isdigit()
    return {"tag" if tagged or revision[:1].isdigit() else "branch": revision}
