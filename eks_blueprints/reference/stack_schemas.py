"""The JSON Schemas of stack files and overlays; written by `python -m eks_blueprints.reference.stack_schemas DIR`."""

from __future__ import annotations

import sys
from pathlib import Path

from eks_blueprints.core.printed import document
from eks_blueprints.reference.editor_schemas import FILE, OVERLAY_FILE
from eks_blueprints.reference.schema import overlay_schema, stack_schema


def written(folder: Path) -> None:
    """Make both from the specs, and put them into a folder."""
    schema = stack_schema()
    for name, each in ((FILE, schema), (OVERLAY_FILE, overlay_schema(schema))):
        (folder / name).write_text(document(each) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    written(Path(sys.argv[1]))
