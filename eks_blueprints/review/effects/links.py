"""Which resource a value of a plan speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.recording.plan import Plan, PlannedResource


def referred(plan: Plan | None, value: Any, type_: str) -> PlannedResource | None:
    """The resource of a type whose output a value takes: a symbol such as `${prod-template.id}`, or an unknown."""
    return next(all_referred(plan, value, type_), None)


def all_referred(plan: Plan | None, value: Any, type_: str) -> Iterator[PlannedResource]:
    """Every one of them, in the plan's order."""
    for resource in plan.resources if plan else ():
        if resource.type == type_ and names(value, resource):
            yield resource


def names(value: Any, resource: PlannedResource) -> bool:
    """Whether a value takes an output of a resource."""
    if isinstance(value, str):
        return f"${{{resource.name}." in value
    if isinstance(value, Mapping):
        return "$unknown" in value and resource.name in (value.get("from") or ())
    return False


def section(inputs: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    """An object inside inputs; an empty one where it is missing or not known."""
    found: Any = inputs
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def entries(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list; none where it is missing or not known."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def minor_of(version: Any) -> int | None:
    """The minor number of a Kubernetes version, or of an image's release such as `1.33.4-20250904`."""
    parts = version.removeprefix("v").split(".") if isinstance(version, str) else []
    return int(parts[1]) if len(parts) > 1 and parts[0] == "1" and parts[1].isdigit() else None
