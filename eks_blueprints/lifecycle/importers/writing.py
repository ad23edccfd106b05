"""A part of a stack file as YAML: small things on one line, long texts as they are read, everything in its order."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any, Literal

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from eks_blueprints.core.document import parse
from eks_blueprints.core.errors import Path
from eks_blueprints.core.spec import Reference
from eks_blueprints.core.yaml_text import needs_no_quotes

_WIDTH = 100
"""Columns that a mapping or list on one line takes at most."""
_WIDEST = 120
"""Columns up to which a comment stands behind what it is about."""
_QUANTITY = re.compile(r"[0-9]+(?:m|[KMGTP]i)")
_LITERAL = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]*")
"""Texts that stand in a block as they are."""


Side = Literal["above", "behind", "below"]


@dataclass(frozen=True, slots=True)
class Note:
    """A comment of a stack file."""

    path: Path
    """The part that it is about."""
    text: str
    """With its #."""
    side: Side = "above"
    """On which side of that part it stands; behind where the line has room for it."""


def as_yaml(data: Mapping[str, Any], notes: Sequence[Note] = (), *, apart: Collection[Path] = ()) -> str:
    """A mapping as YAML text, with comments; references as `{secret: key}`.

    Args:
        data: What is written.
        notes: Comments; those on parts that it does not have are left out.
        apart: Paths of mappings and lists that are written on several lines, however small they are.
    """
    mine = [each for each in notes if each.path[0] in data]
    text = _plain(data, {*apart, *(each.path[:length] for each in mine for length in range(len(each.path)))})
    return _with_notes(text, mine) if mine else text


def _plain(data: Mapping[str, Any], apart: Collection[Path]) -> str:
    yaml = YAML()
    yaml.width = 10**6
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(type(None), _null)
    text = StringIO()
    yaml.dump(_node(data, 0, (), apart), text)
    return text.getvalue()


def _with_notes(text: str, notes: Sequence[Note]) -> str:
    """YAML text with comments where their parts stand."""
    document = parse(text)
    lines = text.splitlines()
    starts = {path: (document.keys.get(path) or place).line for path, place in document.values.items()}
    above: dict[int, list[str]] = {}
    below: dict[int, list[str]] = {}
    behind: dict[int, str] = {}
    for each in notes:
        line = starts[each.path]
        end = _end(each.path, starts, lines)
        column = len(lines[line - 1]) - len(lines[line - 1].lstrip())
        said = f"{' ' * column}{each.text}"
        alone = end == line and line not in behind and len(lines[line - 1]) + len(each.text) < _WIDEST
        if each.side == "behind" and alone:
            behind[line] = each.text
        elif each.side == "below":
            below.setdefault(end, []).append(said)
        else:
            above.setdefault(line, []).append(said)
    made: list[str] = []
    for number, line_text in enumerate(lines, start=1):
        made += above.get(number, ())
        made.append(f"{line_text}  {behind[number]}" if number in behind else line_text)
        made += below.get(number, ())
    return "\n".join(made) + "\n"


def _end(path: Path, starts: Mapping[Path, int], lines: Sequence[str]) -> int:
    """The last line of a part: that before the next part."""
    after = [line for other, line in starts.items() if line > starts[path] and other[: len(path)] != path]
    end = min(after, default=len(lines) + 1) - 1
    while end > starts[path] and not lines[end - 1].strip():
        end -= 1
    return end


def _null(representer: Any, _value: None) -> Any:
    """Spelled, as nothing after a colon may have been forgotten."""
    return representer.represent_scalar("tag:yaml.org,2002:null", "null")


def _node(value: Any, indent: int, path: Path, apart: Collection[Path]) -> Any:
    """A value as it is written; those at the paths `apart` on several lines."""
    if isinstance(value, Reference):
        value = {"secret": value.secret}
    if isinstance(value, Mapping):
        found = CommentedMap(
            (_text(str(key)), _node(item, indent + 2, (*path, key), apart)) for key, item in value.items()
        )
        if path and path not in apart and _fits(value, indent):
            found.fa.set_flow_style()
        return found
    if isinstance(value, list | tuple):
        entries = CommentedSeq(_node(item, indent + 4, (*path, index), apart) for index, item in enumerate(value))
        # One pair in brackets would lose its braces.
        if (
            path not in apart
            and _fits(value, indent)
            and not any(isinstance(each, Mapping) and len(each) == 1 for each in value)
        ):
            entries.fa.set_flow_style()
        return entries
    return _text(value) if isinstance(value, str) else value


def _text(text: str) -> Any:
    if "\n" in text and _LITERAL.fullmatch(text) and not re.match(r"[\s]", text) and not re.search(r"[ \t]\n", text):
        return LiteralScalarString(text)
    if needs_no_quotes(text) or _QUANTITY.fullmatch(text):
        return text
    return DoubleQuotedScalarString(text)


def _fits(value: Any, indent: int) -> bool:
    """Whether a mapping or list is small enough for one line, and holds nothing that is better read on several."""
    if not value:
        return True
    if isinstance(value, Mapping) and any(isinstance(item, Mapping) and item for item in value.values()):
        return _depth(value) <= 2 and len(value) == 1 and _length(value) + indent <= _WIDTH - 30
    if any(isinstance(each, str) and ("\n" in each or len(each) > 80) for each in _leaves(value)):
        return False
    return _depth(value) <= 2 and _length(value) + indent <= _WIDTH


def _depth(value: Any) -> int:
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else None
    return 0 if inner is None else 1 + max(map(_depth, inner), default=0)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _leaves(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _leaves(each)
    else:
        yield value


def _length(value: Any) -> int:
    return len(json.dumps(value, default=str, ensure_ascii=False)) + 20
