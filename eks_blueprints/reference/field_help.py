"""What one field of a stack file is, found by its path: type, default, text and an example, from the JSON Schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from eks_blueprints.blueprint.pipelines_spec import PipelinesArgs
from eks_blueprints.blueprint.spec import BlueprintArgs
from eks_blueprints.blueprint.stack_spec import StackArgs
from eks_blueprints.cluster.spec import ClusterArgs
from eks_blueprints.compute.base import Compute
from eks_blueprints.core.elements import Element, element_class, kinds
from eks_blueprints.core.errors import InputError, Problem, unknown_name
from eks_blueprints.core.peers import unknown_field, unknown_kind
from eks_blueprints.core.spec import Spec
from eks_blueprints.network.spec import NetworkArgs
from eks_blueprints.reference.pages import type_text
from eks_blueprints.reference.schema import GROUPS, OF_PIPELINES, OF_THE_FILE, element_schema, own_schema

_GROUPS: Mapping[str, type[Element]] = {base.group: base for base in (*GROUPS, *OF_PIPELINES)}
_STAGES = {"stages": {"type": "object", "description": "Stages of pipelines, by their kinds."}}
_SOME_NAME = "NAME"
"""What stands for a name that the user chooses."""
_EXAMPLE = re.compile(r"such as `([^`]+)`")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldHelp:
    """All that is known of one field."""

    path: str
    type: str
    text: str
    required: bool = False
    default: Any = None
    example: str | None = None
    """A stack file's lines that set it, in one line; None where nothing can be shown."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """The fields below it, with the first sentence of each."""


def field_help(path: str) -> FieldHelp:
    """The field at a path such as `network.cidr` or `compute.managed_nodes.min_size`; the empty path is the stack file.

    Names that are the user's to choose may be left out: `security_groups.ingress.cidr`.

    Raises:
        InputError: if there is none, naming the nearest.
    """
    steps = [step for step in re.split(r"[.\[\]]+", path) if step]
    node, text, required = own_schema(_root(steps)), "", False
    hidden = _STAGES if steps[:1] == ["stages"] else {}
    node = {**node, "properties": OF_THE_FILE | node["properties"] | hidden}
    definitions = node.get("$defs", {})
    lists = set()
    for number, step in enumerate(steps):  # grows where a name was left out
        if number and not step.isdigit() and _is_list(node):
            lists.add(number - 1)
        if number == 1 and steps[0] in _GROUPS:
            node = _element(_GROUPS[steps[0]], step, path)
            definitions = node.get("$defs", {})
            text, required = str(node.get("description", "")), False
            continue
        if _is_below_a_name(node, definitions, step):
            steps.insert(number, step := _SOME_NAME)
        inner, required = _inside(node, definitions, step)
        if inner is None:
            raise _unknown(node, definitions, steps, number)
        node = inner
        text = str(node.get("description", "")) or text
    return FieldHelp(
        path=".".join(steps) or "stack file",
        type=_type(node, steps),
        text=text or _own_text(node, definitions),
        required=required,
        default=node.get("default") if node.get("default") not in ([], {}) else None,
        example=_example(steps, lists, _value(node, text)),
        fields=_fields(node, definitions, steps),
    )


def field_names(path: str) -> list[str]:
    """The names of the fields below a path, or of the kinds of a group; no class of a kind is loaded for its names.

    Raises:
        InputError: if there is no such field.
    """
    group = _GROUPS.get(path)
    return list(kinds(group) if group else field_help(path).fields)


def _root(steps: list[str]) -> type[StackArgs]:
    """The class of the stack files that have a field: of pipelines where platforms have none of that name."""
    of_pipelines = steps and steps[0] in {*PipelinesArgs.model_fields, *_STAGES} - BlueprintArgs.model_fields.keys()
    return PipelinesArgs if of_pipelines else BlueprintArgs


def _element(base: type[Element], kind: str, path: str) -> dict[str, Any]:
    known = kinds(base)
    if kind not in known:
        do = f"; write {base.group}.KIND, whatever the name in your stack file is"
        raise InputError([Problem((), unknown_kind(kind, known, f"kind of {base.group}") + do, path)])
    return element_schema(element_class(base, kind), kind)


