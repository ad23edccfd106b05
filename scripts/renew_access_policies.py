"""Renew eks_blueprints/access/policies.toml from the names that AWS lists.

    aws eks list-access-policies --query 'accessPolicies[].name' --output text | python scripts/renew_access_policies.py

AWS does not list the policies that only its own service-linked roles may have as such; those marked so stay marked.
"""

from __future__ import annotations

import re
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

TABLE = Path(__file__).parents[1] / "eks_blueprints" / "access" / "policies.toml"
ONE_WORD = {"AIDevOps": "AiDevops", "AIOps": "Aiops", "ArgoCD": "Argocd"}


def main() -> None:
    """Write the table."""
    now = datetime.now(UTC).date().isoformat()
    TABLE.write_text(table(TABLE.read_text(encoding="utf-8"), sys.stdin.read().split(), now), encoding="utf-8")


def table(old: str, listed: list[str], as_of: str) -> str:
    """The table's text, by name."""
    linked = {row["name"] for row in tomllib.loads(old).get("policies", []) if row.get("service_linked")}
    lines = [*(line for line in old.splitlines() if line.startswith("#")), "", f"as_of = {as_of}"]
    for name in sorted(linked.union(listed)):
        lines += ["", "[[policies]]", f'name = "{name}"', f'short = "{short(name)}"']
        lines += ["service_linked = true"] if name in linked else []
    return "\n".join(lines) + "\n"


def short(name: str) -> str:
    """`AmazonEKSClusterAdminPolicy` as `cluster_admin`."""
    core = re.sub(r"Policy$", "", re.sub(r"^(Amazon)?(EKS)?", "", name))
    for written, word in ONE_WORD.items():
        core = core.replace(written, word)
    return re.sub(r"([a-z0-9])([A-Z])|([A-Z]+)(?=[A-Z][a-z])", r"\1\3_\2", core).lower()


if __name__ == "__main__":
    main()
