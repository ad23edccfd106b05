"""The JSON Schema of `<stack>.adopt.yaml`; printed by `python -m eks_blueprints.reference.adoption_schema`."""

from __future__ import annotations

import json
from typing import Any

from eks_blueprints.adoption.spec import AdoptionArgs
from eks_blueprints.reference.docstrings import class_doc
from eks_blueprints.reference.schema import URL, own_schema


def schema() -> dict[str, Any]:
    """The schema of an adoption's file."""
    own = {**own_schema(AdoptionArgs)}
    definitions = {key: part for key, part in own.pop("$defs").items() if not key.startswith("Reference")}
    return {"$schema": URL, **own, "title": "Adoption", "description": class_doc(AdoptionArgs), "$defs": definitions}


if __name__ == "__main__":
    print(json.dumps(schema(), indent=2))
