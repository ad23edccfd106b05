"""Commits of a repository, and what they hold: the folders in which the old side of a diff is rendered."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import re
import shutil
import signal
import subprocess
import tarfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.core.printed import one_line


class BaseError(RuntimeError):
    """The old side cannot be had; this is no fault of what is being looked at."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A commit to compare with."""

    name: str
    commit: str
    root: Path
    """The top folder of the repository."""
    merge_base: bool
    """Whether it is where the two branches parted, and not the tip of `name`."""
    unmet: bool = False
    """Whether the history at hand does not hold where they parted, so that the tip had to do."""

    @property
    def label(self) -> str:
        """As reports name it."""
        return self.name if self.commit.startswith(self.name) else f"{self.name} ({self.commit[:7]})"


def resolve(name: str, folder: Path) -> Ref:
    """The commit that a pull request is compared with: where its branch left `name`.

    Raises:
        InputError: if the folder is in no repository, or there is no such ref.
    """
    try:
        root = Path(git(folder, "rev-parse", "--show-toplevel"))
    except subprocess.CalledProcessError as error:
        do = f"got {name}; name a plan or state file, or run this in a repository"
        raise InputError([Problem((), f"cannot be looked up; git says: {said(error)}; {do}", "--base")]) from None
    try:
        tip = git(folder, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    except subprocess.CalledProcessError:
        what, do = "is not a file, and no commit of this repository", "fetch it, or give a plan or state file"
        if _is_shallow(folder):
            what, do = "is not a file, and no commit that this shallow clone holds", f"run {fetching(folder, name)}"
        raise InputError([Problem((), f"{what}; got {name}; {do}", "--base")]) from None
    if len(named := _refs(folder, name)) > 1:
        do = f"write {' or '.join(named)}"
        raise InputError([Problem((), f"is a tag and a branch, at different commits; got {name}; {do}", "--base")])
    try:
        parted = git(folder, "merge-base", tip, "HEAD")
    except subprocess.CalledProcessError:
        # A shallow clone does not hold the history in which the branches meet.
        return Ref(name, tip, root, False, unmet=_is_shallow(folder))
    return Ref(name, parted, root, parted != tip)


def _refs(folder: Path, name: str) -> list[str]:
    """The tag and the branches that a name stands for, in full; none where all are at one commit."""
    full = [f"refs/{kind}/{name}" for kind in ("tags", "heads", "remotes")]
    tips: dict[str, str] = {}
    for ref in full:
        try:
            tips[ref] = git(folder, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
        except subprocess.CalledProcessError:
            continue
    return list(tips) if len(set(tips.values())) > 1 else []


def _is_shallow(folder: Path) -> bool:
    try:
        return git(folder, "rev-parse", "--is-shallow-repository") == "true"
    except subprocess.CalledProcessError:
        return False


def fetching(folder: Path, name: str) -> str:
    """The command that brings a commit, or a branch with its history, into a shallow clone."""
    first, _, branch = name.partition("/")
    remotes = git(folder, "remote").split()
    remote, branch = (first, branch) if branch and first in remotes else (next(iter(remotes), "origin"), name)
    if not re.fullmatch(r"[\w./-]+", branch):  # such as HEAD~3, which no remote knows
        return f"git fetch --unshallow {remote}"
    tracked = f"{branch}:refs/remotes/{name}" if name.startswith(f"{remote}/") else branch
    return f"git fetch --depth=1000 {remote} {tracked}"


def git(folder: Path, *arguments: str) -> str:
    """What git answers.

    Raises:
        InputError: if there is no git.
        CalledProcessError: if it says no.
    """
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=True)  # noqa: S603 - plain arguments
    except OSError as error:
        if error.errno not in _NO_PROGRAM:
            raise
        got = "none on the PATH" if isinstance(error, FileNotFoundError) else one_line(error.strerror or str(error))
        message = f"needs git to compare with a ref; got {got}; install it, or give a plan or state file"
        raise InputError([Problem((), message, "--base")]) from None
    return done.stdout.strip()


def head(folder: Path) -> str:
    """The commit that a folder stands at, in short; empty outside of a repository, or without git."""
    try:
        return git(folder, "rev-parse", "--short=7", "HEAD")
    except (subprocess.CalledProcessError, InputError):
        return ""


def said(error: subprocess.CalledProcessError) -> str:
    """Why git says no, without its progress."""
    lines = str(error.stderr or "").splitlines()
    fatal = next((at for at, line in enumerate(lines) if line.startswith(("fatal:", "error:"))), 0)
    return one_line("\n".join(lines[fatal:])).removeprefix("fatal: ") or f"code {error.returncode}"


_NO_PROGRAM = (errno.ENOENT, errno.EACCES, errno.ENOEXEC)
_NO_HOOKS = ("-c", f"core.hooksPath={os.devnull}")
"""A temporary folder is none of the hooks' concern, and one that fails would end the command."""
_PAUSES = (0.1, 0.3, 1.0, 3.0)
"""Seconds to wait before a worktree is added again."""


def end(process: subprocess.Popen[str]) -> None:
    """End a process with all that it has started."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        process.kill()
    process.wait()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def whole(folder: Path, *arguments: str, env: Mapping[str, str] | None = None) -> str:
    """Have git do something for which it starts others: where this is stopped, none of them goes on.

    Raises:
        CalledProcessError: if it says no.
    """
    command = ["git", "-C", str(folder), *arguments]
    pipe: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8", "errors": "replace"}
    process = subprocess.Popen(command, start_new_session=True, env=env, **pipe)  # noqa: S603 - plain arguments
    try:
        out, err = process.communicate()
    except BaseException:
        end(process)
        raise
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, out, err)
    return str(out)


def add_worktree(ref: Ref, tree: Path) -> None:
    for pause in (*_PAUSES, None):
        try:
            whole(ref.root, *_NO_HOOKS, "worktree", "add", "--detach", "--force", str(tree), ref.commit)
            break
        except subprocess.CalledProcessError as error:
            if pause is None:
                raise BaseError(f"{ref.label} cannot be checked out; git says: {said(error)}") from None
        # Two that are added at once see each other's half; git then gives up.
        shutil.rmtree(tree, ignore_errors=True)
        time.sleep(pause)
    _fill_submodules(ref.root, tree, ref.commit)


def submodules(tree: Path) -> list[Path]:
    """Folders of the submodules of a checked out commit."""
    try:
        listed = git(tree, "config", "--file", ".gitmodules", "--get-regexp", r"^submodule\..*\.path$")
    except subprocess.CalledProcessError:  # there are none
        return []
    return [path for line in listed.splitlines() if (path := Path(line.partition(" ")[2])) and (tree / path).is_dir()]


def _fill_submodules(root: Path, tree: Path, commit: str) -> None:
    """Copy the submodules of a commit out of the clones at hand, as git itself would fetch them anew."""
    for path in submodules(tree):
        with contextlib.suppress(subprocess.CalledProcessError, OSError, tarfile.TarError):
            wanted = git(root, "rev-parse", f"{commit}:{path.as_posix()}")
            if not (root / path / ".git").exists():
                continue
            command = ["git", "-C", str(root / path), "archive", "--format=tar", wanted]
            packed = subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603 - git, by plain words
            with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
                archive.extractall(tree / path, filter="data")
            _fill_submodules(root / path, tree / path, wanted)


def remove_worktree(ref: Ref, tree: Path) -> None:
    for arguments in (("remove", "--force", "--force", str(tree)), ("prune",)):
        # One that was never finished is not known to git by its folder, and pruned once that is gone.
        with contextlib.suppress(subprocess.CalledProcessError):
            git(ref.root, "worktree", *arguments)
            return
        shutil.rmtree(tree, ignore_errors=True)
        _unlock(ref.root, tree)


def _unlock(root: Path, tree: Path) -> None:
    """Take away the lock that git puts on a worktree while it is made: no prune takes one that has it."""
    with contextlib.suppress(subprocess.CalledProcessError, OSError):
        for each in (root / git(root, "rev-parse", "--git-common-dir") / "worktrees").iterdir():
            known = each / "gitdir"
            if known.is_file() and known.read_text(encoding="utf-8").strip() == str(tree / ".git"):
                (each / "locked").unlink(missing_ok=True)
