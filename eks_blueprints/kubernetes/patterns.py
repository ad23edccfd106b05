"""Patterns of CRDs, which are Go's (RE2), held by Python's `re` where that means the same.

https://pkg.go.dev/regexp/syntax and https://docs.python.org/3/library/re.html say where the two differ. Go's take time
in proportion to the text; those that Python might never end with are left to the API server too.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, field
from functools import lru_cache

_ELSEWHERE = re.compile(r"\\[pPQC]|\[\[:|\[\^\[:|\(\?[^:P]|\(\?P[^<]|\{,\d|\\[1-9]")
"""Classes by name, quoted runs, flags, and what has another meaning in Python."""
_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?:|\(\?P<\w+>|[*+?]\??|\{\d+(?:,\d*)?\}\??|.", re.DOTALL)
_UNBOUNDED = re.compile(r"[*+]\??|\{\d+,\}\??")
_QUANTIFIER = re.compile(r"[*+?]\??|\{\d+(?:,\d*)?\}\??")
_ALL = frozenset(map(chr, range(256)))
_LONGEST = 1024


def matches(pattern: str, text: str) -> bool | None:
    """Whether a pattern is found in a text, or None where only the API server can tell."""
    found = _compiled(pattern)
    return None if found is None or len(text) > _LONGEST else found.search(text) is not None


@lru_cache(512)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    tokens = _TOKEN.findall(pattern)
    if _ELSEWHERE.search(pattern) or _may_not_end(tokens):
        return None
    # Python's `$` is before a last line break too.
    translated = "".join(r"\Z" if token in ("$", r"\z") else token for token in tokens)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return re.compile(translated, re.ASCII)
        except (re.error, Warning, RecursionError, OverflowError):
            return None


@dataclass
class _Part:
    """What one place of a pattern may be: a character, a class of them, or a group."""

    characters: frozenset[str]
    repeated: bool = False
    """Whether a quantifier follows it, or is without end inside it."""


@dataclass
class _Group:
    parts: list[_Part] = field(default_factory=list)
    choices: bool = False
    endless: bool = False
    """Whether a part of it repeats without end."""

    def marked(self) -> bool:
        """Whether each turn begins or ends with a character that nothing else in it can be."""
        if self.choices or len(self.parts) < 2:
            return False
        ends = ((self.parts[0], self.parts[1:]), (self.parts[-1], self.parts[:-1]))
        return any(
            not mark.repeated and not any(mark.characters & part.characters for part in rest) for mark, rest in ends
        )


def _may_not_end(tokens: list[str]) -> bool:
    """Whether a part that repeats without end has such a part in it, and no mark tells one turn from the next."""
    stack = [_Group()]
    for token, after in zip(tokens, [*tokens[1:], ""], strict=True):
        group = stack[-1]
        again = bool(_UNBOUNDED.fullmatch(after))
        if token.startswith("("):
            stack.append(_Group())
        elif token == ")" and len(stack) > 1:  # noqa: S105 - of a pattern
            stack.pop()
            if again and group.endless and not group.marked():
                return True
            characters = frozenset().union(*(part.characters for part in group.parts))
            stack[-1].parts.append(_Part(characters, group.endless or bool(_QUANTIFIER.fullmatch(after))))
            stack[-1].endless |= again or group.endless
        elif token == "|":  # noqa: S105 - of a pattern
            group.choices = True
        elif not _QUANTIFIER.fullmatch(token) and token not in ("^", "$"):
            group.parts.append(_Part(_characters(token), bool(_QUANTIFIER.fullmatch(after))))
            group.endless |= again
    return False


@lru_cache(512)
def _characters(token: str) -> frozenset[str]:
    try:
        found = re.compile(token, re.ASCII | re.DOTALL)
    except re.error:
        return _ALL
    return frozenset(each for each in _ALL if found.fullmatch(each)) or frozenset(token)
