"""A Git repository that brings the objects of add-ons and workloads, and who reads it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from eks_blueprints.core.errors import shown
from eks_blueprints.core.spec import Spec
from eks_blueprints.karpenter.durations import Duration

By = Literal["argocd", "flux"]


class GitDelivery(Spec):
    """A Git repository from which Argo CD or Flux installs what `eks-blueprints gitops render` wrote into it."""

    by: By
    """Who reads it: `argocd` or `flux`, whose add-on is on the cluster."""

    repository: str = Field(pattern=r"^(https://|ssh://|git@)\S+$")
    """URL of the repository, such as `https://github.com/acme/manifests`."""

    path: str = "."
    """Folder in the repository that `gitops render --to` writes to: `clusters/STACK` is below it. Default: the top."""

    revision: str = Field(default="main", min_length=1)
    """Branch, tag or commit that is installed."""

    secret: str | None = Field(default=None, min_length=1)
    """Secret in Flux's namespace with which it reads a private repository. Argo CD finds its own by the URL. Default:
    the repository is open to all."""

    interval: Duration = "1m"
    """How often Flux reads the repository. For Argo CD the interval is a setting of Argo CD."""

    prune: bool = True
    """Whether objects that are removed from the repository are deleted from the cluster."""

    @field_validator("path")
    @classmethod
    def _lies_inside(cls, value: str) -> str:
        parts = value.removeprefix("./").rstrip("/").split("/")
        if value.startswith("/") or ".." in parts or "" in parts[:-1] or not value:
            raise ValueError(f"is no folder in the repository; got {shown(value)}; write one such as platform")
        return "/".join(part for part in parts if part != ".") or "."

    def inside(self, *parts: str) -> str:
        """A path below the folder, as both agents take it."""
        return "/".join([*([] if self.path == "." else [self.path]), *parts])
