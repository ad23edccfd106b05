"""The rules of `rules.toml`, carried out: a field of the source becomes one of the stack file, or goes to a step."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path as FilePath
from typing import Any, TypeAlias

from eks_blueprints.core.errors import Path
from eks_blueprints.lifecycle.importers.eksctl import schema
from eks_blueprints.lifecycle.importers.eksctl.build import Build
from eks_blueprints.lifecycle.importers.eksctl.source import Node

Step: TypeAlias = Callable[[Build, Node, Path], None]
"""What makes fields of the stack file of a part of the source, below the path of the element that is being made."""

STEPS: dict[str, Step] = {}


def step(function: Step) -> Step:
    """Mark a step, which rules name by its function's name."""
    STEPS[function.__name__] = function
    return function


def rule_of(owner: str, field: str) -> Any:
    """The rule of a type's field; None where there is none."""
    return table().get(owner, {}).get(field)


def apply(build: Build, node: Node, base: Path, *, without: tuple[str, ...] = ()) -> None:
    """Carry out the rules of all fields of a part that has a type of the table."""
    for child in node.members():
        if child.path[-1] not in without and not child.empty:
            apply_one(build, node.holds, child, base)


def apply_one(build: Build, owner: str, child: Node, base: Path) -> None:
    """Carry out the rule of one field."""
    rule = rule_of(owner, str(child.path[-1]))
    if rule is None:
        if schema.is_type(child.holds):
            apply(build, child, base)
    elif isinstance(rule, Mapping):
        build.put(_target(rule["to"], base), rule["values"][_word(child.value)], child)
    elif rule.startswith("@"):
        STEPS[rule[1:]](build, child, base)
    else:
        build.put(_target(rule, base), child.value, child)


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _target(field: str, base: Path) -> Path:
    return tuple(field[1:].split(".")) if field.startswith("/") else (*base, *field.split("."))


@cache
def table() -> dict[str, dict[str, Any]]:
    """The rules by type and field."""
    found = tomllib.loads(FilePath(__file__).with_name("rules.toml").read_text(encoding="utf-8"))
    return {owner: fields for owner, fields in found.items() if isinstance(fields, dict)}
