"""Rights as a reader takes them in: those of high power by name, all others folded."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from eks_blueprints.core.iam_match import every_action, matches, whole_service
from eks_blueprints.review.effects import Level
from eks_blueprints.review.report.model import Security

_TABLE = Path(__file__).with_name("powers.toml")
_LEVELS: tuple[Level, ...] = ("danger", "warning", "note")


@cache
def _powers() -> dict[str, tuple[str, ...]]:
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    return {key: tuple(each.lower() for each in table[key]["actions"]) for key in ("escalation", "data")}


def power(action: str, *, everything: bool, conditions: bool) -> Level:
    """How bad it is to give the right to an action, which may hold wildcards.

    `everything` says that no resource limits it, `conditions` that conditions do.
    """
    if every_action(action):
        return "danger" if everything else "warning"
    if met := [known for known in _powers()["escalation"] if matches(action, known)]:
        alone = any(known.startswith(_OF_RIGHTS) for known in met)
        return "danger" if alone and everything and not conditions else "warning"
    if everything and not conditions and any(matches(action, known) for known in _powers()["data"]):
        return "warning"
    return "warning" if whole_service(action) else "note"


_OF_RIGHTS = ("eks:associateaccesspolicy", "iam:", "identitystore:", "organizations:", "rolesanywhere:", "sso:", "sts:")
"""Beginnings of actions that give rights by themselves; others need a role that is there already."""


def loud(found: Iterable[Security]) -> list[Security]:
    """What comes and must not be missed."""
    return [item for item in found if item.added and item.level != "note"]


def quiet(found: Iterable[Security]) -> list[Security]:
    """All else: what goes, and rights of little power."""
    return [item for item in found if not item.added or item.level == "note"]


def folded(found: Sequence[Security]) -> list[Security]:
    """Rights to several actions on the same things as one right; they keep their order, and the worst level counts."""
    groups: dict[tuple[object, ...], list[Security]] = {}
    for item in found:
        what, where = _split(item.text)
        key = (item.area, item.added, item.subject, where) if where is not None else (id(item), what)
        groups.setdefault(key, []).append(item)
    return [_one(group) for group in groups.values()]


def _split(text: str) -> tuple[str, str | None]:
    """An action, and where it holds; None for what is not an action."""
    if not text.startswith("`") or ":" not in text.split("`")[1]:
        return text, None
    _, action, where = text.split("`", 2)
    return action, where


def _one(group: Sequence[Security]) -> Security:
    if len(group) == 1:
        return group[0]
    parts = [_split(item.text) for item in group]
    where = parts[0][1] or ""
    most = 99 if any(item.level != "note" for item in group) else 3
    actions = [f"`{action}`" for action, _ in parts]
    more = f" and {len(actions) - most} more" if len(actions) > most else ""
    first = group[0]
    level = min((item.level for item in group), key=_LEVELS.index)
    return Security(first.area, first.added, first.subject, f"{', '.join(actions[:most])}{more}{where}", level)
