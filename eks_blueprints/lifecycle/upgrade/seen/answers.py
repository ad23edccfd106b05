"""Files that commands of AWS and Kubernetes wrote: read, and refused where they are something else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from eks_blueprints.core.errors import shown
from eks_blueprints.lifecycle.json_files import read_json, refused


def answer(file: Path, *keys: str, command: str) -> dict[str, Any]:
    """The JSON object in a file, which has at least one of some keys.

    Raises:
        InputError: if it has none of them, is no JSON object, or is a page of an answer that goes on.
    """
    data = read_json(str(file), f"an answer of {command}", f"write it with {command}")
    if not isinstance(data, dict) or not any(key in data for key in keys):
        got = shown(sorted(map(str, data)) if isinstance(data, dict) else data)
        message = f"is no answer of {command}; got {got}; it needs {' or '.join(keys)}"
        raise refused(str(file), message)
    if data.get("nextToken") or data.get("NextToken"):
        do = "write it without --max-items and --no-paginate"
        raise refused(str(file), f"is not all of the answer of {command}; got a token for the next page; {do}")
    return data


def rows(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; what else stands in it is left out."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def within(value: Any, *keys: str) -> Any:
    """What stands at some keys; None where nothing does."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
