"""`{config: key}` in objects: a config value is text, and is read as what its field takes, such as a number."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from eks_blueprints.core.errors import shown
from eks_blueprints.core.spec import Reference


def typed(manifest: dict[str, Any]) -> dict[str, Any]:
    """The object with every `{config: key}` told what its field takes; one that the schemas do not know takes text."""
    if not _names_config(manifest):
        return manifest
    # Few objects have any, and the schemas take a while to load.
    from eks_blueprints.kubernetes import crds
    from eks_blueprints.kubernetes.shapes import of

    version, kind = str(manifest.get("apiVersion")), str(manifest.get("kind"))
    if (known := of(None).kind(version, kind)) is not None:
        found = _by_word(known.type, manifest)
    elif (custom := crds.kind(version, kind)) is not None:
        served = [(source, each) for source, versions in custom.served.items() for each in versions]
        schemas = [crds.schema(custom, *each) for each in served if each[1] == version.partition("/")[2]]
        found = _by_schema(schemas[0], manifest) if schemas else manifest
    else:
        found = manifest
    return found  # type: ignore[no-any-return]


def typed_as(type_name: str, value: dict[str, Any]) -> dict[str, Any]:
    """The same for a part of an object, by the name of its type (`PodSpec`)."""
    found: dict[str, Any] = _by_word(type_name, value) if _names_config(value) else value
    return found


def _names_config(value: Any) -> bool:
    if isinstance(value, Reference):
        return value.config is not None
    if isinstance(value, Mapping):
        return any(map(_names_config, value.values()))
    return isinstance(value, list | tuple) and any(map(_names_config, value))


def _by_word(word: str, value: Any) -> Any:
    from eks_blueprints.kubernetes.shapes import of

    if isinstance(value, Reference):
        return _read(value, word)
    if isinstance(value, list | tuple):
        return [_by_word(word[1:], item) for item in value] if word.startswith("[") else value
    if not isinstance(value, Mapping):
        return value
    if word.startswith("{"):
        return {key: _by_word(word[1:], item) for key, item in value.items()}
    fields = of(None).fields(word)
    return {key: _by_word(fields[key].word, item) if key in fields else item for key, item in value.items()}


def _by_schema(schema: Mapping[str, Any], value: Any) -> Any:
    if isinstance(value, Reference):
        return _read(value, "int|text" if schema.get("x-kubernetes-int-or-string") else str(schema.get("type")))
    if isinstance(value, list | tuple):
        return [_by_schema(schema.get("items") or {}, item) for item in value]
    if not isinstance(value, Mapping):
        return value
    fields, more = schema.get("properties") or {}, schema.get("additionalProperties")
    rest = more if isinstance(more, Mapping) else {}
    return {key: _by_schema(fields.get(key, rest), item) for key, item in value.items()}


def _read(reference: Reference, word: str) -> Reference:
    reader = _READERS.get(word)
    return reference if reader is None or reference.config is None else replace(reference, read=reader)


def _whole(text: Any) -> int:
    if re.fullmatch(r"[+-]?\d{1,19}", str(text), re.ASCII):
        return int(text)
    raise ValueError(f"needs a whole number; got {shown(text)}; set it to digits")


def _number(text: Any) -> float:
    try:
        found = json.loads(str(text))
    except ValueError:
        found = None
    if isinstance(found, int | float) and not isinstance(found, bool):
        return found
    raise ValueError(f"needs a number; got {shown(text)}; set it to digits")


def _bool(text: Any) -> bool:
    if text in (True, False, "true", "false"):
        return text in (True, "true")
    raise ValueError(f"needs true or false; got {shown(text)}; set it to one of them")


def _whole_or_text(text: Any) -> int | str:
    return int(text) if re.fullmatch(r"\d{1,10}", str(text), re.ASCII) else str(text)


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "bool": _bool,
    "boolean": _bool,
    "int32": _whole,
    "int64": _whole,
    "int|text": _whole_or_text,
    "integer": _whole,
    "number": _number,
}
