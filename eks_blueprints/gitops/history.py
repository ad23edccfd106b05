"""Who changed what on a cluster, when, and who looked at it: what the repository of manifests records."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.core.yaml_text import YAMLError, documents
from eks_blueprints.gitops.images import Images, images
from eks_blueprints.gitops.repository import GitError, masked, run
from eks_blueprints.review.diff.commits import said

_FIELDS = "%H%x1f%cI%x1f%an <%ae>%x1f%G?%x1f%s%x1f%(trailers:key=Reviewed-by,valueonly,separator=%x2C )%x1e"
_REQUEST = re.compile(r"\((#\d+|!\d+)\)$|^Merge pull request (#\d+)|^Merge branch .*(!\d+)")
"""What GitHub and GitLab write of a pull request or merge request into the first line of a commit."""
_SIGNED = {"G": "good", "U": "good", "N": "none"}
_YAML = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Entry:
    """One commit that changes what a cluster is to run."""

    commit: str
    at: str
    """When it came to the branch, in ISO 8601."""
    author: str
    subject: str
    signature: str
    """`good`, `none`, or `not verified`."""
    request: str
    """Number of the pull request or merge request; empty where the commit names none."""
    reviewers: str
    """Those that the commit names as reviewers."""
    images: tuple[str, ...]
    """Images whose tag or digest it changes, as `shop/web v3.0 -> v3.1`."""
    files: tuple[str, ...]


def history(folder: Path, stacks: Sequence[str], *, since: str | None = None, most: int = 100) -> list[Entry]:
    """The commits that change what is rendered of some stacks, the newest first.

    Args:
        folder: The folder that was rendered to, in a work tree of Git.
        stacks: Names of stacks; all without any.
        since: A day or a time, as git reads it, such as `2026-11-01`.
        most: How many commits are read.

    Raises:
        InputError: if the folder is in no repository, or holds nothing of a stack.
        GitError: if git says no.
    """
    paths = [f"{top}/{stack}" for stack in stacks for top in ("clusters", "flux")] or ["clusters", "flux"]
    for stack in stacks:
        if not (folder / "clusters" / stack).is_dir():
            do = "name a stack that was rendered there"
            raise InputError([Problem((), f"holds nothing of {stack}; got {folder}; {do}", "--to")])
    limits = [f"--max-count={most}", *([f"--since={since}"] if since else [])]
    # A merge is what brings a change to the branch: its own first line names the request.
    text = _git(folder, "log", "--first-parent", *limits, f"--format={_FIELDS}", "--", *paths)
    return [_entry(folder, record.strip("\n"), paths) for record in text.split("\x1e") if record.strip("\n")]


def _entry(folder: Path, record: str, paths: Sequence[str]) -> Entry:
    commit, at, author, signed, subject, reviewers = record.split("\x1f")
    found = _REQUEST.search(subject)
    base = _parent(folder, commit)
    names = _git(
        folder, "diff-tree", "-r", "--no-commit-id", "--name-only", "--relative", "-z", base, commit, "--", *paths
    )
    files = tuple(name for name in names.split("\0") if name)
    return Entry(
        commit=commit[:10],
        at=at,
        author=author,
        subject=subject,
        signature=_SIGNED.get(signed, "not verified"),
        request=next(filter(None, found.groups()), "") if found else "",
        reviewers=reviewers.strip(),
        images=tuple(dict.fromkeys(line for name in files for line in _changed(folder, base, commit, name))),
        files=files,
    )


def _parent(folder: Path, commit: str) -> str:
    """The commit before it on the branch; of the first one git's empty tree."""
    try:
        return run(folder, "rev-parse", "--verify", "--quiet", f"{commit}^1").strip()
    except subprocess.CalledProcessError:
        return _git(folder, "hash-object", "-t", "tree", "/dev/null").strip()


def _changed(folder: Path, base: str, commit: str, name: str) -> Iterator[str]:
    if PurePosixPath(name).suffix not in _YAML:
        return
    before, now = (_images(folder, ref, name) for ref in (base, commit))
    for repository in sorted({**before, **now}):
        old, new = before.get(repository), now.get(repository)
        if old != new:
            yield f"{repository} {_said(old)} -> {_said(new)}"


def _images(folder: Path, ref: str, name: str) -> Images:
    try:
        return images(documents(run(folder, "show", f"{ref}:./{name}")))
    except (subprocess.CalledProcessError, YAMLError, ValueError, RecursionError):
        return {}  # it is not there, or no YAML


def _said(end: str | None) -> str:
    return "absent" if end is None else end.removeprefix(":") or "no tag"


def _git(folder: Path, *arguments: str) -> str:
    try:
        return run(folder, *arguments)
    except subprocess.CalledProcessError as error:
        if "not a git" in str(error.stderr):
            do = "name a clone of the repository of manifests"
            raise InputError([Problem((), f"is in no Git repository; got {folder}; {do}", "--to")]) from None
        raise GitError(f"{folder}: git {arguments[0]} fails: {masked(said(error))}") from None
