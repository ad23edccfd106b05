"""Which properties change and why a resource is replaced: the engine's paths, with the values that both sides know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

from eks_blueprints.recording.plan import PlannedResource
from eks_blueprints.review.diff import replacement
from eks_blueprints.review.diff.changes import ABSENT, Change, ResourceDiff
from eks_blueprints.review.diff.values import bare, same
from eks_blueprints.review.diff.words import transition, value
from eks_blueprints.review.engine.events import Row, Step

_COMPUTED = frozenset({"__defaults", "__internal", "tagsAll"})
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a public constant, not a password
_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_PART = re.compile(r"\[(\d+)\]|\[\"((?:[^\"\\]|\\.)*)\"\]|([^.\[\]]+)")


def told(bare_diff: ResourceDiff, step: Step, guessed: ResourceDiff | None, replaced: Set[str]) -> ResourceDiff:
    """A resource's diff with its changes and causes. `guessed` is what comparing both plans finds of it."""
    options = [each for each in (guessed.changes if guessed else ()) if each.path.startswith("option ")]
    if bare_diff.kind == "same":
        # The engine only notes such an option; a reader must see it all the same.
        return replace(bare_diff, kind="update", changes=tuple(options)) if options else bare_diff
    if bare_diff.kind not in ("update", "replace"):
        return bare_diff
    changes = [*_changes(bare_diff, step, guessed, replaced), *options]
    if bare_diff.kind == "update":
        follows = _follows(changes) if all(each.follows for each in changes) else None
        return replace(bare_diff, changes=tuple(changes), follows=follows)
    forcing = [each for each in changes if each.replaces]
    causes = tuple(_causes(forcing)) or tuple(_outer_causes(bare_diff, step, replaced))
    follows = _follows(forcing) if all(each.follows for each in forcing) else None
    if not forcing:
        follows = next((urn for urn in _leaders(bare_diff) if urn in replaced), None)
    return replace(bare_diff, changes=tuple(changes), causes=causes, follows=follows)


def _changes(diff: ResourceDiff, step: Step, guessed: ResourceDiff | None, replaced: Set[str]) -> Iterator[Change]:
    """The changes that both know, in full words; then those that only the engine knows."""
    tops = {_top(path) for path in (*step.paths, *step.keys)}
    forcing = [path for path, forces in step.paths.items() if forces] or list(step.keys)
    known = [each for each in (guessed.changes if guessed else ()) if not each.path.startswith("option ")]
    kept = [each for each in known if each.top in tops] if step.paths else known
    for each in kept:
        follows = each.follows if each.follows in replaced else None
        yield replace(each, replaces=_forces(forcing, each.path), follows=follows)
    met = {each.top for each in kept}
    for path in dict.fromkeys((*step.paths, *step.keys)):
        forces = _forces(forcing, path)
        if _top(path) not in met and (forces or _top(path) not in _COMPUTED):
            yield _engines_own(path, diff, step, replaced, forces=forces)


def _forces(forcing: Iterable[str], path: str) -> bool:
    return any(replacement.covers(bare(rule), path) for rule in forcing)


def _engines_own(path: str, diff: ResourceDiff, step: Step, replaced: Set[str], *, forces: bool) -> Change:
    """A change that the recording cannot show: a value of a replaced resource, or what a provider worked out."""
    old = _shown(_at(step.old, path))
    new = _value(diff.new.inputs, path) if diff.new else ABSENT
    if new is ABSENT:
        new = _shown(_value((step.new or {}).get("inputs"), path))
    leader = next((urn for urn in _depends(diff.new, _top(path)) if urn in replaced), None)
    if leader is not None:
        return Change(path, new, new, replaces=forces, follows=leader)
    # The text stays the same where it is what a replaced resource gives out, such as its fixed name.
    return Change(path, old, {"$unknown": True} if same(old, new) else new, replaces=forces)


def _depends(resource: PlannedResource | None, top: str) -> Sequence[str]:
    return resource.property_dependencies.get(top, ()) if resource else ()


def _causes(forcing: Sequence[Change]) -> Iterator[str]:
    """One clause a property: entries that leave and enter one list belong together."""
    by_path: dict[str, list[Change]] = {}
    for each in forcing:
        by_path.setdefault(each.path.removesuffix(" (order)").removesuffix("[]"), []).append(each)
    for path, found in by_path.items():
        if found[0].follows is not None:
            yield f"`{path}` comes from `{_name(found[0].follows)}`, which is replaced"
        elif len(found) > 1:
            gone = [value(each.old) for each in found if each.old is not ABSENT]
            come = [value(each.new) for each in found if each.new is not ABSENT]
            yield f"`{path}` {', '.join(gone) or 'nothing'} → {', '.join(come) or 'nothing'}"
        else:
            yield f"`{path}` {transition(found[0])}"


def _outer_causes(diff: ResourceDiff, step: Step, replaced: Set[str]) -> Iterator[str]:
    """Of a replacement that no property asks for."""
    if step.old and step.old["taint"]:
        yield "it is tainted in the state"
    for urn in _leaders(diff):
        if urn in replaced:
            owner = diff.new is not None and urn == diff.new.provider
            yield f"its provider `{_name(urn)}` is replaced" if owner else f"`{_name(urn)}` is replaced"
            return


def _leaders(diff: ResourceDiff) -> Iterator[str]:
    """URNs of those whose replacement takes a resource along."""
    resource = diff.new
    if resource is not None:
        yield from filter(None, (resource.provider, *resource.options.get("replace_with", ())))
        yield from resource.dependencies


def _follows(changes: Sequence[Change]) -> str | None:
    return next((each.follows for each in changes if each.follows), None)


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]


def _top(path: str) -> str:
    match = _PART.match(path)
    return next((part for part in match.groups() if part is not None), path) if match else path


def _at(row: Row | None, path: str) -> Any:
    """An old value: what was asked for, else what came of it."""
    if row is None:
        return ABSENT
    found = _value(row["inputs"], path)
    return _value(row["outputs"], path) if found is ABSENT else found


def _value(data: Any, path: str) -> Any:
    for index, quoted, plain in _PART.findall(path):
        if isinstance(data, Mapping) and "$secret" in data:
            return data
        if index and isinstance(data, list):
            data = data[int(index)] if int(index) < len(data) else ABSENT
        elif isinstance(data, Mapping):
            data = data.get(plain or quoted or index, ABSENT)
        else:
            return ABSENT
    return data


def _shown(found: Any) -> Any:
    """A raw value of the engine without what must not be seen, and with its unknown marked."""
    if isinstance(found, Mapping):
        if found.get(_SIGNATURE) == _SECRET:
            return {"$secret": True}
        return {key: _shown(each) for key, each in found.items() if key not in _COMPUTED}
    if isinstance(found, list):
        return [_shown(each) for each in found]
    return {"$unknown": True} if found == _UNKNOWN else found
