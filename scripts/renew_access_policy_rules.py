"""Renew eks_blueprints/rights/access_policies.toml: what the access policies of EKS grant in Kubernetes.

    python scripts/renew_access_policy_rules.py CHECKOUT

CHECKOUT is a git checkout of awsdocs/amazon-eks-user-guide. The guide has tables of rules for some policies and words
for the others, which stay out of the table. Review the diff.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

TABLE = Path(__file__).parents[1] / "eks_blueprints" / "rights" / "access_policies.toml"
PAGE = "latest/ug/manage-access/k8s-access/access-policy-reference.adoc"
_WORD = re.compile(r"[A-Za-z0-9*./_-]+")


def main(checkout: Path) -> None:
    """Write the table."""
    page = _said(checkout, "show", f"HEAD:{PAGE}")
    day = _said(checkout, "log", "-1", "--format=%cs")
    rules = dict(policies(page))
    head = [
        "# What the access policies of Amazon EKS grant in Kubernetes, as far as AWS documents it in rules.",
        "#",
        "# Each rule is written as `verbs API-groups resources`, or `verbs URLs`; core is the core group.",
        "#",
        "# source: https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html",
        "# renew:  python scripts/renew_access_policy_rules.py CHECKOUT",
        "# needs:  a checkout of awsdocs/amazon-eks-user-guide",
        "",
        f"as_of = {day.strip()}",
    ]
    for name, found in rules.items():
        head += ["", f"[{name}]", "rules = [", *(f'    "{each}",' for each in found), "]"]
    TABLE.write_text("\n".join(head) + "\n", encoding="utf-8")


def _said(checkout: Path, *words: str) -> str:
    call = ["git", "-C", str(checkout), *words]
    return subprocess.run(call, check=True, capture_output=True, text=True).stdout  # noqa: S603 - git


def policies(page: str) -> Iterator[tuple[str, list[str]]]:
    """The rules of each policy that has a table of them."""
    for part in re.split(r"^== ", page, flags=re.MULTILINE)[1:]:
        name, table = part.split("\n", 1)[0].strip(), re.search(r"\|===\n(.*?)\n\|===", part, re.DOTALL)
        if table and name.startswith("Amazon"):
            yield name, list(rules(table[1]))


def rules(table: str) -> Iterator[str]:
    """Each row of a table as text."""
    cells = [cell.strip() for cell in re.split(r"^\|", table, flags=re.MULTILINE)[1:]]
    heads = [cell for cell in cells if cell.startswith("Kubernetes ")]
    urls_at = next((number for number, head in enumerate(heads) if "nonResourceURLs" in head), None)
    for start in range(len(heads), len(cells), len(heads)):
        row = [",".join(_words(cell)) for cell in cells[start : start + len(heads)]]
        if urls_at is not None and row[urls_at]:
            yield f"{row[-1]} {row[urls_at]}"
        else:
            yield f"{row[-1]} {row[0] or 'core'} {row[-2]}"


def _words(cell: str) -> list[str]:
    # A letter in front of its quotes is a slip of the page that its other tables tell: r``esourcequotas``.
    plain = cell.replace("`", "").replace("\\", "").replace("+*+", "*")
    return _WORD.findall(plain)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
