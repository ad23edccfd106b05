"""A Git repository that is committed to: a work tree, or a clone of a URL that goes when it is done."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.core.printed import one_line
from eks_blueprints.review.diff.commits import said, whole

_URL = re.compile(r"[a-z][a-z0-9+.-]*://|[\w.-]+@[\w.-]+:")
_LOGIN = re.compile(r"(?<=//)[^/@\s]+@")
_BEHIND = re.compile(
    r"non-fast-forward|fetch first|stale info|cannot lock ref|incorrect old value|failed to update ref"
)
"""What git says where somebody else has pushed in between."""


class NotPushedError(Exception):
    """Somebody else has pushed in between."""


class GitError(RuntimeError):
    """Git says no, for a reason that is no fault of the input."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A work tree with what it pushes to."""

    tree: Path
    name: str
    """What the user calls it."""
    branch: str
    remote: str | None
    """What it pushes to; None where it has no remote."""

    def git(self, *arguments: str) -> str:
        """What git answers.

        Raises:
            GitError: if it says no.
        """
        try:
            return run(self.tree, *arguments)
        except subprocess.CalledProcessError as error:
            raise GitError(f"{masked(self.name)}: git {arguments[0]} fails: {masked(said(error))}") from None

    def files(self) -> list[str]:
        """Its files, as git knows them."""
        return [name for name in self.git("ls-files", "-z").split("\0") if name]

    def commit(self, message: str, files: Sequence[str], *, sign: bool) -> str:
        """Commit files; gives the commit's short id."""
        self.git("add", "--", *files)
        self.git("commit", "--quiet", *(["--gpg-sign"] if sign else []), "--message", message, "--", *files)
        return self.git("rev-parse", "--short", "HEAD").strip()

    def push(self) -> None:
        """Push the branch.

        Raises:
            NotPushedError: if somebody else has pushed in between.
            GitError: if git says no for another reason.
        """
        try:
            run(self.tree, "push", "--quiet", str(self.remote), f"HEAD:refs/heads/{self.branch}")
        except subprocess.CalledProcessError as error:
            if _BEHIND.search(str(error.stderr)):
                raise NotPushedError from None
            raise GitError(f"{masked(self.name)}: cannot be pushed to; git says: {masked(said(error))}") from None

    def ahead(self) -> int:
        """How many commits of the branch the remote does not have, as far as was last fetched."""
        try:
            return int(run(self.tree, "rev-list", "--count", f"refs/remotes/{self.remote}/{self.branch}..HEAD"))
        except (subprocess.CalledProcessError, ValueError):
            return 0

    def renew(self) -> None:
        """Take back the one commit that was not pushed, and take what the remote has."""
        self.git(
            "fetch", "--quiet", str(self.remote), f"+refs/heads/{self.branch}:refs/remotes/{self.remote}/{self.branch}"
        )
        self.git("reset", "--quiet", "--hard", f"refs/remotes/{self.remote}/{self.branch}")


@contextmanager
def opened(name: str, branch: str | None) -> Iterator[Repository]:
    """A repository to commit to: a folder's work tree, or a clone of a URL or of a bare repository.

    Raises:
        InputError: if it is none, has uncommitted changes, or stands at another branch.
        GitError: if it cannot be cloned.
    """
    folder = Path(name)
    if _URL.match(name) or _is_bare(folder):
        with tempfile.TemporaryDirectory(prefix="manifests-") as place:
            yield _cloned(name, Path(place) / "tree", branch)
        return
    yield _work_tree(folder, branch)


def _cloned(name: str, tree: Path, branch: str | None) -> Repository:
    chosen = ["--branch", branch] if branch else []
    try:
        run(Path.cwd(), "clone", "--quiet", "--depth=1", "--single-branch", *chosen, "--", _address(name), str(tree))
        found = run(tree, "symbolic-ref", "--short", "HEAD").strip()
    except subprocess.CalledProcessError as error:
        raise GitError(f"{masked(name)}: cannot be cloned; git says: {masked(said(error))}") from None
    return Repository(tree, name, found, "origin")


def _address(name: str) -> str:
    # Of a path git would make links, and take no heed of --depth.
    return name if _URL.match(name) else Path(name).resolve().as_uri()


def _work_tree(folder: Path, branch: str | None) -> Repository:
    try:
        tree = Path(run(folder, "rev-parse", "--show-toplevel").strip())
        current = run(folder, "symbolic-ref", "--quiet", "--short", "HEAD").strip()
    except subprocess.CalledProcessError as error:
        what = "is at no branch" if "not a git" not in str(error.stderr) else "is no Git repository"
        do = "check a branch out, or name its URL" if "branch" in what else "name a clone, or the URL of a repository"
        raise _error(f"{what}; got {folder}; {do}") from None
    except OSError:
        raise _error(f"does not exist; got {folder}; name a clone, or the URL of a repository") from None
    if branch is not None and branch != current:
        raise _error(f"stands at another branch; got {current}; check {branch} out, or name the URL")
    if changes := run(tree, "status", "--porcelain", "--untracked-files=no").splitlines():
        raise _error(f"has uncommitted changes; got {changes[0][3:]}; commit or stash them")
    remotes = run(tree, "remote").split()
    remote = "origin" if "origin" in remotes or not remotes else remotes[0]
    return Repository(tree, str(folder), current, remote if remotes else None)


def _is_bare(folder: Path) -> bool:
    return (folder / "HEAD").is_file() and (folder / "objects").is_dir()


def run(folder: Path, *arguments: str) -> str:
    """What git answers; it never asks for a password, and what it starts ends with it.

    Raises:
        InputError: if there is no git.
        CalledProcessError: if it says no.
    """
    env = {"GIT_SSH_COMMAND": "ssh -o BatchMode=yes", **os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    if not folder.is_dir():
        raise _error(f"does not exist; got {folder}; name a clone, or the URL of a repository")
    try:
        return whole(folder, *arguments, env=env)
    except (FileNotFoundError, PermissionError):
        raise _error("needs git; got none on the PATH; install it") from None


def masked(text: str) -> str:
    """A text of git's in one line, without the logins of URLs."""
    return one_line(_LOGIN.sub("", text))


def _error(message: str) -> InputError:
    return InputError([Problem((), message, "--repo")])
