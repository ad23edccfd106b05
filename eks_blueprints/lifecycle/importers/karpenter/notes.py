"""Comments of Karpenter's objects, as comments of the stack file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from eks_blueprints.core.errors import Path
from eks_blueprints.lifecycle.importers.karpenter.objects import Object
from eks_blueprints.lifecycle.importers.karpenter.part import LIFTED, Part
from eks_blueprints.lifecycle.importers.writing import Note

_CONDITIONS: Path = ("spec", "template", "spec", "requirements")
_WRAPPERS: tuple[Path, ...] = (("spec", "template", "spec"), ("spec", "template", "metadata"), ("spec",))
"""Parts of an object that a stack file does without: what is in them stands in the element itself."""


def notes(part: Part, name: str | None) -> list[Note]:
    """The comments, each above or behind the field that its part became, or the nearest one around it.

    Args:
        part: what the objects became.
        name: name of the compute that has Karpenter's pools; None for that of its kind.
    """
    elements = part.named(name)
    found = []
    for each, place in part.became:
        _, kind, group, _ = place.split(".", 3)
        element = name if name and kind == "karpenter" else kind
        fields = elements[element][group][each.name]
        at: Path = ("compute", element, group, each.name)
        for about in each.comments:
            inside = tuple(_inside(fields, _settled(each, fields, about.path)))
            # What is no field is told above what is around it.
            side = about.side if inside or about.side == "above" else "above"
            found.append(Note((*at, *inside), about.comment.text, side))
    return found


def _settled(found: Object, fields: Mapping[str, Any], path: Path) -> Path:
    """The path of a condition of a pool, which has become a field of its own or stands elsewhere in their list."""
    if path[:4] != _CONDITIONS or len(path) == len(_CONDITIONS):
        return path
    given = found.at(_CONDITIONS, [])[path[4]]
    key = given.get("key") if isinstance(given, Mapping) else None
    if (lifted := LIFTED.get(str(key))) in fields:
        return (lifted,) if lifted else path
    others = [each.get("key") for each in fields.get("requirements", ())]
    return ("requirements", others.index(key)) if key in others else ()


def _inside(fields: Any, path: Sequence[str | int]) -> Iterator[str | int]:
    """The path of a field that a part of an object became, as far as there is one."""
    wrapper = next((each for each in _WRAPPERS if tuple(path[: len(each)]) == each), ())
    for given in path[len(wrapper) :]:
        key = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", given).lower() if isinstance(given, str) else given
        if isinstance(fields, Mapping) and given in fields:
            key = given
        known = range(len(fields)) if isinstance(fields, list) else fields if isinstance(fields, Mapping) else ()
        if key not in known:
            return
        fields = fields[key]
        yield key
