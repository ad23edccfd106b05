"""Files that commands of AWS and Kubernetes wrote: read, and refused where they are something else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from eks_blueprints.core.errors import InputError, Problem, shown

_MOST = 256 * 2**20


def answer(file: Path, *keys: str, command: str) -> dict[str, Any]:
    """The JSON object in a file, which has at least one of some keys.

    Raises:
        InputError: if it has none of them, or is no JSON object.
    """
    do = f"write it with {command}"
    try:
        if file.stat().st_size > _MOST:
            raise InputError([Problem((), f"is larger than any answer of {command}; {do}", str(file))])
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        what = getattr(error, "strerror", None) or f"text that is not JSON ({error})"
        raise InputError([Problem((), f"cannot be read; got {what}; {do}", str(file))]) from None
    if not isinstance(data, dict) or not any(key in data for key in keys):
        got = shown(sorted(map(str, data)) if isinstance(data, dict) else data)
        message = f"is no answer of {command}; got {got}; it needs {' or '.join(keys)}"
        raise InputError([Problem((), message, str(file))])
    return data


def rows(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; what else stands in it is left out."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def within(value: Any, *keys: str) -> Any:
    """What stands at some keys; None where nothing does."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
