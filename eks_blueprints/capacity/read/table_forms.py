"""The forms that values of a table of requests have."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from eks_blueprints.core.errors import shown
from eks_blueprints.karpenter.labels import ARCHITECTURE, KNOWN_VALUES, label_value, qualified_name
from eks_blueprints.karpenter.quantities import exact, quantity

_LARGEST = 10**7
"""Most pods of one row; more than any cluster has."""
_PRIORITY = 10**9
"""The greatest priority that a PriorityClass of one's own can have."""
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def count_of(text: str) -> int:
    """A number of pods.

    Raises:
        ValueError: if it is none.
    """
    if not text.isascii() or not text.isdigit():
        raise ValueError(f"needs a whole number; got {shown(text)}; write digits, such as 12")
    if len(text) > 9 or int(text) > _LARGEST:
        raise ValueError(f"is too large; got {shown(text)}; use at most {_LARGEST}")
    return int(text)


@lru_cache(maxsize=4096)  # the same few amounts stand in all rows
def amount_of(text: str) -> Fraction:
    """An amount of a resource.

    Raises:
        ValueError: if it is none.
    """
    return exact(quantity(text))


def priority_of(text: str) -> int:
    """A priority.

    Raises:
        ValueError: if it is none.
    """
    digits = text.removeprefix("-")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 10 or abs(int(text)) > 2 * _PRIORITY + 1000:
        raise ValueError(f"needs a whole number; got {shown(text)}; write one such as 1000, at most {_PRIORITY}")
    return int(text)


def arch_of(text: str) -> str:
    """An architecture of nodes.

    Raises:
        ValueError: if it is none.
    """
    known = KNOWN_VALUES[ARCHITECTURE]
    if text not in known:
        meant = {"x86_64": "amd64", "x86": "amd64", "arm": "arm64", "aarch64": "arm64"}.get(text.lower())
        do = f"did you mean {meant}?" if meant else f"use {' or '.join(known)}"
        raise ValueError(f"is no architecture; got {shown(text)}; {do}")
    return text


def selector_of(text: str) -> dict[str, str]:
    """A node selector, `key=value;key=value`.

    Raises:
        ValueError: if it is none.
    """
    found: dict[str, str] = {}
    for part in filter(None, (each.strip() for each in text.split(";"))):
        key, equals, value = (each.strip() for each in part.partition("="))
        if not equals or not key:
            raise ValueError(f"needs key=value; got {shown(part)}; write it like team=shop;tier=web")
        found[qualified_name(key, "label key")] = label_value(value)
    return found


def tolerations_of(text: str) -> list[dict[str, str]]:
    """Tolerations: `key`, `key=value`, either with `:Effect`, or `*`; several with `;`.

    Raises:
        ValueError: if it is none.
    """
    found = []
    for part in filter(None, (each.strip() for each in text.split(";"))):
        taint, colon, effect = part.rpartition(":")
        if not colon:
            taint, effect = part, ""
        if effect and effect not in _EFFECTS:
            raise ValueError(
                f"needs an effect of {', '.join(_EFFECTS)}; got {shown(effect)}; write key=value:NoSchedule"
            )
        key, equals, value = taint.partition("=")
        one = {"operator": "Equal", "value": value} if equals else {"operator": "Exists"}
        if key != "*":
            one["key"] = qualified_name(key, "key of a taint")
        found.append({**one, "effect": effect} if effect else one)
    return found
