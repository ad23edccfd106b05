"""The files of stacks in a folder: written, compared, and deleted where they are ours and no longer needed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.core.files import put
from eks_blueprints.core.printed import document
from eks_blueprints.core.yaml_text import YAMLError, load
from eks_blueprints.gitops.images import changed, images, kept
from eks_blueprints.gitops.layout import listing
from eks_blueprints.gitops.model import Item, Manifests
from eks_blueprints.gitops.yaml_form import as_yaml

KIND = "eks-blueprints/manifests"


@dataclass(frozen=True, slots=True)
class Mark:
    """What this command has written before."""

    project: str
    files: Mapping[str, Mapping[str, str]]
    """Files with the images that the program said then."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What a stack's files differ in from a folder."""

    new: Mapping[str, str]
    changed: Mapping[str, str]
    gone: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.gone)


class Folder:
    """A folder as it is: in the file system, or of a commit."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def text(self, name: str) -> str | None:
        """The text of a file; None where there is none."""
        try:
            return (self.path / name).read_bytes().decode("utf-8", "surrogateescape")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None


def mark_of(folder: Folder, made: Manifests) -> Mark:
    """What was written before.

    Raises:
        InputError: if that is another project's, or cannot be read.
    """
    text, at = folder.text(made.marker), str(folder.path / made.marker)
    if text is None:
        return Mark(made.project, {})
    try:
        data = json.loads(text)
        files = {str(path): dict(ends) for path, ends in data["files"].items()} if data["kind"] == KIND else None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        files = None
    if files is None:
        message = "is no list of files of this command; got something else; restore it from Git"
        raise InputError([Problem((), message, at)])
    if data.get("project") != made.project:
        got = f"those of project {data.get('project')}"
        do = "render to another folder, or name the stack differently"
        raise InputError([Problem((), f"lists files of another project's stack {made.stack}; got {got}; {do}", at)])
    return Mark(made.project, files)


def with_tags_there(made: Manifests, folder: Folder) -> Manifests:
    """The files of a stack with the tags of images that a pipeline has set in the folder since they were written."""
    before = mark_of(folder, made).files
    files, items, notes = dict(made.files), list(made.items), list(made.notes)
    by_text = {as_yaml(item.manifest): index for index, item in enumerate(items)}
    for path, now in made.images.items():
        there = folder.text(path) if path in before else None
        if there is None or there == files[path] or files[path] not in by_text:
            continue
        stay = kept(now, before[path], _images(there))
        if not stay:
            continue
        index = by_text[files[path]]
        item: Item = replace(items[index], manifest=changed(items[index].manifest, stay))
        items[index], files[path] = item, as_yaml(item.manifest)
        notes += [
            f"{item.shown} keeps {repository}{end} of the repository; the stack says {now[repository]}"
            for repository, end in stay.items()
        ]
    return replace(made, files=files, items=tuple(items), notes=tuple(notes))


def with_kept_files(made: Manifests, folder: Folder) -> Manifests:
    """The files of a stack with those of objects that are left out for want of a value, as they are in the folder."""
    before = mark_of(folder, made).files
    kept: dict[str, str] = {}
    for path in before:
        if path not in made.files and _stays(path, made) and (text := folder.text(path)) is not None:
            kept[path] = text
    if not kept:
        return made
    files = {**made.files, **kept}
    top, flux = f"clusters/{made.stack}/", f"flux/{made.stack}/"
    parts: dict[str, list[str]] = {}
    for path in files:
        part, _, name = path.removeprefix(top).partition("/")
        if path.startswith(top) and name and name != "kustomization.yaml":
            parts.setdefault(part, []).append(name)
    for part, names in parts.items():
        files[f"{top}{part}/kustomization.yaml"] = listing(names)
    files[f"{top}kustomization.yaml"] = listing(parts)
    if f"{flux}kustomization.yaml" in files:
        others = [path.removeprefix(flux) for path in files if path.startswith(flux)]
        files[f"{flux}kustomization.yaml"] = listing(each for each in others if each != "kustomization.yaml")
    images_of = {**made.images, **{path: before[path] for path in kept if before[path]}}
    return replace(made, files=dict(sorted(files.items())), images=images_of)


def _stays(path: str, made: Manifests) -> bool:
    """Whether a file may be that of something that is left out for want of a value."""
    for at in (each.path for each in made.left_out if each.path):
        part = at.removeprefix(f"clusters/{made.stack}/").partition("/")[0]
        if path in (at, f"flux/{made.stack}/{part}.yaml") or (at.endswith("/") and path.startswith(at)):
            return True
    return False


def _images(text: str) -> Mapping[str, str]:
    try:
        return images(load(text))
    except (YAMLError, ValueError, RecursionError):
        return {}


def difference(made: Manifests, folder: Folder) -> Difference:
    """What would change in a folder."""
    before = mark_of(folder, made).files
    wanted = {**made.files, made.marker: _marker(made, before)}
    there = {path: folder.text(path) for path in wanted}
    new = {path: text for path, text in wanted.items() if there[path] is None}
    other = {path: text for path, text in wanted.items() if there[path] not in (None, text)}
    gone = [path for path in before if path not in wanted and folder.text(path) is not None]
    return Difference(new, other, tuple(sorted(gone)))


def write(made: Manifests, folder: Folder) -> Difference:
    """Bring a folder up to date: each file at once or not at all, unchanged ones not at all.

    Raises:
        InputError: if a file is there that this command did not write, or a link leads out of the folder.
        OSError: if one cannot be written.
    """
    found = difference(made, folder)
    before = mark_of(folder, made).files
    foreign = [path for path in found.changed if path not in before and path != made.marker]
    if foreign:
        do = "move it, or render to another folder"
        raise InputError(
            [
                Problem((), f"was not written by this command; got another file; {do}", str(folder.path / each))
                for each in foreign
            ]
        )
    for path in (*found.new, *found.changed, *found.gone):
        _check_inside(folder.path, path)
    texts = {**found.new, **found.changed}
    last = texts.pop(made.marker, None)
    if last is not None:
        # Of a run that is stopped half-way, the next one knows all that is its own.
        put(folder.path / made.marker, _marker(made, before, both=True))
    for path, text in texts.items():
        put(folder.path / path, text)
    for path in found.gone:
        (folder.path / path).unlink(missing_ok=True)
        _without_empty(folder.path, (folder.path / path).parent)
    if last is not None:
        put(folder.path / made.marker, last)
    return found


def _marker(made: Manifests, before: Mapping[str, Any], *, both: bool = False) -> str:
    files = {path: dict(ends) for path, ends in before.items()} if both else {}
    files |= {path: dict(made.images.get(path, {})) for path in made.files}
    about = "written by eks-blueprints gitops render; it deletes files that are listed here and no longer needed"
    data = {"kind": KIND, "about": about, "project": made.project, "stack": made.stack}
    return document({**data, "files": dict(sorted(files.items()))}) + "\n"


def _check_inside(folder: Path, path: str) -> None:
    at = folder
    for part in Path(path).parts:
        at = at / part
        if at.is_symlink():
            message = "is a link, which may lead out of the folder; got a link; put a folder or a file in its place"
            raise InputError([Problem((), message, str(at))])


def _without_empty(top: Path, folder: Path) -> None:
    while folder != top and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
