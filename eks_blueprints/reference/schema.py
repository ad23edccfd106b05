"""The JSON Schema of stack files, made from the specs."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from typing import Any, cast

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from eks_blueprints.addons.base import AddOn
from eks_blueprints.blueprint.pipelines_spec import PipelinesArgs
from eks_blueprints.blueprint.spec import BlueprintArgs
from eks_blueprints.blueprint.stack_spec import StackArgs
from eks_blueprints.compute.base import Compute
from eks_blueprints.core.elements import Element, element_class, kinds
from eks_blueprints.pipelines.base import Pipeline
from eks_blueprints.pipelines.stages.base import Stage
from eks_blueprints.reference.docstrings import class_doc, field_docs
from eks_blueprints.teams.base import Team
from eks_blueprints.workloads.base import Workload

URL = "https://json-schema.org/draft/2020-12/schema"
_MANY = 5
"""As many add-ons make a field a shared one."""

OF_THE_FILE: JsonSchemaValue = {
    "extends": {
        "type": "string",
        "description": "Path, from this file's folder, of the file that this one is laid over. Mappings merge, lists "
        "of named entries merge by their names, and null removes. Default: none.",
    },
    "blueprint": {
        "type": "string",
        "description": "Dotted path of the blueprint class that reads this file. Default: eks_blueprints.Blueprint.",
    },
}
"""Fields of a stack file that are none of the blueprint's: they say how it is read."""
GROUPS: tuple[type[Element], ...] = (Compute, AddOn, Workload, Team)
"""The base classes of elements of a platform."""
OF_PIPELINES: tuple[type[Element], ...] = (Pipeline, Stage)
"""Those of a stack of pipelines."""
_PARTS: JsonSchemaValue = {
    "key": {"type": "string", "description": "Which value of an output that is a mapping."},
    "index": {"type": "integer", "minimum": 0, "description": "Which element, counted from 0, of a list."},
    "count": {"type": "integer", "minimum": 1, "maximum": 100, "description": "How many elements the list has."},
}
_SPELLINGS = (
    ["config"],
    ["secret"],
    ["stack", "output"],
    ["stack", "output", "index"],
    ["stack", "output", "key"],
    ["stack", "output", "key", "index"],
)
_REFERENCE: JsonSchemaValue = {
    "description": "A value named instead of given: from config, a secret, or another stack's output.",
    "oneOf": [
        {
            "type": "object",
            "properties": {key: _PARTS.get(key, {"type": "string"}) for key in keys},
            "required": keys,
            "additionalProperties": False,
        }
        for keys in _SPELLINGS
    ],
}
_REFERENCES: JsonSchemaValue = {
    "description": (
        "A list that another stack exports, with the number of its elements, which decides which resources exist."
    ),
    "type": "object",
    "properties": {
        "stack": {"type": "string", "description": "The other stack, such as `acme/network/prod`."},
        "output": {"type": "string", "description": "The name under which it exports the list."},
        "key": {"type": "string", "description": "Its key, where the output is a mapping that holds the list."},
        "count": _PARTS["count"],
    },
    "required": ["stack", "output"],
    "additionalProperties": False,
}


def stack_schema(args: type[StackArgs] = BlueprintArgs) -> JsonSchemaValue:
    """The schema of a stack file whose blueprint takes `args`."""
    schema = schema_of(args)
    definitions = schema.pop("$defs", {})
    for base in OF_PIPELINES if issubclass(args, PipelinesArgs) else GROUPS:
        for kind in kinds(base):
            element = _apart(schema_of(element_class(base, kind)), kind, definitions)
            definitions |= element.pop("$defs", {})
            definitions[f"{base.group}.{kind}"] = _keyed(element, kind)
    definitions = {"Reference": _REFERENCE, "References": _REFERENCES, **_shared(expanded(definitions))}
    return whole(args, schema, definitions)


