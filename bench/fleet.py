"""Many platforms in one program: `python fleet.py PROJECT` records every stack file of a project as one stack."""

import sys
from pathlib import Path

from eks_blueprints.blueprint.blueprint import Blueprint
from eks_blueprints.recording import record
from eks_blueprints.stackfile import load


def program() -> None:
    """Build every platform."""
    for path in sorted(Path(sys.argv[1], "stacks").glob("prod*.yaml")):
        Blueprint(path.stem, load(path))


if __name__ == "__main__":
    record(program).plan().to_json()