def _options(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The mappings that a part may be, what it refers to and what a list holds looked up."""
    if ref := node.get("$ref"):
        yield from _options(definitions.get(str(ref).rpartition("/")[2], {}), definitions)
    for each in (*node.get("anyOf", ()), *node.get("oneOf", ()), *node.get("allOf", ())):
        yield from _options(each, definitions)
    if isinstance(items := node.get("items"), Mapping):
        yield from _options(items, definitions)
    if "properties" in node or isinstance(node.get("additionalProperties"), Mapping):
        yield node


def _is_below_a_name(node: Mapping[str, Any], definitions: Mapping[str, Any], step: str) -> bool:
    """Whether a step is a field of the entries of a mapping of names, rather than the name of one."""
    options = list(_options(node, definitions))
    if any(step in option.get("properties", ()) for option in options):
        return False
    entries = (each for option in options if isinstance(each := option.get("additionalProperties"), Mapping))
    return any(step in below.get("properties", ()) for entry in entries for below in _options(entry, definitions))


def _inside(node: Mapping[str, Any], definitions: Mapping[str, Any], step: str) -> tuple[dict[str, Any] | None, bool]:
    """The part below a step, and whether it is required; a number steps into a list, a name into a mapping of names."""
    options = list(_options(node, definitions))
    for option in options:
        if found := option.get("properties", {}).get(step):
            return dict(found), step in option.get("required", ())
    if step.isdigit():
        return dict(node), False
    for option in options:
        if isinstance(inner := option.get("additionalProperties"), Mapping):
            return dict(inner), False
    return None, False


def _unknown(node: Mapping[str, Any], definitions: Mapping[str, Any], steps: list[str], number: int) -> InputError:
    known = [name for option in _options(node, definitions) for name in option.get("properties", ())]
    step, where = steps[number], ".".join(steps[: number + 1])
    if not known:
        message = f"has no fields; got {step}; use {'.'.join(steps[:number])}"
    elif number == 0:
        message = _elsewhere(step) or unknown_field(step, BlueprintArgs, known)
    elif spec := _spec(steps[:number]):
        message = unknown_field(step, spec, known)
    else:
        message = unknown_name(step, known, "field")
    return InputError([Problem((), message, where)])


def _spec(steps: list[str]) -> type[Spec] | None:
    """The class of a part whose fields other tools have words for."""
    match steps:
        case ["network"]:
            return NetworkArgs
        case ["cluster"]:
            return ClusterArgs
        case ["compute", kind]:
            return element_class(Compute, kind)
    return None


def _elsewhere(name: str) -> str | None:
    """The message for a field that stands in one of the parts that people mean most."""
    for place in ("network", "cluster", "compute.managed_nodes"):
        spec = _spec(place.split("."))
        if spec is not None and name in spec.model_fields and name != "name":
            return f"is not a field of the stack file itself; got {name}; did you mean {place}.{name}?"
    return None


def _own_text(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    return next((str(each["description"]) for each in _options(node, definitions) if each.get("description")), "")


def _type(node: Mapping[str, Any], steps: list[str]) -> str:
    if len(steps) == 1 and steps[0] in _GROUPS:
        return f"mapping of name to fields; the kinds are listed by: eks-blueprints explain {steps[0]}"
    if not steps or (len(steps) == 2 and steps[0] in _GROUPS):
        return "mapping"
    return type_text(dict(node))


def _fields(node: Mapping[str, Any], definitions: Mapping[str, Any], steps: list[str]) -> dict[str, str]:
    if len(steps) == 1 and steps[0] in _GROUPS:
        base = _GROUPS[steps[0]]
        return {kind: _first(element_class(base, kind).__doc__ or "") for kind in kinds(base)}
    found: dict[str, str] = {}
    for option in _options(node, definitions):
        for name, part in option.get("properties", {}).items():
            found.setdefault(name, _first(str(part.get("description", "")) or _own_text(part, definitions)))
    return found


def _first(text: str) -> str:
    return re.split(r"(?<=[.])\s|\n\n", " ".join(text.split()), maxsplit=1)[0]


def _is_list(node: Mapping[str, Any]) -> bool:
    return any(each.get("type") == "array" for each in (node, *node.get("anyOf", ())))


def _example(steps: list[str], lists: set[int], value: str | None) -> str | None:
    """The value below all its steps, in one line; `lists` are the numbers of the steps that lead to a list."""
    if value is None or not steps:
        return None
    for number, step in reversed(list(enumerate(steps))):
        value = f"[{value}]" if number in lists or step.isdigit() else value
        if not step.isdigit():
            value = f"{{{step}: {value}}}" if number else f"{step}: {value}"
    return value


def _value(node: Mapping[str, Any], text: str) -> str | None:
    """A value that may stand there, as YAML in one line: one that the text names, one of a few, or the default."""
    for option in (node, *node.get("anyOf", ())):
        kind = option.get("type")
        named = _EXAMPLE.search(text)
        if "enum" in option:
            return _yaml(next((each for each in option["enum"] if each != node.get("default")), option["enum"][0]))
        if kind == "string" and named:
            return _yaml(named[1])
        if kind == "boolean":
            return _yaml(node.get("default") is not True)
        if node.get("default") not in (None, [], {}):
            return _yaml(node["default"])
        if kind == "array" and isinstance(option.get("items"), Mapping):
            item = _value(option["items"], text)
            return f"[{item}]" if item else None
        if kind in ("integer", "number"):
            return _yaml(option.get("minimum", 1))
    return None


def _yaml(value: Any) -> str:
    if isinstance(value, str) and re.fullmatch(r'"[^"]*"|[A-Za-z][\w./-]*|\d+\.\d+\.\d+[\w./-]*|arn:[\w:/*-]+', value):
        return value
    return json.dumps(value, ensure_ascii=False)
