"""What a shell offers for an argument that is being typed; it never fails and prints nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import click


def _offering(names: Callable[[str], Iterable[str]]) -> Any:
    """What a parameter offers: those names that begin with what is typed, of those that there are for it."""

    def complete(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[str]:
        try:
            return [name for name in names(typed) if name.startswith(typed)]
        except Exception:  # a shell is no place for a message
            return []

    return complete


def _stacks(_typed: str) -> list[str]:
    from eks_blueprints.review.preview.targets import all_targets

    return [target.stack for target in all_targets()]


def _addons(_typed: str) -> list[str]:
    from eks_blueprints.addons.base import AddOn
    from eks_blueprints.core.elements import kinds

    return list(kinds(AddOn))


def _policies(_typed: str) -> list[str]:
    from eks_blueprints.policies.catalogue import rules

    return sorted(rules())


def _presets(_typed: str) -> list[str]:
    from eks_blueprints.starter.answers import PRESETS

    return list(PRESETS)


def _fields(typed: str) -> list[str]:
    """The paths of the fields beside the one that is typed."""
    from eks_blueprints.reference.field_help import field_names

    parent, dot, _ = typed.rpartition(".")
    return [f"{parent}{dot}{name}" for name in field_names(parent)]


stacks, addons, policies, presets, fields = map(_offering, (_stacks, _addons, _policies, _presets, _fields))
