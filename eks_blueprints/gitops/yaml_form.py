"""Kubernetes objects as YAML whose differences read well: one order of keys, one way to write a value."""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from typing import Any

from eks_blueprints.core.yaml_text import needs_no_quotes

_FIRST = ("apiVersion", "kind", "metadata", "name", "namespace", "image")
"""Keys that say what something is, in the order in which they come before all others."""
_QUANTITY = re.compile(r"[0-9]+(?:m|[KMGTPE]i)")


def as_yaml(manifest: Mapping[str, Any]) -> str:
    """An object as a YAML document; every reader of YAML 1.1 and 1.2 takes it for the same data."""
    yaml: Any = importlib.import_module("yaml")
    text: str = yaml.dump(
        ordered(manifest),
        Dumper=_dumper(yaml),
        sort_keys=False,
        default_flow_style=False,
        allow_unicode=True,
        width=2**20,
    )
    return text


def ordered(value: Any) -> Any:
    """A value with the keys of mappings in one order."""
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: (_FIRST.index(key) if key in _FIRST else len(_FIRST), str(key)))
        return {str(key): ordered(value[key]) for key in keys}
    return [ordered(each) for each in value] if isinstance(value, list | tuple) else value


def _dumper(yaml: Any) -> Any:
    class Dumper(yaml.SafeDumper):  # type: ignore[misc]
        """Writes lists below their keys' indent, and no anchors."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
            return super().increase_indent(flow, False)

    Dumper.add_representer(str, _text)
    return Dumper


def _text(dumper: Any, text: str) -> Any:
    if "\n" in text and not re.search(r"[^\S\n]\n|\t|\r", text) and not text[:1].isspace():
        style: str | None = "|"
    else:
        style = None if needs_no_quotes(text) or _QUANTITY.fullmatch(text) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)
