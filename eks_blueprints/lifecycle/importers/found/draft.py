"""A stack file that is being put together, and what there is to say about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from eks_blueprints.lifecycle.importers.found.model import CLUSTER, Found, Holdings


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a reader has to know about one resource."""

    place: str
    """Where it was read."""
    what: str
    """What differs or cannot be said, and what to do."""


@dataclass(slots=True)
class Draft:
    """What becomes of the resources that were found."""

    holdings: Holdings
    cluster: Found
    data: dict[str, Any] = field(default_factory=dict)
    """The stack file."""
    claims: dict[tuple[str, str], Found] = field(default_factory=dict)
    """What stands for the resource of a type in an element, by type and the element's name; the cluster's is empty."""
    given: dict[tuple[str, str], Found] = field(default_factory=dict)
    """What stands for one resource of the stack, by its type and logical name behind that of the stack."""
    extra: list[Found] = field(default_factory=list)
    """What is there although the source does not hold it, as AWS made it."""
    fields: dict[str, str] = field(default_factory=dict)
    """What became which part of the stack file: place to path."""
    notes: list[Note] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Name of the cluster in AWS."""
        return str(self.cluster.properties["name"])

    def take(self, found: Found, path: str, element: str | None = None) -> None:
        """Note that a resource has become a part of the stack file; with `element`, that this element makes it.

        Most types are found again by their properties; of the rest an element makes one.
        """
        self.fields[found.place] = path
        if element is not None:
            self.claims[found.type, element.replace("_", "-")] = found

    def give(self, found: Found, path: str, resource: str) -> None:
        """Note that a resource has become one of the stack's, whose logical name, behind the stack's, is known."""
        self.fields[found.place] = path
        self.given[found.type, resource] = found

    def note(self, found: Found, what: str) -> None:
        """Note something about a resource."""
        self.notes.append(Note(found.place, what))

    def unsaid(self, found: Found, fields: Mapping[str, str]) -> None:
        """Note the properties that are set and that no field says."""
        for path, why in fields.items():
            if found.get(path):
                self.note(found, f"{path}: {why}")


def begin(holdings: Holdings, cluster: Found) -> Draft:
    """A draft for a cluster."""
    assert cluster.type == CLUSTER  # noqa: S101 - what callers give
    return Draft(holdings, cluster, notes=[Note(place, what) for place, what in holdings.doubts])


def short_name(text: str, taken: Mapping[str, Any], fallback: str) -> str:
    """A name of an element out of one in AWS: without what generators put behind it, and free."""
    plain = re.sub(r"-?\d{14,26}$|-[0-9a-f]{7}$", "", text)
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", plain).strip("-_") or fallback
    plain = plain if plain[0].isalpha() else f"{fallback}-{plain}"
    name = plain[:32].rstrip("-_").lower()
    used = {each.replace("_", "-").lower() for each in taken}
    candidates = [name, *(f"{name}-{number}" for number in range(2, len(used) + 3))]
    return next(each for each in candidates if each.replace("_", "-") not in used)


def said(**fields: Any) -> dict[str, Any]:
    """The fields that say something."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


def unless(value: Any, default: Any) -> Any:
    """A value, or None where it is the default and says nothing."""
    return None if value == default else value
