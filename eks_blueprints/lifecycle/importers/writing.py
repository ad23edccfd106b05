"""A part of a stack file as YAML: small things on one line, long texts as they are read, everything in its order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from eks_blueprints.core.spec import Reference
from eks_blueprints.core.yaml_text import needs_no_quotes

_WIDTH = 100
"""Columns that a mapping or list on one line takes at most."""
_QUANTITY = re.compile(r"[0-9]+(?:m|[KMGTP]i)")
_LITERAL = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]*")
"""Texts that stand in a block as they are."""


def as_yaml(data: Mapping[str, Any]) -> str:
    """A mapping as YAML text; references as `{secret: key}`."""
    yaml = YAML()
    yaml.width = 10**6
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(type(None), _null)
    text = StringIO()
    yaml.dump(_node(data, 0, top=True), text)
    return text.getvalue()


def _null(representer: Any, _value: None) -> Any:
    """Spelled, as nothing after a colon may have been forgotten."""
    return representer.represent_scalar("tag:yaml.org,2002:null", "null")


def _node(value: Any, indent: int, *, top: bool = False) -> Any:
    if isinstance(value, Reference):
        value = {"secret": value.secret}
    if isinstance(value, Mapping):
        found = CommentedMap((_text(str(key)), _node(item, indent + 2)) for key, item in value.items())
        if not top and _fits(value, indent):
            found.fa.set_flow_style()
        return found
    if isinstance(value, list | tuple):
        entries = CommentedSeq(_node(item, indent + 4) for item in value)
        # One pair in brackets would lose its braces.
        if _fits(value, indent) and not any(isinstance(each, Mapping) and len(each) == 1 for each in value):
            entries.fa.set_flow_style()
        return entries
    return _text(value) if isinstance(value, str) else value


def _text(text: str) -> Any:
    if "\n" in text and _LITERAL.fullmatch(text) and not re.match(r"[\s]", text) and not re.search(r"[ \t]\n", text):
        return LiteralScalarString(text)
    if needs_no_quotes(text) or _QUANTITY.fullmatch(text):
        return text
    return DoubleQuotedScalarString(text)


def _fits(value: Any, indent: int) -> bool:
    """Whether a mapping or list is small enough for one line, and holds nothing that is better read on several."""
    if not value:
        return True
    if isinstance(value, Mapping) and any(isinstance(item, Mapping) and item for item in value.values()):
        return _depth(value) <= 2 and len(value) == 1 and _length(value) + indent <= _WIDTH - 30
    if any(isinstance(each, str) and ("\n" in each or len(each) > 80) for each in _leaves(value)):
        return False
    return _depth(value) <= 2 and _length(value) + indent <= _WIDTH


def _depth(value: Any) -> int:
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else None
    return 0 if inner is None else 1 + max(map(_depth, inner), default=0)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _leaves(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _leaves(each)
    else:
        yield value


def _length(value: Any) -> int:
    return len(json.dumps(value, default=str, ensure_ascii=False)) + 20
