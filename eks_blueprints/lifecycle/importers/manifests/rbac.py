"""Roles and bindings that give one service account its rights: a workload says them with its service account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eks_blueprints.lifecycle.importers.manifests.original import Original

VERSION = "rbac.authorization.k8s.io/v1"
_FIELDS = {"Role": "role", "ClusterRole": "cluster_role"}


def field_of(found: Original, account: str, namespace: str, every: list[Original]) -> str | None:
    """The field of a workload that a role or a binding could become; None where it is not for its account alone.

    Args:
        found: The object.
        account: Name of the service account of the workload.
        namespace: Its namespace.
        every: All objects that were read.
    """
    if not account or account == "default" or found.kind.removesuffix("Binding") not in _FIELDS:
        return None
    kind = found.kind.removesuffix("Binding")
    if found.namespace != (namespace if kind == "Role" else ""):
        return None
    if found.kind.endswith("Binding"):
        role = _role_of(found, every)
        binding: Original | None = found
    else:
        role = found
        binding = next((each for each in every if _leads_to(each, found)), None)
    if role is None or binding is None or not _is_for(binding, account, namespace):
        return None
    if sum(_leads_to(each, role) for each in every) != 1:
        return None
    return _FIELDS[kind] if found is role else f"{_FIELDS[kind]}_binding"


def _role_of(binding: Original, every: list[Original]) -> Original | None:
    return next((each for each in every if _leads_to(binding, each)), None)


def _leads_to(binding: Original, role: Original) -> bool:
    """Whether a binding gives the rights of a role; a RoleBinding to a ClusterRole gives them too."""
    if binding.manifest["apiVersion"] != VERSION or not binding.kind.endswith("Binding"):
        return False
    ref: Any = binding.manifest.get("roleRef") or {}
    named = (ref.get("kind"), ref.get("name")) == (role.kind, role.name) and role.manifest["apiVersion"] == VERSION
    return named and (role.kind == "ClusterRole" or binding.namespace == role.namespace)


def _is_for(binding: Original, account: str, namespace: str) -> bool:
    """Whether a binding of the kind of its role names that service account and nobody else."""
    ref: Any = binding.manifest.get("roleRef") or {}
    subjects = binding.manifest.get("subjects")
    if ref.get("kind") != binding.kind.removesuffix("Binding") or not isinstance(subjects, list) or len(subjects) != 1:
        return False
    subject = subjects[0] if isinstance(subjects[0], Mapping) else {}
    home = subject.get("namespace") or binding.namespace
    return (subject.get("kind"), subject.get("name"), home) == ("ServiceAccount", account, namespace)
