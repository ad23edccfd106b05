"""The files of a new repository, and how they get onto a disk: all of them or none."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.core.files import named
from eks_blueprints.starter.answers import NO_CI, Answers

_TEMPLATES = files("eks_blueprints.starter").joinpath("files")
_ENDING = ".tmpl"
_PLACEHOLDER = re.compile(r"\$\{([A-Z_]+)\}")


def repository(answers: Answers, values: Mapping[str, str] | None = None) -> dict[str, str]:
    """The text of every file, by its path with slashes; `values` fills the placeholders otherwise than the answers do.

    Raises:
        InputError: with everything that is wrong with the answers.
    """
    if problems := list(answers.problems()):
        raise InputError(problems)
    rooms = ["common", f"presets/{answers.preset}"]
    filled = values or answers.values()
    found = {path: text for room in rooms for path, text in rendered(room, filled).items()}
    if answers.ci != NO_CI:
        from eks_blueprints.starter import checks

        install = () if answers.ci == "codebuild" else (f'pip install --quiet "{answers.trusted}"',)
        found |= checks.files(answers.ci, checks.Check(requirements="requirements.txt", install=install))
    return found


def rendered(room: str, values: Mapping[str, str]) -> dict[str, str]:
    """The files of one folder of templates, their placeholders filled in; what is no placeholder of ours stays."""
    return {
        path: _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)
        for path, text in _texts(_TEMPLATES.joinpath(room), "")
    }


def _texts(folder: Traversable, under: str) -> Iterator[tuple[str, str]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _texts(entry, f"{under}{entry.name}/")
        elif entry.name.endswith(_ENDING):
            yield under + entry.name.removesuffix(_ENDING), entry.read_text(encoding="utf-8")


def write(folder: Path, texts: Mapping[str, str | Callable[[], str]]) -> None:
    """Write the files into a folder, which may exist and hold others; a function gives a text that needs those before.

    Raises:
        InputError: if one of them, or a file where a folder has to be, is there already; then nothing is written.
        OSError: if a file cannot be written; what was written before it is removed.
    """
    if taken := _taken(folder, texts):
        what, them = ("a file is", "it") if len(taken) == 1 else (f"{len(taken)} files are", "them")
        do = f"name another folder, or move {them} away"
        raise InputError([Problem((), f"{what} in the way; got {', '.join(taken)}; {do}", str(folder))])
    made: list[Path] = []
    try:
        for path, text in texts.items():
            file = folder / path
            _make_folder(file.parent, made)
            made.append(file)
            with named(file), file.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(text if isinstance(text, str) else text())
    except BaseException:
        _remove(made)
        raise


def _taken(folder: Path, texts: Iterable[str]) -> list[str]:
    found: dict[str, None] = {}
    if os.path.lexists(folder) and not folder.is_dir():
        return [str(folder)]
    for path in texts:
        parts = path.split("/")
        for end in range(1, len(parts) + 1):
            at = folder.joinpath(*parts[:end])
            if os.path.lexists(at) and not (end < len(parts) and at.is_dir()):
                found["/".join(parts[:end])] = None
    return list(found)


def _make_folder(folder: Path, made: list[Path]) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent, made)
        folder.mkdir()
        made.append(folder)


def _remove(made: list[Path]) -> None:
    for path in reversed(made):
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)
