"""What to write for a word that is right in a manifest or a chart, and is no field here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from eks_blueprints.core.errors import Faults, folded, shown
from eks_blueprints.core.spec import Spec

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


def _not_below(most: int, info: ValidationInfo) -> int:
    # Without min_replicas it is wrong itself, which is told there.
    least = info.data.get("min_replicas", most)
    if least > most:
        raise ValueError(f"is below min_replicas; got {least} and {most}; raise it")
    return most


MOST_PODS = 2**31 - 1
"""As many pods Kubernetes counts."""
MaxReplicas = Annotated[int, Field(ge=1, le=MOST_PODS), AfterValidator(_not_below)]
"""The upper bound of a number of pods, whose lower one is `min_replicas`. A default has to be validated too."""


def check_one(spec: Spec, one: str, other: str, faults: Faults) -> None:
    """Note that of two fields not exactly one is said."""
    said = [getattr(spec, field) is not None for field in (one, other)]
    if said[0] == said[1]:
        got = "both" if said[0] else "neither"
        faults.add(one, f"or {other} is required, and one alone; got {got}; write one of them")


def not_an_object(value: Any, parts: str, do: str) -> Any:
    """The value, unless it is a mapping where a text is wanted.

    Raises:
        ValueError: if it has one of the keys that a chart has there.
    """
    if isinstance(value, Mapping) and set(value) & set(parts.split()):
        raise ValueError(f"needs text; got {shown(dict(value))}; {do}")
    return value
