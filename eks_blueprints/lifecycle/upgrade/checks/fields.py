"""Fields, annotations and flags that the next version no longer honours, in all that is declared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from eks_blueprints.lifecycle.upgrade.model import FieldUse, Finding, Level, Situation
from eks_blueprints.lifecycle.upgrade.notes import Ending, endings

_NAMED = 3


def fields(situation: Situation, target: int) -> Iterator[Finding]:
    """What stops working with 1.`target`, and what is deprecated there."""
    uses: defaultdict[tuple[str, str], list[FieldUse]] = defaultdict(list)
    for use in situation.fields:
        uses[use.where, use.match].append(use)
    for ending in endings():
        if found := uses.get((ending.where, ending.match)):
            yield from _told(ending, found, target)


def _told(ending: Ending, found: list[FieldUse], target: int) -> Iterator[Finding]:
    over = ending.ends is not None and ending.ends <= target
    old = ending.deprecated is not None and ending.deprecated <= target
    if not over and not old and ending.ends != target + 1:
        return
    names = list(dict.fromkeys(each.name for each in found))
    shown = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
    level: Level = "blocker" if over and ending.fails else "warning"
    what = (
        "has no effect any more"
        if over and not ending.fails
        else "makes pods or nodes fail"
        if over
        else "is deprecated"
    )
    when = f"from 1.{ending.ends} on" if over else f"and ends with 1.{ending.ends}" if ending.ends else "there"
    yield Finding(
        level=level,
        code="field-ends",
        what=f"{ending.where} {ending.match} of {shown} {what} {when}",
        do=ending.instead,
        place=found[0].place,
        source=ending.source,
    )
