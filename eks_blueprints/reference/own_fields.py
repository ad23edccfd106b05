"""The JSON Schema of a team's stack files, from the one that this package carries: only the team's fields are new."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

from pydantic.json_schema import JsonSchemaValue

from eks_blueprints.blueprint.pipelines_spec import PipelinesArgs
from eks_blueprints.blueprint.stack_spec import StackArgs
from eks_blueprints.reference import schema as made

_PLACES = (
    Path(__file__).with_name("stack.schema.json"),  # in a wheel
    Path(__file__).parents[2] / "docs" / "reference" / "stack.schema.json",  # in a checkout
)


def ours() -> JsonSchemaValue:
    """The schema of our stack files: the one that this package carries, which tests hold to the specs."""
    return _carried() or made.stack_schema()


def stack_schema(args: type[StackArgs]) -> JsonSchemaValue:
    """The same as `schema.stack_schema`, in a tenth of the time: the add-ons and kinds of compute are not loaded.

    It is made as a whole where a team's class gives one of our names to a part that is not the same.
    """
    carried = None if issubclass(args, PipelinesArgs) else _carried()
    schema = made.schema_of(args)
    own = made.expanded(schema.pop("$defs", {}))
    if carried is None or any(carried["$defs"].get(name, part) != part for name, part in own.items()):
        return made.stack_schema(args)
    return made.whole(args, schema, carried["$defs"] | own)


def _carried() -> dict[str, Any] | None:
    for place in _PLACES:
        if place.is_file():
            return cast("dict[str, Any]", json.loads(place.read_text(encoding="utf-8")))
    return None
