"""Renew eks_blueprints/core/facts/managed_policies.csv: the names of IAM's managed policies of AWS.

    python scripts/renew_managed_policies.py CHECKOUTS

CHECKOUTS holds a git checkout of github.com/iann0036/iam-dataset as `owner/name`, which lists them from IAM every day.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SOURCE = "iann0036/iam-dataset"
TABLE = Path(__file__).parents[1] / "eks_blueprints" / "core" / "facts" / "managed_policies.csv"
HEAD = """# Managed policies of AWS in IAM, by what follows arn:aws:iam::aws:policy/; `*/` is a path that is not known.
# source: github.com/{source}, aws/managedpolicies
# as_of:  {as_of}
# renew:  python scripts/renew_managed_policies.py CHECKOUTS
# needs:  a checkout of github.com/{source}
"""


def main(checkouts: Path) -> None:
    """Write the table, dated as the newest commit is."""
    repo = checkouts / SOURCE
    as_of = git(repo, "log", "-1", "--format=%cs").strip()
    lines = sorted({row for file in _files(repo) for row in [_row(repo, file)]})
    TABLE.write_text(HEAD.format(source=SOURCE, as_of=as_of) + "\n".join(lines) + "\n", encoding="utf-8")


def _files(repo: Path) -> list[str]:
    return git(repo, "ls-tree", "-r", "--name-only", "HEAD", "aws/managedpolicies").split()


def _row(repo: Path, file: str) -> str:
    try:
        found = json.loads(git(repo, "show", f"HEAD:{file}"))
    except subprocess.CalledProcessError:  # a checkout may lack some
        found = {}
    arn = found.get("arn") or f":policy/*/{Path(file).name.removesuffix('.json').removesuffix('.json')}"
    name = arn.partition(":policy/")[2]
    return f"{name},deprecated" if found.get("deprecated") else name


def git(repo: Path, *command: str) -> str:
    """What git says."""
    call = ["git", "-C", str(repo), *command]
    return subprocess.run(call, capture_output=True, text=True, check=True).stdout  # noqa: S603 - git on a checkout


if __name__ == "__main__":
    main(Path(sys.argv[1]))
