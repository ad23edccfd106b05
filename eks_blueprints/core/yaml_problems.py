"""What a YAML parser finds wrong, in words for people who know no grammar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from eks_blueprints.core.errors import shown

_Said = tuple[str, str, str]
"""What is wrong, what was found, what to do."""


def in_words(error: Any, text: str) -> str:
    """The message for an error that a parser marks in a text."""
    mark = error.problem_mark or error.context_mark
    problem = " ".join(str(error.problem or error.context).split())
    lines = text.splitlines()
    line = lines[mark.line] if mark and mark.line < len(lines) else ""
    opened = error.context_mark.line + 1 if error.context_mark else None
    before = line[: mark.column] if mark else ""
    at = line[mark.column :] if mark else ""
    for applies, said in _KINDS:
        if applies(problem, str(error.context or "")):
            what, found, do = said(before, at, opened)
            return f"is invalid YAML: {what}; got {found}; {do}"
    return f"is invalid YAML: {problem}; got it here; fix the syntax"


def _tab(before: str, _at: str, _opened: int | None) -> _Said:
    if before.strip():
        return "a tab cannot separate a key from its value", "a tab", "use a space"
    return "a tab cannot indent", "a tab", "use spaces"


def _unexpected(before: str, at: str, _opened: int | None) -> _Said:
    found = shown(at[:1])
    return "a text cannot begin with this character", found, "put the text in quotes"


def _indented(_before: str, at: str, _opened: int | None) -> _Said:
    if at[:1] in ("]", "}"):
        return "a bracket is closed that was not opened", shown(at[:1]), "remove it"
    found = shown(at.split(":", maxsplit=1)[0][:30]) if at.strip() else "the end of the file"
    return "the line is not indented as its neighbours are", found, "align it with the fields that it belongs to"


def _unclosed(_before: str, at: str, opened: int | None) -> _Said:
    where = f" of line {opened}" if opened else ""
    if at.startswith(":"):
        return (
            f"the bracket{where} holds a second colon",
            '":"',
            "add the bracket or comma that is missing, or quote the text",
        )
    found = shown(at.strip()[:30]) if at.strip() else "the end of the file"
    return f"the bracket{where} is not closed, or a comma is missing", found, "close it, or add the comma"


def _quote(_before: str, _at: str, opened: int | None) -> _Said:
    where = f" of line {opened}" if opened else ""
    return f"the quote{where} is not closed", "the end of the file", "close it"


def _colon(_before: str, _at: str, _opened: int | None) -> _Said:
    return "a second colon follows in one line", '":"', "put a text with a colon in quotes, or align the line"


def _no_colon(_before: str, _at: str, opened: int | None) -> _Said:
    where = f" of line {opened}" if opened else ""
    return f"the key{where} has no colon", "a key alone", "write key: value"


def _alias(_before: str, at: str, _opened: int | None) -> _Said:
    return (
        "names an anchor that does not exist",
        shown(at.split(maxsplit=1)[0][:40] if at.split() else ""),
        "define it with & first",
    )


_KINDS: tuple[tuple[Callable[[str, str], bool], Callable[[str, str, int | None], _Said]], ...] = (
    (lambda problem, _: "'\\t'" in problem, _tab),
    (lambda problem, _: "cannot start any token" in problem, _unexpected),
    (lambda problem, context: "unexpected end of stream" in problem and "quoted" in context, _quote),
    (lambda problem, _: "mapping values are not allowed" in problem, _colon),
    (lambda problem, _: "expected ':'" in problem, _no_colon),
    (lambda problem, _: "undefined alias" in problem, _alias),
    (lambda problem, _: "',' or" in problem, _unclosed),
    (lambda problem, _: "block end" in problem or "expected key" in problem, _indented),
)
