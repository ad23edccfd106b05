"""What can be said about IAM roles that are made: about all of a platform, and about one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import PolicyArn, PolicyArns, Tags, repeated
from eks_blueprints.core.spec import In, Many, Spec, is_output
from eks_blueprints.core.statements import ResourceStatement, StatementArgs, check_statements

ROLE_NAME_LIMIT = 64
"""Characters of a role's name. Source: IAM quotas (2025-11)."""

MOST_POLICIES = 20
"""Managed policies of a role, at the most that AWS raises its quota of 10 to. Source: IAM quotas (2025-11)."""

MOST_CHARACTERS = 10_240
"""Characters of all inline policies of a role, without white space. Source: IAM quotas (2025-11)."""


_OF_AWS = ("/aws-service-role/", "/aws-reserved/")
_PATH = Form(
    r"/|/[\x21-\x7e]{1,510}/",
    what="is not a valid path of IAM",
    do="begin and end it with /, as in /platform/, with up to 512 characters and no spaces",
)
_ROLE_NAME = Form(
    rf"[\w+=,.@-]{{1,{ROLE_NAME_LIMIT}}}",
    what="is not a valid name of a role",
    do=f"use up to {ROLE_NAME_LIMIT} letters, digits and _+=,.@-",
)
_PREFIX = Form(
    r"[\w+=,.@-]{1,24}", what="cannot begin the names of roles", do="use up to 24 letters, digits and _+=,.@-"
)
# IAM API reference, "CreateRole".
_DESCRIPTION = Form(
    r"[\t\n\r\x20-\x7e\xa1-\xff]{0,1000}",
    re.UNICODE,
    what="is refused by IAM",
    do="use up to 1000 letters of Western European languages, digits and punctuation",
)


def _path(value: str) -> str:
    path = _PATH(value)
    if path.startswith(_OF_AWS):
        raise ValueError(f"is a path that AWS reserves; got {shown(path)}; choose another")
    return path


IamPath = Annotated[str, AfterValidator(_path)]
RoleName = Annotated[str, AfterValidator(_ROLE_NAME)]
RolePrefix = Annotated[str, AfterValidator(_PREFIX)]
RoleDescription = Annotated[str, AfterValidator(_DESCRIPTION)]


class IamArgs(Spec):
    """Settings for every IAM role, and every instance profile, that is created for a platform."""

    role_name_prefix: RolePrefix | None = None
    """What their names begin with, up to 24 characters; names that get too long are shortened behind it. It is not put
    before an `iam_role.name`. Changing it replaces the roles. Default: the name of the stack, as all resources."""

    path: IamPath | None = None
    """IAM path, such as `/platform/`. Changing it replaces the roles, and what cannot change its role with them: the
    cluster, managed node groups, Fargate profiles. Default: `/`."""

    permissions_boundary: In[PolicyArn] | None = None
    """ARN of the IAM policy that bounds what they may do. Default: none. One that a part names itself wins."""

    max_session_duration: int | None = Field(default=None, ge=3600, le=43_200)
    """Longest session of the roles in seconds, 3600 to 43200. Default: AWS's own, 3600."""

    tags: Tags = {}
    """Tags of them, which win over those of the platform and of its parts."""


class RoleMarks(Spec):
    """Name, path, tags and boundary of one created role; its values take precedence over `iam` of the platform."""

    name: RoleName | None = None
    """Name of the role, as it is. Changing it replaces the role; so does every other change that IAM cannot make, and
    as the name is taken, the old role then goes before the new one comes. Default: generated from the names of the
    platform and the part, with its own suffix.
    """

    path: IamPath | None = None
    """IAM path, such as `/platform/`. Changing it replaces the role. Default: that of `iam`."""

    description: RoleDescription | None = None
    """Description of the role in IAM. Default: nothing."""

    max_session_duration: int | None = Field(default=None, ge=3600, le=43_200)
    """Longest session in seconds, 3600 to 43200. Default: that of `iam`."""

    tags: Tags = {}
    """Tags of the role alone, besides all others."""

    trust_statements: Many[ResourceStatement] = ()
    """Further statements of its trust policy: who else can assume it (`sts:AssumeRole`), or with `effect: Deny` when
    nobody may. What it is created for stays able to.
    """

    @model_validator(mode="after")
    def _trusts(self) -> Self:
        faults = Faults()
        check_statements(self.trust_statements, "sts", faults, "trust_statements")
        faults.raise_if_any()
        return self


class RoleArgs(RoleMarks):
    """One role that is created: its name, tags and permissions besides the required ones."""

    policy_arns: PolicyArns = {}
    """ARNs of further IAM policies, by a short name each."""

    allow: Many[StatementArgs] = ()
    """Further permissions, written into a policy of the role's own."""

    deny: Many[StatementArgs] = ()
    """What it may not do whatever else allows it, written into the same policy."""

    @model_validator(mode="after")
    def _fits_in_a_role(self) -> Self:
        faults = Faults()
        check_grants(self.policy_arns, self.statements, faults)
        faults.raise_if_any()
        return self

    @property
    def statements(self) -> tuple[dict[str, Any], ...]:
        """The further permissions and denials, as IAM reads them."""
        return statements(self.allow, self.deny)


def statements(allow: Iterable[StatementArgs], deny: Iterable[StatementArgs]) -> tuple[dict[str, Any], ...]:
    """What is allowed and denied, as IAM reads it."""
    return (*(each.statement() for each in allow), *(each.statement("Deny") for each in deny))


def check_grants(policy_arns: dict[str, Any], said: Iterable[Mapping[str, Any]], faults: Faults) -> None:
    """Note more policies, longer ones, or more statements of one name, than a role can have."""
    if len(policy_arns) > MOST_POLICIES:
        do = "combine some, or use allow"
        faults.add("policy_arns", f"can have at most {MOST_POLICIES} policies; got {len(policy_arns)}; {do}")
    # What is known only later counts as the text that stands for it: the least that can be said.
    found = list(said)
    if (size := len("".join(json.dumps(found, default=_least, separators=(",", ":")).split()))) > MOST_CHARACTERS:
        do = "put some into a managed policy and name it in policy_arns"
        faults.add("allow", f"can have at most {MOST_CHARACTERS} characters as JSON; got {size}; {do}")
    if twice := repeated(each["Sid"] for each in found if "Sid" in each):
        faults.add("allow", f"uses one sid twice; got {twice}; rename one of the statements")


def _least(value: Any) -> str:
    return "" if is_output(value) else str(value)  # the text of an output is a complaint of the SDK, which it prints


def check_given(role: RoleMarks | None, given: object, field: str, faults: Faults, at: str = "iam_role") -> None:
    """Note settings of a role that is made beside a role that is there, whose ARN stands in `field`."""
    if role is not None and given is not None:
        faults.add(at, f"is for the role that is created; got {field} too; put it on that role")


def check_names(role: RoleArgs | None, taken: Iterable[str], faults: Faults, at: str = "iam_role") -> None:
    """Note further policies of a role under a name that one of its policies has already."""
    for name in sorted(set(taken).intersection(role.policy_arns if role is not None else ())):
        message = f"is the name of a policy that the role already has; got {name}; use another name"
        faults.add((at, "policy_arns", name), message)
