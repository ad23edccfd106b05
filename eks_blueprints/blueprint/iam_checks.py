"""Roles that are made, seen side by side: names that two would have, and more tags than a role can carry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from eks_blueprints.core.errors import Path, Problem, dotted
from eks_blueprints.core.leaves import too_many_tags
from eks_blueprints.core.role_spec import RoleMarks

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """Every problem between roles of a platform."""
    if fault := too_many_tags(args.tags, args.iam.tags):
        yield Problem(("iam", "tags"), fault)
        return
    named: dict[str, Path] = {}
    for path, role, tags in _roles(args, (), {}):
        if role.name is not None and (other := named.setdefault(role.name.lower(), path)) != path:
            do = "a name can be used once in an account: rename one of them"
            yield Problem((*path, "name"), f"is also used by {dotted(other)}; got {role.name}; {do}")
        if fault := too_many_tags(args.tags, args.iam.tags, tags, role.tags):
            yield Problem((*path, "tags"), fault)


def _roles(value: Any, path: Path, tags: Any) -> Iterator[tuple[Path, RoleMarks, Any]]:
    """What is said about roles, where it stands, and the tags of the part that it stands in."""
    if isinstance(value, RoleMarks):
        yield path, value, tags
    elif isinstance(value, BaseModel):
        tags = getattr(value, "tags", tags) or tags
        for name in value.model_fields_set:
            yield from _roles(getattr(value, name), (*path, name), tags)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _roles(item, (*path, str(key)), tags)
    elif isinstance(value, tuple | list):
        for index, item in enumerate(value):
            yield from _roles(item, (*path, str(getattr(item, "name", "")) or index), tags)
