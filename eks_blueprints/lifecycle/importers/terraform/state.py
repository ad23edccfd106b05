"""A state of Terraform: the file itself (format 4), or what `terraform show -json` prints."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from eks_blueprints.adoption.types import by_terraform
from eks_blueprints.core.errors import shown
from eks_blueprints.lifecycle.importers.found.model import Found, Holdings
from eks_blueprints.lifecycle.importers.terraform.properties import properties
from eks_blueprints.lifecycle.json_files import read_json, refused

_FORMAT = 4
_WHAT = "a state of Terraform"
_DO = "write one with terraform state pull, or terraform show -json"


@dataclass(frozen=True, slots=True)
class _Row:
    """One instance of a resource, in whichever form."""

    address: str
    type: str
    attributes: Mapping[str, Any]
    secret: frozenset[str]
    """Attributes that hold something sensitive."""
    tainted: bool = False
    """Whether Terraform means to replace it."""


def read_state(named: str) -> Holdings:
    """What a state holds, without anything that it calls sensitive.

    Args:
        named: a file, or `-` for standard input.

    Raises:
        InputError: if it is no such state.
    """
    return holdings(read_json(named, _WHAT, _DO), "<stdin>" if named == "-" else named)


def holdings(data: Any, file: str) -> Holdings:
    """The same of a state that has been parsed.

    Raises:
        InputError: if it is none.
    """
    rows = list(_rows(data, file))
    return Holdings(tuple(map(_found, rows)), file, tuple(_tainted(row) for row in rows if row.tainted))


def _tainted(row: _Row) -> tuple[str, str]:
    do = "have it untainted, or let Terraform replace it, before you import"
    return row.address, f"is tainted, so that Terraform would replace it, and the new stack will not; {do}"


def _found(row: _Row) -> Found:
    known = by_terraform().get(row.type)
    if known is None:
        return Found(row.type, row.address)
    open_ = {key: value for key, value in row.attributes.items() if key not in row.secret}
    return Found.of(known.token, row.address, properties(open_, known))


def _rows(data: Any, file: str) -> Iterator[_Row]:
    if not isinstance(data, Mapping):
        raise refused(file, f"is not {_WHAT}; got {shown(data)}; {_DO}")
    if "encrypted_data" in data:
        raise refused(file, "is encrypted; got a state that OpenTofu encrypted; write it with tofu show -json")
    if "planned_values" in data or "resource_changes" in data:
        raise refused(file, f"is a plan, and not {_WHAT}; got planned_values; {_DO}")
    if "format_version" in data:
        values = data.get("values")
        yield from _shown((values or {}).get("root_module") or {} if isinstance(values, Mapping | None) else {}, file)
        return
    version = data.get("version")
    if version != _FORMAT:
        got = f"format {shown(version)}" if version is not None else f"keys {shown(sorted(map(str, data))[:6])}"
        do = "read and write it once with Terraform 0.13 or newer" if version in (1, 2, 3) else _DO
        raise refused(file, f"is not {_WHAT} in format {_FORMAT}; got {got}; {do}")
    resources = data.get("resources")
    if not isinstance(resources, list):
        raise refused(file, f"is not {_WHAT}; got resources that are no list; {_DO}")
    for resource in resources:
        yield from _stored(resource, file)


def _stored(resource: Any, file: str) -> Iterator[_Row]:
    """The instances of a resource as the file has them."""
    if not isinstance(resource, Mapping) or not isinstance(resource.get("instances"), list):
        raise refused(file, f"is not {_WHAT}; got a resource without instances; {_DO}")
    if resource.get("mode") != "managed":
        return
    type_, name = str(resource.get("type")), str(resource.get("name"))
    module = f"{resource['module']}." if resource.get("module") else ""
    for instance in resource["instances"]:
        if not isinstance(instance, Mapping) or instance.get("deposed"):
            continue
        key = instance.get("index_key")
        # As Terraform prints it and reads it again: quotes and backslashes in a key are escaped.
        index = "" if key is None else f"[{json.dumps(key, ensure_ascii=False)}]"
        marks = instance.get("sensitive_attributes")
        secret = frozenset(filter(None, map(_top, marks if isinstance(marks, list) else ())))
        attributes = instance.get("attributes")
        yield _Row(
            f"{module}{type_}.{name}{index}", type_, _mapping(attributes), secret, instance.get("status") == "tainted"
        )


def _top(path: Any) -> str:
    """The attribute that a path to something sensitive begins with."""
    first = path[0] if isinstance(path, list) and path else path
    return str(first.get("value")) if isinstance(first, Mapping) else ""


def _shown(module: Mapping[str, Any], file: str) -> Iterator[_Row]:
    """The resources of a module and those below it, as `terraform show -json` prints them."""
    for resource in _list(module.get("resources")):
        if not isinstance(resource, Mapping):
            raise refused(file, f"is not {_WHAT}; got a resource that is no mapping; {_DO}")
        if resource.get("mode") == "managed" and not resource.get("deposed_key"):
            marks = _mapping(resource.get("sensitive_values"))
            secret = frozenset(key for key, mark in marks.items() if _is_marked(mark))
            type_, address = str(resource.get("type")), str(resource.get("address"))
            yield _Row(address, type_, _mapping(resource.get("values")), secret, resource.get("tainted") is True)
    for child in _list(module.get("child_modules")):
        yield from _shown(_mapping(child), file)


def _is_marked(mark: Any) -> bool:
    if isinstance(mark, Mapping):
        return any(map(_is_marked, mark.values()))
    return any(map(_is_marked, mark)) if isinstance(mark, list) else bool(mark)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
