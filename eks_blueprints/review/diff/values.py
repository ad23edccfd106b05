"""Comparing two values of a property: objects by key, lists by what identifies their entries, documents inside text."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from eks_blueprints.core.plain_secrets import stands_for
from eks_blueprints.review.diff.changes import ABSENT, Change
from eks_blueprints.review.diff.texts import document, line_changes

IDENTITIES = (
    "name", "key", "Sid", "sid", "id", "zone", "availabilityZone", "availabilityZoneId", "subnetId", "addonName",
    "deviceName", "cidrBlock", "cidrIp", "arn", "principalArn", "ruleNumber", "containerPort", "port", "mountPath",
    "instanceType", "topologyKey", "namespace", "type", "resources",
)  # fmt: skip
"""Keys that tell the entries of a list apart, in the order they are tried."""

IsSet = Callable[[str], bool]

_POLICY_SETS = frozenset({"Action", "NotAction", "Resource", "NotResource"})
_DEPTHS = {**dict.fromkeys(_POLICY_SETS, 0), "Principal": 1, "NotPrincipal": 1, "Condition": 2}
"""How deep in a statement stands what may be one text or a list of them."""


def compare(old: Any, new: Any, path: str, is_set: IsSet) -> Iterator[Change]:
    """Every leaf that differs. `is_set` says of a path, without list positions, that order means nothing there."""
    if same(old, new):
        return
    if _marked(old) or _marked(new):
        yield Change(path, old, new)
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _objects(old, new, path, is_set)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _lists(old, new, path, is_set)
    elif isinstance(old, str) and isinstance(new, str):
        yield from _texts(old, new, path)
    else:
        yield Change(path, old, new)


def same(old: Any, new: Any) -> bool:
    """Equal at every depth, where Python's own equality takes true for 1."""
    if old is new:
        return True
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return old.keys() == new.keys() and all(same(old[key], new[key]) for key in old)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(same, old, new))
    if isinstance(old, str) and old != new and stands_for(old, new):
        return True
    return isinstance(old, bool) is isinstance(new, bool) and bool(old == new)


def _objects(old: Mapping[str, Any], new: Mapping[str, Any], path: str, is_set: IsSet) -> Iterator[Change]:
    for key in sorted({*old, *new}, key=str):
        at = _join(path, key)
        before, after = old.get(key, ABSENT), new.get(key, ABSENT)
        # A null is as good as nothing: both leave the property out on the wire.
        before, after = (ABSENT if each is None else each for each in (before, after))
        if before is ABSENT or after is ABSENT:
            if before is not after:
                yield Change(at, before, after)
        else:
            yield from compare(before, after, at, is_set)


def _join(path: str, key: str) -> str:
    plain = key.replace("_", "").replace("-", "").isalnum()
    if plain:
        return f"{path}.{key}" if path else key
    return f"{path}[{json.dumps(key, ensure_ascii=False)}]"


def _lists(old: list[Any], new: list[Any], path: str, is_set: IsSet) -> Iterator[Change]:
    if not any(isinstance(each, Mapping | list) for each in (*old, *new)):
        yield from _scalars(old, new, path, is_set)
        return
    key = _identity(old, new)
    if key is None:
        yield from _unkeyed(old, new, path, is_set)
        return
    before, after = ({_name(each[key]): each for each in side} for side in (old, new))
    for name in dict.fromkeys([*before, *after]):
        at = f"{path}[{key}={name}]"
        if name in before and name in after:
            yield from compare(before[name], after[name], at, is_set)
        else:
            yield Change(at, before.get(name, ABSENT), after.get(name, ABSENT))
    if not is_set(bare(path)) and list(before) != list(after) and before.keys() == after.keys():
        yield Change(f"{path} (order)", list(before), list(after))


def _scalars(old: list[Any], new: list[Any], path: str, is_set: IsSet) -> Iterator[Change]:
    removed, added = Counter(map(_text, old)), Counter(map(_text, new))
    if removed == added:
        if not is_set(bare(path)):
            yield Change(f"{path} (order)", old, new)
        return
    gone = [each for each in old if _take(removed - added, each)]
    come = [each for each in new if _take(added - removed, each)]
    for each in gone:
        yield Change(f"{path}[]", old=each)
    for each in come:
        yield Change(f"{path}[]", new=each)


def _take(counts: Counter[str], value: Any) -> bool:
    return counts[_text(value)] > 0


