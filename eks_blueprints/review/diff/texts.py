"""Documents inside text: JSON and YAML are compared by what they say, other long text by its lines."""

from __future__ import annotations

import difflib
import json
from functools import lru_cache
from typing import Any

from eks_blueprints.core.yaml_text import YAMLError, load

_CONTEXT = 2


@lru_cache(maxsize=512)
def document(text: str) -> Any:
    """The object or list that a text holds as JSON, or as YAML of several lines; None if it holds neither.

    Symbols such as `${shop-cluster.arn}` stand in both forms as they are.
    """
    start = text.lstrip()[:1]
    if start in ("{", "["):
        try:
            return _structured(json.loads(text))
        except ValueError:
            return None
    if "\n" in text.strip() and ":" in text and not text.startswith("#!"):
        return _yaml(text)
    return None


def _structured(value: Any) -> Any:
    return value if isinstance(value, dict | list) and value else None


def _yaml(text: str) -> Any:
    try:
        return _structured(_plain(load(text)))
    except (YAMLError, ValueError, TypeError):
        return None


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def line_changes(old: str, new: str) -> tuple[str, ...]:
    """The lines that differ, with a little around them, as in a unified diff without its heading."""
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=_CONTEXT)
    return tuple(line for line in lines if not line.startswith(("---", "+++")))
