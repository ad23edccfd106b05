"""A migration of a stack file's data alone: nothing is read or written as text, so that it costs next to nothing."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from eks_blueprints.core.yaml_text import load
from eks_blueprints.lifecycle.migrate.catalogue import migration
from eks_blueprints.lifecycle.migrate.model import Data, Given, Way


@dataclass(frozen=True)
class Walked:
    """The data before and after each phase."""

    way: Way
    before: dict[str, Data]
    after: dict[str, Data]

    def changed(self, phase: str) -> bool:
        return self.before[phase] != self.after[phase]

    def in_the_way(self, phase: str) -> str:
        (found,) = [each for each in self.way.phases if each.id == phase]
        return "\n".join(str(each) for each in found.stopped_by(self.before[phase]))

    @property
    def stays(self) -> list[str]:
        return [str(each) for each in self.way.stays]


def walked(name: str, text: str) -> Walked:
    """A migration walked through, whatever stands in its way."""
    data: Any = load(text)
    way = migration(name).way(copy.deepcopy(data), Given())
    before, after = {}, {}
    for phase in way.phases:
        before[phase.id] = data
        data = after[phase.id] = phase.edit(copy.deepcopy(data))
    return Walked(way, before, after)
