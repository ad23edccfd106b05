"""New tags of images, committed and pushed at once: what the last step of a pipeline does."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from eks_blueprints.core.errors import InputError, Problem, by_nearness
from eks_blueprints.core.images import IMAGE_FORM, parts
from eks_blueprints.core.leaves import repeated
from eks_blueprints.gitops.images import images
from eks_blueprints.gitops.repository import GitError, NotPushedError, Repository, opened
from eks_blueprints.gitops.tags import New, NotYamlError, Place, places, replaced

_ENDINGS = (".yaml", ".yml", ".json")
_RUNS = ("CI_JOB_URL", "BUILD_URL", "CODEBUILD_BUILD_URL")
"""Where CI systems say which run it is: GitLab, Jenkins, CodeBuild. GitHub says it in three parts."""


@dataclass(frozen=True, slots=True)
class Bump:
    """What is asked for."""

    images: tuple[str, ...]
    """The images with their new tags or digests, which one commit sets."""
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

    olds: tuple[str, ...]
    """What stood behind the repository of each image; as the new one where that did not change."""
    files: tuple[str, ...] = ()
    commit: str | None = None
    pushed: bool = False
    tries: int = 1


def bump(asked: Bump) -> Bumped:
    """Change the tags of images in a repository, commit that and push it.

    Raises:
        InputError: if an image is not there, or in several versions, or the repository is not fit for it.
        GitError: if git says no, or somebody else pushes each time.
    """
    new = [_parsed(image) for image in asked.images]
    if twice := repeated(each.repository for each in new):
        raise _error("IMAGE", f"is named twice; got {twice}; name each image once")
    with opened(asked.repository, asked.branch) as repository:
        for attempt in range(1, asked.tries + 1):
            changes, olds = _changed(repository, new, asked.paths)
            if not changes:
                # A run that was stopped before it pushed left a commit.
                if asked.push and repository.remote and repository.ahead():
                    repository.push()
                    return Bumped(olds, pushed=True, tries=attempt)
                return Bumped(olds, tries=attempt)
            if asked.push and repository.remote and repository.ahead():
                do = "push or remove them first"
                raise _error("--repo", f"has commits that are not pushed; got {repository.ahead()}; {do}")
            files = tuple(sorted(changes))
            message = asked.message or _message(new, olds, files)
            try:
                for file, text in changes.items():
                    (repository.tree / file).write_bytes(text.encode("utf-8"))
                commit = repository.commit(message, files, sign=asked.sign)
            except OSError as error:
                repository.git("checkout", "--quiet", "HEAD", "--", *files)
                do = "let this user write there, or name the URL of the repository"
                raise _error("--repo", f"cannot be written; got {error.strerror} at {error.filename}; {do}") from None
            except GitError:
                repository.git("checkout", "--quiet", "HEAD", "--", *files)
                raise
            if not asked.push or repository.remote is None:
                return Bumped(olds, files, commit, tries=attempt)
            try:
                repository.push()
            except NotPushedError:
                asked.pause(min(0.2 * 2**attempt, 5.0))
                repository.renew()
                continue
            except GitError:
                repository.git("reset", "--quiet", "--hard", "HEAD~1")
                raise
            return Bumped(olds, files, commit, pushed=True, tries=attempt)
    raise GitError(f"{asked.repository}: others pushed in between, {asked.tries} times; run it again")


def _changed(
    repository: Repository, new: Sequence[New], paths: Sequence[str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The files that change with their new texts, and what stood behind each image."""
    texts = _texts(repository, paths)
    changes: dict[str, str] = {}
    olds: list[str] = []
    for image in new:
        found = _found({**texts, **changes}, image, paths)
        changes |= {file: text for file, (text, _) in found.items() if text is not None}
        before = {place.old for _, there in found.values() for place in there if place.old != image.end}
        olds.append(next(iter(sorted(before)), image.end))
    return changes, tuple(olds)


def _parsed(image: str) -> New:
    if fault := IMAGE_FORM.fault(image):
        raise _error("IMAGE", fault)
    new = New.parse(image)
    if not new.end:
        raise _error("IMAGE", f"needs a tag or a digest; got {image}; write {image}:v1.2")
    return new


def _texts(repository: Repository, paths: Sequence[str]) -> dict[str, str]:
    """The files that may name images."""
    for path in paths:
        if not (repository.tree / path).exists():
            near = by_nearness(path, [*dict.fromkeys(str(PurePath(name).parent) for name in repository.files())])[:1]
            do = f"did you mean {near[0]}?" if near else "name a folder or a file of the repository"
            raise _error("--path", f"is not there; got {path}; {do}")
    found: dict[str, str] = {}
    for name in repository.files():
        file = repository.tree / name
        if not name.endswith(_ENDINGS) or not _inside(name, paths) or file.is_symlink() or not file.is_file():
            continue
        try:
            found[name] = file.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            continue
    return found


def _found(texts: Mapping[str, str], new: New, paths: Sequence[str]) -> dict[str, tuple[str | None, list[Place]]]:
    """Files with the image: the new text, where it changes, and the places."""
    found: dict[str, tuple[str | None, list[Place]]] = {}
    unread: list[str] = []
    last = new.repository.rpartition("/")[2]
    for name, text in texts.items():
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
    _check(found, new, paths, unread, [*texts.values()])
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


def _message(new: Sequence[New], olds: Sequence[str], files: Sequence[str]) -> str:
    changes = [
        f"{parts(image.repository)[0].rpartition('/')[2]}: {_short(old)} -> {_short(image.end)}"
        for image, old in zip(new, olds, strict=True)
    ]
    named = "\n".join(f"{image.repository}{image.end}" for image in new)
    listed = "\n".join(f"- {file}" for file in files)
    origin = _run_url()
    return f"{', '.join(changes)}\n\n{named}\n\n{listed}\n" + (f"\nFrom: {origin}\n" if origin else "")


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
