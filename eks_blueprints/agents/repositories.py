"""The repositories that an agent reads."""

from __future__ import annotations

import re
from typing import Literal, Self

from pydantic import Field, model_validator

from eks_blueprints.agents.credentials import Credentials
from eks_blueprints.core.errors import Faults
from eks_blueprints.core.leaves import Secret
from eks_blueprints.core.spec import Spec
from eks_blueprints.karpenter.durations import Duration

RepositoryType = Literal["git", "helm", "oci"]


class Webhook(Spec):
    """A webhook by which the host of a repository tells Flux of commits, so that it need not wait for the interval."""

    type: Literal["github", "gitlab", "bitbucket", "generic", "generic-hmac"] = "github"
    """Sort of the host."""

    token: Secret
    """Token that the host signs its calls with, named and not written: `{secret: key}`."""


class Repository(Spec):
    """A repository of manifests or charts that an agent reads."""

    url: str = Field(pattern=r"^(https?://|ssh://|oci://|[\w.-]+@[\w.-]+:)\S+$")
    """URL of the repository: `https://github.com/acme/platform`, `git@github.com:acme/platform.git`,
    `https://charts.example.com` or `oci://registry/path`."""

    type: RepositoryType | None = None
    """`git`, `helm` for a repository of charts, or `oci` for manifests in a registry. Default: `oci` for a URL that
    begins so, and `git` otherwise."""

    revision: str = Field(default="main", min_length=1)
    """Branch, tag or commit that applications use which name none."""

    interval: Duration = "5m"
    """How often Flux reads it. For Argo CD the interval is a setting of Argo CD."""

    credentials: Credentials | None = None
    """How the agent signs in. Default: anyone can read it."""

    project: str | None = None
    """The only project whose applications can use it, in Argo CD. Default: all that allow its URL."""

    webhook: Webhook | None = None
    """A webhook for Flux. Default: none; Flux reads at the interval."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = Faults()
        said, way = self.credentials, self.credentials.way if self.credentials is not None else None
        if re.match(r"https?://[^/@]*:[^/@]*@", self.url):
            faults.add("url", "contains a password; got a URL with user and password; write them as credentials")
        if way == "ssh_key" and not self.by_ssh:
            faults.add(("credentials", "ssh_key"), f"is for ssh; got {self.url}; write the URL as git@host:path")
        if way == "token" and self.by_ssh:
            faults.add(("credentials", "token"), f"is for https; got {self.url}; write the URL as https://host/path")
        if way == "github_app" and not self.url.startswith("https://"):
            faults.add(
                ("credentials", "github_app"), f"is for https; got {self.url}; write https://github.com/owner/name"
            )
        if self.url.startswith("http://") and said is not None:
            faults.add("url", f"would send the credentials unencrypted; got {self.url}; write https://")
        if self.type == "git" and self.url.startswith("oci://"):
            faults.add("type", "is oci or helm for this URL; got git; write one of these")
        if self.type == "oci" and not self.url.startswith("oci://"):
            faults.add("url", f"begins with oci:// for type oci; got {self.url}; write oci://registry/path")
        faults.raise_if_any()
        return self

    @property
    def sort(self) -> RepositoryType:
        """Its type."""
        return self.type or ("oci" if self.url.startswith("oci://") else "git")

    @property
    def by_ssh(self) -> bool:
        """Whether it is read by SSH."""
        return not re.match(r"(https?|oci)://", self.url)

    @property
    def of_aws(self) -> bool:
        """Whether AWS keeps it: ECR, CodeCommit or CodeConnections."""
        return (
            re.search(r"//(git-codecommit|[\w-]*\.dkr\.ecr|codeconnections|codestar-connections)\.", self.url)
            is not None
        )
