"""Which values a chart refuses to be without, and which it refuses to have.

Templates say so by `required` and `fail`; what stands in them, and in the conditions around them, is tried one by one
in a real render, and only what is refused there counts. A refusal for want of an API that others bring is none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from chart_render import Loader, RefusedError, Render, keys_of, leaves, with_values
from chart_steering import aliases

_REQUIRED = re.compile(r"required\s+\"[^\"]*\"\s+\(?\.Values\.([A-Za-z0-9_.]+)")
_FAIL = re.compile(r"\bfail\b\s*[(\"]|\|\s*fail\b")
_CONDITION = re.compile(r"\{\{-?\s*(?:else\s+)?(?:if|with)\b(.*?)-?\}\}")
_DEFINE = re.compile(r"\{\{-?\s*define\s+\"([^\"]+)\"\s*-?\}\}")
_INCLUDE = re.compile(r"(?:include|template)\s+\"([^\"]+)\"")
_VALUE = re.compile(r"\.Values\.([A-Za-z0-9_.]+)")
_TEXT = re.compile(r"\"([\w.-]{1,40})\"")
_NEAR = 3
"""How many conditions before a `fail` are taken for those around it."""
_MOST = 120
"""Renders of one chart that are enough."""
_BEFORE = 500
"""Characters around a `fail` in which the values that it lets pass are named."""
_FEW = 40
_LONG = 200
_NONSENSE = "no-such-value"
ANY = "*"
"""Stands for every value that says something."""
_ABSENT = object()


@dataclass(frozen=True)
class Demands:
    """What a chart asks of its values, beside those that this library sets, with which it is rendered."""

    needs: dict[str, str] = field(default_factory=dict)
    """Paths that have to be there, and what the chart says without them."""
    takes_no: dict[str, dict[str, str]] = field(default_factory=dict)
    """Values that it refuses at a path, as text, and what it says; `*` for all but those that say nothing."""
    takes_only: dict[str, list[str]] = field(default_factory=dict)
    """The values, as text, that a path is limited to."""
    beside: dict[str, list[str]] = field(default_factory=dict)
    """Other paths that decide with each of these whether a value is refused."""


@dataclass
class _Candidates:
    """What stands around `required` and `fail` in templates, by paths in values."""

    paths: dict[str, None] = field(default_factory=dict)
    """To be taken away."""
    tried: dict[tuple[str, Any], None] = field(default_factory=dict)
    """Values to be set."""
    words: dict[str, dict[str, None]] = field(default_factory=dict)
    """Words that may be all that a path takes."""
    beside: dict[str, dict[str, None]] = field(default_factory=dict)


def demands(render: Render, values: Mapping[str, Any]) -> Demands:
    """What a chart asks of its values."""
    found = Demands(takes_only=dict(_enums(render.folder)))
    near = _Candidates(paths=dict.fromkeys(path for path, _ in leaves(values)))
    _look(render.folder, "", near)
    given = _merged(_defaults(render.folder), values)
    for path in list(near.paths)[:_MOST]:
        if _at(given, path) is not _ABSENT and (said := _says(render, values, path, None)):
            found.needs[path] = said
    for path, value in [each for each in near.tried if _fits(each[1], _at(given, each[0]))][:_MOST]:
        if said := _says(render, values, path, value):
            found.takes_no.setdefault(path, {})[_text(value)] = said
    for path, words in near.words.items():
        default = _at(given, path)
        if path not in found.takes_only and _fits(_NONSENSE, default):
            _nonsense(partial(_says, render, values, path), path, default, words, found)
    for path in (*found.needs, *found.takes_no, *found.takes_only):
        if others := [other for other in near.beside.get(path, ()) if other != path]:
            found.beside[path] = sorted(others)
    return found


def _nonsense(says: Callable[[Any], str], path: str, default: Any, words: Mapping[str, None], found: Demands) -> None:
    """Limits a path to words, or to nothing at all, where it does not take a word that nobody can have meant."""
    said = says(_NONSENSE)
    if not said:
        return
    answers = {word: says(word) for word in words}
    # What is refused for another reason is known to the chart.
    taken = [word for word, answer in answers.items() if _besides(word, answer) != _besides(_NONSENSE, said)]
    choice = any(not answers[word] for word in taken)
    if (isinstance(default, str) and default not in ("", *taken)) or (not choice and _NONSENSE in said):
        return  # a form that it has to have, and no choice
    if choice:
        found.takes_only[path] = taken
        not_taken = {word: answers[word] for word in taken if answers[word]}
    else:
        not_taken = {ANY: said} | {word: answers[word] for word in taken}
    found.takes_no.pop(path, None)
    if not_taken:
        found.takes_no[path] = not_taken


def _besides(value: str, said: str) -> str:
    """What a chart says but for the value that it says it of."""
    quoted = said.replace(f'"{value}"', "").replace(f"'{value}'", "")
    return said.replace(value, "") if quoted == said else quoted


def _fits(value: Any, default: Any) -> bool:
    """Whether a value may have been meant where the chart has this one: no text for a switch, no switch for a list."""
    if default is _ABSENT or default is None:
        return True
    if isinstance(default, bool):
        return isinstance(value, bool)
    return isinstance(default, str | int | float) and not isinstance(value, bool)


def _enums(folder: Path, below: str = "") -> Iterator[tuple[str, list[str]]]:
    """Paths that the schemas of a chart, and of those that it depends on, limit to some values."""
    file = folder / "values.schema.json"
    schema = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    yield from _enums_of(schema if isinstance(schema, dict) else {}, below)
    for name, chart in _charts(folder):
        yield from _enums(chart, f"{below}{name}.")


def _enums_of(schema: Mapping[str, Any], below: str) -> Iterator[tuple[str, list[str]]]:
    properties = schema.get("properties")
    for key, each in (properties if isinstance(properties, dict) else {}).items():
        if not isinstance(each, dict):
            continue
        path = f"{below}{str(key).replace('.', chr(92) + '.')}"
        choices = each.get("enum")
        if "pullpolicy" in key.lower():  # Kubernetes' own, and nobody errs there
            continue
        if isinstance(choices, list) and 1 < len(choices) <= _FEW and "anyOf" not in each and "oneOf" not in each:
            yield path, [_text(choice) for choice in choices if choice is not None]
        yield from _enums_of(each, f"{path}.")


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _says(render: Render, values: Mapping[str, Any], path: str, value: Any) -> str:
    changed = with_values(values, {path: value})
    try:
        render.text(changed)
    except RefusedError as error:
        return _meant(str(error)) and _again(render, changed)
    except (yaml.YAMLError, TypeError):
        return ""
    return ""


def _again(render: Render, values: Mapping[str, Any]) -> str:
    """What is said where every API is served that add-ons bring."""
    try:
        render.text(values, with_apis=True)
    except RefusedError as error:
        return _meant(str(error))
    return ""


def _meant(said: str) -> str:
    """What the chart's makers say in a refusal; empty where a template breaks down."""
    if "values don't meet the specifications of the schema" in said:
        return ""  # the schema says it better
    match = re.search(r"error calling (?:fail|required):\s*(.*)$", said) or re.search(r"\)\s*:\s*(.*)$", said)
    text = match[1] if match else said
    if re.search(
        r"nil pointer|wrong type|parse error|can't evaluate|error calling|executing \"|range can't iterate", text
    ):
        return ""
    text = " ".join(re.sub(r"^.*?\.(?:yaml|tpl|txt):\d+:\d+\):?\s*", "", text).replace("#", "").split())
    if len(text) <= _LONG:
        return text
    short = text[:_LONG]
    whole = re.match(r"(.{40,}[.!?])\s", short)
    return whole[1] if whole else f"{short.rpartition(' ')[0]} ..."


