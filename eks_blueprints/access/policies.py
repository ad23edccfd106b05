"""The access policies of EKS by their short names; the facts live in `policies.toml`, with their date and source."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from eks_blueprints.core.errors import shown, unknown_name
from eks_blueprints.core.form import Form

_ARN = Form(r"arn:aws(-[a-z]+)*:eks::aws:cluster-access-policy/([A-Za-z0-9]{1,100})")
_FILE = Path(__file__).with_name("policies.toml")


def aws_name(policy: str) -> str:
    """AWS's name of a policy that is given by its short name (`view`), by AWS's name or by its ARN.

    An ARN may name a policy that is newer than the table.

    Raises:
        ValueError: if there is no such policy, or it is only for roles that AWS makes itself.
    """
    arn = _ARN.fullmatch(policy)
    name = arn.group(2) if arn else names().get(policy, policy)
    if name in service_linked():
        raise ValueError(f"is only for service-linked roles of AWS; got {shown(policy)}; use another policy")
    if arn is None and name not in names().values():
        near = unknown_name(policy, {*names(), *names().values()}, "access policy")
        raise ValueError(
            near if ":" not in policy else f"is not a valid ARN of an access policy; got {shown(policy)}; {_FORM}"
        )
    return name


def policy_arn(partition: str, name: str) -> str:
    """The ARN of the policy that AWS calls `name`."""
    return f"arn:{partition}:eks::aws:cluster-access-policy/{name}"


@cache
def names() -> dict[str, str]:
    """AWS's name of every policy in the table, by the short name."""
    return {row["short"]: row["name"] for row in tomllib.loads(_FILE.read_text(encoding="utf-8"))["policies"]}


@cache
def service_linked() -> frozenset[str]:
    """The policies that only AWS's own service-linked roles may have, by AWS's name."""
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["policies"]
    return frozenset(row["name"] for row in rows if row.get("service_linked"))


_FORM = "write arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy, or just view"
