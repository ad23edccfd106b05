"""Texts of others as they are printed."""

from __future__ import annotations

import json

import pytest

from eks_blueprints.core.errors import Problem
from eks_blueprints.core.printed import document, markup, one_line, visible


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain é 中 🙂", "plain é 中 🙂"),
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\u202eb", "a\\u202eb"),
        ("a\u2066b\u2069", "a\\u2066b\\u2069"),
        ("a\u200bb\ufeff", "a\\u200bb\\ufeff"),
        ("a\u2028b\u2029c", "a\\u2028b\\u2029c"),
        ("a\x85b\x0bc\x07", "a\\x85b\\x0bc\\x07"),
        ("a\rb", "a\\rb"),
        ("a\r\nb\n", "a\nb\n"),
        ("a\n::error::x", "a\n\\x3a:error::x"),
        ("  ::stop-commands::t", "  \\x3a:stop-commands::t"),
        ("##[error]x", "\\x23#[error]x"),
        ("a ::b", "a ::b"),
        ("\ud800", "\\ud800"),
    ],
)
def test_what_cannot_be_seen_is_spelled(text: str, seen: str) -> None:
    assert visible(text) == seen


def test_a_line_stays_one() -> None:
    assert one_line("a\u2028b\n c\r\nd\x1b") == "a b c d\\x1b"
    assert one_line("::error::x\n::y") == "\\x3a:error::x ::y"


def test_markup_is_escaped_too() -> None:
    assert markup("<b>\u202e</b>") == "&lt;b&gt;\\u202e&lt;/b&gt;"


def test_a_document_loses_nothing_and_shows_all() -> None:
    data = {"a\u2028": ["\u202e\x1b[31m", "é🙂", "\U000e0001"]}
    text = document(data)
    assert json.loads(text) == data
    assert all(c.isprintable() or c == "\n" for c in text)
    assert "é🙂" in text


def test_names_of_files_and_fields_are_no_way_in() -> None:
    problem = Problem(("::error::x", "a\u202eb"), "is wrong\n::error::y", "::warning::f\x1b.yaml\u2028", 1, 2)
    assert str(problem).isprintable()
    assert str(problem).startswith("\\x3a:warning::f\\x1b.yaml")
    assert str(Problem(("::error::x",), "m")).startswith('["::error::x"]')
