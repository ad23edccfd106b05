"""Stacks of which the same is to be said, told once: one edit of what many stacks share must not be read ten times."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from eks_blueprints.review.report.json_form import of_stack
from eks_blueprints.review.report.model import Report, StackReport

_OWN = ("accounts", "stack", "place", "position")
"""What differs between two stacks that are alike all the same."""


def folded_stacks(report: Report) -> Report:
    """The report with one of each lot of changed stacks that are alike; it names the others."""
    lots: dict[str, list[StackReport]] = {}
    changed = {id(each) for each in report.changed}
    for each in report.stacks:
        lots.setdefault(_key(each) if id(each) in changed else each.stack, []).append(each)
    leaders = [replace(lot[0], alike=tuple(each.stack for each in lot[1:])) for lot in lots.values()]
    return replace(report, stacks=tuple(leaders))


def _key(stack: StackReport) -> str:
    """All that is said of a stack, but for its own name and places."""
    text = json.dumps(_bare(of_stack(stack)), sort_keys=True, default=str)
    return re.sub(rf"(?<![A-Za-z0-9]){re.escape(stack.stack)}(?![A-Za-z0-9])", "\0", text)


def _bare(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _bare(each) for key, each in value.items() if key not in _OWN}
    return [_bare(each) for each in value] if isinstance(value, list | tuple) else value
