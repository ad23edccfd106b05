"""The JSON Schema of `migrate --format json`; printed by `python -m eks_blueprints.lifecycle.migrate.schema`."""

from __future__ import annotations

import json
from typing import Any

from eks_blueprints.lifecycle.migrate.catalogue import MIGRATIONS
from eks_blueprints.reference.schema import URL

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_FLAG = {"type": "boolean"}
_PHASE = {"type": ["string", "null"]}


def schema() -> dict[str, Any]:
    """The schema of the list of migrations, and of one migration on a stack file."""
    names = {"enum": [each.name for each in MIGRATIONS]}
    commands = {"type": "array", "items": {"$ref": "#/$defs/command"}}
    listed = _object(name=names, title=_TEXT, about=_TEXT)
    return {
        "$schema": URL,
        "title": "A migration of a platform, or the list of those that there are",
        "oneOf": [{"type": "array", "items": listed}, {"$ref": "#/$defs/migration"}],
        "$defs": {
            "migration": _object(
                migration=names,
                stack=_TEXT,
                file=_TEXT,
                finished={**_FLAG, "description": "whether the platform is where the migration leads"},
                next={**_PHASE, "description": "id of the phase to write now; null where there is none"},
                phases={"type": "array", "items": {"$ref": "#/$defs/phase"}, "description": "in their order"},
                stays={**_TEXTS, "description": "what does not move, or is for people to change, and why"},
                written={**_PHASE, "description": "id of the phase that was written; null without --write"},
            ),
            "phase": _object(
                id=_TEXT,
                title=_TEXT,
                why=_TEXT,
                state={"enum": ["done", "next", "later", "nothing"]},
                cannotBeUndone={**_FLAG, "description": "whether there is no way back"},
                before={**commands, "description": "what to check before it is written"},
                diff={**_TEXT, "description": "unified diff; secrets that a file has in plain text are masked in it"},
                after={**commands, "description": "what to do and to check when it is deployed"},
                inTheWay={**_TEXTS, "description": "why it is not written"},
            ),
            "command": _object(run=_TEXT, shows={**_TEXT, "description": "what it has to show before going on"}),
        },
    }


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(properties),
        "additionalProperties": False,
        "properties": properties,
    }


if __name__ == "__main__":
    print(json.dumps(schema(), indent=2))
