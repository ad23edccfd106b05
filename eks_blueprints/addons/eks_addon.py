"""Any add-on that EKS offers, of AWS or from its marketplace."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

from pydantic import Field, model_validator

from eks_blueprints.addons._eks_managed import EksManaged
from eks_blueprints.addons._helm_values import Namespace, PolicyArns
from eks_blueprints.core.errors import Faults, Problem
from eks_blueprints.core.spec import In

if TYPE_CHECKING:
    from eks_blueprints.core.refs import ClusterRef, Ground


_FILE = Path(__file__).with_name("_eks_identities.toml")


@cache
def _identities() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


class _Unknown(NamedTuple):
    said: str
    certain: bool
    """Whether EKS refuses it by Pod Identity."""


class EksAddon(EksManaged):
    """Have EKS install any add-on it offers: `teleport: {kind: eks_addon, addon_name: teleport_teleport}`.

    `aws eks describe-addon-versions` lists them. Those of the marketplace may ask for a subscription first.
    """

    category: ClassVar[str] = "any"

    addon_name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,99}$")
    """What EKS calls it."""

    namespace: Namespace = "kube-system"
    """Kubernetes namespace that EKS installs it into, which a role by IRSA has to know."""

    service_account_name: str | None = Field(default=None, pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")
    """Service account that its pods run under, to give it a role. Default: it calls no AWS service."""

    policy_arns: PolicyArns = {}
    """ARNs of the IAM policies of that role, by a short name each."""

    @model_validator(mode="after")
    def _role_does_something(self) -> Self:
        faults = Faults()
        if self.service_account_name is not None and not self.policy_arns and self.service_account_role_arn is None:
            do = "add policy_arns or service_account_role_arn"
            faults.add("service_account_name", f"gets a role without permissions; got no policies; {do}")
        if self.policy_arns and self.service_account_name is None:
            faults.add("policy_arns", "is for a service account; got none; add service_account_name")
        self._check_account(faults)
        faults.raise_if_any()
        return self

    def _check_account(self, faults: Faults) -> None:
        """What EKS is known to refuse: associations for service accounts that the add-on does not have."""
        unknown = self._unknown_account()
        if unknown is not None and unknown.certain and self.identity_used == "pod_identity":
            faults.add("service_account_name", unknown.said)

    def problems_on(self, ground: Ground) -> Iterator[Problem]:
        """A service account that is not known to call AWS, where EKS may take it all the same."""
        yield from super().problems_on(ground)
        unknown = self._unknown_account()
        if unknown is not None and not (unknown.certain and self.identity_used == "pod_identity"):
            yield Problem(("service_account_name",), unknown.said, severity="warning")

    def _unknown_account(self) -> _Unknown | None:
        row = _identities().get(self.addon_name)
        account = self.service_account_name
        if account is None or row is None or account in row["accounts"]:
            return None
        if row["accounts"]:
            message = f"is not a service account of {self.addon_name} that calls AWS; got {account}"
            return _Unknown(f"{message}; write {' or '.join(row['accounts'])}", row["certain"])
        instead = f", or {row['instead']}" if "instead" in row else ""
        message = f"has a role, but EKS add-on {self.addon_name} accepts none; got {account}"
        return _Unknown(f"{message}; remove it and policy_arns{instead}", row["certain"])

    @property
    def name_in_eks(self) -> str:
        """What EKS calls it."""
        return self.addon_name

    @property
    def home(self) -> str:
        """Kubernetes namespace it runs in."""
        return self.namespace

    @property
    def service_accounts(self) -> tuple[str, ...]:
        """The service account that gets a role, where one is named."""
        return () if self.service_account_name is None else (self.service_account_name,)

    def attached(self, cluster: ClusterRef) -> dict[str, In[str]]:
        """ARNs of the policies of its role."""
        return dict(self.policy_arns)
