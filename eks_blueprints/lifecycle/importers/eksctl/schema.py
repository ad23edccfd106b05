"""Every field of a ClusterConfig, from `fields.toml`, and what a file has that is none of them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from eks_blueprints.core.document import Document
from eks_blueprints.core.errors import Path, Problem, by_nearness, folded, not_one_of, shown

ROOT = "ClusterConfig"
_SCALARS = {"text": "text", "bool": "true or false", "int": "a whole number", "number": "a number"}
_TRUE = ("y", "yes", "on", "true")
_FALSE = ("n", "no", "off", "false")
"""Words of YAML 1.1, which eksctl reads."""
_FREE_CASE = ("ManagedNodeGroup.amiFamily", "NodeGroup.amiFamily", "KubernetesNetworkConfig.ipFamily")
"""Choices that eksctl takes in any case. Source: types.go normalizeAMIFamily, vpc.go (2026-08)."""


_NOT_NEEDED = ("RemoteNetworkConfig.vpcGatewayID", "NodeGroupInstancesDistribution.instanceTypes")
"""What the schema asks for, and eksctl does not. Source: validation.go, examples/43-hybrid-nodes.yaml (2026-08)."""


@cache
def table() -> dict[str, Any]:
    """The table as it stands in its file."""
    return tomllib.loads(FilePath(__file__).with_name("fields.toml").read_text(encoding="utf-8"))


def fields(name: str) -> Mapping[str, str]:
    """The fields of a type, and what each holds."""
    found: Mapping[str, str] = table()["types"][name]
    return found


def is_type(holds: str) -> bool:
    """Whether a field holds one of the table's types, rather than a plain value."""
    return holds in table()["types"]


def inner(holds: str, value: Any) -> str:
    """What each member of a list or mapping holds; of several shapes the one that a value has."""
    for each in holds.split("|"):
        if each.startswith("[" if isinstance(value, list) else "{"):
            return each[1:-1]
    return "any"


def field_at(path: Path) -> tuple[str, str] | None:
    """The type and the field that a path of a file leads to, or ends in; None for what is no field."""
    holds, found = ROOT, None
    for part in path:
        if is_type(holds):
            if part not in fields(holds):
                return found
            found = holds, str(part)
            holds = fields(holds)[str(part)]
        else:
            holds = inner(holds, [] if isinstance(part, int) else {})
    return found


def paths() -> Iterator[tuple[str, str, str]]:
    """Every field of every place: its path (`managedNodeGroups[].ssh.allow`), the type that has it, and its name."""
    yield from _paths(ROOT, "")


def _paths(name: str, above: str) -> Iterator[tuple[str, str, str]]:
    for field, holds in fields(name).items():
        yield f"{above}{field}", name, field
        for each in holds.split("|"):
            marks = each.removeprefix("[").removeprefix("{")
            depth = "[]" if each.startswith("[") else ".*" if each.startswith("{") else ""
            if is_type(marks.rstrip("]}")):
                yield from _paths(marks.rstrip("]}"), f"{above}{field}{depth}.")


def problems(document: Document) -> Iterator[Problem]:
    """What a document has that a ClusterConfig has not: other keys, other kinds of values, values out of a choice."""
    for path, message in _of_type(document.data, ROOT, ()):
        place = document.place(path, of_key="no such field" in message)
        yield Problem(path, message).at(document.file, place.line if place else 1, place.column if place else 1)


def _of_type(value: Any, name: str, path: Path) -> Iterator[tuple[Path, str]]:
    if not isinstance(value, dict):
        yield path, f"needs a mapping; got {shown(value)}; write {', '.join(list(fields(name))[:4])} below it"
        return
    known = fields(name)
    for key, member in value.items():
        if key not in known:
            yield (*path, key), _unknown(key, known)
        elif member is not None:
            yield from _of_field(member, known[key], (*path, key), f"{name}.{key}")
    for key in table()["required"].get(name, ()):
        if f"{name}.{key}" in _NOT_NEEDED:
            continue
        if value.get(key) in (None, "") and not any(folded(key) == folded(each) for each in value if each not in known):
            or_else = ", or name one with --region" if f"{name}.{key}" == "ClusterMeta.region" else ""
            yield path, f"needs {key}; got none; add {key}{or_else}"


def _unknown(key: str, known: Mapping[str, str]) -> str:
    same = next((each for each in known if folded(each) == folded(key)), None)
    if same is not None:
        return f"no such field, as eksctl would drop it in silence; got {shown(key)}; write {same}"
    near = by_nearness(key, known, cutoff=0.6)[:1]
    do = f"did you mean {near[0]}?" if near else f"use one of {', '.join(sorted(known)[:40])}"
    return f"no such field; got {shown(key)}; {do}"


def _of_field(value: Any, holds: str, path: Path, field: str) -> Iterator[tuple[Path, str]]:
    shape = list if holds.startswith("[") else dict
    if "|" in holds:
        shape = list if isinstance(value, list) else dict
    if is_type(holds):
        yield from _of_type(value, holds, path)
    elif holds == "any":
        if not isinstance(value, dict):
            yield path, f"needs a mapping; got {shown(value)}; write one"
    elif holds in _SCALARS:
        yield from _of_scalar(value, holds, path, field)
    elif not isinstance(value, shape):
        what = "list" if shape is list else "mapping"
        yield path, f"needs a {what}; got {shown(value)}; write a {what}"
    else:
        of = inner(holds, value)
        members = enumerate(value) if isinstance(value, list) else value.items()
        for key, member in members:
            # YAML leaves the value of a key out, and eksctl takes nothing for the empty text.
            if member is not None or is_type(of):
                yield from _of_field({} if member is None else member, of, (*path, key), field)


def _of_scalar(value: Any, holds: str, path: Path, field: str) -> Iterator[tuple[Path, str]]:
    if not _fits(value, holds):
        if holds == "text" and isinstance(value, int | float):
            yield path, f"needs text; got {shown(value)}, which YAML reads as no text; quote it"
        else:
            yield path, f"needs {_SCALARS[holds]}; got {shown(value)}; write {_SCALARS[holds]}"
        return
    choices = table()["choices"].get(field, ())
    allowed = [each.lower() for each in choices] if field in _FREE_CASE else choices
    # Names of images that are gone are still read: a step says what became of them.
    said = value.lower() if field in _FREE_CASE else value
    if choices and value != "" and said not in allowed and not field.endswith(".amiFamily"):
        yield path, not_one_of(value, list(choices))


def _fits(value: Any, holds: str) -> bool:
    if holds == "text":
        return isinstance(value, str)
    if holds == "bool":
        return isinstance(value, bool) or (isinstance(value, str) and value.lower() in (*_TRUE, *_FALSE))
    number = isinstance(value, int) and not isinstance(value, bool)
    return number or (holds == "number" and isinstance(value, float))


def truth(value: Any) -> Any:
    """A value of a field that is true or false, by YAML 1.1's words too."""
    return value.lower() in _TRUE if isinstance(value, str) else value
