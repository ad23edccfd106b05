"""From a comment's text to the bodies of comments: split between sections only."""

from __future__ import annotations

import re
from collections.abc import Iterator

SECTION = "<!-- eks-blueprints:section -->"
"""What a report puts between its sections (`report/markdown.py`)."""

_CUT = "_Cut here: the full report is in the job's summary and its artifact._"
_FENCE = re.compile(r"^(`{3,})", re.MULTILINE)


def sections(text: str) -> list[str]:
    """A comment's sections."""
    return [part.strip() for part in text.split(SECTION) if part.strip()]


def pack(parts: list[str], mark: str, limit: int, most: int) -> list[str]:
    """Bodies no longer than `limit`, each beginning with the mark; at most so many, the rest is cut and says so."""
    room = limit - len(mark) - len("\n**part 99 of 99**\n\n") - len(_CUT) - 8
    bodies = list(_bodies([_fitted(part, room) for part in parts], room))
    if len(bodies) > most:
        bodies = [*bodies[: most - 1], f"{bodies[most - 1]}\n\n{_CUT}"]
    if len(bodies) == 1:
        return [f"{mark}\n{bodies[0]}"]
    return [f"{mark}\n**part {number} of {len(bodies)}**\n\n{body}" for number, body in enumerate(bodies, 1)]


def _bodies(parts: list[str], room: int) -> Iterator[str]:
    body = ""
    for part in parts:
        joined = f"{body}\n\n{part}" if body else part
        if body and length(joined) > room:
            yield body
            body = part
        else:
            body = joined
    yield body


def _fitted(part: str, room: int) -> str:
    """A section that fits: whole lines from its start, and whatever they open is closed again."""
    if length(part) <= room:
        return part
    kept: list[str] = []
    size = 0
    fence, opened = "", 0
    tail = length(_CUT) + 40
    for line in part.splitlines():
        size += length(line) + 1
        if size + tail > room:
            break
        kept.append(line)
        if match := _FENCE.match(line):
            fence = "" if fence else match[1]
        if not fence:
            opened += line.count("<details") - line.count("</details>")
    closing = [fence] if fence else []
    return "\n".join([*kept, *closing, "", _CUT, *(["", "</details>"] * opened)])


def length(text: str) -> int:
    """How long a host counts a text: in UTF-16 units, of which an emoji has two."""
    return len(text) + sum(character > "\uffff" for character in text)


def without_html(text: str) -> str:
    """Markdown for a host that shows tags as text: folded parts become headed ones."""
    text = re.sub(r"<details><summary>(.*?)</summary>", r"**\1**", text)
    text = re.sub(r"</?(?:details|sub|b)>", "", text)
    text = re.sub(r"</?code>", "`", text).replace("<br>", "  ")
    return re.sub(r"\n{3,}", "\n\n", text)
