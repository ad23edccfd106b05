"""What a stack puts into a Git repository, and what it cannot put there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from eks_blueprints.core.argocd import HERE

Agent = Literal["argocd", "flux"]


@dataclass(frozen=True, slots=True)
class Item:
    """One Kubernetes object."""

    urn: str
    """URN of the resource that it comes from; several objects of a chart have the same."""
    component: str
    """The folder that it goes to: the add-on, the workload, the team, …"""
    manifest: Mapping[str, Any]
    keep: bool = False
    """Whether it stays in the cluster when it is removed from the repository."""

    @property
    def kind(self) -> str:
        """Its kind."""
        return str(self.manifest.get("kind"))

    @property
    def name(self) -> str:
        """Its name."""
        return str((self.manifest.get("metadata") or {}).get("name"))

    @property
    def namespace(self) -> str | None:
        """Its namespace; None for objects of the whole cluster."""
        found = (self.manifest.get("metadata") or {}).get("namespace")
        return None if found is None else str(found)

    @property
    def shown(self) -> str:
        """It in one line: `Deployment shop/web`."""
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that does not go into the repository."""

    what: str
    why: str
    do: str
    unknown: bool = False
    """Whether it could, if values were known that only AWS knows; else it is well where it is."""
    path: str | None = None
    """The file that it would be in; of a chart its folder, with a slash at its end."""

    def __str__(self) -> str:
        return f"{self.what}: {self.why}; {self.do}"


@dataclass(frozen=True, slots=True)
class Source:
    """Who reads the repository, and from where."""

    agent: Agent
    namespace: str
    """Namespace of the agent's own objects."""
    prefix: str = ""
    """Folder in the repository that is rendered to, with a slash at its end; empty for the top."""
    interval: str = "10m"
    prune: bool = True
    destination: Mapping[str, str] = field(default_factory=lambda: HERE)
    """The cluster, as Argo CD's Applications name it."""


@dataclass(frozen=True, slots=True)
class Manifests:
    """The files of a stack."""

    project: str
    stack: str
    files: Mapping[str, str]
    """Texts by their paths below the folder that is rendered to."""
    images: Mapping[str, Mapping[str, str]]
    """For each file the images in it: their tags, or digests, as the program says them, by their repositories."""
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    items: tuple[Item, ...] = field(default=(), compare=False)

    @property
    def marker(self) -> str:
        """The file that says which files are this command's."""
        return f"clusters/{self.stack}/.eks-blueprints.json"
