"""What `pulumi stack export` writes. A file that is something else is refused, and never taken for an empty stack."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.core.errors import InputError, Problem, shown

_DO = "write it with pulumi stack export"
_SHAPES: Mapping[str, tuple[type, str]] = {
    "id": (str, "text"),
    "parent": (str, "text"),
    "provider": (str, "text"),
    "inputs": (dict, "a mapping"),
    "outputs": (dict, "a mapping"),
    "dependencies": (list, "a list"),
    "propertyDependencies": (dict, "a mapping"),
}
"""Fields of a resource that everything here relies on, where they are given."""


def is_exported(data: Any) -> bool:
    """Whether JSON data says that it is an exported stack; `problems` tells whether it can be read as one."""
    return isinstance(data, Mapping) and isinstance(data.get("deployment"), Mapping)


def exported(text: str, file: str | None = None, *, empty: bool = True) -> dict[str, Any]:
    """An exported stack; `empty` says whether it may be one without resources.

    Raises:
        InputError: with all that is wrong with it.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _error(f"is not an exported stack; got text that is not JSON ({error}); {_DO}", file) from None
    if not is_exported(data):
        got = shown(sorted(map(str, data)) if isinstance(data, dict) else data)
        raise _error(f"is not an exported stack; got {got}; {_DO}", file)
    if found := list(problems(data)):
        raise InputError([Problem((), each, file) for each in found[:10]])
    if not empty and not data["deployment"].get("resources"):
        message = "holds no resources, so nothing can be checked; got an empty stack; export one that is deployed"
        raise _error(message, file)
    return dict(data)


def problems(data: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with an exported stack, as messages."""
    rows = data["deployment"].get("resources")
    if rows is not None and not isinstance(rows, list):
        yield f"deployment.resources: needs a list; got {shown(rows)}; {_DO}"
        return
    for index, row in enumerate(rows or ()):
        at = f"deployment.resources[{index}]"
        if not isinstance(row, Mapping):
            yield f"{at}: needs a mapping; got {shown(row)}; {_DO}"
            continue
        urn = row.get("urn")
        if not isinstance(urn, str) or not urn.startswith("urn:pulumi:") or urn.count("::") < 3:
            yield f"{at}.urn: needs the URN of a resource; got {shown(urn)}; {_DO}"
        if not isinstance(row.get("type"), str):
            yield f"{at}.type: needs text; got {shown(row.get('type'))}; {_DO}"
        for key, (kind, words) in _SHAPES.items():
            if row.get(key) is not None and not isinstance(row[key], kind):
                yield f"{at}.{key}: needs {words}; got {type(row[key]).__name__}; {_DO}"
        yield from _links(at, row)


def _links(at: str, row: Mapping[str, Any]) -> Iterator[str]:
    named = row.get("propertyDependencies")
    lists = {"dependencies": row.get("dependencies")}
    lists |= {f"propertyDependencies.{key}": urns for key, urns in named.items()} if isinstance(named, dict) else {}
    for key, urns in lists.items():
        if isinstance(urns, list) and not all(isinstance(urn, str) for urn in urns):
            yield f"{at}.{key}: needs URNs; got {shown(urns)}; {_DO}"
        elif key != "dependencies" and urns is not None and not isinstance(urns, list):
            yield f"{at}.{key}: needs a list; got {type(urns).__name__}; {_DO}"


def _error(message: str, file: str | None) -> InputError:
    return InputError([Problem((), message, file)])
