"""JSON that other tools wrote, such as states and answers of AWS: a file, or standard input."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from eks_blueprints.core.errors import InputError, Problem

MOST_BYTES = 256 * 1024 * 1024
"""Largest file that is read; the largest states that people keep in one root or stack are a tenth of it."""


def read_json(named: str, what: str, do: str) -> Any:
    """The JSON data of a file, or of standard input (`-`).

    Args:
        named: the file.
        what: what it should be, such as `a state of Terraform`.
        do: how to get one.

    Raises:
        InputError: if it cannot be read, or is not JSON.
    """
    if named == "-":
        return parsed(sys.stdin.read(MOST_BYTES + 1), "<stdin>", what, do)
    path = Path(named)
    try:
        if not path.is_file():
            got = "a folder" if path.is_dir() else "no such file"
            raise refused(named, f"is not {what}; got {got}; {do}")
        if (size := path.stat().st_size) > MOST_BYTES:
            raise refused(
                named, f"is too large; got {size / 2**20:,.0f} MiB, up to {MOST_BYTES / 2**20:.0f} are read; {do}"
            )
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise refused(named, f"is not {what}; got bytes that are no text; {do}") from None
    except OSError as error:
        raise refused(named, f"cannot be read; got {error.strerror}; name a readable file") from None
    return parsed(text, named, what, do)


def parsed(text: str, named: str, what: str, do: str) -> Any:
    """The data of a text that holds JSON."""
    if len(text) > MOST_BYTES:
        raise refused(named, f"is too large; got more than {MOST_BYTES / 2**20:.0f} MiB; {do}")
    if not text.strip():
        raise refused(named, f"is not {what}; got an empty file; {do}")
    try:
        return json.loads(text)
    except RecursionError:
        raise refused(named, f"is not {what}; got JSON that is nested too deeply; {do}") from None
    except json.JSONDecodeError as error:
        end = " (it ends too early: was it cut off?)" if error.pos >= len(text.rstrip()) - 1 else ""
        problem = Problem((), f"is not {what}; got text that is no JSON: {error.msg}{end}; {do}", named)
        raise InputError([problem.at(named, error.lineno, error.colno)]) from None


def refused(named: str, message: str) -> InputError:
    """The error about a whole file."""
    return InputError([Problem((), message, named)])
