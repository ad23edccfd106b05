"""What the command line writes to: text that every terminal and code page can show, documents that are always UTF-8."""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import sys
from typing import BinaryIO

import click

_PLAIN = {
    "→": "->",
    "…": "...",
    "×": "x",
    "±": "+-",
    "\N{MINUS SIGN}": "-",
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "·": "-",
    "│": "|",
    "─": "-",
    "▇": "#",
    "▁": ".",
    "├": "|",
    "└": "`",
    "✓": "ok",
    "✗": "x",
    "✅": "ok",
    "⛔": "!!",
    "⚠": "!",
    "\N{VARIATION SELECTOR-16}": "",
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{LEFT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
}
"""Our own signs, as they are written where the encoding has no such character."""
_ERRORS = "eks_blueprints.plain"


class _Text(io.TextIOWrapper):
    """A stream of text that shows our signs in ASCII, and spells other characters, where its encoding lacks them."""

    _page: str | None

    def __init__(self, file: BinaryIO, encoding: str, *, line_buffering: bool = False) -> None:
        name = codecs.lookup(encoding).name
        self._page = None if name.startswith("utf") else name
        # Where a stream says that it is ASCII, click writes UTF-8 past it.
        own = "utf-8" if name == "ascii" else encoding
        super().__init__(file, own, "backslashreplace", line_buffering=line_buffering or file.isatty())

    def write(self, text: str) -> int:
        if self._page and not text.isascii():
            text = text.encode(self._page, _ERRORS).decode(self._page)
        return super().write(text)

    def to_utf8(self) -> None:
        self._page = None
        self.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def attach() -> None:
    """Give a process that was started with closed streams some that go nowhere.

    The next files that it opens would take their place, and be written to by the commands that it runs.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - as long as the process


def keep_apart() -> None:
    """Send what programs and commands write by themselves to standard error, so that results alone are on standard
    output, and write both in a way that no encoding refuses."""
    codecs.register_error(_ERRORS, _plain)
    with contextlib.suppress(OSError, ValueError):  # streams that are no files, as in tests
        ours = os.dup(sys.stdout.fileno())
        sys.stdout.flush()
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        sys.stdout = _Text(open(ours, "wb"), sys.stdout.encoding)  # noqa: SIM115 - as long as the process
        sys.stderr = _Text(open(os.dup(sys.stderr.fileno()), "wb"), sys.stderr.encoding, line_buffering=True)  # noqa: SIM115


def echo_document(text: str, *, nl: bool = True) -> None:
    """Print JSON, YAML, Markdown, HTML or XML: in a file or a pipe these are UTF-8, whatever a terminal would show."""
    if isinstance(sys.stdout, _Text) and not sys.stdout.isatty():
        sys.stdout.to_utf8()
    click.echo(text, nl=nl)


def echo_report(text: str, form: str) -> None:
    """Print a report of a form that `--format` names: `text` is for whoever looks at it, the others are documents."""
    (click.echo if form == "text" else echo_document)(text.rstrip("\n"))


def _plain(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_in_ascii, error.object[error.start : error.end])), error.end


def _in_ascii(character: str) -> str:
    return _PLAIN.get(character, character.encode("ascii", "backslashreplace").decode())
