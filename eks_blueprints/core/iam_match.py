"""What statements of IAM policies are about, read as IAM reads them: one place for every rule and report.

Actions are compared without regard to case; `*` stands for any text and `?` for one character, and no other character
for another one. Sources: IAM user guide, "IAM JSON policy elements: Action", "Condition operators" and "Comparison of
AWS global condition context keys", read 2026-11-29.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from eks_blueprints.core.address_ranges import is_world
from eks_blueprints.core.wildcards import compiled

ADMINISTRATORS = frozenset(
    {
        "AdministratorAccess",
        "AdministratorAccess-Amplify",
        "AdministratorAccess-AWSElasticBeanstalk",
        "AWSOrganizationsFullAccess",
        "IAMFullAccess",
        "PowerUserAccess",
        "SystemAdministrator",
    }
)
"""AWS managed policies whose holder may do nearly anything, or can come to: critical for pods, danger for whoever gets
one. Source: AWS managed policy reference, 2026-11."""

Condition = tuple[str, str, Sequence[str]]
"""Operator, key and values."""

_WHO = (
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "aws:vpcsourceip",
    "kms:calleraccount",
)
"""Keys that tell who asks, or from where."""
_HOW = (
    "aws:currenttime",
    "aws:epochtime",
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:requestedregion",
    "aws:securetransport",
    "aws:useragent",
    "aws:viaawsservice",
)
"""Keys that limit neither who may do something nor to what."""
_POSITIVE = re.compile(
    r"(foranyvalue:)?(stringequals|stringequalsignorecase|stringlike|arnequals|arnlike|ipaddress|bool|binaryequals|"
    r"numericequals)"
)
"""Operators that ask for a value to be there; those ending in IfExists are met by nothing at all."""


def matches(pattern: str, action: str) -> bool:
    """Whether a pattern such as `iam:Pass*` stands for an action among others."""
    return compiled(pattern, ignore_case=True).fullmatch(action) is not None


def every_action(pattern: str) -> bool:
    """Whether a pattern stands for all actions of all services: `*`, `*:*`."""
    return not pattern.strip("*?:") and "*" in pattern and matches(pattern, "s3:Get")


def whole_service(pattern: str) -> bool:
    """Whether a pattern stands for all that a service does: `s3:*`; also that of all services does."""
    return every_action(pattern) or re.fullmatch(r"[\w*?-]+:\*+", pattern) is not None


def everything(resource: str) -> bool:
    """Whether a resource stands for all there is, of every service: `*`, `arn:aws:*`."""
    parts = resource.split(":", 5)
    if parts[0] != "arn":
        return "*" in resource and not resource.strip("*?")
    rest = "".join(parts[2:]) or "".join(parts[1:])
    return "*" in rest and not rest.strip("*:")


def of_every_service(resource: str) -> bool:
    """Whether a resource stands for all that every service has, be it in one region or account alone:
    `arn:aws:*:eu-west-1:*:*`.
    """
    parts = resource.split(":", 5)
    wide = len(parts) == 6 and all("*" in part and not part.strip("*?/:") for part in (parts[2], parts[5]))
    return everything(resource) or (parts[0] == "arn" and wide)


def all_of_kind(resource: str) -> bool:
    """Whether a resource stands for all of its kind: `*`, `arn:aws:iam::*:role/*`, `arn:aws:s3:::*`."""
    parts = resource.split(":", 5)
    if len(parts) < 6:
        # A wildcard stands for colons too: `arn:aws:iam::*` is all of IAM.
        return everything(resource) or (parts[0] == "arn" and resource.endswith("*"))
    rest = parts[5]
    if "*" not in rest:
        return False
    return not rest.strip("*?/:") or (parts[2] != "s3" and re.fullmatch(r"[\w-]+[:/][*?]+", rest) is not None)


def all_of_iam(resource: str) -> bool:
    """Whether a resource stands for all of a kind that IAM keeps, such as all roles; these have no region."""
    parts = resource.split(":", 5)
    iam = parts[0] != "arn" or len(parts) < 3 or matches(parts[2], "iam")
    return iam and all_of_kind(resource) and (len(parts) < 5 or matches(parts[3], ""))


def limits(conditions: Iterable[Condition], *keys: str) -> bool:
    """Whether one of the conditions lets a statement hold for some alone, by one of the keys.

    Without keys, by any key that tells who may do something or to what; the time, the region, MFA and TLS do not.
    """
    wanted = {key.lower() for key in keys}
    for operator, name, values in conditions:
        key = name.lower()
        if _POSITIVE.fullmatch(operator.lower()) is None or not _means_something(key, values):
            continue
        if key in wanted or (not keys and key not in _HOW):
            return True
    return False


def limits_who(conditions: Iterable[Condition]) -> bool:
    """Whether one of the conditions tells who may do something: an organization, an account, a source."""
    return limits(conditions, *_WHO)


def conditions_of(condition: Any) -> list[Condition]:
    """The conditions of a statement, from its member Condition; none if that is not a mapping."""
    found: list[Condition] = []
    for operator, keys in condition.items() if isinstance(condition, Mapping) else ():
        for key, value in keys.items() if isinstance(keys, Mapping) else ():
            values = value if isinstance(value, list | tuple) else [value]
            found.append((str(operator), str(key), [str(each) for each in values]))
    return found


def _means_something(key: str, values: Sequence[str]) -> bool:
    """Whether values leave anything out: `*` does not, nor does the whole internet; for a tag it asks for one."""
    if not values or ("tag/" not in key and any(not value.strip("*") for value in values)):
        return False
    if key == "iam:policyarn":
        return not any(map(all_of_kind, values))
    if key == "aws:sourceip":
        return not is_world(values)
    if key in ("aws:principalarn", "aws:userid"):
        # arn:aws:iam::*:role/admin fits whoever makes a role of that name in an account of his own.
        return all(not _any_account(value) for value in values)
    return True


def _any_account(arn: str) -> bool:
    parts = arn.split(":")
    return len(parts) > 4 and not parts[4].strip("*?")
