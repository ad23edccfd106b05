"""What an import says about itself: what became of each field, what differs, and what has no place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from eks_blueprints.core.errors import Path, dotted, shown
from eks_blueprints.core.plain_secrets import MASK, hidden
from eks_blueprints.lifecycle.importers.eksctl.build import EMPTY, HEAD
from eks_blueprints.lifecycle.importers.eksctl.imported import Imported
from eks_blueprints.lifecycle.importers.lines import counted, listed

_FORM = 1
"""Raised when a reader of the JSON form has to know about a change."""


def to_data(part: Imported) -> dict[str, Any]:
    """All that is said about an import, as data."""
    build = part.build
    return {
        "version": _FORM,
        "source": build.source.document.file,
        "fields": [
            {**_of(part, path), "to": [dotted(each) for each in targets]} for path, targets in build.became.items()
        ],
        "reported": [{**_of(part, path), "what": texts} for path, texts in build.told.items()],
        "defaults": [
            {"field": dotted(each.path), "value": build.at(each.path, each.value), "why": each.why}
            for each in build.defaults
        ],
        "differs": list(build.differs),
        "yours": [{"field": dotted(path), "what": what} for path, what in build.yours.items()],
        "comments": [{"line": each.line, "text": each.text} for each in part.lost],
        "refused": [str(each) for each in part.refused],
    }


def _of(part: Imported, path: Path) -> dict[str, Any]:
    document = part.build.source.document
    place = document.place(path)
    names = [key for key in path if isinstance(key, str)]
    return {
        "path": dotted(path),
        "place": f"{document.file}:{place.line}:{place.column}" if place else document.file,
        "found": hidden(_value(document.data, path), names[-1] if names else "", MASK),
    }


def _value(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def lines(part: Imported) -> Iterator[str]:
    """The same for people."""
    data = to_data(part)
    kept, written = len(data["fields"]), len(data["defaults"])
    left = [each for each in data["reported"] if each["what"] not in ([EMPTY], [HEAD])]
    said = f"{counted(kept, 'value')} taken over, {len(left)} reported"
    yield f"{data['source']}: {said}, {counted(written, 'default')} of eksctl written down"
    renamed = [f"{each['path']} -> {', '.join(each['to'])}" for each in data["fields"]]
    yield from listed("became", renamed)
    yield from listed("reported", [_reported(each) for each in left])
    defaults = [
        f"{each['field']}: {json.dumps(each['value'], default=str)}  # {each['why']}" for each in data["defaults"]
    ]
    yield from listed("defaults of eksctl that are written down", defaults)
    yield from listed("differs from what eksctl does", data["differs"])
    yield from listed(
        "comments that are not taken over",
        [f"{data['source']}:{each['line']}: {each['text']}" for each in data["comments"]],
    )
    yield from listed("still refused; mend it by hand", data["refused"])
    yield from listed("to be replaced by yours", [f"{each['field']}: {each['what']}" for each in data["yours"]])


def _reported(row: dict[str, Any]) -> str:
    got, what = f"got {shown(row['found'])}", "; ".join(row["what"])
    # Most texts say themselves what they found.
    found = "" if got in what else f"{got}: "
    return f"{row['place']}: {row['path']}: {found}{what}"
