"""Golden recordings: a whole recorded tree as text that is reviewed like code."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eks_blueprints.recording import Plan, PlannedResource
from eks_blueprints.testing.recorded import Recorded


def compare(recorded: Recorded, path: Path, *, update: bool) -> None:
    """Assert that a recording reads as it did when the file was written; write the file if `update`.

    Raises:
        AssertionError: with the difference, if it reads otherwise or there is no file yet.
    """
    text = render(recorded.plan)
    if update:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        return
    if not path.is_file():
        raise AssertionError(f"{path.name}: no golden recording yet; run pytest --update-golden and review it")
    before = path.read_text(encoding="utf-8")
    if text != before:
        changes = difflib.unified_diff(before.splitlines(), text.splitlines(), path.name, "recorded now", lineterm="")
        raise AssertionError("\n".join([*changes, "if this is intended, run pytest --update-golden and review it"]))


def render(plan: Plan) -> str:
    """A plan as text: a paragraph a resource, in the plan's order, with short names for what it refers to."""
    names = {resource.urn: resource.name for resource in plan.resources}
    return "\n".join(line for resource in plan.resources for line in _paragraph(resource, names)) + "\n"


def _paragraph(resource: PlannedResource, names: dict[str, str]) -> Iterator[str]:
    yield f"{resource.type} {resource.name}"
    if resource.parent:
        yield f"  in {names.get(resource.parent, resource.parent)}"
    for key, value in resource.inputs.items():
        yield f"  {key}: {_text(value)}"
    if resource.dependencies:
        yield f"  after {', '.join(sorted(names.get(urn, urn) for urn in resource.dependencies))}"
    if resource.provider:
        yield f"  by {names.get(resource.provider, resource.provider)}"
    for key, value in resource.options.items():
        if key not in ("version", "plugin_download_url"):
            yield f"  [{key}: {_text(value)}]"
    yield ""


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
