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
    """Rows below heads, each cell folded within its column; the last column gets what room there is."""
    whole = [tuple(one_line(cell) for cell in row) for row in rows]
    most = [max(len(row[column]) for row in (heads, *whole)) for column in range(len(heads))]
    room = width - 2 * len(heads)
    sizes = [min(size, max(12, room // len(heads))) for size in most[:-1]]
    sizes.append(max(20, min(most[-1], room - sum(sizes))))
    for row in (heads, *whole):
        cells = [
            textwrap.wrap(cell, size, break_on_hyphens=False) or [""] for cell, size in zip(row, sizes, strict=True)
        ]
        for number in range(max(map(len, cells))):
            line = [cell[number] if number < len(cell) else "" for cell in cells]
            yield "  " + "  ".join(f"{text:{size}}" for text, size in zip(line, sizes, strict=True)).rstrip()
