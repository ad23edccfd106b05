"""The tests mirror the package; `tests/engine` runs the real engine on stand-in providers."""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
"""The top folder of the checkout."""

SCHEMA: dict[str, Any] = json.loads((ROOT / "docs" / "reference" / "stack.schema.json").read_text(encoding="utf-8"))
"""The JSON Schema of stack files, which a test keeps current; to generate it takes seconds."""

PROJECT = ROOT / "tests" / "project"
"""A project as users have one: what this repository ships as `Pulumi.yaml` and `stacks/`, which they may edit."""
