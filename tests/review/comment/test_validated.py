"""Our reader of the report's schema says what jsonschema says of any report, whole or spoilt."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from eks_blueprints.core.errors import InputError
from eks_blueprints.review.comment.validated import validated
from eks_blueprints.review.report.json_form import to_data
from eks_blueprints.review.report.schema import schema
from tests.review.report.reports import replaced_nodes

SPOILT = (None, True, 1, -1, 1.5, "text", [], {}, ["text"], {"more": 1})


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for key, each in items:
        yield from places(each, (*path, key))


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def ours(data: Any) -> bool:
    try:
        validated(json.dumps(data), "report.json")
    except InputError:
        return False
    return True


def test_it_agrees_with_jsonschema_on_every_spoilt_place() -> None:
    theirs = jsonschema.Draft202012Validator(schema())
    whole = to_data(replaced_nodes())
    assert ours(whole)
    for path in [each for each in places(whole) if each]:
        for value in SPOILT:
            data = copy.deepcopy(whole)
            at(data, path[:-1])[path[-1]] = value
            assert ours(data) is theirs.is_valid(data), (path, value)
        data = copy.deepcopy(whole)
        del at(data, path[:-1])[path[-1]]
        assert ours(data) is theirs.is_valid(data), (path, "gone")


@pytest.mark.parametrize("key", ["more", "kind ", "", "__proto__"])
def test_it_agrees_on_fields_that_nobody_knows(key: str) -> None:
    data = {**to_data(replaced_nodes()), key: 1}
    assert ours(data) is jsonschema.Draft202012Validator(schema()).is_valid(data) is False
