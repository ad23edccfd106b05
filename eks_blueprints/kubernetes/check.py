"""What an API server would refuse of one object; a List is as good as what it lists."""

from __future__ import annotations

import hashlib
import json
import marshal
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from eks_blueprints.core.errors import Path, Problem
from eks_blueprints.core.object_lists import listed
from eks_blueprints.core.secret_objects import FIELDS, is_secret
from eks_blueprints.kubernetes import kinds, names
from eks_blueprints.kubernetes.custom import Definitions
from eks_blueprints.kubernetes.shapes import Shapes, group_of
from eks_blueprints.kubernetes.walk import Walk

_NAMED_BY_SERVER = frozenset({"LimitRange"})
"""Kinds that an API server names itself where they have no name."""


@dataclass(slots=True)
class Checked:
    """What was found in objects, and of which kinds nothing is known."""

    problems: list[Problem] = field(default_factory=list)
    unknown: list[tuple[Path, str]] = field(default_factory=list)
    """Where objects of kinds stand that nothing here knows, and those kinds (`cert-manager.io/v1 Certificate`)."""


def check(
    manifest: Mapping[str, Any], shapes: Shapes, custom: Definitions, found: Checked, *, may_be_nameless: bool = False
) -> None:
    """Add what is wrong with an object, wherever in it, to what was found.

    `may_be_nameless` is for those that get a name when they are created.
    """
    for at, each in listed(manifest):
        version, kind = each.get("apiVersion"), each.get("kind")
        if isinstance(version, str) and isinstance(kind, str):
            found.problems += _one(each, version, kind, shapes, custom, found, at)
            metadata = each.get("metadata")
            nameless = None if may_be_nameless or kind in _NAMED_BY_SERVER else names.missing(metadata)
            if nameless and isinstance(metadata, Mapping | None):
                found.problems.append(Problem((*at, "metadata"), nameless))


def _one(  # noqa: PLR0917 what one object is judged by, in the order of `check`
    manifest: Mapping[str, Any],
    version: str,
    kind: str,
    shapes: Shapes,
    custom: Definitions,
    found: Checked,
    path: Path,
) -> Iterator[Problem]:
    known = shapes.kind(version, kind)
    walk = Walk(shapes)
    if known is not None:
        yield from (problem.below(*path) for problem in _of_known(walk, known.type, manifest, shapes))
    elif (told := custom.of(version, kind)) is not None:
        of_fields = () if told.definition is None else told.definition.check(manifest)
        for problem in (*told.problems, *of_fields, *_metadata(walk, manifest)):
            yield problem.below(*path)
        if told.definition is None and not told.problems:
            found.unknown.append((path, f"{version} {kind}"))
    elif (fault := kinds.fault(shapes, version, kind)) is not None:
        yield fault.below(*path)
        if fault.path != ("kind",) or (near := kinds.meant(shapes, version, kind)) is None:
            return
        yield from (problem.below(*path) for problem in _of_type(walk, near.type, manifest))
    else:
        found.unknown.append((path, f"{version} {kind}"))
        yield from (problem.below(*path) for problem in _metadata(walk, manifest))
    yield from (problem.below(*path) for problem in _names(manifest, version, kind))


_SEEN: dict[tuple[Shapes, str, bytes], tuple[Problem, ...]] = {}
"""What was found in objects of known types. A platform draws its objects more than once, and each time alike."""
_GOOD: set[tuple[str, bytes]] = set()
"""Objects in which one minor finds nothing. All minors together find nothing either: a field takes the same in each.

A platform's objects are judged by its own minor, and by all when they are recorded.
"""


def _of_known(walk: Walk, type_name: str, manifest: Mapping[str, Any], shapes: Shapes) -> tuple[Problem, ...]:
    try:
        # Unlike JSON it keeps types apart, of keys too, and refuses what is no plain value.
        text = marshal.dumps(dict(manifest), 0)
    except ValueError:
        return tuple(_of_type(walk, type_name, manifest))
    key = (shapes, type_name, _digest(text))
    if key not in _SEEN:
        _SEEN[key] = _judged(walk, type_name, manifest, shapes)
    return _SEEN[key]


def _judged(walk: Walk, type_name: str, manifest: Mapping[str, Any], shapes: Shapes) -> tuple[Problem, ...]:
    try:
        # In a recording keys stand in another order.
        good = (type_name, _digest(json.dumps(manifest, sort_keys=True).encode()))
    except (TypeError, ValueError):
        return tuple(_of_type(walk, type_name, manifest))
    if shapes.minor is None and good in _GOOD:
        return ()
    found = tuple(_of_type(walk, type_name, manifest))
    if not found and shapes.complete:
        _GOOD.add(good)
    return found


def _digest(text: bytes) -> bytes:
    return hashlib.blake2b(text, digest_size=16).digest()


def _of_type(walk: Walk, type_name: str, manifest: Mapping[str, Any]) -> Iterator[Problem]:
    for problem in walk.object(type_name, manifest, ()):
        yield _hidden(problem) if type_name == "Secret" or is_secret(manifest) else problem


def _metadata(walk: Walk, manifest: Mapping[str, Any]) -> Iterator[Problem]:
    yield from walk.value("ObjectMeta", manifest.get("metadata"), ("metadata",), ())


def _names(manifest: Mapping[str, Any], version: str, kind: str) -> Iterator[Problem]:
    metadata = manifest.get("metadata")
    if not isinstance(metadata, Mapping):
        return
    name, namespace = metadata.get("name"), metadata.get("namespace")
    rule = names.rule_of(group_of(version), kind)
    if isinstance(name, str) and name and kind not in names.UNCHECKED and (message := names.fault(rule, name)):
        yield Problem(("metadata", "name"), message)
    prefix = metadata.get("generateName")
    is_prefix = not name and isinstance(prefix, str) and bool(prefix) and kind not in names.UNCHECKED
    # What is put behind it is a letter or a digit.
    if is_prefix and (message := names.fault(rule, re.sub(r"-$", "a", str(prefix)))):
        yield Problem(("metadata", "generateName"), message)
    if isinstance(namespace, str) and namespace and (message := names.fault(names.NAMESPACE, namespace)):
        yield Problem(("metadata", "namespace"), message)


def _hidden(problem: Problem) -> Problem:
    """The same with nothing of what a Secret holds; a finding about its fields themselves stays as it is."""
    if len(problem.path) < 2 or problem.path[0] not in FIELDS or "; got " not in problem.message:
        return problem
    what, _, rest = problem.message.partition("; got ")
    message = f"{what}; got [secret]; {rest.rpartition('; ')[2]}"
    return Problem(problem.path, message, severity=problem.severity)
