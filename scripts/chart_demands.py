"""Which values a chart refuses to be without, and which it refuses to have.

Templates say so by `required` and `fail`; what stands in them, and in the conditions around them, is tried one by one
in a real render, and only what is refused there counts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from chart_render import RefusedError, Render, leaves, with_values

_REQUIRED = re.compile(r"required\s+\"[^\"]*\"\s+\(?\.Values\.([A-Za-z0-9_.]+)")
_FAIL = re.compile(r"\bfail\b\s*[(\"]|\|\s*fail\b")
_CONDITION = re.compile(r"\{\{-?\s*(?:else\s+)?(?:if|with)\b(.*?)-?\}\}")
_VALUE = re.compile(r"\.Values\.([A-Za-z0-9_.]+)")
_TEXT = re.compile(r"\"([\w.-]{1,40})\"")
_NEAR = 3
"""How many conditions before a `fail` are taken for those around it."""
_MOST = 120
"""Renders of one chart that are enough."""
_BEFORE = 500
"""Characters around a `fail` in which the values that it lets pass are named."""
_FEW = 40
_NONSENSE = "no-such-value"


@dataclass(frozen=True)
class Demands:
    """What a chart asks of its values, beside those that this library sets, with which it is rendered."""

    needs: dict[str, str] = field(default_factory=dict)
    """Paths that have to be there, and what the chart says without them."""
    takes_no: dict[str, dict[str, str]] = field(default_factory=dict)
    """Values that it refuses at a path, as text, and what it says."""
    takes_only: dict[str, list[str]] = field(default_factory=dict)
    """The values, as text, that a path is limited to."""


def demands(render: Render, values: Mapping[str, Any]) -> Demands:
    """What a chart asks of its values."""
    found = Demands(takes_only=dict(_enums(_schema(render.folder))))
    wanted, tried, words = _candidates(render.folder)
    wanted |= dict.fromkeys(path for path, _ in leaves(values))
    for path in list(wanted)[:_MOST]:
        if said := _says(render, values, path, None):
            found.needs[path] = said
    for path, value in list(tried)[:_MOST]:
        if said := _says(render, values, path, value):
            found.takes_no.setdefault(path, {})[_text(value)] = said
    for path, near in words.items():
        if path not in found.takes_only and _says(render, values, path, _NONSENSE):
            taken = [word for word in near if not _refused(render, values, path, word)]
            if taken:
                found.takes_only[path] = taken
    for path in found.takes_only:
        found.takes_no.pop(path, None)
    return found


def _schema(folder: Path) -> dict[str, Any]:
    file = folder / "values.schema.json"
    found = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return found if isinstance(found, dict) else {}


def _enums(schema: Mapping[str, Any], below: str = "") -> Iterator[tuple[str, list[str]]]:
    """Paths that a chart's schema limits to some values."""
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
        yield from _enums(each, f"{path}.")


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _refused(render: Render, values: Mapping[str, Any], path: str, value: Any) -> bool:
    try:
        render.text(with_values(values, {path: value}))
    except RefusedError:
        return True
    return False


def _says(render: Render, values: Mapping[str, Any], path: str, value: Any) -> str:
    try:
        render.text(with_values(values, {path: value}))
    except RefusedError as error:
        return _meant(str(error))
    except (yaml.YAMLError, TypeError):
        return ""
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
    return re.sub(r"^.*?\.(?:yaml|tpl|txt):\d+:\d+\):?\s*", "", text).replace("#", "").strip()[:200]


def _candidates(folder: Path) -> tuple[dict[str, None], dict[tuple[str, Any], None], dict[str, list[str]]]:
    """Paths to take away, values to set, and words that may be all a path takes: what stands around `required` and
    `fail` in the chart's templates."""
    needed: dict[str, None] = {}
    tried: dict[tuple[str, Any], None] = {}
    words: dict[str, list[str]] = {}
    for file in sorted((folder / "templates").rglob("*")):
        if not file.is_file() or "/tests/" in str(file):
            continue
        text = file.read_text(encoding="utf-8", errors="replace")
        needed |= dict.fromkeys(_REQUIRED.findall(text))
        for match in _FAIL.finditer(text):
            around = [found[1] for found in _CONDITION.finditer(text, 0, match.start())][-_NEAR:]
            expressions = " ".join(around)
            for path in _paths(expressions):
                needed[path] = None
                tried |= {(path, value): None for value in _values(expressions)}
                before = text[max(0, match.start() - _BEFORE) : match.start() + _BEFORE]
                words.setdefault(path, []).extend(w for w in _TEXT.findall(before) if w not in words[path])
    return needed, tried, words


def _paths(expressions: str) -> Iterator[str]:
    yield from dict.fromkeys(path.rstrip(".") for path in _VALUE.findall(expressions))


def _values(expressions: str) -> Iterator[Any]:
    yield from (True, False, "")
    yield from _TEXT.findall(expressions)