def whole(args: type[StackArgs], schema: JsonSchemaValue, definitions: JsonSchemaValue) -> JsonSchemaValue:
    """The schema of a file from that of the class and the definitions that it refers to."""
    schema = expanded(schema)
    schema["properties"] |= OF_THE_FILE
    # A file that extends another has from there what it needs.
    schema["anyOf"] = [{"required": schema.pop("required")}, {"required": ["extends"]}]
    title = "Pipelines" if issubclass(args, PipelinesArgs) else "EKS blueprint"
    head = {"$schema": URL, "title": title, "description": class_doc(args)}
    return {**head, **_without(schema, head), "$defs": dict(sorted(definitions.items()))}


def overlay_schema(schema: JsonSchemaValue) -> JsonSchemaValue:
    """That of whole files as one of files that extend others or are extended: nothing is required, and null removes."""
    schema = _relaxed(schema)
    del schema["anyOf"]
    return {**schema, "title": "Part of an EKS blueprint"}


def _relaxed(node: Any, inside: str = "") -> Any:
    if isinstance(node, list):
        return [_relaxed(item) for item in node]
    if not isinstance(node, dict):
        return node
    if inside in ("Reference", "References"):
        return node
    result = {key: _relaxed(item, key) for key, item in node.items() if key != "required" or inside == "properties"}
    if inside == "properties":
        return {key: _or_null(item) for key, item in result.items()}
    if isinstance(result.get("additionalProperties"), dict):
        result["additionalProperties"] = _or_null(result["additionalProperties"])
    return result


def _or_null(schema: Any) -> JsonSchemaValue:
    if isinstance(schema.get("type"), str) and not {"const", "enum"} & schema.keys():
        return {**schema, "type": [schema["type"], "null"]}
    null: JsonSchemaValue = {"type": "null"}
    if "anyOf" in schema:
        return schema if null in schema["anyOf"] else {**schema, "anyOf": [*schema["anyOf"], null]}
    about = {key: schema[key] for key in ("description", "default") if key in schema}
    return {"anyOf": [_without(schema, about), null], **about}


@cache
def own_schema(cls: type[BaseModel]) -> JsonSchemaValue:
    """The schema of one spec alone, without the kinds of the groups in it."""
    schema = schema_of(cls)
    for name, part in schema["properties"].items():
        if part.pop("x-elements", None):
            schema["properties"][name] = {**part, "properties": {}}
    parts = expanded(schema)
    parts["$defs"] = {"Reference": _REFERENCE, "References": _REFERENCES, **parts.get("$defs", {})}
    return cast("JsonSchemaValue", parts)


def settings_schema(cls: type[BaseModel], key: str) -> JsonSchemaValue:
    """The schema of `Pulumi.<stack>.yaml` of a program that reads a spec from one of its settings."""
    schema = {**own_schema(cls)}
    definitions = schema.pop("$defs")
    setting = {**schema, "description": class_doc(cls)}
    config = {"type": "object", "required": [key], "properties": {key: setting}}
    head = {"$schema": URL, "title": "Settings of a stack", "type": "object", "required": ["config"]}
    return {**head, "properties": {"config": config}, "$defs": definitions}


def element_schema(cls: type[BaseModel], kind: str) -> JsonSchemaValue:
    """The schema of one kind of element alone, as it stands in a stack file."""
    schema = own_schema(cls)
    return {**_keyed(schema, kind), "description": class_doc(cls)}


class _Generator(GenerateJsonSchema):
    """pydantic's generator, with the docstring of each field as its description."""

    def model_schema(self, schema: Any) -> JsonSchemaValue:
        result = super().model_schema(schema)
        cls = cast("type[BaseModel]", schema["cls"])
        docs = field_docs(cls)
        for name, part in result.get("properties", {}).items():
            part.pop("title", None)
            if name in docs:
                part["description"] = " ".join(docs[name].split())
        return result

    def default_schema(self, schema: Any) -> JsonSchemaValue:
        # A default made of specs says more in the field's text than as an object with every field of its own.
        result = super().default_schema(schema)
        if isinstance(result.get("default"), dict) and result["default"]:
            del result["default"]
        return result


def schema_of(cls: type[BaseModel]) -> JsonSchemaValue:
    """What pydantic says of a class, each field with its docstring."""
    return cls.model_json_schema(schema_generator=_Generator, ref_template="#/$defs/{model}")


