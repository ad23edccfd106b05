"""The managed policies of AWS in IAM, by what follows `arn:aws:iam::aws:policy/`: a path, if there is one, a name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from eks_blueprints.core.errors import nearest

_FILE = Path(__file__).with_name("managed_policies.csv")
_SOMEWHERE = "*/"
LINKED = "aws-service-role/"
"""Path of those that only AWS's own service-linked roles have."""


def is_known(name: str) -> bool:
    """Whether AWS has a policy of that path and name, such as `service-role/AmazonEBSCSIDriverPolicy`."""
    return name in _policies() or _SOMEWHERE + name.rpartition("/")[2] in _policies()


def is_deprecated(name: str) -> bool:
    """Whether AWS has taken a policy back, so that nobody can attach it anew."""
    return _policies().get(name, False) or _policies().get(_SOMEWHERE + name.rpartition("/")[2], False)


def instead_of(name: str) -> str | None:
    """What is meant by a name that AWS does not have: the same one at its right path, or the nearest one."""
    short = name.rpartition("/")[2]
    at = {each.rpartition("/")[2]: each for each in _policies() if not each.startswith(_SOMEWHERE)}
    found = short if short in at else nearest(short, at)
    return at[found] if found else None


@cache
def _policies() -> dict[str, bool]:
    lines = [line for line in _FILE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return {name: bool(mark) for name, _, mark in (line.partition(",") for line in lines)}
