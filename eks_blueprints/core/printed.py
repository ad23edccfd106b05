"""Texts of others as they may be printed: nothing in them moves a cursor, hides, turns around or gives a command.

Every message, report and annotation goes through here: `one_line` for what stands in a line, `visible` for what may
have lines of its own, `markup` for HTML, `document` for JSON.
"""

from __future__ import annotations

import json
import re
from typing import Any

_ODD = re.compile(r"[^\n -~\u00a1-\u00ac\u00ae-\u02ff]")
"""Characters that have to be looked at: all but those that are printable for sure."""
_COMMAND = re.compile(r"^(\s*)(?=::|##\[)(.)", re.MULTILINE)
"""How a line begins that a CI system takes for a command (GitHub Actions, Azure Pipelines)."""


def visible(text: str) -> str:
    """A text whose characters are all seen, its line breaks kept; what cannot be seen is spelled: `\\u202e`."""
    text = _ODD.sub(_spelled, text.replace("\r\n", "\n").replace("\t", "    "))
    if "::" in text or "##[" in text:
        text = _COMMAND.sub(lambda found: f"{found[1]}\\x{ord(found[2]):02x}", text)
    return text


def one_line(text: str) -> str:
    """The same as one line: line breaks become spaces."""
    if len(text.splitlines()) > 1 or "\n" in text:
        text = " ".join(part.strip() for part in text.splitlines() if part.strip())
    return visible(text)


def markup(text: str) -> str:
    """The same as text of HTML."""
    import html  # its table of entities takes longer to load than all else here

    return html.escape(visible(text))


def document(data: Any) -> str:
    """JSON for tools and people: what cannot be seen is escaped as JSON does it, so that nothing is lost."""
    text = json.dumps(data, indent=2, ensure_ascii=False)
    return _ODD.sub(lambda found: found[0] if found[0].isprintable() else json.dumps(found[0])[1:-1], text)


def _spelled(found: re.Match[str]) -> str:
    character = found[0]
    return character if character.isprintable() else character.encode("unicode_escape", "backslashreplace").decode()
