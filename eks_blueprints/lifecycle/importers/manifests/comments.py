"""Comments of YAML, each with the part of its document that it is about."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eks_blueprints.core.document import Document, Place
from eks_blueprints.core.errors import Path
from eks_blueprints.lifecycle.importers.writing import Side

_BLOCK = re.compile(r"(?:^|[\s:-])[|>][-+0-9]*\s*(?:#.*)?$")
_COMMENT = re.compile(r"""^(?P<before>(?:[^#"']|"(?:[^"\\]|\\.)*"|'[^']*'|(?<=\S)#)*?(?:^|(?<=\s)))#\s*(?P<said>.*)""")
_SOURCE = re.compile(r"Source: \S+$")
"""What Helm writes above each object."""
_NEW = re.compile(r"---(\s|$)")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment, and where it stands."""

    line: int
    """From 1."""
    column: int
    """From 1, of its #."""
    text: str
    """With its #."""
    behind: bool
    """Whether something else stands on its line before it."""


@dataclass(frozen=True, slots=True)
class About:
    """A comment and the part of a document that it is about."""

    comment: Comment
    path: Path
    side: Side
    """On which side of that part it stands; `below` for one at the end of a mapping or list."""


def commented(text: str) -> Iterator[Comment]:
    """What somebody has written as comments; text in block scalars is none."""
    inside: int | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        depth = len(line) - len(line.lstrip())
        if inside is not None:
            if not line.strip() or depth > inside:
                continue
            inside = None
        match = _COMMENT.match(line)
        said = match["said"].strip() if match else ""
        if match and said and not _SOURCE.fullmatch(said):
            at = match.end("before")
            yield Comment(number, at + 1, line[at:].rstrip(), bool(match["before"].strip()))
        if _BLOCK.search(line if match is None else line[: match.start("said")].rstrip("# ")):
            inside = depth


def of_documents(text: str, documents: Sequence[Document]) -> list[list[About]]:
    """The comments of a text that holds documents, for each of these; all of them where there is none is nothing."""
    found: list[list[About]] = [[] for _ in documents]
    parts = _parts(documents)
    if not parts:
        return found
    lines = [place.line for place, *_ in parts]
    begins = [number for number, line in enumerate(text.splitlines(), start=1) if _NEW.match(line)]
    for each in commented(text):
        number, path, side = _subject(each, parts, lines, begins)
        found[number].append(About(each, path, side))
    return found


_Part = tuple[Place, int, Path, bool]
"""Where a part stands, the number of its document, its path, and whether it is a key."""


def _parts(documents: Sequence[Document]) -> list[_Part]:
    """Keys and entries of lists, in the order in which they stand; of those at one place the outermost first."""
    found: list[_Part] = []
    for number, each in enumerate(documents):
        found += [(place, number, path, True) for path, place in each.keys.items()]
        entries = [(path, place) for path, place in each.values.items() if path and isinstance(path[-1], int)]
        found += [(place, number, path, False) for path, place in entries]
    return sorted(found, key=lambda part: (part[1], part[0].line, part[0].column, len(part[2])))


def _subject(each: Comment, parts: list[_Part], lines: list[int], begins: list[int]) -> tuple[int, Path, Side]:
    at = bisect_right(lines, each.line)
    if each.behind:
        return _beside(each, parts, at)
    if at and (at == len(parts) or _ends_before(each, parts[at - 1], parts[at], begins)):
        return parts[at - 1][1], _enclosing(each, parts, at), "below"
    return parts[at][1], parts[at][2], "above"


def _ends_before(each: Comment, before: _Part, after: _Part, begins: list[int]) -> bool:
    """Whether a comment stands at the end of what comes before it, and not above what comes after it."""
    starts_anew = bisect_right(begins, after[0].line) > bisect_right(begins, each.line)
    indented = each.column > (1 if starts_anew else after[0].column)
    return indented and before[0].line < each.line and not (before[1] != after[1] and not starts_anew)


def _beside(each: Comment, parts: list[_Part], at: int) -> tuple[int, Path, Side]:
    """The first key on the line, or else the entry; the nearest part before where the line is the rest of a value."""
    here = [part for part in parts[max(0, at - 40) : at] if part[0].line == each.line]
    if not here and at == len(parts):
        at -= 1
    keys = [part for part in here if part[3]]
    chosen = keys[0] if keys else here[0] if here else parts[max(0, at - 1)]
    # `--- # about the document` stands before all of it.
    if not here and (at == 0 or parts[at][1] != chosen[1]):
        return parts[at][1], (), "above"
    return chosen[1], chosen[2], "behind"


def _enclosing(each: Comment, parts: list[_Part], at: int) -> Path:
    """The last part before a comment that stands no deeper than it."""
    number = parts[at - 1][1]
    for place, document, path, is_key in reversed(parts[:at]):
        if document != number:
            break
        # An entry begins behind its dash.
        if place.column - (0 if is_key else 2) <= each.column:
            return path
    return ()
