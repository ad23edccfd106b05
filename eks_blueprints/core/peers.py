"""Words of other tools for our fields and kinds, so that whoever brings one is told ours."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from eks_blueprints.core.errors import folded, shown, unknown_name

_PLACES = {"BlueprintArgs": "", "NetworkArgs": "network", "ExistingNetworkArgs": "network", "ClusterArgs": "cluster"}
"""Where the specs stand in a stack file whose fields the table names."""
_FURTHER_PLACES = {
    "AccessEntry": "access",
    "IdentityProvider": "cluster.identity_provider",
    "PodIdentityAssociation": "pod_identity_associations",
}
"""The same for specs whose fields only the complete list of the tools names."""
_GROUPS_OF_NODES = {"compute.managed_nodes", "compute.self_managed_nodes"}
"""Places of kinds that other tools have as two sorts of one thing."""


def unknown_field(name: str, spec: type, known: Iterable[str]) -> str:
    """The message for a field that a spec does not have: what another tool's word means here, or the nearest field."""
    known = list(known)
    if folded(name) not in map(folded, known) and (
        do := _of_class(name, spec, known) or _instead(name, spec, known) or _of_tools(name, spec, known)
    ):
        return f"no such field; got {shown(name)}; {do}"
    return unknown_name(name, known, "field")


def unknown_kind(name: str, known: Iterable[str], what: str) -> str:
    """The same for a kind of element."""
    known = list(known)
    meant = _words("kinds").get(folded(name))
    if meant in known and folded(name) not in map(folded, known):
        return f"no such {what}; got {shown(name)}; did you mean {meant}?"
    return unknown_name(name, known, what)


def _instead(name: str, spec: type, known: list[str]) -> str | None:
    place = _place(spec)
    if place is None:
        return None
    path = _words("fields").get(folded(name))
    if path is None:
        return _words("instead").get(folded(name)) if place in ("", "cluster") else None
    inside = path.removeprefix(f"{place}.")
    if inside == path and path not in known:
        return f"write {path}"
    # A sort of compute that lacks the field is no reason to name that of another sort.
    return f"did you mean {inside}?" if inside.partition(".")[0] in known else None


def _of_class(name: str, spec: type, known: list[str]) -> str | None:
    """What the table says for a class or one that it extends, or else the class itself."""
    for base in spec.__mro__:
        room, _, _ = base.__module__.removeprefix(f"{__name__.partition('.')[0]}.").partition(".")
        do = of_class(room, base.__name__).get(folded(name))
        if do is not None and " " in do:
            return do
        if do is not None and do.partition(".")[0] in known:
            return f"did you mean {do}?"
    own: Callable[[str], str | None] | None = getattr(spec, "written_instead", None)
    return None if own is None else own(name)


def _of_tools(name: str, spec: type, known: list[str]) -> str | None:
    """What the complete list of the tools says."""
    from eks_blueprints.core import peer_fields

    places = _places(spec)
    meant = peer_fields.in_place(name, places)
    if meant is None:
        return next((do for place in places for do in _of_other_nodes(name, place, known)), None)
    if not meant.is_field:
        return meant.here
    inside = meant.here.removeprefix(".")
    if inside == meant.here:
        return f"write {meant.here}"
    return f"did you mean {inside}?" if inside.partition(".")[0] in known else None


def _of_other_nodes(name: str, place: str, known: list[str]) -> Iterator[str]:
    """What it is of the other kind of groups of nodes, where this kind has no such field."""
    from eks_blueprints.core import peer_fields

    for other in _GROUPS_OF_NODES - {place} if place in _GROUPS_OF_NODES else ():
        meant = peer_fields.in_place(name, [other])
        field = "" if meant is None else meant.here.removeprefix(".")
        if field.isidentifier() and field not in known:
            yield f"write {field} of {other.removeprefix('compute.')}, which alone has it"


def _places(spec: type) -> list[str]:
    if (group := getattr(spec, "group", None)) is not None:
        own = f"{group}.{spec.kind()}"  # type: ignore[attr-defined]
        return [own, "addons.eks_addon"] if group == "addons" else [own]
    places = _PLACES | _FURTHER_PLACES
    return [places[base.__name__] for base in spec.__mro__ if base.__name__ in places]


def _place(spec: type) -> str | None:
    if getattr(spec, "group", None) == "compute":
        return "compute.NAME"
    return next((_PLACES[base.__name__] for base in spec.__mro__ if base.__name__ in _PLACES), None)


def fields() -> dict[str, str]:
    """Every word of the table that means a field, and the field."""
    return dict(_table()["fields"])


@cache
def _words(part: str) -> dict[str, str]:
    return {folded(word): ours for word, ours in _table()[part].items()}


@cache
def of_class(room: str, class_name: str) -> dict[str, str]:
    """Words that mean something in one class of a room alone, and the field, or what to write instead."""
    return {folded(word): do for word, do in _table()["of"].get(room, {}).get(class_name, {}).items()}


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("peers.toml").read_text(encoding="utf-8"))
