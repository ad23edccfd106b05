"""Comments of YAML, which a stack file does not take over: its entries have another shape."""

from __future__ import annotations

import re
from collections.abc import Iterator

_BLOCK = re.compile(r"(?:^|[\s:-])[|>][-+0-9]*\s*(?:#.*)?$")
_COMMENT = re.compile(r"""^(?:[^#"']|"(?:[^"\\]|\\.)*"|'[^']*'|(?<=\S)#)*?(?:^|(?<=\s))#\s*(?P<said>.*)""")
_SOURCE = re.compile(r"Source: \S+$")
"""What Helm writes above each object."""


def commented(text: str) -> Iterator[int]:
    """The lines, from 1, on which somebody has written a comment; text in block scalars is none."""
    inside: int | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        depth = len(line) - len(line.lstrip())
        if inside is not None:
            if not line.strip() or depth > inside:
                continue
            inside = None
        match = _COMMENT.match(line)
        said = match["said"].strip() if match else ""
        if said and not _SOURCE.fullmatch(said):
            yield number
        if _BLOCK.search(line if match is None else line[: match.start("said")].rstrip("# ")):
            inside = depth
