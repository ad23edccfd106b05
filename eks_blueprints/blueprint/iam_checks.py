"""Roles that are made, seen side by side: names that two would have, more tags than a role can carry, and statements
of policies that reach further than they need to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from eks_blueprints.core.errors import Path, Problem, dotted
from eks_blueprints.core.leaves import too_many_tags
from eks_blueprints.core.role_spec import RoleMarks
from eks_blueprints.core.statements import EVERYBODY, ResourceStatement, StatementArgs

if TYPE_CHECKING:
    from eks_blueprints.blueprint.spec import BlueprintArgs


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """Every problem between roles of a platform."""
    if fault := too_many_tags(args.tags, args.iam.tags):
        yield Problem(("iam", "tags"), fault)
        return
    named: dict[str, Path] = {}
    for path, each, tags in _said(args, (), {}):
        if isinstance(each, ResourceStatement):
            if each.for_everybody:
                do = "name accounts or roles, or add conditions"
                yield Problem((*path, "principals"), f"allows everyone; got {EVERYBODY}; {do}", severity="warning")
        elif isinstance(each, StatementArgs):
            if path[-2] == "allow":
                yield from _broad(each, path)
        else:
            if each.name is not None and (other := named.setdefault(each.name.lower(), path)) != path:
                do = "a name can be used once in an account: rename one of them"
                yield Problem((*path, "name"), f"is also used by {dotted(other)}; got {each.name}; {do}")
            if fault := too_many_tags(args.tags, args.iam.tags, tags, each.tags):
                yield Problem((*path, "tags"), fault)


def _broad(statement: StatementArgs, path: Path) -> Iterator[Problem]:
    """Doubts about a permission for all that a service, or all of AWS, can do."""
    do = "name the actions"
    if statement.not_actions:
        got = ", ".join(statement.not_actions)
        yield Problem((*path, "not_actions"), f"allows every other action of AWS; got {got}; {do}", severity="warning")
    for index, action in enumerate(statement.actions):
        service, _, verb = action.partition(":")
        if action == "*" or verb == "*":
            what = f"allows every action of {service}" if verb else "allows everything in the account"
            yield Problem((*path, "actions", index), f"{what}; got {action}; {do}", severity="warning")


def _said(
    value: Any, path: Path, tags: Any
) -> Iterator[tuple[Path, RoleMarks | StatementArgs | ResourceStatement, Any]]:
    """What is said about roles and in statements, where it stands, and the tags of the part that it stands in."""
    if isinstance(value, RoleMarks | StatementArgs | ResourceStatement):
        yield path, value, tags
    if isinstance(value, BaseModel):
        tags = getattr(value, "tags", tags) or tags
        for name in value.model_fields_set:
            yield from _said(getattr(value, name), (*path, name), tags)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _said(item, (*path, str(key)), tags)
    elif isinstance(value, tuple | list):
        for index, item in enumerate(value):
            yield from _said(item, (*path, str(getattr(item, "name", "")) or index), tags)
