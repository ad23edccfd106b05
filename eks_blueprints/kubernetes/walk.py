"""One object against the shapes of its kind: every field that is unknown, missing, or of another type.

What is not a plain value (a reference, an Output) is not judged.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.core.errors import Path, Problem, nearest, not_one_of, shown, unknown_name
from eks_blueprints.karpenter.quantities import parts
from eks_blueprints.kubernetes import needed
from eks_blueprints.kubernetes.meaning import RULES
from eks_blueprints.kubernetes.pods import Above
from eks_blueprints.kubernetes.shapes import Shapes

_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_LARGEST = {"int32": 2**31 - 1, "int64": 2**63 - 1}
_FREE = frozenset({"value", "data", "stringData"})
"""Fields whose texts may be secret: what stands there is not shown."""
_MAPPING = (dict, Mapping)  # nearly all are plain ones, and to ask the abstract class takes ten times as long
_JUDGED = (str, int, float, list, tuple, *_MAPPING)


class Walk:
    """The check of one object."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes

    def object(self, type_name: str, value: Mapping[str, Any], path: Path, above: Above = ()) -> Iterator[Problem]:
        """What is wrong with an object of a type, and with what it means."""
        fields = self._shapes.fields(type_name)
        for key, item in value.items():
            if (field := fields.get(key)) is None:
                yield from self._unknown(type_name, key, path)
                continue
            if field.word != "text" or type(item) is not str:  # most are text, and need no further look
                yield from self.value(field.word, item, (*path, key), (*above, value))
            if field.values is not None:
                yield from self._closed(field.values, item, (*path, key))
        missing = [key for key in self._shapes.required(type_name) if value.get(key) is None]
        for key in missing:
            yield Problem((*path, key), "is required; got nothing; add it")
        if rule := RULES.get(type_name):
            yield from rule(value, path, above)
        for problem in needed.check(type_name, value, path):
            if not set(missing).intersection(map(str, problem.path[len(path) :])):
                yield problem

    def value(self, word: str, value: Any, path: Path, above: Above) -> Iterator[Problem]:
        """What is wrong with a value where a word says what is taken."""
        if value is None or word == "any" or not isinstance(value, _JUDGED):
            return
        if word.startswith("["):
            if not isinstance(value, list | tuple):
                yield _wrong(path, "needs a list", value, "write each entry on its own line after a dash")
                return
            for index, item in enumerate(value):
                # The API server reads null among objects as one of which nothing is given.
                null = item is None and word[1:] not in _SCALARS and word[1] not in "[{" and word != "[any"
                yield from self.value(word[1:], {} if null else item, (*path, index), above)
        elif word.startswith("{"):
            if not isinstance(value, _MAPPING):
                yield _wrong(path, "needs a mapping", value, "write key: value lines below it")
                return
            for key, item in value.items():
                yield from self.value(word[1:], item, (*path, key), above)
        elif word in _SCALARS:
            if (message := _SCALARS[word](word, value, path)) is not None:
                yield Problem(path, message)
        elif isinstance(value, _MAPPING):
            yield from self.object(word, value, path, above)
        else:
            yield _wrong(path, "needs a mapping", value, "write key: value lines below it")

    def _unknown(self, type_name: str, key: str, path: Path) -> Iterator[Problem]:
        if not self._shapes.complete:
            return
        minor = self._shapes.minor
        if (found := self._shapes.elsewhere(type_name, key)) is not None:
            first, last = found
            when = (
                f"is new in Kubernetes 1.{first}"
                if minor and first and first > minor
                else f"was removed after 1.{last}"
            )
            yield Problem((*path, key), f"no such field: it {when}; got a cluster of 1.{minor}; remove it")
            return
        known = self._shapes.fields(type_name)
        if nearest(key, known) is None:
            yield Problem((*path, key), f"{unknown_name(key, known, 'field')}; remove it, or move it where it belongs")
        else:
            yield Problem((*path, key), unknown_name(key, known, "field"))

    def _closed(self, known: tuple[str, ...], value: Any, path: Path) -> Iterator[Problem]:
        if not self._shapes.complete:
            return
        several = isinstance(value, list)
        for index, item in enumerate(value if several else [value]):
            if isinstance(item, str) and item and item not in known:
                yield Problem((*path, index) if several else path, not_one_of(item, known))


def _wrong(path: Path, what: str, value: Any, do: str) -> Problem:
    return Problem(path, f"{what}; got {_got(value, path)}; {do}")


def _got(value: Any, path: Path) -> str:
    if _FREE.intersection(map(str, path[-2:])):
        return {bool: "true or false", int: "a number", float: "a number", str: "text"}.get(
            type(value), "something else"
        )
    return shown(value)


def _text(_: str, value: Any, path: Path) -> str | None:
    if isinstance(value, str):
        return None
    if isinstance(value, Mapping | list | tuple):
        return f"needs text; got {_got(value, path)}; write text"
    if _FREE.intersection(map(str, path[-2:])):
        return f"needs text; got {_got(value, path)}; put it in quotes"
    return f'needs text; got {shown(value)}; quote it: "{shown(value)}"'


def _bool(_: str, value: Any, path: Path) -> str | None:
    if isinstance(value, bool):
        return None
    without = " without quotes" if isinstance(value, str) else ""
    return f"needs true or false; got {_got(value, path)}; write true or false{without}"


def _whole(word: str, value: Any, path: Path) -> str | None:
    if isinstance(value, bool) or not (isinstance(value, int) or (isinstance(value, float) and value.is_integer())):
        without = " without quotes" if isinstance(value, str) else ""
        return f"needs a whole number; got {_got(value, path)}; write digits{without}"
    if abs(value) > _LARGEST[word]:
        return f"is too large; got {shown(value)}; use at most {_LARGEST[word]}"
    return None


def _number(_: str, value: Any, path: Path) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return None
    return f"needs a number; got {_got(value, path)}; write digits"


def _whole_or_text(_: str, value: Any, path: Path) -> str | None:
    return None if isinstance(value, str) else _whole("int32", value, path)


def _quantity(_: str, value: Any, path: Path) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return None
    if not isinstance(value, str):
        return f"needs a quantity; got {_got(value, path)}; write a number with a unit such as m, Mi or Gi"
    try:
        parts(value)
    except ValueError as error:
        return str(error)
    return None


def _base64(_: str, value: Any, path: Path) -> str | None:
    if isinstance(value, list) and all(type(byte) is int and 0 <= byte <= 255 for byte in value):
        return None  # bytes, as Go's JSON has them
    if not isinstance(value, str):
        return f"needs text in base64; got {_got(value, path)}; encode it"
    try:
        base64.b64decode(re.sub(r"[\r\n]", "", value).encode(), validate=True)
    except (binascii.Error, ValueError):
        plain = ", or write plain text under stringData" if len(path) > 1 and path[-2] == "data" else ""
        return f"is not base64; got {_got(value, path)}; encode it{plain}"
    return None


def _time(_: str, value: Any, path: Path) -> str | None:
    if isinstance(value, str) and _TIME.fullmatch(value):
        return None
    return f"is not a valid time; got {_got(value, path)}; write it like 2026-01-31T12:00:00Z"


_SCALARS = {
    "text": _text,
    "bool": _bool,
    "int32": _whole,
    "int64": _whole,
    "number": _number,
    "int|text": _whole_or_text,
    "quantity": _quantity,
    "base64": _base64,
    "time": _time,
}
