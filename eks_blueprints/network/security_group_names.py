"""Names of security groups: those of a platform, and those that are there without being made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator

from eks_blueprints.core.errors import Faults, Problem, unknown_name
from eks_blueprints.core.late_specs import late
from eks_blueprints.core.leaves import key_name

if TYPE_CHECKING:
    from eks_blueprints.network.security_group_spec import SecurityGroupArgs
else:
    SecurityGroupArgs = late("eks_blueprints.network.security_group_spec", "SecurityGroupArgs")

CLUSTER = "cluster"
ENDPOINTS = "endpoints"
STANDING = {
    CLUSTER: "the security group that EKS creates for control plane and nodes",
    ENDPOINTS: "the security group of the network's interface endpoints",
}
"""Groups that are there without being made here, by the names that they are kept for."""

_OF_EKS = re.compile(r"Name\Z|kubernetes\.io/cluster/")
"""Tags that EKS puts on the group that it creates, and puts back when the cluster is updated (EKS user guide, "View
Amazon EKS security group requirements for clusters")."""

SELF = "self"
ALL = "-1"


def check_groups(groups: dict[str, SecurityGroupArgs]) -> dict[str, SecurityGroupArgs]:
    """Security groups by name, whose rules name only such as there are.

    Raises:
        ValidationError: if a name cannot be used, or is of no group.
    """
    faults = Faults()
    known = [*groups, *STANDING, SELF]
    for key, group in groups.items():
        if (fault := key_name.fault(key)) or key == SELF or key.startswith("sg-"):
            faults.add((key,), fault or f"is reserved for ids and for a group itself; got {key}; choose another name")
        if key in STANDING:
            for field in ("id", "name", "description"):
                if getattr(group, field) is not None:
                    faults.add((key, field), f"is not for {STANDING[key]}; got it; remove it")
        if key == CLUSTER:
            for tag in filter(_OF_EKS.match, group.tags):
                faults.add((key, "tags", tag), f"is a tag that EKS sets on its group; got {tag}; remove it")
        for way in ("ingress", "egress"):
            for rule, each in (getattr(group, way) or {}).items():
                other: Any = each.security_group
                if isinstance(other, str) and not other.startswith("sg-") and other not in known:
                    fault = unknown_name(other, known, "security group of this platform")
                    faults.add((key, way, rule, "security_group"), fault)
    faults.raise_if_any()
    return groups


SecurityGroups = Annotated[dict[str, SecurityGroupArgs], AfterValidator(check_groups)]
"""Security groups by a name of the user's choice."""


def unknown_groups(
    names: Iterable[str], groups: Mapping[str, Any], field: str = "security_groups"
) -> Iterator[Problem]:
    """Names of groups, at some part, that this platform has not; those of groups that stand by themselves are none."""
    for index, name in enumerate(names):
        if name in STANDING:
            message = f"is {STANDING[name]}, and has its place already; got {name}; remove it"
            yield Problem((field, index), message)
        elif name not in groups:
            do = unknown_name(name, groups, "security group of this platform")
            yield Problem((field, index), do)
