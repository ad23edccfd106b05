"""An object that an agent reads, as data, and what an agent is on a cluster."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from eks_blueprints.core.errors import Path, Problem
from eks_blueprints.core.iam import json_text
from eks_blueprints.core.spec import In, Reference

WAITED = "pulumi.com/waitFor"
"""Annotation by which Pulumi waits until an object says something of itself."""


@dataclass(frozen=True, slots=True)
class Agent:
    """What keeps a cluster as repositories say."""

    by: Literal["argocd", "flux"]
    home: str
    """Namespace of its objects."""
    managed: bool
    """Whether EKS runs it, outside of the cluster."""


@dataclass(frozen=True, slots=True)
class AgentObject:
    """An object, with the key that its resource's name ends with."""

    key: str
    manifest: Mapping[str, Any]
    source: Path
    """The field of `gitops` that it comes from."""
    after: tuple[str, ...] = ()
    """Keys of objects that have to be there before it."""
    deploys: bool = False
    """Whether it makes others, which are deleted with it, and may own something outside of the cluster."""
    timeout: str | None = None
    """How long it may take to become ready, or to go."""

    def at_its_field(self, problem: Problem) -> Problem:
        """A problem of the object, at that field."""
        return Problem(self.source, problem.message, severity=problem.severity)


def not_for(at: Path, of: str, here: str, do: str, got: str | None = None) -> Problem:
    """A field that is for another agent."""
    return Problem(at, f"is for {of}; got {got or here}; {do}")


def manifest(version: str, kind: str, name: str, namespace: str | None, **more: Any) -> dict[str, Any]:
    """An object of a kind; `labels` and `annotations` that are empty are left out."""
    metadata: dict[str, Any] = {"name": name} | ({"namespace": namespace} if namespace is not None else {})
    for field in ("labels", "annotations", "finalizers"):
        if said := more.pop(field, None):
            metadata[field] = said
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **more}


def text_of(value: Any) -> In[str]:
    """A value as JSON in one text; a reference in it is still written as it is spelled."""
    return json_text(_spelled(value))


def filled(**fields: Any) -> dict[str, Any]:
    """The fields that have a value."""
    return {key: value for key, value in fields.items() if value is not None and not _is_empty(value)}


def _is_empty(value: Any) -> bool:
    return isinstance(value, list | tuple) and not value


def yaml_text(lines: Sequence[str]) -> str:
    """Lines of a text that an object holds."""
    return "".join(f"{line}\n" for line in lines)


def quoted(text: str) -> str:
    """A text in YAML, whatever is in it."""
    return json.dumps(text, ensure_ascii=False)


def _spelled(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _spelled(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_spelled(item) for item in value]
    return str(value) if isinstance(value, Reference) else value
