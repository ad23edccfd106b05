"""Reads Kubernetes objects from files and folders, as kubectl does: YAML 1.1, several documents, Lists, JSON."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from eks_blueprints.core import files as named_files
from eks_blueprints.core import kustomize
from eks_blueprints.core.document import Document, documents
from eks_blueprints.core.errors import InputError, Path, Problem, shown
from eks_blueprints.core.object_lists import listed
from eks_blueprints.kubernetes import names
from eks_blueprints.lifecycle.importers.manifests.comments import About, of_documents
from eks_blueprints.lifecycle.importers.manifests.original import Original

_ENDINGS = (".yaml", ".yml", ".json")
"""Files of a folder that are read. Source: kubectl's FileExtensions."""
_HELM = re.compile(r"\{\{-?\s*(?:\.Values|\.Release|\.Chart|include\s|template\s|toYaml\s|if\s|range\s|with\s)")
_OCTAL = re.compile(r"[-+]?0o?[0-7_]+")
_UNDERSCORED = re.compile(r"[-+]?[1-9][0-9]*(?:_[0-9]+)+")
_WORDS = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF"), False),
}
"""What YAML 1.1 reads as true and false. Source: gopkg.in/yaml.v2, which kubectl reads with."""
_RENDER = "render it first: helm template NAME CHART > app.yaml, and import that"
STDIN = "-"


def read(paths: Sequence[str]) -> list[Original]:
    """The objects of files and folders, in their order; `-` is standard input.

    Raises:
        InputError: with all that is wrong with them.
    """
    problems: list[Problem] = []
    found: list[Original] = []
    for path in paths:
        before = len(found), len(problems)
        found += _objects(path, problems)
        if (len(found), len(problems)) == before:
            do = "name files, or a folder with files, that hold Kubernetes objects"
            problems.append(Problem((), f"holds no Kubernetes objects; got none; {do}", path))
    if problems:
        raise InputError(dict.fromkeys(problems))
    return found


def _objects(path: str, problems: list[Problem]) -> Iterator[Original]:
    if path == STDIN:
        yield from _of_text(sys.stdin.read(), "<stdin>", problems)
        return
    where = FilePath(path)
    if where.is_dir():
        yield from _of_folder(where, problems)
    elif not where.exists():
        problems.append(Problem((), "does not exist; got nothing; name a file or a folder", path))
    else:
        yield from _of_file(where, problems)


def _of_folder(folder: FilePath, problems: list[Problem]) -> Iterator[Original]:
    if kustomize.is_folder(folder):
        yield from _of_kustomize(folder, problems)
        return
    if (folder / "Chart.yaml").is_file():
        problems.append(Problem((), f"is a Helm chart; got Chart.yaml; {_RENDER}", str(folder)))
        return
    for each in sorted(folder.iterdir()):
        if each.name.startswith("."):
            continue
        if each.is_dir():
            if kustomize.is_folder(each):
                do = "name that folder alone, or one of those beside it"
                problems.append(
                    Problem((), f"is a Kustomize folder inside of another; got {each.name}; {do}", str(each))
                )
            else:
                yield from _of_folder(each, problems)
        elif each.suffix.lower() in _ENDINGS:
            if each.is_file():
                yield from _of_file(each, problems)
            else:
                got = "a link that leads nowhere" if each.is_symlink() and not each.exists() else "a pipe or a device"
                problems.append(Problem((), f"cannot be read; got {got}; take it out of the folder", str(each)))


def _of_kustomize(folder: FilePath, problems: list[Problem]) -> Iterator[Original]:
    if (plain := kustomize.files(folder)) is not None:
        for file in plain:
            yield from _of_file(file, problems)
        return
    name = str(folder)
    if not kustomize.can_build(folder):
        do = f"build it where all is at hand: kustomize build {folder} > app.yaml, and import that"
        problems.append(
            Problem((), f"names what is not on this machine, or cannot be read; got a Kustomize folder; {do}", name)
        )
        return
    if (built := kustomize.built(folder)) is None:
        there = [tool for tool, _ in kustomize.TOOLS if shutil.which(tool)]
        if there:
            tool, verb = next(each for each in kustomize.TOOLS if each[0] in there)
            problems.append(Problem((), f"cannot be built; got an error of {tool}; run: {tool} {verb} {folder}", name))
        else:
            do = "install kustomize or kubectl, or build it elsewhere and import what it prints"
            problems.append(Problem((), f"has to be built; got neither kustomize nor kubectl on the PATH; {do}", name))
        return
    for each in built:
        yield from _of_document(each, name, None, problems)


