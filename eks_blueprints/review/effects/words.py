"""The words of an effect: what a change does to people and workloads, and how bad that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from eks_blueprints.review.diff.changes import ResourceDiff

Level = Literal["danger", "warning", "note"]

Harm = Literal["dies", "refused", "stuck", "rolls", "unprotected", "money", "idle", "unclear"]

HARMS: tuple[Harm, ...] = ("dies", "refused", "stuck", "rolls", "unprotected", "money", "idle", "unclear")
"""From the worst to the least: what is lost; what AWS or the engine refuses; what leaves `up` stuck; nodes that are
created again; a protection that ends; money; an edit without effect; what is not known."""


@dataclass(frozen=True, slots=True)
class Attention:
    """Something that a reviewer must not miss."""

    harm: Harm
    level: Level
    title: str
    """Such as `replace`, `delete`, `rolls nodes`."""
    name: str
    """Logical name of the resource."""
    type: str
    cause: str
    """The input that a person wrote, and how it changes."""
    effect: str
    """What people and workloads will notice."""
    place: str = ""
    """The line of the stack file."""
    led: tuple[str, ...] = ()
    """Logical names of what is replaced or changed because of it."""


def attention(  # noqa: PLR0917 - read in this order
    harm: Harm, level: Level, title: str, each: ResourceDiff, cause: str, effect: str, led: tuple[str, ...] = ()
) -> Attention:
    """An effect of one resource's change."""
    return Attention(harm, level, title, each.name, each.type, cause, effect, each.place, led)


def refused(who: str, each: ResourceDiff, cause: str, effect: str) -> Attention:
    """What `who`, such as EKS, will not take for certain."""
    return attention("refused", "danger", f"refused by {who}", each, cause, effect)
