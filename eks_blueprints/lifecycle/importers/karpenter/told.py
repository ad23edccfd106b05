"""What an import of Karpenter's objects says about itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eks_blueprints.lifecycle.importers.karpenter.part import Part
from eks_blueprints.lifecycle.importers.lines import listed


def to_data(part: Part, problems: list[str]) -> dict[str, Any]:
    """All that is said, as data."""
    return {
        "version": 1,
        "objects": [{"object": found.called, "place": found.place(), "to": place} for found, place in part.became],
        "reported": [
            {"object": found.called, "place": place, "what": what}
            for found in part.objects
            for place, what in found.notes
        ],
        "refused": problems,
    }


def lines(part: Part, problems: list[str]) -> Iterator[str]:
    """The same for people."""
    data = to_data(part, problems)
    yield f"{len(part.objects)} objects, {len(data['objects'])} taken over, {len(data['reported'])} remarks"
    yield from listed("became", [f"{each['place']}: {each['object']} -> {each['to']}" for each in data["objects"]])
    yield from listed("reported", [f"{each['place']}: {each['object']}: {each['what']}" for each in data["reported"]])
    yield from listed("refused by check; mend it", problems)