def _unkeyed(old: list[Any], new: list[Any], path: str, is_set: IsSet) -> Iterator[Change]:
    """Entries that nothing names: equal ones go together, then those that are most alike, wherever they stand."""
    rest_old, rest_new = _without_equal(old, new)
    for before, after in _most_alike(rest_old, rest_new):
        if before is not None and after is not None:
            yield from compare(before[1], after[1], f"{path}[{after[0]}]", is_set)
        elif after is not None:
            yield Change(f"{path}[{after[0]}]", new=after[1])
        elif before is not None:
            yield Change(f"{path}[{before[0]}]", old=before[1])


_Numbered = tuple[int, Any]


def _without_equal(old: list[Any], new: list[Any]) -> tuple[list[_Numbered], list[_Numbered]]:
    waiting = Counter(map(_text, old))
    rest_new: list[_Numbered] = []
    for index, each in enumerate(new):
        if waiting[_text(each)] > 0:
            waiting[_text(each)] -= 1
        else:
            rest_new.append((index, each))
    rest_old: list[_Numbered] = []
    for index, each in enumerate(old):
        if waiting[_text(each)] > 0:
            waiting[_text(each)] -= 1
            rest_old.append((index, each))
    return rest_old, rest_new


def _most_alike(
    old: Sequence[_Numbered], new: Sequence[_Numbered]
) -> Iterator[tuple[_Numbered | None, _Numbered | None]]:
    left = list(old)
    for after in new:
        scores = {before[0]: likeness(before[1], after[1]) for before in left}
        best = max(left, key=lambda before: scores[before[0]], default=None)
        if best is not None and (likeness(best[1], after[1]) > 0 or len(left) == len(new) == 1):
            left.remove(best)
            yield best, after
        else:
            yield None, after
    for before in left:
        yield before, None


def likeness(old: Any, new: Any) -> float:
    """How much two values have in common, from 0 to 1."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        keys = {*old, *new}
        return sum(same(old.get(key), new.get(key)) for key in keys) / max(len(keys), 1)
    return 0.1 if type(old) is type(new) else 0.0


def _identity(old: list[Any], new: list[Any]) -> str | None:
    """The key whose values name every entry on both sides, each only once."""
    entries = [*old, *new]
    if not all(isinstance(each, Mapping) for each in entries):
        return None
    for key in IDENTITIES:
        if all(isinstance(each.get(key), str | int) for each in entries) and all(
            len({_name(each[key]) for each in side}) == len(side) for side in (old, new)
        ):
            return key
    return None


def _name(value: Any) -> str:
    return str(value)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _texts(old: str, new: str, path: str) -> Iterator[Change]:
    before, after = document(old), document(new)
    if before is not None and after is not None and type(before) is type(after):
        changes = list(compare(as_policy(before), as_policy(after), path + "{}", set_in_document))
        # Spelled differently, yet the same document: a provider that compares meaning sees nothing either.
        yield from changes
        return
    if "\n" in old or "\n" in new:
        yield Change(path, old, new, lines=line_changes(old, new))
        return
    yield Change(path, old, new)


def set_in_document(path: str) -> bool:
    """Whether order means nothing at a path inside an IAM policy."""
    return path.rpartition(".")[2] in _POLICY_SETS or path.endswith(("Service", "AWS", "Federated", "Statement"))


def as_policy(value: Any) -> Any:
    """An IAM policy with every action, resource, principal and value of a condition as a list, as AWS reads them."""
    if isinstance(value, Mapping) and "Statement" in value:
        statements = value["Statement"] if isinstance(value["Statement"], list) else [value["Statement"]]
        return {**value, "Statement": [_as_statement(each) for each in statements]}
    return value


def _as_statement(statement: Any) -> Any:
    if not isinstance(statement, Mapping):
        return statement
    return {key: _as_lists(each, _DEPTHS[key]) if key in _DEPTHS else each for key, each in statement.items()}


def _as_lists(value: Any, depth: int) -> Any:
    """A single text some mappings deep as a list of one; `*` for every principal is no list."""
    if depth and isinstance(value, Mapping):
        return {key: _as_lists(each, depth - 1) for key, each in value.items()}
    return [value] if not depth and isinstance(value, str) else value


def _marked(value: Any) -> bool:
    return isinstance(value, Mapping) and ("$secret" in value or "$unknown" in value)


def bare(path: str) -> str:
    """A path without the positions of list entries: `taints[key=gpu].effect` as `taints.effect`."""
    if "[" not in path:
        return path
    out, depth = [], 0
    for character in path:
        if character == "[":
            depth += 1
        elif character == "]":
            depth -= 1
        elif not depth:
            out.append(character)
    return "".join(out)
