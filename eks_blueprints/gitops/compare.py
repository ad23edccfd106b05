"""What an agent would change: the rendered files against a folder, a commit of it, or what is on a cluster."""

from __future__ import annotations

import difflib
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from eks_blueprints.core.errors import InputError, Problem, dotted, shown
from eks_blueprints.core.files import text_of
from eks_blueprints.core.object_lists import listed
from eks_blueprints.core.plain_secrets import MASK, hidden, hidden_line
from eks_blueprints.core.yaml_text import YAMLError, documents, load
from eks_blueprints.gitops.model import Item, Manifests
from eks_blueprints.gitops.objects import WAVE
from eks_blueprints.gitops.repository import run
from eks_blueprints.gitops.write import Folder, mark_of

Verb = Literal["create", "update", "delete"]
_LISTINGS = "kustomization.yaml"
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)([munkKMGTPE]i?)?")
_UNITS = {"n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18}


@dataclass(frozen=True, slots=True)
class Change:
    """One object that differs."""

    verb: Verb
    what: str
    path: str
    lines: tuple[str, ...] = ()
    """What differs, as a diff of YAML or one field a line."""


class Commit(Folder):
    """A folder as a commit has it."""

    def __init__(self, path: Path, ref: str) -> None:
        super().__init__(path)
        try:
            self._commit = run(path, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}").strip()
            self._prefix = run(path, "rev-parse", "--show-prefix").strip()
        except subprocess.CalledProcessError:
            message = f"is no commit of the folder's repository; got {ref}; name a branch, a tag or a commit"
            raise InputError([Problem((), message, "--base")]) from None

    def text(self, name: str) -> str | None:
        try:
            return run(self.path, "cat-file", "blob", f"{self._commit}:{self._prefix}{name}")
        except subprocess.CalledProcessError:
            return None


def against_folder(made: Manifests, folder: Folder) -> list[Change]:
    """What differs from the files of a folder."""
    before = mark_of(folder, made).files
    found: list[Change] = []
    for path in sorted({*before, *made.files}):
        old, new = folder.text(path), made.files.get(path)
        if old == new or path.endswith(f"/{_LISTINGS}") or path == made.marker:
            continue
        verb: Verb = "create" if old is None else "delete" if new is None else "update"
        if old is None and new is None:
            continue
        found.append(Change(verb, _title(new or old or "", path), path, tuple(_differences(old or "", new or ""))))
    return found


def against_cluster(made: Manifests, live: Sequence[Mapping[str, Any]]) -> list[Change]:
    """What differs from the objects of a cluster, in the fields that are written: all others are the cluster's own."""
    there = {_identity(each): each for each in live}
    found: list[Change] = []
    for item in made.items:
        other = there.get(_identity(item.manifest))
        if other is None:
            found.append(Change("create", item.shown, ""))
            continue
        lines = [f"{dotted(path)}: {_shown(old)} -> {_shown(new)}" for path, old, new in _fields(item, other)]
        if lines:
            found.append(Change("update", item.shown, "", tuple(lines)))
    return found


def exported(files: Sequence[Path]) -> list[Mapping[str, Any]]:
    """The objects of a cluster's export, `kubectl get … -o yaml` or `-o json`.

    Raises:
        InputError: if a file is none.
    """
    found: list[Mapping[str, Any]] = []
    for file in files:
        try:
            read = documents(text_of(file))
        except FileNotFoundError:
            raise _error(file, "does not exist; got no such file") from None
        except (YAMLError, ValueError, RecursionError):
            raise _error(file, "is neither YAML nor JSON; got something else") from None
        objects = [each for document in read if isinstance(document, Mapping) for _, each in listed(document)]
        if not objects or not all(isinstance(each, Mapping) and each.get("kind") for each in objects):
            raise _error(file, "holds no objects of Kubernetes; got something else")
        found += objects
    return found


def _error(file: Path, message: str) -> InputError:
    return InputError([Problem((), f"{message}; write it with kubectl get … --output yaml", str(file))])


def _identity(manifest: Mapping[str, Any]) -> tuple[str, str, str, str]:
    group = str(manifest.get("apiVersion")).rpartition("/")[0]
    metadata = manifest.get("metadata") or {}
    return group, str(manifest.get("kind")), str(metadata.get("namespace") or ""), str(metadata.get("name"))


def _fields(item: Item, live: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Any, Any]]:
    wanted = dict(item.manifest)
    metadata = dict(wanted["metadata"])
    annotations = {key: each for key, each in (metadata.get("annotations") or {}).items() if key != WAVE}
    wanted["metadata"] = {**metadata, "annotations": annotations}
    for path, old, new in _below(wanted, live, ()):
        if path != ("apiVersion",):  # it answers in the version that it is asked in
            yield path, old, new


