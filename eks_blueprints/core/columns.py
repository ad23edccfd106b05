"""Texts in columns of a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from eks_blueprints.core.printed import one_line


def bullets(head: str, found: Sequence[str], width: int, *, first: bool = True) -> Iterator[str]:
    """Lines of a list below a head, with an empty line before it unless there is one; nothing without any."""
    if found:
        yield from ("", head) if first else (head,)
        for each in found:
            yield textwrap.fill(one_line(each), width, initial_indent="  - ", subsequent_indent="    ")


def wrapped(word: str, text: str, width: int) -> Iterator[str]:
    """A text beside the word that it is about, folded."""
    indent = f"  {word:13}"
    yield from textwrap.wrap(
        one_line(text), width, initial_indent=indent, subsequent_indent=" " * len(indent), break_on_hyphens=False
    ) or [indent.rstrip()]


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], width: int) -> Iterator[str]:
    """Rows below heads, each cell folded within its column between words; the last column gets what room there is.

    Names are never broken, so that they can be searched and copied. Where they leave too little room for the last
    column, the other cells of a row stand below its first one.
    """
    whole = [tuple(one_line(cell) for cell in row) for row in rows]
    columns = list(zip(heads, *whole, strict=True))
    most = [max(map(len, column)) for column in columns]
    least = [max((len(word) for cell in column for word in cell.split()), default=0) for column in columns]
    room = width - 2 * len(heads)
    sizes = [
        max(word, min(size, 12, room), min(size, room // len(heads))) for size, word in zip(most, least, strict=True)
    ]
    sizes[-1] = min(most[-1], room - sum(sizes[:-1]))
    if sizes[-1] < min(most[-1], max(20, least[-1])):
        yield from _stacked(heads, whole, width)
        return
    for row in (heads, *whole):
        cells = [_folded(cell, size) or [""] for cell, size in zip(row, sizes, strict=True)]
        for number in range(max(map(len, cells))):
            line = [cell[number] if number < len(cell) else "" for cell in cells]
            yield "  " + "  ".join(f"{text:{size}}" for text, size in zip(line, sizes, strict=True)).rstrip()


def _stacked(heads: Sequence[str], rows: Iterable[Sequence[str]], width: int) -> Iterator[str]:
    indent = max(map(len, heads[1:])) + 2
    for row in rows:
        yield f"  {row[0]}"
        for head, cell in zip(heads[1:], row[1:], strict=True):
            for number, line in enumerate(_folded(cell, max(20, width - indent - 4))):
                yield f"    {'' if number else head:{indent}}{line}"


def _folded(text: str, size: int) -> list[str]:
    return textwrap.wrap(text, max(1, size), break_on_hyphens=False, break_long_words=False)
