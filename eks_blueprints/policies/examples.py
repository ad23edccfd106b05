"""A failing and a passing example of each rule, taken from the cases that its tests are.

`scripts/renew_policy_examples.py` writes the table.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

_TABLE = Path(__file__).with_name("examples.json")


@cache
def examples() -> dict[str, dict[str, list[Any]]]:
    """For each rule the resources of one case that fails, and of one that passes; the first of them is judged."""
    found: dict[str, dict[str, list[Any]]] = json.loads(_TABLE.read_text(encoding="utf-8")) if _TABLE.is_file() else {}
    return found


def example(rule: str, verdict: str) -> str:
    """An example as YAML, empty if there is none."""
    scene = examples().get(rule, {}).get(verdict)
    return "" if not scene else "\n".join(_lines(resource) for resource in scene)


def _lines(resource: dict[str, Any]) -> str:
    text = "\n".join(_yaml({key: value for key, value in resource.items() if value}, 0))
    return f"- {text.lstrip()}" if not text.startswith(" ") else f"-{text[1:]}"


def _yaml(value: Any, depth: int) -> list[str]:
    pad = "  " * (depth + 1)
    lines = []
    for key, each in value.items():
        word = _scalar(key)
        if isinstance(each, dict) and each and not _is_short(each):
            lines += [f"{pad}{word}:", *_yaml(each, depth + 1)]
        else:
            lines.append(f"{pad}{word}: {_flow(each)}")
    return lines


def _is_short(value: Any) -> bool:
    return len(_flow(value)) < 70


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(key)}: {_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    plain = value and all(each.isalnum() or each in "_./-" for each in value) and value[0].isalpha()
    words = value.lower() in ("true", "false", "null", "yes", "no", "on", "off")
    return value if plain and not words else json.dumps(value, ensure_ascii=False)