def _below(new: Any, old: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any, Any]]:
    if isinstance(new, Mapping):
        if not new and old is None:
            return
        if not isinstance(old, Mapping):
            yield path, old, new
            return
        for key, each in new.items():
            yield from _below(each, old.get(key), (*path, key))
    elif isinstance(new, list) and isinstance(old, list) and _names(new) is not None and _names(old) is not None:
        there = {each["name"]: each for each in old}
        for each in new:
            yield from _below(each, there.get(each["name"]), (*path, each["name"]))
        for name in sorted(there.keys() - {each["name"] for each in new}):
            yield (*path, name), there[name], None
    elif isinstance(new, list) and isinstance(old, list) and len(new) == len(old):
        for index, (one, other) in enumerate(zip(new, old, strict=True)):
            yield from _below(one, other, (*path, index))
    elif not (new == old or (new == [] and old is None) or _amount(new) == _amount(old) != None):  # noqa: E711
        yield path, old, new


def _names(value: list[Any]) -> list[str] | None:
    named = [each["name"] for each in value if isinstance(each, Mapping) and isinstance(each.get("name"), str)]
    return named if len(named) == len(value) == len(set(named)) and value else None


def _amount(value: Any) -> float | None:
    """A quantity as a number, `1000m` as `1`."""
    match = (
        _NUMBER.fullmatch(str(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
    )
    if match is None:
        return None
    unit = match[2] or ""
    factor = 1024.0 ** ("KMGTPE".index(unit[0]) + 1) if unit.endswith("i") else _UNITS.get(unit, 1.0)
    return float(match[1]) * factor


def _shown(value: Any) -> str:
    return "nothing" if value is None else shown(hidden(value, "", MASK), 120)


def _differences(old: str, new: str) -> Iterator[str]:
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=2)
    for line in list(lines)[2:]:
        yield hidden_line(line)


def _title(text: str, path: str) -> str:
    try:
        data = load(text)
        return Item("", "", data).shown if isinstance(data, Mapping) and data.get("kind") else path
    except (YAMLError, ValueError, RecursionError, AttributeError):
        return path


def as_text(stack: str, changes: Sequence[Change], beside: str) -> Iterator[str]:
    """The report as lines for people."""
    if not changes:
        yield f"{stack}: no change to {beside}"
        return
    yield f"{stack}: {_count(changes)} against {beside}"
    for each in changes:
        yield f"  {_SIGNS[each.verb]} {each.what}" + (f"  ({each.path})" if each.path else "")
        if each.verb == "update":
            yield from (f"      {line}" for line in each.lines)


def as_markdown(stack: str, changes: Sequence[Change], beside: str) -> Iterator[str]:
    """The report as Markdown, for a pull request."""
    yield f"### {stack}: {_count(changes) if changes else 'no change'} against {beside}"
    for each in changes:
        yield ""
        yield f"- **{each.verb}** `{each.what}`" + (f" in `{each.path}`" if each.path else "")
        if each.verb == "update":
            yield ""
            fence = "`" * max(
                3, 1 + max((len(run) for line in each.lines for run in re.findall(r"`+", line)), default=0)
            )
            yield f"  {fence}diff"
            yield from (f"  {line}" for line in each.lines)
            yield f"  {fence}"


_SIGNS = {"create": "+", "update": "~", "delete": "-"}


def _count(changes: Sequence[Change]) -> str:
    counts = {verb: sum(each.verb == verb for each in changes) for verb in _SIGNS}
    return ", ".join(f"{count} to {verb}" for verb, count in counts.items() if count)
