"""Secrets of Kubernetes, however they are made: what is secret in an object, in a list of objects, or in their YAML."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from eks_blueprints.core.yaml_text import load

FIELDS = ("data", "stringData")
"""What of a Secret is secret."""

_MAYBE = re.compile(r"\bSecret(List)?\b")
_DATA = re.compile(r"\b(data|stringData)\b")
_BETWEEN = re.compile(r"^(---(?:[ \t].*)?)$", re.MULTILINE)
_HIDDEN = "[secret]"


def is_secret(value: Mapping[Any, Any]) -> bool:
    """Whether a mapping is a Secret as Kubernetes writes it."""
    return value.get("kind") == "Secret" and value.get("apiVersion", "v1") == "v1"


def guarded(manifest: Mapping[str, Any], guard: Callable[[Any], Any]) -> dict[str, Any]:
    """An object whose secret fields are passed through `guard`, also those of the objects in a List."""
    found = dict(manifest)
    if is_secret(found) or found.get("kind") == "SecretList":
        found |= {field: guard(found[field]) for field in FIELDS if found.get(field) is not None}
    if isinstance(items := found.get("items"), list | tuple):
        of_list = found.get("kind") == "SecretList"
        found["items"] = [
            guarded({"kind": "Secret", **each} if of_list else each, guard) if isinstance(each, Mapping) else each
            for each in items
        ]
    return found


def masked_text(text: str) -> str:
    """A text with the content of each Secret in it hidden, where it is YAML or JSON of Kubernetes objects.

    Documents that hold none stay as they are written.
    """
    if not (_MAYBE.search(text) and _DATA.search(text) and "kind" in text):
        return text
    parts = _BETWEEN.split(text)
    return "".join(part if _BETWEEN.fullmatch(part) else _masked_document(part) for part in parts)


def _masked_document(text: str) -> str:
    if not (_MAYBE.search(text) and _DATA.search(text)):
        return text
    try:
        found = load(text)
        hidden = _without(found)
        if hidden == found:
            return text
        # JSON is YAML too, and needs no writer that keeps a style.
        return f"\n{json.dumps(hidden, ensure_ascii=False, default=str)}\n"
    except Exception:  # a text that is no document, in whatever way, may hold one all the same
        return f"\n{_HIDDEN}\n" if re.search(r"\bkind[\"']?\s*:\s*[\"']?Secret", text) else text


def _without(value: Any) -> Any:
    if isinstance(value, Mapping):
        found = guarded(value, lambda data: dict.fromkeys(data, _HIDDEN) if isinstance(data, Mapping) else _HIDDEN)
        return {key: each if found is not value and each == _HIDDEN else _without(each) for key, each in found.items()}
    if isinstance(value, list):
        return [_without(each) for each in value]
    return value
