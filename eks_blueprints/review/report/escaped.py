"""Texts as Markdown shows them: plain text without markup in it, inline code, and fenced blocks."""

from __future__ import annotations

import re

from eks_blueprints.core.printed import visible


def sentence(text: str) -> str:
    """What `clause` gives, with a capital letter."""
    return clause(f"{text[:1].upper()}{text[1:]}")


def clause(text: str) -> str:
    """A text in which parts in backticks stay code, and the rest is made plain."""
    if "``" in text or text.count("`") % 2:
        return _plain(text)  # no pairs of ours: such a text comes from a name that holds backticks itself
    pieces = text.split("`")
    return "".join(code(piece) if index % 2 else _plain(piece) for index, piece in enumerate(pieces))


def code(text: str) -> str:
    """Inline code in one line, which neither mentions nor links anyone."""
    text = visible(" ".join(text.split()))
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    padded = f" {text} " if text.startswith("`") or text.endswith("`") else text
    return f"{fence}{padded.replace('|', chr(92) + '|')}{fence}"


def plain(text: str) -> str:
    """Plain text in one line: nothing in it is markup, and no one is mentioned."""
    return _plain(" ".join(text.split()))


def _plain(text: str) -> str:
    text = visible(re.sub(r"\s+", " ", text))
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\*_\[\]|#~`])", r"\\\1", text).replace("@", "@\u200b")


def fenced(body: str, language: str) -> str:
    """A block of code that nothing in it ends."""
    body = visible(body)
    fence = "`" * max(3, max((len(run) for run in re.findall("`+", body)), default=0) + 1)
    return f"{fence}{language}\n{body}\n{fence}"
