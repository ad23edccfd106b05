"""Which AWS account a platform is for, and who deploys it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import AfterValidator, model_validator

from eks_blueprints.cluster.parts import KubeconfigArgs
from eks_blueprints.core.aws_config import account_id, account_of_role
from eks_blueprints.core.errors import Faults, Problem, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import Profile, RoleArn
from eks_blueprints.core.spec import In, Spec, is_known
from eks_blueprints.network import zones

_SESSION = Form(r"[\w+=,.@-]{2,64}")
_EXTERNAL = Form(r"[\w+=,.@:/-]{2,1224}")


class AccountArgs(Spec):
    """The AWS account that a platform is for, and who deploys it.

    It is passed to the platform's own AWS provider and to the kubeconfig. If an account is named, `pulumi up` refuses
    every other one.
    """

    id: Annotated[str, AfterValidator(account_id)] | None = None
    """Id of the account, 12 digits in quotes. Any other is refused before anything is created. Default: that of
    `role_arn`; without both, the account of the credentials.
    """

    role_arn: RoleArn | None = None
    """ARN of the role that deploys: `pulumi up` assumes it first. Default: none is assumed."""

    session_name: str | None = None
    """Name of the session of that role, which CloudTrail shows. Default: the provider's own."""

    external_id: In[str] | None = None
    """What the role's trust policy asks for as `sts:ExternalId`. The AWS CLI, which gets the tokens for Kubernetes,
    cannot send one: name a profile that does under `cluster.kubeconfig.profile`."""

    profile: Profile | None = None
    """Profile of the AWS configuration whose credentials deploy, or assume `role_arn`; it must exist wherever the
    platform is deployed from. Default: the ambient credentials, such as those of AWS_PROFILE.
    """

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        if not self.model_fields_set:
            faults.add((), "is empty; got {}; give id, role_arn or profile")
        if self.id is not None and self.role_arn is not None and account_of_role(self.role_arn) != self.id:
            do = f"name a role of account {self.id}"
            faults.add("role_arn", f"is a role of another account; got {shown(self.role_arn)} beside id; {do}")
        for field, form, do in (
            ("session_name", _SESSION, "use 2 to 64 letters, digits and _+=,.@-"),
            ("external_id", _EXTERNAL, "use 2 to 1224 letters, digits and _+=,.@:/-"),
        ):
            value = getattr(self, field)
            if value is None:
                continue
            if self.role_arn is None:
                faults.add(field, f"is for the role that is assumed; got {field} alone; add role_arn or remove it")
            if is_known(value) and not form.fullmatch(value):
                faults.add(field, f"is refused by AWS; got {shown(value)}; {do}")
        faults.raise_if_any()
        return self

    @property
    def number(self) -> str | None:
        """Id of the account, from the role where it is not said; None where neither says it."""
        return self.id or (account_of_role(self.role_arn) if self.role_arn is not None else None)


def check(account: AccountArgs, region: str, kubeconfig: KubeconfigArgs | None) -> Iterator[Problem]:
    """What is wrong or doubtful between an account and the rest of its stack; see `StackArgs.kubeconfig`."""
    try:
        partition = zones.partition(region)
    except ValueError:  # told at the region
        return
    if account.role_arn is not None and account.role_arn.split(":")[1] != partition:
        got = shown(account.role_arn)
        message = f"is a role of another partition than {region}, {partition}; got {got}; name a role there"
        yield Problem(("account", "role_arn"), message)
    if account.external_id is not None and kubeconfig is not None and kubeconfig.profile is None:
        what = "cannot be sent by the AWS CLI, which gets the tokens for Kubernetes; got one"
        do = "set cluster.kubeconfig.profile to a profile that has role_arn and external_id"
        yield Problem(("account", "external_id"), f"{what}; {do}", severity="warning")
