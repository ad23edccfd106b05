"""What a replacement leads to: whoever takes the outputs of a replaced resource changes too.

In place where the input allows it; else it is replaced as well, and so on: cluster, node group, add-on. A resource that
is deleted before its successor comes also affects all that cannot stand without it, even where the text of the input
stays the same (a cluster's fixed name): the engine then treats every input that depends on it as unknown.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from eks_blueprints.recording.plan import PlannedResource
from eks_blueprints.review.diff import replacement
from eks_blueprints.review.diff.changes import Change, ResourceDiff
from eks_blueprints.review.diff.values import bare

_NEW_VERSION = {"aws:ec2/launchTemplate:LaunchTemplate": frozenset({"latestVersion", "defaultVersion"})}
"""Outputs that change with every update of a type."""

_NOT_A_VERSION = frozenset({"tags", "updateDefaultVersion", "defaultVersion", "name"})


def spread(diffs: Sequence[ResourceDiff]) -> list[ResourceDiff]:
    """The diffs with what follows from each other, in the same order."""
    found = {each.urn: each for each in diffs}
    users = _users(diffs)
    waiting = [each.urn for each in diffs if _has_effects(each)]
    while waiting:
        cause = found[waiting.pop(0)]
        for urn in users[cause.urn]:
            before = found[urn]
            after = _after(before, cause)
            if after is before:
                continue
            found[urn] = after
            if _has_effects(after) and (before.kind != after.kind or not _has_effects(before)):
                waiting.append(urn)
    return [found[each.urn] for each in diffs]


def _users(diffs: Sequence[ResourceDiff]) -> Mapping[str, list[str]]:
    """URNs of those that take something of a resource: its outputs, its connection, or its end."""
    users: defaultdict[str, list[str]] = defaultdict(list)
    found = {each.urn: each.name for each in diffs}
    for each in diffs:
        resource = each.new
        if resource is None or each.kind in ("create", "import"):
            continue
        taken = [urn for urns in resource.property_dependencies.values() for urn in urns]
        taken += [resource.provider or "", resource.options.get("deleted_with", "")]
        taken += [*resource.options.get("replace_with", ()), *_trigger_sources(resource, found)]
        for urn in dict.fromkeys(taken):
            users[urn].append(each.urn)
    return users


def _has_effects(diff: ResourceDiff) -> bool:
    if diff.kind == "replace":
        return True
    return diff.kind == "update" and diff.type in _NEW_VERSION and makes_version(diff)


def makes_version(diff: ResourceDiff) -> bool:
    """Whether an update of a launch template makes a new version of it."""
    return any(change.top not in _NOT_A_VERSION for change in diff.changes)


def _after(diff: ResourceDiff, cause: ResourceDiff) -> ResourceDiff:
    """A diff once its cause is known; the same object if nothing follows."""
    resource = diff.new
    if resource is None:
        return diff
    if cause.kind == "replace" and (why := _taken_along(resource, cause)):
        return _replaced(diff, cause, (), (why,))
    changes = tuple(_taken_changes(resource, cause, diff))
    if not changes:
        return diff
    causes = tuple(_because(each, cause) for each in changes if each.replaces)
    if causes:
        return _replaced(diff, cause, changes, causes)
    follows = diff.follows or (cause.urn if diff.kind == "same" else None)
    kind = "update" if diff.kind == "same" else diff.kind
    return replace(diff, kind=kind, changes=(*diff.changes, *changes), follows=follows)


def _taken_along(resource: PlannedResource, cause: ResourceDiff) -> str:
    if resource.provider == cause.urn:
        return f"its provider `{cause.name}` is replaced"
    if cause.urn in (*resource.options.get("replace_with", ()), resource.options.get("deleted_with")):
        return f"it is replaced together with `{cause.name}`"
    if f"${{{cause.name}." in json.dumps(resource.options.get("replacement_trigger")):
        return f"its replacement trigger comes from `{cause.name}`, which is replaced"
    return ""


def _trigger_sources(resource: PlannedResource, names: Mapping[str, str]) -> list[str]:
    """URNs of those whose outputs are in a resource's replacement trigger."""
    text = json.dumps(resource.options.get("replacement_trigger"))
    return [urn for urn in resource.dependencies if f"${{{names.get(urn, '')}." in text] if "${" in text else []


def _replaced(
    diff: ResourceDiff, cause: ResourceDiff, changes: tuple[Change, ...], causes: tuple[str, ...]
) -> ResourceDiff:
    resource = diff.resource
    # Whatever goes with a resource that is deleted first must go before it.
    first = cause.delete_first or replacement.deletes_first(resource.type, resource.options, resource.inputs)
    follows = diff.follows or (None if diff.kind == "replace" else cause.urn)
    return replace(
        diff,
        kind="replace",
        changes=(*diff.changes, *changes),
        idle=(),
        causes=tuple(dict.fromkeys((*diff.causes, *causes))),
        follows=follows,
        delete_first=diff.delete_first or first,
    )


def _because(change: Change, cause: ResourceDiff) -> str:
    return f"`{change.path}` comes from `{cause.name}`, which is replaced"


def _taken_changes(resource: PlannedResource, cause: ResourceDiff, diff: ResourceDiff) -> Iterator[Change]:
    rules = replacement.immutable(resource.type) or ()
    known = {each.path for each in diff.changes}
    ignored: Sequence[str] = resource.options.get("ignore_changes", ())
    for key, urns in resource.property_dependencies.items():
        if cause.urn not in urns or key not in resource.inputs or key in ignored:
            continue
        for path, value in _leaves(resource.inputs[key], key):
            immutable = any(_is_in(rule, path) for rule in rules)
            if path in known or not _moves(value, cause, immutable=immutable, alone=len(urns) == 1):
                continue
            yield Change(path, value, value, replaces=immutable and cause.kind == "replace", follows=cause.urn)


def _is_in(rule: str, path: str) -> bool:
    at = bare(path)
    return at == rule or at.startswith(f"{rule}.")


def _moves(value: Any, cause: ResourceDiff, *, immutable: bool, alone: bool) -> bool:
    """Whether a leaf's value changes with its cause."""
    outputs = _NEW_VERSION.get(cause.type, frozenset())
    if isinstance(value, Mapping):
        if "$secret" in value:
            # What it says is hidden, and that it is put together from the outputs of its cause is known.
            return cause.kind == "replace"
        sources = value.get("from")
        return "$unknown" in value and (sources is None or cause.name in sources)
    if not isinstance(value, str):
        return False
    if cause.kind == "update":
        return any(f"${{{cause.name}.{output}}}" in value for output in outputs)
    if f"${{{cause.name}." in value:
        return True
    # The text is known and stays; only a predecessor that is gone before takes its users along.
    return cause.delete_first and immutable and alone


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and not any(str(key).startswith("$") for key in value):
        for key, each in value.items():
            yield from _leaves(each, f"{path}.{key}")
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _leaves(each, f"{path}[{index}]")
    else:
        yield path, value