def _of_file(path: FilePath, problems: list[Problem]) -> Iterator[Original]:
    name = str(path)
    try:
        text = named_files.text_of(path)
    except InputError as error:
        problems += error.problems
        return
    except UnicodeDecodeError as error:
        got = f"byte {error.object[error.start]:#04x}"
        problems.append(Problem((), f"is not UTF-8 text; got {got}; save it as UTF-8, or leave it out", name))
        return
    except OSError as error:
        problems.append(Problem((), f"cannot be read; got {error.strerror}; check its path and rights", name))
        return
    if path.name in kustomize.FILES:
        problems.append(Problem((), f"is the file of a Kustomize folder; got {path.name}; name its folder", name))
        return
    yield from _of_text(text.removeprefix("\ufeff"), name, problems)


def _of_text(text: str, name: str, problems: list[Problem]) -> Iterator[Original]:
    if text.lstrip()[:1] == "{":
        try:
            yield from _of_document(json.loads(text), name, None, problems)
        except ValueError:
            pass
        else:
            return
    try:
        found = documents(text, name)
    except InputError as error:
        if (template := re.search(r"\{\{", text)) is not None:
            before = text[: template.start()]
            line, column = before.count("\n") + 1, template.start() - before.rfind("\n")
            got = text[template.start() :].partition("\n")[0][:60]
            problem = Problem(
                (), f"is a template of Helm, and no YAML; got {shown(got)}; {_RENDER}", name, line, column
            )
            problems.append(problem)
        else:
            problems += error.problems
        return
    for document, comments in zip(found, of_documents(text, found), strict=True):
        every = list(_of_document(_as_kubectl(document, document.data, ()), name, document, problems))
        for index, each in enumerate(every):
            each.comments = tuple(_about(each, comments, every[:index]))
        yield from every


def _about(found: Original, comments: Sequence[About], before: Sequence[Original]) -> Iterator[About]:
    """The comments about an object, counted from it; the first one of a List has those about the List too."""
    for each in comments:
        if each.path[: len(found.at)] == found.at:
            yield replace(each, path=each.path[len(found.at) :])
        elif not before and not (len(each.path) > 1 and each.path[0] == "items"):
            yield replace(each, path=())


def _as_kubectl(document: Document, value: Any, path: Path) -> Any:
    """A value as YAML 1.1 has it: `0644` is 420, and `yes` is true."""
    if isinstance(value, dict):
        return {key: _as_kubectl(document, item, (*path, key)) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_kubectl(document, item, (*path, index)) for index, item in enumerate(value)]
    place = document.values.get(path)
    text = place.text if place is not None else None
    if text is None:
        return value
    if text in _WORDS and value == text:
        return _WORDS[text]
    if _OCTAL.fullmatch(text) and text.strip("+-0o_"):
        return int(text.replace("o", "").replace("_", ""), 8)
    return int(text.replace("_", "")) if _UNDERSCORED.fullmatch(text) else value


def _of_document(data: Any, name: str, document: Document | None, problems: list[Problem]) -> Iterator[Original]:
    if not isinstance(data, Mapping):
        # Of a file that is none, such as a list of passwords, nothing is told.
        got = "a list" if isinstance(data, list) else type(data).__name__.replace("str", "text")
        what = Original({}, name, document).problem(f"is no Kubernetes object; got {got}; write a mapping")
        problems.append(what)
        return
    for at, each in listed(data):
        found = Original(_plain(each), name, document, at)
        if faults := list(_faults(found)):
            problems += faults
        else:
            found.manifest["metadata"] = dict(found.metadata)
            yield found


def _plain(value: Mapping[str, Any]) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(value))
    return copy


def _faults(found: Original) -> Iterator[Problem]:
    manifest = found.manifest
    if str(manifest.get("apiVersion")).startswith("kustomize.config.k8s.io/"):
        yield found.problem("is the file of a Kustomize folder; got its kind; name its folder")
        return
    for field in ("apiVersion", "kind"):
        if not isinstance(manifest.get(field), str) or not manifest[field]:
            do = "write it as for kubectl, or leave the file out"
            yield found.problem(f"needs text; got {shown(manifest.get(field))}; {do}", (field,))
    if message := names.missing(manifest.get("metadata")):
        if isinstance(manifest.get("kind"), str):
            yield found.problem(message, ("metadata",))
        return
    for path, text in _leaves(manifest, ()):
        if "data" not in path and _HELM.search(text):
            yield found.problem(f"is a template of Helm; got {shown(text)}; {_RENDER}", path)
            return


def _leaves(value: Any, path: Path) -> Iterable[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, (*path, str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, index))