def _look(folder: Path, below: str, found: _Candidates) -> None:
    """Fills in what the templates of a chart, and of those that it depends on, name; `below` is before their paths."""
    files = [file for file in sorted((folder / "templates").rglob("*")) if file.is_file()]
    texts = [file.read_text(encoding="utf-8", errors="replace") for file in files if "/tests/" not in str(file)]
    defined = {name: body for text in texts for name, body in _defined(text)}
    for text in texts:
        found.paths |= dict.fromkeys(f"{below}{path}" for path in _REQUIRED.findall(text))
        for match in _FAIL.finditer(text):
            around = " ".join([each[1] for each in _CONDITION.finditer(text, 0, match.start())][-_NEAR:])
            start = text.rfind("\n", 0, max(0, match.start() - _BEFORE)) + 1
            before = text[start : text.find("\n", match.start() + _BEFORE)]
            helpers = " ".join(defined.get(name, "") for name in _INCLUDE.findall(before))
            others = dict.fromkeys(_paths(f"{around} {before} {helpers}", below))
            for path in _paths(around, below):
                found.paths[path] = None
                found.tried |= {(path, value): None for value in (True, False, "", *_TEXT.findall(around))}
                found.words.setdefault(path, {}).update(dict.fromkeys(_TEXT.findall(before)))
                found.beside.setdefault(path, {}).update(others)
    for name, chart in _charts(folder):
        _look(chart, f"{below}{name}.", found)


def _defined(text: str) -> Iterator[tuple[str, str]]:
    starts = [*_DEFINE.finditer(text)]
    for start, after in zip(starts, [*starts, None][1:], strict=True):
        yield start[1], text[start.end() : after.start() if after else len(text)]


def _paths(text: str, below: str) -> Iterator[str]:
    for path in dict.fromkeys(path.rstrip(".") for path in _VALUE.findall(text)):
        yield path if path.startswith("global.") else f"{below}{path}"


def _charts(folder: Path) -> Iterator[tuple[str, Path]]:
    """The charts that a chart depends on, by the keys of their values."""
    names = aliases(folder)
    for chart in sorted((folder / "charts").glob("*/Chart.yaml")):
        yield names.get(chart.parent.name, chart.parent.name), chart.parent


def _defaults(folder: Path) -> dict[str, Any]:
    """The values of a chart, with those of the charts that it depends on."""
    file = folder / "values.yaml"
    own = yaml.load(file.read_text(encoding="utf-8"), Loader=Loader) if file.exists() else None  # noqa: S506
    below: dict[str, Any] = {name: _defaults(chart) for name, chart in _charts(folder)}
    return _merged(below, own or {})


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        merged[key] = _merged(under, value) if isinstance(under, Mapping) and isinstance(value, Mapping) else value
    return merged


def _at(values: Any, path: str) -> Any:
    for key in keys_of(path):
        if not isinstance(values, Mapping) or key not in values:
            return _ABSENT
        values = values[key]
    return values
