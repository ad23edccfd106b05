"""What a shell offers for an argument that is being typed; it never fails and prints nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import click


def _offering(names: Callable[[], Iterable[str]]) -> Any:
    def complete(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[str]:
        try:
            return [name for name in names() if name.startswith(typed)]
        except Exception:  # a shell is no place for a message
            return []

    return complete


def _stacks() -> list[str]:
    from eks_blueprints.review.preview.targets import all_targets

    return [target.stack for target in all_targets()]


def _addons() -> list[str]:
    from eks_blueprints.addons.base import AddOn
    from eks_blueprints.core.elements import kinds

    return list(kinds(AddOn))


def _policies() -> list[str]:
    from eks_blueprints.policies.catalogue import rules

    return sorted(rules())


def _presets() -> list[str]:
    from eks_blueprints.starter.answers import PRESETS

    return list(PRESETS)


stacks, addons, policies, presets = (_offering(names) for names in (_stacks, _addons, _policies, _presets))