def _apart(element: JsonSchemaValue, kind: str, others: JsonSchemaValue) -> JsonSchemaValue:
    """The schema of an element, with other names for parts that bear the name of a different part elsewhere."""
    own = element.get("$defs", {})
    clashing = {name for name, part in own.items() if others.get(name, part) != part}
    renamed = {f"#/$defs/{name}": f"#/$defs/{kind}.{name}" for name in clashing}

    def walk(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: renamed.get(item, item) if key == "$ref" else walk(item) for key, item in node.items()}
        return [walk(item) for item in node] if isinstance(node, list) else node

    parts = {f"{kind}.{name}" if name in clashing else name: walk(part) for name, part in own.items()}
    return {**walk(_without(element, {"$defs": 0})), "$defs": parts}


def _keyed(element: JsonSchemaValue, kind: str) -> JsonSchemaValue:
    properties = {"kind": {"const": kind, "description": "The kind of element. Default: the key it stands under."}}
    properties |= {name: part for name, part in element.get("properties", {}).items() if name != "name"}
    return {**element, "properties": properties}


def _shared(definitions: JsonSchemaValue) -> JsonSchemaValue:
    """The same with each field that many add-ons have said once: the file is a third, and editors stay quick."""
    counts: Counter[tuple[str, str]] = Counter()
    for name, definition in definitions.items():
        if name.startswith(f"{AddOn.group}."):
            counts.update((field, json.dumps(part)) for field, part in definition["properties"].items())
    names: dict[tuple[str, str], str] = {}
    for (field, text), count in sorted(counts.items()):
        if count >= _MANY:
            taken = sum(other == field for other, _ in names)
            names[field, text] = f"shared.{field}" + (f".{taken + 1}" if taken else "")
    result = {name: json.loads(text) for (_, text), name in names.items()}
    for name, definition in definitions.items():
        if name.startswith(f"{AddOn.group}."):
            fields = definition["properties"].items()
            parts = {f: _to(names.get((f, json.dumps(part))), part) for f, part in fields}
            definition = {**definition, "properties": parts}  # noqa: PLW2901 - the definitions given stay as they are
        result[name] = definition
    return result


def _to(name: str | None, part: JsonSchemaValue) -> JsonSchemaValue:
    return part if name is None else {"$ref": f"#/$defs/{name}"}


def expanded(node: Any) -> Any:
    """The same with groups of elements and references to values written out."""
    if isinstance(node, list):
        return [expanded(item) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("x-reference"):
        return {"$ref": "#/$defs/Reference"}
    if node.get("x-references"):
        return {"$ref": "#/$defs/References"}
    if group := node.get("x-elements"):
        return _group_schema(group, node)
    return {key: expanded(value) for key, value in node.items()}


def _group_schema(group: str, node: JsonSchemaValue) -> JsonSchemaValue:
    base = next(base for base in (*GROUPS, *OF_PIPELINES) if base.group == group)
    rest = _without(node, {"x-elements": 0, "default": 0})
    named = [{"allOf": [_ref(group, kind), {"required": ["kind"]}]} for kind in kinds(base) if kind != base.usual_kind]
    if base.usual_kind is not None:
        usual: list[JsonSchemaValue] = [_ref(group, base.usual_kind), {"type": "null"}]
        return {**rest, "properties": {}, "additionalProperties": {"anyOf": [*usual, *named, _OTHER_KIND]}}
    known = {kind: {"anyOf": [_ref(group, kind), {"type": "null"}, _OTHER_KIND]} for kind in kinds(base)}
    return {**rest, "properties": known, "additionalProperties": {"anyOf": [*named, _OTHER_KIND]}}


_OTHER_KIND: JsonSchemaValue = {
    "type": "object",
    "properties": {"kind": {"type": "string", "pattern": "[.]", "description": "Dotted path of a class."}},
    "required": ["kind"],
}


def _ref(group: str, kind: str) -> JsonSchemaValue:
    return {"$ref": f"#/$defs/{group}.{kind}"}


def _without(node: JsonSchemaValue, keys: JsonSchemaValue) -> JsonSchemaValue:
    return {key: value for key, value in node.items() if key not in keys}
