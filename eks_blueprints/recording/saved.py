"""Plans that were written to a file: held against their schema before anything of them is used."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from eks_blueprints.core.errors import InputError, Problem, shown
from eks_blueprints.recording.held import faults
from eks_blueprints.recording.plan import KIND, VERSION, Plan
from eks_blueprints.recording.schema import schema

_DO = "write it with preview --format json"
_FIRST = 5
"""How many things that are wrong with a file are told."""


def data_of(text: str, file: str, what: str = "a plan") -> Any:
    """The JSON data of a file that should hold `what`.

    Raises:
        InputError: if it is no JSON, or nested more deeply than anybody writes it.
    """
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        why = "JSON that is nested too deeply" if isinstance(error, RecursionError) else f"no JSON ({error})"
        raise _error(f"is not {what}; got {why}; {_DO}", file) from None


def plans_of(data: Any, file: str, what: str = "a plan") -> list[Plan]:
    """The plans that JSON data holds: one, or a list of them.

    Raises:
        InputError: if it holds none, with the first things that are wrong.
    """
    found = data if isinstance(data, list) else [data]
    if not found or not all(isinstance(each, dict) and each.get("kind") == KIND for each in found):
        raise _error(f"is not {what}; got {_got(found)}; {_DO}", file)
    for each in found:
        if each.get("version") != VERSION:
            do = "write it with the same release of eks-blueprints"
            raise _error(f"is a plan of another version; got {shown(each.get('version'))}, read {VERSION}; {do}", file)
    try:
        asked = schema()
        asked["$defs"]["value"] = {}  # all of JSON is one
        wrong = [problem for each in found for problem in _problems(each, asked, file)]
    except RecursionError:
        raise _error(f"is not {what}; got JSON that is nested too deeply; {_DO}", file) from None
    if wrong:
        raise InputError(wrong[:_FIRST])
    return [Plan.from_data(each) for each in found]


def _problems(data: Any, asked: Mapping[str, Any], file: str) -> list[Problem]:
    return [
        Problem((), f"{path or 'the plan'} {message}; {_DO}", file)
        for path, message in islice(faults(data, asked), _FIRST)
    ]


def _got(found: Sequence[Any]) -> str:
    if not found:
        return "an empty list"
    first = found[0]
    return f"kind {shown(first.get('kind'))}" if isinstance(first, dict) else shown(first)


def _error(message: str, file: str) -> InputError:
    return InputError([Problem((), message, file)])
