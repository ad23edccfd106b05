"""KMS keys of a cluster's own, as data."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.json_values import JsonValues
from eks_blueprints.core.leaves import Tags
from eks_blueprints.core.spec import In, Many, Spec
from eks_blueprints.core.statements import Principal, ResourceStatement, check_statements

_ALIAS = Form(
    r"(?!aws/)[a-zA-Z0-9/_-]{1,250}",
    what="is not a valid alias",
    do="use up to 250 letters, digits and /_-, without alias/ before it, and do not begin with aws/",
)
Alias = Annotated[str, AfterValidator(_ALIAS)]


class KeyArgs(Spec):
    """A KMS key that is created: its administrators and users, aliases, rotation and deletion."""

    owners: Many[In[Principal]] = ()
    """ARNs of those who may do everything with the key. Default: the account, so that IAM policies decide. AWS refuses
    owners without whoever deploys."""

    administrators: Many[In[Principal]] = ()
    """ARNs of those who may administer the key, and not use it."""

    users: Many[In[Principal]] = ()
    """ARNs of those who may encrypt and decrypt with the key."""

    service_users: Many[In[Principal]] = ()
    """ARNs of roles that may use the key by AWS services, which they give grants, such as
    `arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`."""

    policy_statements: Many[ResourceStatement] = ()
    """Further statements of the key policy."""

    policy: JsonValues | None = None
    """The whole key policy, `{Version: ..., Statement: [...]}`, instead of what the five fields above say."""

    aliases: Many[Alias] = Field(default=(), max_length=50)
    """Further aliases, without `alias/` before them."""

    description: str | None = Field(default=None, max_length=8192)
    """Description of the key in AWS. Default: what it is for."""

    multi_region: bool = False
    """Whether it can have replicas in other regions. Changing it replaces the key, and what it encrypts is lost."""

    enable_key_rotation: bool = True
    """Whether AWS renews its material."""

    rotation_period_in_days: int | None = Field(default=None, ge=90, le=2560)
    """Days between rotations, 90 to 2560. Default: AWS's own, 365."""

    deletion_window_in_days: int | None = Field(default=None, ge=7, le=30)
    """Days that AWS waits before it deletes the key, 7 to 30. Default: 30."""

    tags: Tags = {}
    """Tags of the key, besides those of the cluster."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        faults = Faults()
        if self.policy is not None:
            for field in ("owners", "administrators", "users", "service_users", "policy_statements"):
                if getattr(self, field):
                    faults.add(field, "is part of what policy replaces; got both; keep one of them")
            if not isinstance(self.policy.get("Statement"), list | tuple) or not self.policy["Statement"]:
                do = 'write {Version: "2012-10-17", Statement: [...]}'
                faults.add("policy", f"is not a valid policy document; got {shown(self.policy)}; {do}")
        if self.rotation_period_in_days is not None and not self.enable_key_rotation:
            got = self.rotation_period_in_days
            faults.add("rotation_period_in_days", f"is for rotation; got {got} with it turned off; remove one")
        seen: dict[str, str] = {}
        for index, alias in enumerate(self.aliases):
            if (other := seen.setdefault(label(alias), alias)) != alias or self.aliases.index(alias) != index:
                faults.add(("aliases", index), f"is too near to {other}; got {alias}; remove one")
        check_statements(self.policy_statements, "kms", faults, taken=OWN_SIDS)
        faults.raise_if_any()
        return self

    @property
    def says_who(self) -> bool:
        """Whether anything is said about who may do what with it."""
        return any((self.owners, self.administrators, self.users, self.service_users, self.policy_statements))


OWN_SIDS = ("Owners", "Administrators", "Users", "ServiceUsers", "ServiceGrants", "Logs", "Volumes", "Notices")
"""Names of the statements that the other fields make."""


def label(alias: str) -> str:
    """An alias as a part of a resource's name."""
    return alias.replace("/", "-").replace("_", "-").lower()
