"""One document laid over another: mappings merge, lists of named entries merge by their names, `null` removes.

Every value keeps the place where it is written; a part that both documents write is at its place in the upper one.

A list of named entries is one of mappings whose names no two share (`_NAMES`). In the upper list the words of
Kubernetes' strategic merge patches say more: `{name: cache, $patch: delete}` removes an entry, and an entry that is
nothing but `{$patch: replace}` lets the list take the place of the lower one. Every other list is replaced. A mapping
with `$patch: replace` takes the place of the lower one too, and so does one that names a value: `{config: key}`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from eks_blueprints.core.document import Document, Place
from eks_blueprints.core.errors import REFERENCE_KEYS, InputError, Path, Problem, shown

_PATCH = "$patch"
_REPLACE = {_PATCH: "replace"}
_NAMES: dict[str, tuple[str, ...]] = {
    "block_device_mappings": ("device_name",),
    "taints": ("key", "effect"),
    "startup_taints": ("key", "effect"),
    "role_mappings": ("role",),
    "reserved_memory": ("numa_node",),
}
"""What names the entries of a list, by the field that it stands in."""
_SOURCES = (*REFERENCE_KEYS, {"stack", "output", "count"}, {"stack", "output", "key", "count"})
_ANY_NAME = ("name",)
"""What names the entries of any other list, such as the variables and volumes of a pod in a chart's values."""
_ALTERNATIVES = "_terms"
"""How fields are called whose entries are alternatives: their `name` is what is looked for."""


def overlaid(
    lower: Document,
    upper: Document,
    stays: Callable[[Path], bool] = lambda _path: False,
    problems: list[Problem] | None = None,
) -> Document:
    """The document that an upper one makes of a lower one.

    Args:
        lower: What is extended.
        upper: What is laid over it.
        stays: Whether a part that `null` removes stays as null, because what reads it has a default of its own.
        problems: Where to put what is wrong instead of raising it; the lower document then holds at such a place.

    Raises:
        InputError: where it is not clear what the upper one means.
    """
    merge = _Merge(lower, upper, stays)
    data = merge.both(lower.data, upper.data, _Spot((), (), ()))
    if problems is not None:
        problems += merge.problems
    elif merge.problems:
        raise InputError(merge.problems)
    return Document(upper.file, data, merge.keys, merge.values, (*upper.extended, lower.file, *lower.extended))


def is_empty(document: Document, path: Path) -> bool:
    """Whether nothing follows the colon of a part, so that it is null without anybody having written so."""
    place = document.values.get(path)
    return place is not None and place.text == ""


class _Spot(NamedTuple):
    """Where a part stands in the lower document, in the upper one, and in the result."""

    low: Path
    high: Path
    at: Path

    def below(self, key: str) -> _Spot:
        return _Spot(*((*path, key) for path in self))


