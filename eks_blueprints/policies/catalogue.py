"""Every rule that comes with the package; the modules of `rules` hold them, grouped by subject."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from eks_blueprints.policies.definition import Rule, put_in_order, registered


def rules() -> dict[str, Rule]:
    """The rules by id, in the order of the catalogue's modules; those a program registers itself come last."""
    _load()
    return registered()


def rule_named(id: str) -> Rule:  # noqa: A002
    """One rule.

    Raises:
        ValueError: if there is none of that id, naming the nearest.
    """
    from eks_blueprints.core.errors import unknown_name

    known = rules()
    if id not in known:
        raise ValueError(unknown_name(id, known, "policy"))
    return known[id]


def modules() -> tuple[str, ...]:
    """The names of the modules of rules, in the order of the pages about them."""
    package = importlib.import_module("eks_blueprints.policies.rules")
    return tuple(
        sorted(found.name for found in pkgutil.iter_modules(package.__path__) if not found.name.startswith("_"))
    )


@cache
def _load() -> None:
    names = [f"eks_blueprints.policies.rules.{name}" for name in modules()]
    for name in names:
        importlib.import_module(name)
    # Others may have imported one of them before.
    put_in_order(names)
