"""Connections of AWS to hosts of code."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from eks_blueprints.core.errors import Faults
from eks_blueprints.core.form import Form
from eks_blueprints.core.leaves import Tags
from eks_blueprints.core.spec import In, Spec

_ARN = Form(
    r"arn:aws(-[a-z]+)*:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection/[0-9a-f-]{36}",
    what="is not the ARN of a connection",
    do="write arn:aws:codeconnections:region:111122223333:connection/id",
)
_HOST = Form(
    r"arn:aws(-[a-z]+)*:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:host/[\w-]+",
    what="is not the ARN of a host",
    do="write arn:aws:codeconnections:region:111122223333:host/name-id",
)


class Connection(Spec):
    """A connection of AWS to a host of code (CodeConnections): no token is stored. One that is created is pending until
    a person finishes it in the console."""

    provider_type: Literal["GitHub", "GitHubEnterpriseServer", "GitLab", "GitLabSelfManaged", "Bitbucket"] | None = None
    """The host, for a connection that is created. Changing it replaces the connection."""

    arn: In[Annotated[str, AfterValidator(_ARN)]] | None = None
    """ARN of an existing connection."""

    host_arn: In[Annotated[str, AfterValidator(_HOST)]] | None = None
    """ARN of the host, for `GitHubEnterpriseServer` and `GitLabSelfManaged`."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,32}$")] | None = None
    """Name of a connection that is created, up to 32 characters. Default: the name of the stack and the key."""

    tags: Tags = {}
    """Tags, besides those of the stack."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        faults.require_one(self, "provider_type", "arn")
        if self.arn is not None:
            for field in ("host_arn", "name", "tags"):
                if getattr(self, field):
                    faults.add(field, f"is for a connection that is created; got arn too; remove {field}")
        installed = self.provider_type in ("GitHubEnterpriseServer", "GitLabSelfManaged")
        if self.provider_type is not None and installed != (self.host_arn is not None):
            do = "name its host" if installed else "remove it"
            got = "none" if self.host_arn is None else f"one for {self.provider_type}"
            faults.add("host_arn", f"is for hosts that you run; got {got}; {do}")
        faults.raise_if_any()
        return self
