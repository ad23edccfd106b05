"""What a change does to people and workloads: each file tells one sort of harm, from a `PlanDiff` alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from eks_blueprints.policies.stack import Stack
from eks_blueprints.review.diff.changes import PlanDiff
from eks_blueprints.review.effects.addons import addons
from eks_blueprints.review.effects.adoptions import adoptions
from eks_blueprints.review.effects.auto_mode import auto_mode
from eks_blueprints.review.effects.drift import drift
from eks_blueprints.review.effects.in_place import in_place
from eks_blueprints.review.effects.losses import losses
from eks_blueprints.review.effects.places import places
from eks_blueprints.review.effects.protections import protections
from eks_blueprints.review.effects.refreshes import refreshes
from eks_blueprints.review.effects.refusals import refusals
from eks_blueprints.review.effects.renames import renamed
from eks_blueprints.review.effects.rolls import rolls
from eks_blueprints.review.effects.stuck import stuck
from eks_blueprints.review.effects.upgrades import upgrades
from eks_blueprints.review.effects.volumes import volumes
from eks_blueprints.review.effects.without_effect import without_effect
from eks_blueprints.review.effects.words import HARMS, Attention, Harm, Level

__all__ = ["Attention", "Harm", "Level", "effects", "in_order"]

_TOLD: tuple[Callable[[PlanDiff], Iterator[Attention]], ...] = (
    losses,
    in_place,
    renamed,
    refusals,
    stuck,
    rolls,
    refreshes,
    drift,
    auto_mode,
    upgrades,
    volumes,
    protections,
    addons,
    without_effect,
    adoptions,
)

_LEVELS: tuple[Level, ...] = ("danger", "warning", "note")


def effects(diff: PlanDiff, sides: tuple[Stack | None, Stack] | None = None) -> tuple[Attention, ...]:
    """All that needs a reviewer's eye, by harm from the worst to the least; `sides` are both plans as rules see them,
    where they are made already."""
    found = [item for told in _TOLD for item in told(diff)]
    return in_order([*found, *places(diff, sides)])


def in_order(found: Iterable[Attention]) -> tuple[Attention, ...]:
    """By harm from the worst to the least, and within a harm by level."""
    return tuple(sorted(found, key=lambda item: (HARMS.index(item.harm), _LEVELS.index(item.level))))
