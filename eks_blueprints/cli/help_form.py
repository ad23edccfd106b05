"""Help whose examples fit the terminal: where a block is too wide, what an example does stands below it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

_RAW = "\b"
"""What begins a block that is not wrapped."""
_SAID = re.compile(r"\s{2,}")
_JOINT = re.compile(r" (?=--|-o |\| |&& |> )")
"""Where a command may go on in the next line."""


class HelpForm(click.HelpFormatter):
    """Writes blocks of examples as they stand, as long as there is room for them."""

    def write_text(self, text: str) -> None:
        """Write a text, in which blocks that are too wide are laid out anew."""
        width = self.width - self.current_indent
        super().write_text("\n\n".join(_fitted(each, width) for each in text.split("\n\n")))


def _fitted(block: str, width: int) -> str:
    if not block.startswith(_RAW) or all(len(line) <= width for line in block.splitlines()):
        return block
    return "\n".join(part for line in block.splitlines() for part in _line(line, width))


def _line(line: str, width: int) -> Iterator[str]:
    indent = line[: len(line) - len(line.lstrip())]
    example, *said = _SAID.split(line.strip(), maxsplit=1)
    if not indent or not (said or len(line) > width):
        yield line
        return
    rows = [""]
    for part in _JOINT.split(example):
        row = f"{rows[-1]} {part}".strip()
        if rows[-1] and len(indent) + len(row) > width - 2:
            rows.append(f"  {part}")
        else:
            rows[-1] = row if not rows[-1].startswith("  ") else f"{rows[-1]} {part}"
    yield from (f"{indent}{row}{' ' + chr(92) if row is not rows[-1] else ''}" for row in rows)
    yield from (f"{indent}    {each}" for each in said)
