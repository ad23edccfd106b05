"""Add-ons whose objects are of kinds that others bring, and therefore come after these."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from eks_blueprints.addons.base import AddOn
from eks_blueprints.core.errors import Problem

if TYPE_CHECKING:
    from eks_blueprints.addons._kinds import Kind
    from eks_blueprints.blueprint.spec import BlueprintArgs

_BRINGERS = {"monitoring.coreos.com": "kube_prometheus_stack", "cert-manager.io": "cert_manager"}
"""Add-ons to propose for kinds that charts ask for most."""


def bringers(addons: Sequence[AddOn], needs: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    """For each add-on, those that bring kinds of its objects, or the namespaces that these are put into.

    `needs` says what each waits for in any case; who waits for an add-on cannot be waited for by it.
    """
    found: dict[str, list[str]] = {addon.name: [] for addon in addons}
    waits = {name: set(others) for name, others in needs.items()}
    for addon, other in _pairs(addons):
        if other.name in waits[addon.name] or (addon.before_nodes and not other.before_nodes):
            continue
        if not reaches(other.name, addon.name, waits):
            found[addon.name].append(other.name)
            waits[addon.name].add(other.name)
    return found


def check(args: BlueprintArgs) -> Iterator[Problem]:
    """Kinds that nobody brings, or that come too late."""
    from eks_blueprints.blueprint.addon_defaults import settled

    addons = settled(args)
    if not any(_may_ask(addon) for addon in addons):
        return
    from eks_blueprints.addons._kinds import brought, rendered_kinds, written_kinds

    there = {kind for addon in addons for kind in brought(addon)}
    unknown = [addon.name for addon in addons if addon.kind() == "helm"]
    for addon in addons:
        if addon.kind() == "manifests":  # their check tells of kinds that nothing knows
            continue
        asked = rendered_kinds(addon) | written_kinds(addon)
        for group in sorted({group for group, kind in asked if group in _BRINGERS and not _in((group, kind), there)}):
            kinds = ", ".join(sorted(kind for each, kind in asked if each == group))
            do = f"add {_BRINGERS[group]}: {{}}, or its CRDs as manifests"
            also = f", unless {', '.join(unknown)} installs it" if unknown else ""
            message = f"creates objects of a kind that nothing here installs, and Helm then refuses it{also}"
            yield _doubt(addon, f"{message}; got {kinds} of {group}; {do}")
    yield from _too_late(args, addons)


def _too_late(args: BlueprintArgs, addons: Sequence[AddOn]) -> Iterator[Problem]:
    """Add-ons that cannot wait for those whose kinds they make objects of."""
    from eks_blueprints.blueprint import addon_delivery
    from eks_blueprints.blueprint.order import awaited

    by = addon_delivery.carrier(args)
    carried = addon_delivery.carried(args, addons)
    waits = awaited(addons, carried, by.name if by else "")
    for addon, other in _pairs(addons):
        asked = f"creates objects of kinds that {other.name} installs"
        if addon.before_nodes and not other.before_nodes:
            message = f"{asked}, which is installed on nodes, and it comes before these"
            yield _doubt(addon, f"{message}; got both; leave these objects to manifests")
        elif other.name not in waits[addon.name]:
            message = f"{asked}, which waits for it in turn"
            yield _doubt(addon, f"{message}; got both; leave these objects of one of them to manifests")
        elif other.name in carried and addon.name not in carried:
            message = f"{asked}, which {by.name if by else ''} installs at a later time"
            yield _doubt(addon, f"{message}; got no delivery for {other.name}; give it delivery: helm")


def _may_ask(addon: AddOn) -> bool:
    return "values" in type(addon).model_fields


def _pairs(addons: Sequence[AddOn]) -> Iterator[tuple[AddOn, AddOn]]:
    """Each add-on with objects of others' kinds, and one that brings some of these."""
    if not any(_may_ask(addon) or addon.kind() == "manifests" for addon in addons):
        return
    # The frame of charts and their table are loaded with the first of them.
    from eks_blueprints.addons._kinds import brought, namespaces, rendered_kinds, written_kinds

    bring = {addon.name: brought(addon) for addon in addons}
    by_kind: dict[Kind, list[AddOn]] = {}
    homes: dict[str, list[AddOn]] = {}
    for addon in addons:
        for kind in bring[addon.name]:
            by_kind.setdefault(kind, []).append(addon)
        if addon.home not in ("kube-system", "default"):
            homes.setdefault(addon.home, []).append(addon)
    for addon in addons:
        asked = {kind for kind in rendered_kinds(addon) | written_kinds(addon) if not _in(kind, bring[addon.name])}
        others = [
            other for kind in sorted(asked) for other in (*by_kind.get(kind, ()), *by_kind.get((kind[0], "*"), ()))
        ]
        others += [other for name in sorted(namespaces(addon)) for other in homes.get(name, ())]
        yield from ((addon, other) for other in {each.name: each for each in others}.values() if other is not addon)


def _in(kind: Kind, there: Collection[Kind]) -> bool:
    return kind in there or (kind[0], "*") in there


def reaches(start: str, goal: str, waits: Mapping[str, Collection[str]]) -> bool:
    """Whether one waits for another, also by way of others."""
    seen, left = set(), [start]
    while left:
        name = left.pop()
        if name == goal:
            return True
        if name not in seen:
            seen.add(name)
            left += waits.get(name, ())
    return False


def _doubt(addon: AddOn, message: str) -> Problem:
    return Problem(("addons", addon.name), message, severity="warning")
