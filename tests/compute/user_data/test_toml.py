"""TOML as it is written reads back as the same, whatever settings hold."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eks_blueprints.compute._user_data import toml

KEYS = st.text(min_size=1, max_size=6)
SCALARS = st.text(max_size=8) | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # a busy machine is no fault
@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_whatever_is_written_reads_back(tree: dict[str, Any]) -> None:
    assert tomllib.loads(toml.document(tree)) == tree


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (
            {"settings": {"mirrors": [{"registry": "docker.io", "endpoint": ["https://m"]}, {"registry": "*"}]}},
            """[[settings.mirrors]]
registry = "docker.io"
endpoint = ["https://m"]
[[settings.mirrors]]
registry = "*"
""",
        ),
        ({"a": {"b.c/d": {"e": 1}}}, '[a."b.c/d"]\ne = 1\n'),
        ({"a": [{"b": [{"c": 1}]}]}, "[[a]]\n[[a.b]]\nc = 1\n"),
        ({"a": [{"b": {"c": 1}}, {}]}, "[[a]]\n[a.b]\nc = 1\n[[a]]\n"),
        ({"a": [1, {"b": 2}]}, "a = [1, {b = 2}]\n"),
        ({"z": {"y": 1}, "a": True}, "a = true\n[z]\ny = 1\n"),
        ({"t": 'one\ntwo "three" \\ \t ü 🚀 \x7f'}, 't = "one\\ntwo \\"three\\" \\\\ \\t ü 🚀 \\u007f"\n'),
    ],
)
def test_each_form(tree: dict[str, Any], text: str) -> None:
    assert toml.document(tree) == text
    assert tomllib.loads(text) == tree


def test_what_toml_has_no_form_for() -> None:
    with pytest.raises(TypeError, match="TOML has no NoneType"):
        toml.document({"a": None})
