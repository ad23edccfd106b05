"""The order of add-ons: each after all that it requires, what brings kinds of its objects, and all of earlier stages;
otherwise as they are listed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from eks_blueprints.addons.base import AddOn
from eks_blueprints.blueprint.kind_order import bringers, reaches
from eks_blueprints.core.errors import Faults


def required(addon: AddOn, among: Sequence[AddOn]) -> list[str]:
    """The names of those add-ons that are of a class which `addon` requires."""
    if not addon.requires:  # most require nothing, and a platform may have a thousand
        return []
    return [other.name for other in among if other is not addon and isinstance(other, addon.requires)]


def awaited(addons: Sequence[AddOn], carried: Collection[str] = (), carrier: str = "") -> dict[str, list[str]]:
    """For each add-on by its name, those that have to be ready before it is installed.

    An add-on that another one requires, or whose kinds it makes objects of, is installed in that one's stage, or
    nothing could ever come first. Those that are `carried` out by another, the `carrier`, wait for it.
    """
    needs = {addon.name: required(addon, addons) for addon in addons}
    for name in carried:
        if carrier not in needs[name]:
            needs[name].append(carrier)
    for name, others in bringers(addons, needs).items():
        needs[name] += others
    stages = _stages(addons, needs)
    place = {addon.name: number for number, addon in enumerate(addons)}
    earlier = {at: [name for name in place if stages[name] < at] for at in set(stages.values())}
    found: dict[str, list[str]] = {}
    for addon in addons:
        names, at = needs[addon.name], stages[addon.name]
        also = set() if addon.before_nodes else set(earlier[at])
        if addon.after:
            soft = [each.name for each in addons if isinstance(each, addon.after) and stages[each.name] <= at]
            also.update(name for name in soft if not reaches(name, addon.name, needs))
        found[addon.name] = [*names, *sorted(also.difference(names, [addon.name]), key=place.__getitem__)]
    return found


def in_order(addons: Sequence[AddOn], first: Mapping[str, Sequence[str]] | None = None) -> list[AddOn]:
    """The add-ons, each after what it waits for: `first`, or what `awaited` says.

    Raises:
        ValidationError: if some require each other in a circle.
    """
    by_name = {addon.name: addon for addon in addons}
    sorter = TopologicalSorter(first or awaited(addons))
    try:
        return [by_name[name] for name in sorter.static_order()]
    except CycleError as error:
        circle = error.args[1]
        faults = Faults()
        faults.add(
            ("addons", circle[0]),
            f"requires itself through {' -> '.join(circle)}; got a cycle; remove one of these requirements",
        )
        faults.raise_if_any()
        raise


def _stages(addons: Sequence[AddOn], needs: Mapping[str, Sequence[str]]) -> dict[str, int]:
    stages = {addon.name: int(addon.stage) for addon in addons}
    changed = True
    while changed:
        changed = False
        for name, others in needs.items():
            for other in others:
                if stages[other] > stages[name]:
                    stages[other] = stages[name]
                    changed = True
    return stages
