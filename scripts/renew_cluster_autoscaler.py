"""Renew eks_blueprints/addons/_cluster_autoscaler.toml from the tags of its repository; review the diff.

python scripts/renew_cluster_autoscaler.py

Needs git and the network.
"""

from __future__ import annotations

import datetime
import re
import subprocess
from pathlib import Path

TABLE = Path(__file__).parents[1] / "eks_blueprints" / "addons" / "_cluster_autoscaler.toml"
REPOSITORY = "https://github.com/kubernetes/autoscaler"
OLDEST = 30
TAG = re.compile(r"refs/tags/cluster-autoscaler-1\.(\d+)\.(\d+)$", re.MULTILINE)


def main() -> None:
    """Ask for the tags and write the newest patch of each minor version."""
    command = ["git", "ls-remote", "--tags", "--refs", REPOSITORY, "cluster-autoscaler-1.*"]
    tags = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - fixed words
    newest: dict[int, int] = {}
    for minor, patch in TAG.findall(tags):
        newest[int(minor)] = max(newest.get(int(minor), 0), int(patch))
    rows = [f'"1.{minor}" = "v1.{minor}.{patch}"' for minor, patch in sorted(newest.items()) if minor >= OLDEST]
    head = TABLE.read_text(encoding="utf-8").partition("as_of")[0]
    today = datetime.datetime.now(datetime.UTC).date()
    TABLE.write_text(f"{head}as_of = {today}\n\n[releases]\n" + "\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
