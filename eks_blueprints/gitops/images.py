"""Images of a repository's objects: a tag that a pipeline has changed there stays, until the program changes it too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.core.images import parts

Images = Mapping[str, str]
"""Tags or digests, as `:v3.1`, `@sha256:…` or both, by the repositories of images."""


def images(value: Any) -> dict[str, str]:
    """The images in an object; one that is there with several tags is left out."""
    found: dict[str, set[str]] = {}
    for image in _each(value):
        repository, _, _ = parts(image)
        found.setdefault(repository, set()).add(image.removeprefix(repository))
    return {repository: next(iter(ends)) for repository, ends in sorted(found.items()) if len(ends) == 1}


def kept(now: Images, before: Images, there: Images) -> dict[str, str]:
    """Images that stay as they are in the repository.

    Args:
        now: Those that the program says.
        before: Those that it said when the file was written.
        there: Those that are in the file.
    """
    return {
        repository: end
        for repository, end in there.items()
        if repository in now and now[repository] == before.get(repository) and end != now[repository]
    }


def changed(value: Any, ends: Images) -> Any:
    """An object with other tags of some images."""
    if isinstance(value, Mapping):
        return {key: _changed(each, ends) if key == "image" else changed(each, ends) for key, each in value.items()}
    return [changed(each, ends) for each in value] if isinstance(value, list) else value


def _changed(value: Any, ends: Images) -> Any:
    if not isinstance(value, str):
        return changed(value, ends)
    repository, _, _ = parts(value)
    return f"{repository}{ends[repository]}" if repository in ends else value


def _each(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            if key == "image" and isinstance(each, str):
                yield each
            else:
                yield from _each(each)
    elif isinstance(value, list):
        for each in value:
            yield from _each(each)
