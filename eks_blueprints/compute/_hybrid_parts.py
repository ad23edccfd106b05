"""How machines outside AWS prove who they are."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from eks_blueprints.core.errors import Faults, shown
from eks_blueprints.core.form import Form
from eks_blueprints.core.spec import In, Spec

_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----\s+[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----")
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
    """A code to register with. Default: none is made, for machines that get theirs by other means."""


class IamRolesAnywhere(Spec):
    """Machines prove who they are by certificates of one's own authority: the one or the other of the two."""

    ca_bundle: In[Annotated[str, AfterValidator(_bundle)]] | None = None
    """Certificate of the authority, in PEM."""
    acm_pca_arn: In[Annotated[str, AfterValidator(_authority_arn)]] | None = None
    """ARN of an authority of AWS Private CA."""
    duration_seconds: int = Field(default=3600, ge=900, le=43200)
    """How long credentials are good for, in seconds."""

    @model_validator(mode="after")
    def _one_authority(self) -> Self:
        faults = Faults()
        if (self.ca_bundle is None) == (self.acm_pca_arn is None):
            got = "neither" if self.ca_bundle is None else "both"
            faults.add((), f"accepts either ca_bundle or acm_pca_arn; got {got}; give one")
        faults.raise_if_any()
        return self
