"""Leaves of settings in somebody else's schema that are named instead of given."""

from __future__ import annotations

from typing import Any

import pytest

from eks_blueprints.core.json_values import read, secret_leaves, spelled, written
from eks_blueprints.core.spec import Reference


def shape(value: Any) -> Any:
    if isinstance(value, Reference):
        return f"<{value}>"
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    return [shape(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"a": {"secret": "k"}}, {"a": "<{secret: k}>"}),
        ({"a": [{"b": {"config": "acme:k"}}]}, {"a": [{"b": "<{config: acme:k}>"}]}),
        ({"a": {"stack": "s", "output": "o"}}, {"a": "<{stack: s, output: o}>"}),
        ({"a": {"stack": "s", "output": "o", "index": 1}}, {"a": "<{stack: s, output: o, index: 1}>"}),
        ({"data": {"password": {"secret": "k"}}}, {"data": {"password": "<{secret: k}>"}}),
    ],
)
def test_a_leaf_is_named_at_any_depth(given: Any, meant: Any) -> None:
    assert shape(read(given)) == meant
    assert shape(read(read(given))) == meant


@pytest.mark.parametrize(
    "value",
    [
        {"secret": "k"},  # the values as a whole are no leaf
        {"sources": [{"secret": {"name": "users"}}]},  # a projected volume
        {"a": {"secret": {"secretName": "k"}}},
        {"a": {"config": "first line\nsecond"}},
        {"a": {"config": "/etc/app.conf"}},
        {"a": {"config": "https://example.com"}},
        {"a": {"config": ""}},
        {"a": {"config": 1}},
        {"a": {"secret": "k", "other": "x"}},
        {"data": {"config": "production"}},
        {"metadata": {"labels": {"secret": "x"}}},
        {"literal": {"a": 1}},
    ],
)
def test_what_only_looks_alike_stays(value: Any) -> None:
    assert read(value) == value


def test_a_mapping_can_be_meant_as_it_stands() -> None:
    found = read({"basicAuth": {"literal": {"secret": "users"}}})
    assert found == {"basicAuth": {"secret": "users"}}
    assert read(found) == found


def test_they_are_written_down_by_name() -> None:
    assert written(read({"a": [{"secret": "k"}]})) == {"a": ["{secret: k}"]}


def test_secrets_among_them_are_found() -> None:
    found = read({"a": [{"b": {"secret": "k"}}], "c": {"config": "k"}})
    assert list(secret_leaves(found)) == [("a", 0, "b")]


def test_what_is_spelled_is_read_as_it_stands() -> None:
    value = {"auth": {"secret": "users"}, "data": {"config": "x"}, "list": [{"config": "a"}], "volume": {"secret": {}}}
    text = spelled(value)
    assert text["auth"] == {"literal": {"secret": "users"}}
    assert read(text) == value