class _Merge:
    """Merges values and notes where each part of the result is written."""

    def __init__(self, lower: Document, upper: Document, stays: Callable[[Path], bool]) -> None:
        self._lower, self._upper, self._stays = lower, upper, stays
        self.keys: dict[Path, Place] = {}
        self.values: dict[Path, Place] = {}
        self.problems: list[Problem] = []

    def both(self, under: Any, over: Any, spot: _Spot) -> Any:
        """The value of a part that both documents have."""
        if isinstance(under, dict) and isinstance(over, dict):
            if over.get(_PATCH) == "replace":
                return self._rest(over, spot)
            if not _is_other(under, over):
                return self._mappings(under, over, spot)
        if isinstance(under, list) and isinstance(over, list):
            if _REPLACE in over:
                return self._replaced(over, spot)
            if (names := _names(spot.at, under, over)) is not None:
                return self._lists(under, over, names, spot)
        return self._taken(self._upper, over, spot.high, spot.at)

    def _mappings(self, under: dict[str, Any], over: dict[str, Any], spot: _Spot) -> dict[str, Any]:
        self._note(self._upper, spot.high, spot.at)
        result: dict[str, Any] = {}
        for key in [*under, *(key for key in over if key not in under)]:
            low, high, at = below = spot.below(key)
            if key not in over:
                result[key] = self._taken(self._lower, under[key], low, at)
            elif key not in under or under[key] is None:
                result[key] = self._taken(self._upper, over[key], high, at)
            elif over[key] is not None:
                result[key] = self.both(under[key], over[key], below)
            elif is_empty(self._upper, high):
                do = "write null to remove it, or leave the line out to keep it"
                self._problem(high, f"is empty, and {self._lower.file} has a value; got nothing; {do}")
                result[key] = self._taken(self._lower, under[key], low, at)
            elif self._stays(at):
                result[key] = self._taken(self._upper, None, high, at)
        return result

    def _lists(self, under: list[Any], over: list[Any], names: tuple[str, ...], spot: _Spot) -> list[Any]:
        self._note(self._upper, spot.high, spot.at)
        upper = {_name(entry, names): index for index, entry in enumerate(over)}
        known = {_name(entry, names) for entry in under}
        result: list[Any] = []
        for index, entry in enumerate(under):
            low, at = (*spot.low, index), (*spot.at, len(result))
            other = upper.get(_name(entry, names))
            if other is None:
                result.append(self._taken(self._lower, entry, low, at))
            elif over[other].get(_PATCH) != "delete":
                result.append(self.both(entry, over[other], _Spot(low, (*spot.high, other), at)))
        for index, entry in enumerate(over):
            high = (*spot.high, index)
            if _name(entry, names) in known:
                continue
            if entry.get(_PATCH) == "delete":
                got = shown({name: entry.get(name) for name in names})
                self._problem(high, f"removes nothing; got {got}, which is not in {self._lower.file}; remove it")
                continue
            result.append(self._taken(self._upper, entry, high, (*spot.at, len(result))))
        return result

    def _rest(self, over: dict[str, Any], spot: _Spot) -> dict[str, Any]:
        self._note(self._upper, spot.high, spot.at)
        rest = {key: item for key, item in over.items() if key != _PATCH}
        return {key: self._taken(self._upper, item, (*spot.high, key), (*spot.at, key)) for key, item in rest.items()}

    def _replaced(self, over: list[Any], spot: _Spot) -> list[Any]:
        self._note(self._upper, spot.high, spot.at)
        kept = [(index, entry) for index, entry in enumerate(over) if entry != _REPLACE]
        return [self._taken(self._upper, entry, (*spot.high, i), (*spot.at, n)) for n, (i, entry) in enumerate(kept)]

    def _taken(self, document: Document, value: Any, source: Path, at: Path) -> Any:
        """A value of one document as it is, with the places of all that is in it."""
        self._note(document, source, at)
        if isinstance(value, dict):
            return {key: self._taken(document, item, (*source, key), (*at, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self._taken(document, item, (*source, i), (*at, i)) for i, item in enumerate(value)]
        return value

    def _note(self, document: Document, source: Path, at: Path) -> None:
        if place := document.keys.get(source):
            self.keys[at] = place
        if place := document.values.get(source):
            self.values[at] = place

    def _problem(self, path: Path, message: str) -> None:
        place = self._upper.place(path, of_key=True) or Place(1, 1, file=self._upper.file)
        self.problems.append(Problem(path, message, place.file, place.line, place.column))


def is_source(value: Mapping[str, Any]) -> bool:
    """Whether a mapping names a value instead of giving it, as `{config: key}` does."""
    return set(value) in _SOURCES and all(isinstance(item, str | int) for item in value.values())


def _is_other(under: Mapping[str, Any], over: Mapping[str, Any]) -> bool:
    """Whether one mapping says something else than a part of the other, because one of them names a value."""
    return is_source(over) or (is_source(under) and not over.keys() <= under.keys())


def _names(at: Path, under: list[Any], over: list[Any]) -> tuple[str, ...] | None:
    """What names the entries of two lists, so that they can be merged; None where one takes the place of the other."""
    field = next((part for part in reversed(at) if isinstance(part, str)), "")
    names = _NAMES.get(field, () if field.endswith(_ALTERNATIVES) else _ANY_NAME)
    if not names or not under or not over:
        return None
    return names if all(_are_named(entries, names) for entries in (under, over)) else None


def _are_named(entries: list[Any], names: tuple[str, ...]) -> bool:
    """Whether the entries of a list are mappings, each with a name of its own."""
    if not all(
        isinstance(entry, Mapping) and all(isinstance(entry.get(n), str | int) for n in names) for entry in entries
    ):
        return False
    return len({_name(entry, names) for entry in entries}) == len(entries)


def _name(entry: Mapping[str, Any], names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(entry[name] for name in names)
