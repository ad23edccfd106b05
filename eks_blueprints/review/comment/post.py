"""Bringing a pull request's comments into line with a report: update, create, and delete what is left over."""

from __future__ import annotations

import re
from dataclasses import dataclass

from eks_blueprints.review.comment.hosts import Host
from eks_blueprints.review.comment.http import HostError
from eks_blueprints.review.comment.pack import pack, sections

_TAG = re.compile(r"[a-zA-Z0-9._/-]{1,100}")

CLEAN = "<!-- eks-blueprints:clean -->"
"""What a report that has nothing to say begins with (`report/markdown.py`)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done to the comments."""

    created: int = 0
    updated: int = 0
    deleted: int = 0
    same: int = 0

    def __str__(self) -> str:
        names = ("created", "updated", "deleted", "same")
        said = [
            f"{count} {'unchanged' if name == 'same' else name}" for name in names if (count := getattr(self, name))
        ]
        return ", ".join(said) or "nothing to report, so nothing was posted"


def post(host: Host, report: str, tag: str, *, most: int = 4) -> Outcome:
    """Post a report's Markdown as the one comment with this tag.

    A report without changes updates a comment that is there and makes none of its own.

    Raises:
        ValueError: if the tag could end the hidden mark that holds it.
        HostError: if the host refuses.
    """
    if not _TAG.fullmatch(tag):
        raise ValueError(f"is not a tag; got {tag!r}; use letters, digits and . _ / - only")
    mark = host.mark(tag)
    bodies = [host.dressed(body) for body in pack(sections(report), mark, host.limit, most)]
    first = mark.strip()
    there = [each for each in host.comments() if each.own and each.body.startswith(first)]
    if not there and report.startswith(CLEAN):
        return Outcome()
    created = updated = same = 0
    for index, body in enumerate(bodies):
        old = there[index] if index < len(there) else None
        if old is not None and old.body.strip() == body.strip():
            same += 1
        elif old is not None and _updated(host, old.id, body):
            updated += 1
        else:
            host.create(body)
            created += 1
    leftover = there[len(bodies) :]
    for each in leftover:
        host.delete(each.id)
    return Outcome(created, updated, len(leftover), same)


def _updated(host: Host, comment: str, body: str) -> bool:
    try:
        host.update(comment, body)
    except HostError as error:
        # Someone removed it meanwhile, or it was another app's: a new one takes its place.
        if error.status in (403, 404):
            return False
        raise
    return True
