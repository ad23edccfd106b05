"""The fields of a stack file of which no former version is at hand, as the engine's previews have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from eks_blueprints.core.document import Document
from eks_blueprints.recording.plan import PlannedResource
from eks_blueprints.review.diff.changes import ABSENT, Change
from eks_blueprints.review.report.written import Edit, Edits, by_line, is_behind


class Fields(Edits):
    """What a stack file says now. A change comes from the field that has its name and its new value."""

    @classmethod
    def of_file(cls, document: Document) -> Fields:
        """The fields of a document, each with its line."""
        found: list[Edit] = []
        for path, place in document.keys.items():
            value = document.data
            for key in path:
                value = value[key]
            if not isinstance(value, Mapping):
                found.append(Edit(path, ABSENT, value, f"{place.file}:{place.line}"))
        return cls(tuple(found), ({}, by_line(document)))

    def behind(self, change: Change, resource: PlannedResource) -> Edit | None:
        """The field that a change comes from, in the part of the file that the resource comes from or at its top."""
        if change.new is ABSENT:
            return None
        wanted = Change(change.path, ABSENT, change.new)
        shared = [each for each in self.all if len(each.path) <= _SHARED]
        found = next((each for each in (*self.of(resource), *shared) if is_behind(each, wanted)), None)
        # The file before is not known; what the provider had is.
        return None if found is None else replace(found, old=change.old)

    def removing(self, resource: PlannedResource) -> Edit | None:
        """Nothing: what is gone stands in no file."""
        return None


_SHARED = 2
"""How deep fields stand that all resources may come from, such as `region` and `tags.owner`."""
