"""Large texts are read by libyaml, to the same values and places as by the parser in Python."""

from collections.abc import Callable
from typing import Any

import pytest

from eks_blueprints.core import document, yaml_events
from eks_blueprints.core.errors import InputError
from tests.work import calls

TEXTS = (
    "a: |\n  x\n  y\nb: >\n  z\n\n  w\n   q\nc: >-\n  x\n\n\n  y\n\nd: |+\n  z\n\n\ne: |2\n   x\n  y\n",
    "a: 1.30\nb: 0755\nc: 0o7\nd: yes\ne: 1_000\nf: 2001-01-01\ng: ~\nh:\ni: .inf\nj: 1e3\nk: 12:30:45\nl: =\n",
    "---\na: 'it''s\n\n  more'\nb: \"\\u00e9 \\\n  x\"\n...\n---\n- - x\n- {a: [b, c: d], \"e\":f}\n---\n",
    "a: b\r\nc: d\r\ne:\r\n  - f\r\n# g\n",
    "é: ü 😀\nx: plain\n  over lines\n",
    "a: &x {k: 1}\nb: *x\nc: {<<: *x, l: 2}\n",
    "&key: {a: 1}\n",
    "a: !!str 1\n",
    "{aws:region: x}\n",
    "? a\n: b\n",
    "%YAML 1.1\n---\na: no\n",
    "",
)
WRONG = (
    "a: [1, 2",
    "a: b: c",
    "a: b\na: c\n",
    "a:\tb",
    "a: *nope",
    "a: !t b",
    "- a\nb: c",
    "a: @b",
    "{a: b}: c",
    "a: \x07",
)


def _every(text: str) -> list[document.Document]:
    return document.documents(text, "x.yaml")


def _one(text: str) -> list[document.Document]:
    return [document.parse(text, "x.yaml")]


def _read(reader: Callable[[str], list[document.Document]], text: str) -> Any:
    try:
        return [(each.data, each.keys, each.values) for each in reader(text)]
    except InputError as error:
        return error.problems


@pytest.mark.parametrize("reader", [_every, _one])
@pytest.mark.parametrize("text", [*TEXTS, *WRONG])
def test_both_read_alike(
    text: str, reader: Callable[[str], list[document.Document]], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = _read(reader, text)
    monkeypatch.setattr(yaml_events, "_WORTH", 0)
    assert _read(reader, text) == plain


def test_a_large_text_costs_a_fraction(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("yaml.cyaml")
    rows = "".join(f"key{n}: {{name: value {n}, other: [a, b, c]}}\n" for n in range(1000))
    assert yaml_events.events(rows) is not None
    quick = calls(lambda: document.documents(rows)), calls(lambda: document.parse(rows))
    monkeypatch.setattr(yaml_events, "_WORTH", len(rows) + 1)
    assert max(quick) < calls(lambda: document.parse(rows)) / 2
