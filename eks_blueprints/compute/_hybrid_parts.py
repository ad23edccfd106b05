"""How machines outside AWS prove who they are."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import PolicyArn, repeated
from eks_blueprints.core.spec import In, Many, Spec
from eks_blueprints.core.statements import StatementArgs

_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----\s+[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----")
_ANCHOR = Form(
    r"arn:aws(-[a-z]+)*:rolesanywhere:[a-z0-9-]+:\d{12}:trust-anchor/[0-9a-f-]{36}",
    what="is not a valid ARN of a trust anchor",
    do="write arn:aws:rolesanywhere:region:111122223333:trust-anchor/id",
)
_NAME = Form(
    r"[ a-zA-Z0-9_-]{1,255}",
    what="is not a valid name of IAM Roles Anywhere",
    do="use up to 255 letters, digits, spaces and _-",
)
_AUTHORITY = Form(r"arn:aws(-[a-z]+)*:acm-pca:[a-z0-9-]+:\d{12}:certificate-authority/[0-9a-f-]{36}")


def _bundle(value: str) -> str:
    if not _CERTIFICATE.search(value):
        raise ValueError(f"is not a PEM certificate; got {shown(value)}; paste it from -----BEGIN CERTIFICATE----- on")
    return value


def _authority_arn(value: str) -> str:
    if not _AUTHORITY.fullmatch(value):
        do = "write arn:aws:acm-pca:region:111122223333:certificate-authority/id"
        raise ValueError(f"is not a valid ARN of a private certificate authority; got {shown(value)}; {do}")
    return value


class SsmActivation(Spec):
    """A code with which machines register with Systems Manager; its own output, a secret, has the code."""

    registration_limit: int = Field(default=1, ge=1, le=1000)
    """How many machines can register with it."""
    expiration_date: str | None = None
    """Until when, such as `2026-12-01T00:00:00Z`, at most 30 days ahead. Default: AWS's, a day. Nodes that have
    registered stay."""

    @field_validator("expiration_date")
    @classmethod
    def _is_time(cls, text: str | None) -> str | None:
        if text is None:
            return None
        try:
            when = datetime.fromisoformat(text)
        except ValueError:
            when = None
        if when is None or when.tzinfo is None:
            raise ValueError(f"is not a valid time with a zone; got {shown(text)}; write it like 2026-12-01T00:00:00Z")
        return text


class Ssm(Spec):
    """Machines prove who they are by Systems Manager, with a code that is entered once."""

    activation: SsmActivation | None = None
    """A code to register with. Default: none is created, for machines that get theirs by other means."""


class TrustAnchorNotification(Spec):
    """A notice that a certificate of a trust anchor, or of a machine, expires soon."""

    event: Literal["CA_CERTIFICATE_EXPIRY", "END_ENTITY_CERTIFICATE_EXPIRY"]
    """Whether it is about the authority's certificate or about those of machines."""
    threshold: int | None = Field(default=None, ge=1, le=360)
    """How many days ahead. Default: AWS's, 45."""
    enabled: bool = True
    """Whether it is given; IAM Roles Anywhere gives both unless one is turned off."""


class IamRolesAnywhere(Spec):
    """Machines prove who they are by your own certificates authority: one of the first three fields."""

    ca_bundle: In[Annotated[str, AfterValidator(_bundle)]] | None = None
    """Certificate of the authority, in PEM."""
    acm_pca_arn: In[Annotated[str, AfterValidator(_authority_arn)]] | None = None
    """ARN of an authority of AWS Private CA."""
    trust_anchor_arn: In[Annotated[str, AfterValidator(_ANCHOR)]] | None = None
    """ARN of an existing trust anchor. Default: one is created for the authority."""
    duration_seconds: int = Field(default=3600, ge=900, le=43200)
    """How long credentials are good for, in seconds."""
    trust_anchor_name: Annotated[str, AfterValidator(_NAME)] | None = None
    """Name of the trust anchor that is created. Default: generated from the names of the platform and the part."""
    notification_settings: Many[TrustAnchorNotification] = ()
    """Notices of the trust anchor that is created. Default: AWS's own, 45 days before a certificate expires."""
    profile_name: Annotated[str, AfterValidator(_NAME)] | None = None
    """Name of the profile. Default: generated from the names of the platform and the part."""
    managed_policy_arns: Many[In[PolicyArn]] = Field(default=(), max_length=10)
    """ARNs of IAM policies that bound each session within what the role may do. Default: none."""
    session_policy: Many[StatementArgs] = ()
    """Statements that bound each session within what the role may do. Default: none."""
    require_instance_properties: bool | None = None
    """Whether a machine has to send properties of an instance with its request. Default: no."""

    @model_validator(mode="after")
    def _one_authority(self) -> Self:
        faults = Faults()
        sources = [name for name in ("ca_bundle", "acm_pca_arn", "trust_anchor_arn") if getattr(self, name) is not None]
        if len(sources) != 1:
            got = " and ".join(sources) or "none of them"
            faults.add((), f"accepts one of ca_bundle, acm_pca_arn and trust_anchor_arn; got {got}; give one")
        if self.trust_anchor_arn is not None:
            for name in ("trust_anchor_name", "notification_settings"):
                if value := getattr(self, name):
                    what = f"is for the trust anchor that is created; got {shown(value)} beside trust_anchor_arn"
                    faults.add(name, f"{what}; remove one of them")
        if twice := repeated(each.event for each in self.notification_settings):
            faults.add("notification_settings", f"lists one event twice; got {twice}; remove one")
        faults.raise_if_any()
        return self
