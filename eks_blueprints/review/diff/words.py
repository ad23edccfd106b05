"""Values and changes as a reader sees them, in one line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from eks_blueprints.review.diff.changes import ABSENT, Change

_LONGEST = 90


def transition(change: Change, longest: int = _LONGEST) -> str:
    """`g5.xlarge → g6.xlarge`, `+ g6.xlarge`, `- g5.xlarge`; secrets and unknowns say that they are."""
    if change.follows is not None:
        return f"{value(change.new, longest)} → a new value"
    if change.lines:
        plus, minus = (sum(line.startswith(mark) for line in change.lines) for mark in "+-")
        return f"text, +{plus} -{minus} lines"
    if change.kind == "add":
        return f"+ {value(change.new, longest)}"
    if change.kind == "remove":
        return f"- {value(change.old, longest)}"
    return f"{value(change.old, longest)} → {value(change.new, longest)}"


def value(found: Any, longest: int = _LONGEST) -> str:
    """A value in one line, cut when long."""
    text = _text(found)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _text(found: Any) -> str:
    if found is ABSENT:
        return "nothing"
    if isinstance(found, Mapping):
        if found.get("$secret"):
            return "[secret]"
        if found.get("$unknown"):
            sources = found.get("from")
            return f"known after {', '.join(map(str, sources))}" if sources else "known later"
        return "{" + ", ".join(f"{key}: {_text(each)}" for key, each in found.items()) + "}"
    if isinstance(found, list):
        return "[" + ", ".join(_text(each) for each in found) + "]"
    if isinstance(found, str):
        return " ".join(found.split()) or '""'
    return json.dumps(found, ensure_ascii=False)
