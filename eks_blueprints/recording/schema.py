"""The JSON Schema of a plan file: `python -m eks_blueprints.recording.schema > docs/reference/plan.schema.json`."""

import json
from typing import Any

from eks_blueprints.recording.plan import KIND, VERSION

_TEXT: dict[str, Any] = {"type": "string"}
_TEXTS: dict[str, Any] = {"type": "array", "items": _TEXT}
_PLACE: dict[str, Any] = {
    "type": "string",
    "pattern": r"^.+:\d+$",
    "description": "file:line, the file relative to the project directory",
}


_MAYBE: dict[str, Any] = {"type": ["string", "null"]}
ACCOUNT: dict[str, Any] = {
    "type": "object",
    "description": "an AWS account that a provider is told of, and who acts in it; a preview adds them to its plan",
    "required": ["id", "roleArn", "profile"],
    "additionalProperties": False,
    "properties": {"id": _MAYBE, "roleArn": _MAYBE, "profile": _MAYBE},
}

_PODS = {
    "type": "object",
    "required": ["pods", "cpu", "memory"],
    "additionalProperties": False,
    "properties": {
        "pods": {"type": "integer", "minimum": 0},
        "cpu": {"type": "number", "description": "cores that they request together"},
        "memory": {"type": "integer", "description": "bytes that they request together"},
    },
}
SYSTEM_PODS: dict[str, Any] = {
    "type": "object",
    "description": "pods that add-ons bring; a preview adds them",
    "required": ["fixed", "eachNode", "someNodes", "unknown"],
    "additionalProperties": False,
    "properties": {
        "fixed": {**_PODS, "description": "whose number does not depend on nodes"},
        "eachNode": _PODS,
        "someNodes": {**_PODS, "description": "of each node that DaemonSets choose by its labels"},
        "unknown": {**_TEXTS, "description": "add-ons of which it is not known what they run"},
    },
}


_DAY: dict[str, Any] = {"type": ["string", "null"], "format": "date", "description": "null where it is not known"}
CALENDAR: dict[str, Any] = {
    "type": "object",
    "description": "how long the Kubernetes version of a cluster is supported; a preview adds it",
    "required": [
        "urn",
        "version",
        "supportType",
        "endOfStandardSupport",
        "endOfExtendedSupport",
        "extendedSupportPerHour",
    ],
    "additionalProperties": False,
    "properties": {
        "urn": {**_TEXT, "description": "of the cluster"},
        "version": _TEXT,
        "supportType": {"enum": ["STANDARD", "EXTENDED"]},
        "endOfStandardSupport": _DAY,
        "endOfExtendedSupport": _DAY,
        "extendedSupportPerHour": {"type": "number", "description": "US dollars that extended support adds"},
    },
}


def schema() -> dict[str, Any]:
    """The schema as data."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A plan: the resources that a Pulumi program registers",
        "description": "Parents come before children, siblings are sorted by URN; empty members are left out.",
        "type": "object",
        "required": ["kind", "version", "project", "stack", "resources", "outputs"],
        "additionalProperties": False,
        "properties": {
            "kind": {"const": KIND},
            "version": {"const": VERSION},
            "project": _TEXT,
            "stack": _TEXT,
            "resources": {"type": "array", "items": {"$ref": "#/$defs/resource"}},
            "outputs": {"type": "object", "additionalProperties": {"$ref": "#/$defs/value"}},
            "region": {**_TEXT, "description": "of the default AWS provider, where a resource is managed with it"},
            "accounts": {"type": "array", "items": ACCOUNT},
            "findings": {"type": "array", "items": _finding()},
            "gaps": {**_TEXTS, "description": "what of the program could not be followed; a preview adds them"},
            "systemPods": SYSTEM_PODS,
            "calendar": {"type": "array", "items": CALENDAR},
        },
        "$defs": {"resource": _resource(), "options": _options(), **_values()},
    }


def _resource() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["urn", "type", "name", "custom", "inputs"],
        "additionalProperties": False,
        "properties": {
            "urn": _TEXT,
            "type": _TEXT,
            "name": _TEXT,
            "parent": {**_TEXT, "description": "the parent's URN; absent for the stack"},
            "custom": {"type": "boolean", "description": "false for components"},
            "inputs": {"type": "object", "additionalProperties": {"$ref": "#/$defs/value"}},
            "dependencies": _TEXTS,
            "propertyDependencies": {"type": "object", "additionalProperties": _TEXTS},
            "provider": {**_TEXT, "description": "the provider's URN"},
            "providers": {"type": "object", "additionalProperties": _TEXT},
            "options": {"$ref": "#/$defs/options"},
            "position": _PLACE,
            "innermost": {**_PLACE, "description": "where a library created it, if that is not `position`"},
            "source": {**_PLACE, "description": "the line of the stack file it comes from, where there is one"},
        },
    }


def _finding() -> dict[str, Any]:
    return {
        "type": "object",
        "description": "an input that a provider would refuse, or that is doubtful; a preview adds them to its plan",
        "required": ["severity", "urn", "message"],
        "additionalProperties": False,
        "properties": {
            "severity": {"enum": ["error", "warning"]},
            "urn": _TEXT,
            "message": _TEXT,
            "position": _PLACE,
        },
    }


def _options() -> dict[str, Any]:
    anything = {"$ref": "#/$defs/value"}
    flag = {"type": "boolean"}
    return {
        "type": "object",
        "description": "resource options that were set, by their names in Python",
        "additionalProperties": False,
        "properties": {
            "remote": flag,
            "read_id": {**_TEXT, "description": "the id of an existing resource that is read"},
            "protect": flag,
            "ignore_changes": _TEXTS,
            "delete_before_replace": flag,
            "retain_on_delete": flag,
            "aliases": {"type": "array", "items": {"type": ["string", "object"]}},
            "replace_on_changes": _TEXTS,
            "additional_secret_outputs": _TEXTS,
            "deleted_with": _TEXT,
            "replace_with": _TEXTS,
            "custom_timeouts": {"type": "object", "additionalProperties": _TEXT},
            "import_id": _TEXT,
            "version": _TEXT,
            "hide_diffs": _TEXTS,
            "plugin_download_url": _TEXT,
            "replacement_trigger": anything,
            "hooks": {"type": "object", "additionalProperties": _TEXTS},
        },
    }


def _values() -> dict[str, Any]:
    mark = {"const": True}
    return {
        "value": {
            "description": "a plain value, in which a symbol such as ${shop-cluster.endpoint} stands for an output",
            "anyOf": [
                {"type": ["null", "boolean", "number", "string"]},
                {"type": "array", "items": {"$ref": "#/$defs/value"}},
                {"$ref": "#/$defs/secret"},
                {"$ref": "#/$defs/unknown"},
                {"type": "object", "additionalProperties": {"$ref": "#/$defs/value"}},
            ],
        },
        "secret": {
            "type": "object",
            "required": ["$secret"],
            "additionalProperties": False,
            "properties": {"$secret": mark},
        },
        "unknown": {
            "type": "object",
            "required": ["$unknown"],
            "additionalProperties": False,
            "properties": {"$unknown": mark, "from": {**_TEXTS, "description": "logical names it depends on"}},
        },
    }


if __name__ == "__main__":
    print(json.dumps(schema(), indent=2))
