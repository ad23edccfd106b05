"""One image's new tag, committed and pushed: what the last step of a pipeline does."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from eks_blueprints.core.errors import InputError, Problem, by_nearness
from eks_blueprints.core.images import IMAGE_FORM, parts
from eks_blueprints.gitops.images import images
from eks_blueprints.gitops.repository import GitError, NotPushedError, Repository, opened
from eks_blueprints.gitops.tags import New, NotYamlError, Place, places, replaced

_ENDINGS = (".yaml", ".yml", ".json")
_RUNS = ("CI_JOB_URL", "BUILD_URL", "CODEBUILD_BUILD_URL")
"""Where CI systems say which run it is: GitLab, Jenkins, CodeBuild. GitHub says it in three parts."""


@dataclass(frozen=True, slots=True)
class Bump:
    """What is asked for."""

    image: str
    repository: str
    branch: str | None = None
    paths: tuple[str, ...] = ()
    """Folders and files to look in; the whole repository without any."""
    sign: bool = False
    push: bool = True
    message: str | None = None
    tries: int = 5
    pause: Callable[[float], None] = field(default=time.sleep, compare=False)


@dataclass(frozen=True, slots=True)
class Bumped:
    """What came of it."""

    image: str
    old: str
    """What stood behind the repository of the image; as the new one where nothing changed."""
    files: tuple[str, ...] = ()
    commit: str | None = None
    pushed: bool = False
    tries: int = 1


def bump(asked: Bump) -> Bumped:
    """Change one image's tag in a repository, commit it and push it.

    Raises:
        InputError: if the image is not there, or in several versions, or the repository is not fit for it.
        GitError: if git says no, or somebody else pushes each time.
    """
    new = _parsed(asked.image)
    with opened(asked.repository, asked.branch) as repository:
        for attempt in range(1, asked.tries + 1):
            found = _found(repository, new, asked.paths)
            changes = {file: text for file, (text, _) in found.items() if text is not None}
            olds = {place.old for _, there in found.values() for place in there if place.old != new.end}
            old = next(iter(sorted(olds)), new.end)
            if not changes:
                # A run that was stopped before it pushed left a commit.
                if asked.push and repository.remote and repository.ahead():
                    repository.push()
                    return Bumped(asked.image, old, pushed=True, tries=attempt)
                return Bumped(asked.image, old, tries=attempt)
            if asked.push and repository.remote and repository.ahead():
                do = "push or remove them first"
                raise _error("--repo", f"has commits that are not pushed; got {repository.ahead()}; {do}")
            for file, text in changes.items():
                (repository.tree / file).write_bytes(text.encode("utf-8"))
            message = asked.message or _message(new, old, sorted(changes))
            try:
                commit = repository.commit(message, sorted(changes), sign=asked.sign)
            except GitError:
                repository.git("checkout", "--quiet", "HEAD", "--", *changes)
                raise
            if not asked.push or repository.remote is None:
                return Bumped(asked.image, old, tuple(sorted(changes)), commit, tries=attempt)
            try:
                repository.push()
            except NotPushedError:
                asked.pause(min(0.2 * 2**attempt, 5.0))
                repository.renew()
                continue
            except GitError:
                repository.git("reset", "--quiet", "--hard", "HEAD~1")
                raise
            return Bumped(asked.image, old, tuple(sorted(changes)), commit, pushed=True, tries=attempt)
    raise GitError(f"{asked.repository}: others pushed in between, {asked.tries} times; run it again")


def _parsed(image: str) -> New:
    if fault := IMAGE_FORM.fault(image):
        raise _error("IMAGE", fault)
    new = New.parse(image)
    if not new.end:
        raise _error("IMAGE", f"needs a tag or a digest; got {image}; write {image}:v1.2")
    return new


def _found(repository: Repository, new: New, paths: Sequence[str]) -> dict[str, tuple[str | None, list[Place]]]:
    """Files with the image: the new text, where it changes, and the places."""
    found: dict[str, tuple[str | None, list[Place]]] = {}
    unread: list[str] = []
    looked_at: list[str] = []
    last = new.repository.rpartition("/")[2]
    for name in repository.files():
        file = repository.tree / name
        if not name.endswith(_ENDINGS) or not _inside(name, paths) or file.is_symlink() or not file.is_file():
            continue
        try:
            text = file.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            continue
        looked_at.append(text)
        if last not in text:
            continue
        try:
            there = places(text, new)
        except NotYamlError:
            unread.append(name)
            continue
        if there:
            made = replaced(text, there)
            found[name] = (made if made != text else None, there)
    _check(found, new, paths, unread, looked_at)
    return found


def _check(
    found: Mapping[str, tuple[str | None, list[Place]]],
    new: New,
    paths: Sequence[str],
    unread: Sequence[str],
    texts: Sequence[str],
) -> None:
    where = f" in {', '.join(paths)}" if paths else ""
    if not found:
        known = sorted({repository for text in texts for repository in _images(text)})
        near = by_nearness(new.repository, known)[:3]
        do = f"known are {', '.join(near)}" if near else "name a repository, or a folder of it, that has images"
        also = f" ({', '.join(unread[:3])} cannot be read as YAML)" if unread else ""
        raise _error("IMAGE", f"is not there{where}{also}; got {new.repository}; {do}")
    for file, (_, there) in found.items():
        if bad := next((place for place in there if place.text is None), None):
            raise _error(
                f"{file}:{bad.line}", f"{new.repository}{bad.old} {bad.why_not.replace(';', '; got that;', 1)}"
            )
    olds: dict[str, str] = {}
    for file, (_, there) in found.items():
        for place in there:
            if place.old != new.end:
                olds.setdefault(place.old, f"{file}:{place.line}")
    if len(olds) > 1:
        got = ", ".join(f"{old} in {at}" for old, at in sorted(olds.items()))
        raise _error("IMAGE", f"is there with several tags; got {got}; name the folder or the file by --path")


def _images(text: str) -> list[str]:
    from eks_blueprints.core.yaml_text import YAMLError, documents

    try:
        return [*images(documents(text))]
    except (YAMLError, ValueError, RecursionError):
        return []


def _inside(name: str, paths: Sequence[str]) -> bool:
    wanted = [os.path.normpath(path) for path in paths]
    return not wanted or any(path in (".", name) or name.startswith(f"{path}/") for path in wanted)


def _message(new: New, old: str, files: Sequence[str]) -> str:
    name = parts(new.repository)[0].rpartition("/")[2]
    listed = "\n".join(f"- {file}" for file in files)
    origin = _run_url()
    return f"{name}: {_short(old)} -> {_short(new.end)}\n\n{new.repository}{new.end}\n\n{listed}\n" + (
        f"\nFrom: {origin}\n" if origin else ""
    )


def _short(end: str) -> str:
    tag, _, digest = end.removeprefix(":").partition("@")
    return tag or f"@{digest[:19]}"


def _run_url() -> str:
    """The run of a CI system that this is part of."""
    env = os.environ
    if run := env.get("GITHUB_RUN_ID"):
        server = env.get("GITHUB_SERVER_URL", "https://github.com")
        return f"{server}/{env.get('GITHUB_REPOSITORY', '')}/actions/runs/{run}"
    return next((env[key] for key in _RUNS if env.get(key)), "")


def _error(where: str, message: str) -> InputError:
    return InputError([Problem((), message, where)])
