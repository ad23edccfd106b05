"""What to write for a word that is right in a manifest or a chart, and is no field here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BeforeValidator

from eks_blueprints.core.errors import Faults, folded, shown

Places = tuple[tuple[str, str], ...]
"""Types of Kubernetes, and how a field of each is written here: `%s` stands for the field."""


def written_as(name: str, places: Places) -> str | None:
    """How a field of Kubernetes is written here, in any spelling of its name; None where no type has it."""
    from eks_blueprints.kubernetes.shapes import of

    for type_name, form in places:
        for field in of(None).fields(type_name):
            if folded(field) == folded(name):
                return f"write it as {form % field}"
    return None


def by_name(example: str) -> BeforeValidator:
    """Refuses a list where entries are written by their names, with how they are written."""

    def check(value: Any) -> Any:
        if isinstance(value, list | tuple):
            raise ValueError(f"is written by names, not as a list; got {shown(list(value))}; write {example}")
        return value

    return BeforeValidator(check)


def check_bounds(least: int, most: int, faults: Faults) -> None:
    """Note bounds of a number of pods of which the upper one is below the lower one."""
    if least > most:
        faults.add("max_replicas", f"is below min_replicas; got {least} and {most}; raise it")


def not_an_object(value: Any, parts: str, do: str) -> Any:
    """The value, unless it is a mapping where a text is wanted.

    Raises:
        ValueError: if it has one of the keys that a chart has there.
    """
    if isinstance(value, Mapping) and set(value) & set(parts.split()):
        raise ValueError(f"needs text; got {shown(dict(value))}; {do}")
    return value
