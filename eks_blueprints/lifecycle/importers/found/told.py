"""What an import of existing resources says: what is taken over, what changes after it, what is left alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from eks_blueprints.adoption.types import types
from eks_blueprints.lifecycle.importers.found.adoption import Judged, Taken
from eks_blueprints.lifecycle.importers.found.draft import Draft
from eks_blueprints.lifecycle.importers.lines import listed

_LOST = {
    "data": "it holds data",
    "nodes": "its nodes are restarted",
    "access": "its users lose access until the new one is there",
}


def to_data(draft: Draft, judged: Judged) -> dict[str, Any]:
    """All of it, as JSON data."""
    return {
        "source": draft.holdings.source,
        "cluster": draft.name,
        "adopted": [_taken(key, each, draft) for key, each in judged.taken.items()],
        "created": [{"type": each.type, "name": each.name} for each in judged.new],
        "notes": [{"place": each.place, "note": each.what} for each in draft.notes],
        "not_made": dict(_not_made(draft, judged)),
        "left_alone": [{"place": place, "type": type_} for place, type_ in _left(draft, judged)],
        "safe": not judged.replaced,
    }


def _taken(key: tuple[str, str], each: Taken, draft: Draft) -> dict[str, Any]:
    diff = each.diff
    changes = [] if diff is None else sorted({change.path for change in diff.changes})
    return {
        "type": key[0],
        "name": key[1],
        "id": each.found.id,
        "place": each.found.place,
        "field": draft.fields.get(each.found.place),
        "keep": list(each.adopted.keep),
        "then": "same" if diff is None else diff.kind,
        "changes": changes,
    }


def _not_made(draft: Draft, judged: Judged) -> Iterator[tuple[str, str]]:
    """What the stack file describes without making it, such as CoreDNS on EKS Auto Mode: place to field."""
    taken = {each.found.place for each in judged.taken.values()}
    for place, field in draft.fields.items():
        if place not in taken and field != "network":
            yield place, field


def _left(draft: Draft, judged: Judged) -> list[tuple[str, str]]:
    taken = {each.found.place for each in judged.taken.values()}
    return [(each.place, each.type) for each in draft.holdings.resources if each.place not in taken]


def lines(draft: Draft, judged: Judged) -> Iterator[str]:
    """The same as lines of text."""
    data = to_data(draft, judged)
    left, notes = data["left_alone"], data["notes"]
    counted = f"{len(data['adopted'])} resources to adopt, {len(left)} left alone"
    yield f"{draft.holdings.source}: cluster {draft.name}: {counted}"
    yield from listed(
        "adopted by the next up, unchanged", [f"{each['name']}: {each['place']}" for each in data["adopted"]]
    )
    yield from listed("created by the next up, as nothing that was read stands for it", _names(data["created"]))
    yield from listed("kept as it is, although the stack file would have it otherwise", list(_kept(judged)))
    changed = [each for each in data["adopted"] if each["then"] == "update"]
    then = [f"{each['name']}: {', '.join(each['changes'])}" for each in changed]
    yield from listed("changed in place by the up after that", then)
    described = [f"{place}: {field}" for place, field in data["not_made"].items()]
    yield from listed("described by the stack file, which makes none of it", described)
    yield from listed("to know", [f"{each['place']}: {each['note']}" for each in notes])
    kinds = Counter(each["type"] for each in left)
    yield from listed(
        "left alone, and managed as before (--format json lists each)",
        [f"{n} × {kind}" for kind, n in kinds.most_common()],
    )
    yield from listed("REPLACED by the up after that: do not deploy this", list(_replaced(judged)))


def _kept(judged: Judged) -> Iterator[str]:
    for (_, name), each in judged.taken.items():
        if each.adopted.keep:
            yield f"{name}: {', '.join(each.adopted.keep)}, as another value would replace it"


def _replaced(judged: Judged) -> Iterator[str]:
    for each in judged.replaced:
        diff = each.diff
        assert diff is not None  # noqa: S101 - that is what makes it one of them
        lost = _LOST.get(types()[each.found.type].holds, "")
        yield f"{diff.name}: {'; '.join(diff.causes)}{'; ' if lost else ''}{lost}"


def _names(created: Sequence[dict[str, str]]) -> list[str]:
    return [f"{each['type']} {each['name']}" for each in created]
