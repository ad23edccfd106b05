"""The JSON Schema of a shard's file; printed by `python -m eks_blueprints.review.shards.schema`."""

from __future__ import annotations

import json
from typing import Any

from eks_blueprints.policies.formats.json_form import KIND as POLICY_REPORT
from eks_blueprints.recording.schema import schema as plan_schema
from eks_blueprints.review.preview.shard import KIND, MOST
from eks_blueprints.review.report.schema import schema as diff_schema

VERSION = 1

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_NUMBER = {"type": "integer", "minimum": 1}
_JUDGED = {"type": "object", "required": ["kind"], "properties": {"kind": {"const": POLICY_REPORT}}}
_COMMANDS = ("diff", "preview", "check")


def schema(command: str | None = None) -> dict[str, Any]:
    """The schema of the files of one command; without one, that of all, which refers to those of their reports."""
    whole = diff_schema() if command == "diff" else plan_schema()
    own = {key: value for key, value in whole.items() if key not in ("$schema", "$defs")}
    reports: dict[str | None, dict[str, Any]] = {
        "diff": own,
        "preview": {"type": "array", "items": own},
        "check": _JUDGED,
        None: {
            "anyOf": [
                {"$ref": "diff.schema.json"},
                {"type": "array", "items": {"$ref": "plan.schema.json"}},
                {**_JUDGED, "description": "what check --format json prints"},
            ]
        },
    }
    properties: dict[str, Any] = {
        "kind": {"const": KIND},
        "version": {"const": VERSION},
        "command": {"enum": list(_COMMANDS)},
        "shard": {**_NUMBER, "description": f"from 1 to the number of shards, which is {MOST} at most"},
        "of": {**_NUMBER, "description": "how many shards there are"},
        "stacks": {**_TEXTS, "description": "all stacks of the project, of every shard"},
        "gone": {**_TEXTS, "description": "stacks that only the base of a diff has"},
        "same": {
            "type": "object",
            "required": ["eks_blueprints"],
            "additionalProperties": _TEXT,
            "description": "what has to be the same in all shards",
        },
        "report": reports.get(command, {}),
        "parts": {"description": "what the other formats are made of; for the same version of eks_blueprints alone"},
        "resources": {"type": "array", "items": {"type": "object"}, "description": "of plans, named by their number"},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The report of one shard, for eks-blueprints report merge",
        "type": "object",
        "required": list(properties),
        "additionalProperties": False,
        "properties": properties,
        "$defs": whole["$defs"] if command in ("diff", "preview") else {},
    }


if __name__ == "__main__":
    data = schema()
    del data["$defs"]
    print(json.dumps(data, indent=2))
