"""Renew every table of facts that the package registries are enough for; list the others with their age.

    make renew

The tables say themselves, in their first lines, which command renews them and what it needs. Review the diff like code.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
from pathlib import Path

from eks_blueprints.core.tables import REGISTRIES, tables

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Run each command once; a failing one does not keep the others from running."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    failed = []
    for command in dict.fromkeys(table.renew for table in tables() if table.needs == REGISTRIES):
        print(command, flush=True)
        words = [sys.executable, *shlex.split(command)[1:]]
        if subprocess.run(words, cwd=ROOT, check=False).returncode:  # noqa: S603 - scripts of this folder
            failed.append(command)
    rest = [table for table in tables() if table.needs != REGISTRIES]
    print("\nnot renewed here:")
    for table in sorted(rest, key=lambda each: each.as_of):
        print(f"  {table.file}: {table.age} days old; {table.renew}; needs {table.needs}")
    for command in failed:
        print(f"failed: {command}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
