"""The order of add-ons: each after all that it requires, and otherwise as they are listed."""

from __future__ import annotations

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter

from eks_blueprints.addons.base import AddOn
from eks_blueprints.errors import Faults


def required(addon: AddOn, among: Sequence[AddOn]) -> list[str]:
    """The names of those add-ons that are of a class which `addon` requires."""
    return [other.name for other in among if other is not addon and isinstance(other, addon.requires)]


def in_order(addons: Sequence[AddOn]) -> list[AddOn]:
    """The add-ons, each after what it requires.

    Raises:
        ValidationError: if some require each other in a circle.
    """
    by_name = {addon.name: addon for addon in addons}
    sorter = TopologicalSorter({addon.name: required(addon, addons) for addon in addons})
    try:
        return [by_name[name] for name in sorter.static_order()]
    except CycleError as error:
        circle = error.args[1]
        faults = Faults()
        faults.add(("addons", circle[0]), f"requires itself through {' -> '.join(circle)}; got a circle; break it")
        faults.raise_if_any()
        raise
