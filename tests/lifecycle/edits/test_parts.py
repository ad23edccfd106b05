"""Mappings and lists of a stack file added, replaced and taken out as text: comments stay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eks_blueprints.core.document import parse
from eks_blueprints.core.errors import InputError
from eks_blueprints.lifecycle.edits.changes import GONE, Change, differences
from eks_blueprints.lifecycle.edits.files import Files
from eks_blueprints.lifecycle.importers.writing import as_yaml

from .test_files import edited


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        # taken out, with the comments that are about it
        ("a:\n  # of b\n  b: 1  # behind\n  # of c\n  c: 2\n", Change(("a", "b"), GONE), "a:\n  # of c\n  c: 2\n"),
        ("a:\n  b: 1\n  c:\n    - 2\n\nd: 3\n", Change(("a", "c"), GONE), "a:\n  b: 1\n\nd: 3\n"),
        ("a: {b: 1, c: [2], d: 3}  # x\n", Change(("a", "b"), GONE), "a: {c: [2], d: 3}  # x\n"),
        ("a: {b: 1, c: [2], d: 3}  # x\n", Change(("a", "c"), GONE), "a: {b: 1, d: 3}  # x\n"),
        ("a: {b: 1, c: [2]}\n", Change(("a", "c"), GONE), "a: {b: 1}\n"),
        ("a: {b: 1}\n", Change(("a", "b"), GONE), "a: {}\n"),
        ("a:\n  b: 1\nc: 2\n", Change(("a", "b"), GONE), "a: {}\nc: 2\n"),
        ("x: 1\n\n# of a\na:\n  b: 1\n\nc: 2\n", Change(("a",), GONE), "x: 1\n\nc: 2\n"),
        ("a:\r\n  b: 1\r\n  c: 2\r\n", Change(("a", "b"), GONE), "a:\r\n  c: 2\r\n"),
        ("a:\n  b: |\n    text\n\n  c: 2\n", Change(("a", "b"), GONE), "a:\n\n  c: 2\n"),
        # added
        ("a:\n  b: 1\n  # last\n\nc: 2\n", Change(("a", "d"), {"e": 1}), "a:\n  b: 1\n  d: {e: 1}\n  # last\n\nc: 2\n"),
        ("a: {}\n", Change(("a", "d"), {"e": 1}), "a: {d: {e: 1}}\n"),
        ("a: 1\n", Change(("d",), {"e": {"f": 1}, "g": [1]}), "a: 1\n\nd:\n  e: {f: 1}\n  g: [1]\n"),
        ("a:\r\n  b: 1\r\n", Change(("a", "d"), {"e": 1}), "a:\r\n  b: 1\r\n  d: {e: 1}\r\n"),
        ("a:\n  b: 1", Change(("a", "d"), {"e": 1}), "a:\n  b: 1\n  d: {e: 1}\n"),
        ("a:\n  b: 1\n", Change(("a", "c"), True), "a:\n  c: true\n  b: 1\n"),
        ("a: {kind: [], b: 1}\n", Change(("a", "c"), 2), "a: {kind: [], c: 2, b: 1}\n"),
        ("a:\n  kind:\n    x: 1\n  b: 1\n", Change(("a", "c"), 2), "a:\n  kind:\n    x: 1\n  c: 2\n  b: 1\n"),
        # replaced
        ("a: 1  # one\n", Change(("a",), 0), "a: 0  # one\n"),
        ("a: [1, 2]  # two\n", Change(("a",), [3]), "a: [3]  # two\n"),
        ("a:\n  - 1\n  - 2\nb: 3\n", Change(("a",), [{"x": "y: z"}]), 'a: [{x: "y: z"}]\nb: 3\n'),
        ("a:  # none\nb: 1\n", Change(("a",), {}), "a: {}  # none\nb: 1\n"),
    ],
)  # fmt: skip
def test_all_else_stays(tmp_path: Path, before: str, change: Change, after: str) -> None:
    assert edited(tmp_path, before, change) == after


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("a:\n  - 1  # why\n  - 2\n", Change(("a",), [1])),
        ("x: &x {b: 1}\na: *x\n", Change(("a", "b"), GONE)),
        ("x: &x {b: 1}\na:\n  <<: *x\n  c: 2\n", Change(("a", "b"), GONE)),
    ],
)
def test_what_cannot_be_changed_alone_is_refused(tmp_path: Path, text: str, change: Change) -> None:
    with pytest.raises(InputError, match=r"prod\.yaml:\d: .*cannot be changed alone as it is written"):
        edited(tmp_path, text, change)
    assert (tmp_path / "prod.yaml").read_text() == text


_KEYS = st.sampled_from(["a", "b", "kind", "c-d"])
_VALUES: Any = st.recursive(
    st.one_of(st.integers(0, 9), st.booleans(), st.sampled_from(["x", "1.30", "no", "a: b", 'q"', "it's"])),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(_KEYS, inner, max_size=3)),
    max_leaves=8,
)
_DATA = st.dictionaries(_KEYS, _VALUES, min_size=1, max_size=4)


@settings(max_examples=40, deadline=None)
@given(before=_DATA, after=_DATA)
def test_differences_lead_from_one_to_the_other(tmp_path_factory: Any, before: Any, after: Any) -> None:
    file = tmp_path_factory.mktemp("edits") / "prod.yaml"
    before, after = {**before, "region": "x"}, {**after, "region": "x"}
    file.write_text(as_yaml(before))
    files = Files(file)
    for change in differences(before, after):
        files.apply(change)
    assert parse(files.texts[file]).data == after
