"""YAML of rendered files says what it was given."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from eks_blueprints.pipelines.engines._yaml import Noted, text

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_VALUES: Any = st.recursive(
    st.booleans() | st.integers() | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(_TEXTS, _VALUES, min_size=1, max_size=4))
def test_any_data_is_read_again(data: dict[str, Any]) -> None:
    assert YAML(typ="safe", pure=True).load(text(data)) == data


@pytest.mark.parametrize(
    "said", ["a\n", "a\nb", "  a\nb\n", "a\n\n", "a\n   \nb\n", "a\r\nb\n", "\ta\nb", "yes", "1.0", "a: b", "#a", ""]
)
def test_texts_stay_as_they_are(said: str) -> None:
    assert YAML(typ="safe", pure=True).load(text({"run": said, "list": [{"run": said}, said]})) == {
        "run": said,
        "list": [{"run": said}, said],
    }


def test_a_note_is_a_comment() -> None:
    assert text({"uses": Noted("a/b@c", "v1")}) == "uses: a/b@c  # v1\n"
