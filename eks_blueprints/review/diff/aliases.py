"""Which resource of the old plan is which of the new one: by URN, else by its aliases, as the engine looks them up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.recording.plan import Plan, PlannedResource

_STACK = "pulumi:pulumi:Stack"


def match(new: Plan, old: Plan) -> dict[str, str]:
    """Old URNs by new ones. A resource whose parent has another URN than before is looked for under the former too."""
    known = {resource.urn for resource in old.resources}
    found: dict[str, str] = {}
    formers: dict[str, list[str]] = {}
    by_urn = new.by_urn()
    for resource in new.resources:
        formers[resource.urn] = list(dict.fromkeys(_formers(resource, new, by_urn, formers)))
        former = next((urn for urn in (resource.urn, *formers[resource.urn]) if urn in known), None)
        if former is not None:
            found[resource.urn] = former
    return found


def _formers(
    resource: PlannedResource, plan: Plan, by_urn: Mapping[str, PlannedResource], formers: Mapping[str, list[str]]
) -> Iterator[str]:
    given = [_urn(alias, resource, plan) for alias in resource.options.get("aliases", ())]
    yield from given
    parent = by_urn.get(resource.parent or "")
    if parent is None:
        return
    for former in formers.get(parent.urn, ()):
        name = _former_name(resource.name, parent.name, former.rpartition("::")[2])
        for own in (resource.urn, *given):
            yield _make(plan, _type_path(former), own.split("::")[2].rpartition("$")[2], _renamed(own, resource, name))


def _renamed(own: str, resource: PlannedResource, name: str) -> str:
    given = own.rpartition("::")[2]
    return name if given == resource.name else given


def _former_name(name: str, parent: str, former_parent: str) -> str:
    # The engine renames children whose name begins with their parent's.
    return former_parent + name.removeprefix(parent) if name.startswith(parent) else name


def _urn(alias: Any, resource: PlannedResource, plan: Plan) -> str:
    if isinstance(alias, str):
        return alias
    own = resource.urn.split("::")
    parent_path = own[2].rpartition("$")[0]
    if alias.get("noParent"):
        parent_path = ""
    elif alias.get("parentUrn"):
        parent_path = _type_path(alias["parentUrn"])
    type_ = alias.get("type") or resource.type
    stack, project = alias.get("stack") or plan.stack, alias.get("project") or plan.project
    head = f"urn:pulumi:{stack}::{project}"
    path = f"{parent_path}${type_}" if parent_path else type_
    return f"{head}::{path}::{alias.get('name') or resource.name}"


def _type_path(urn: str) -> str:
    parts = urn.split("::")
    path = parts[2] if len(parts) > 3 else ""
    return "" if path == _STACK else path


def _make(plan: Plan, parent_path: str, type_: str, name: str) -> str:
    path = f"{parent_path}${type_}" if parent_path else type_
    return f"urn:pulumi:{plan.stack}::{plan.project}::{path}::{name}"
