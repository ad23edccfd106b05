"""Kubernetes objects of a team, as data."""

from __future__ import annotations

from typing import Any


def manifest(
    api_version: str, kind: str, name: str, namespace: str | None = None, spec: dict[str, Any] | None = None
) -> dict[str, Any]:
    """An object of a kind, in a namespace and with a spec where it has them."""
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
    made: dict[str, Any] = {"apiVersion": api_version, "kind": kind, "metadata": metadata}
    return made if spec is None else {**made, "spec": spec}
