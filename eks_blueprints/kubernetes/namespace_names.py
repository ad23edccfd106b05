"""Names of namespaces: those of a platform, and those of every cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator

from eks_blueprints.core.errors import Faults, Problem
from eks_blueprints.core.late_specs import late
from eks_blueprints.core.leaves import namespace_name

if TYPE_CHECKING:
    from eks_blueprints.kubernetes.namespace_spec import NamespaceArgs
else:
    NamespaceArgs = late("eks_blueprints.kubernetes.namespace_spec", "NamespaceArgs")

POD_SECURITY = "pod-security.kubernetes.io/"
"""How the labels of a namespace for Pod Security Standards begin."""

OF_EVERY_CLUSTER = ("default", "kube-node-lease", "kube-public", "kube-system")
"""Namespaces that are there before anyone makes one."""


def doubts(namespaces: Iterable[str]) -> Iterator[Problem]:
    """Names that Kubernetes keeps for itself, and takes nevertheless."""
    for name in namespaces:
        if name.startswith("kube-"):
            message = f"begins with kube-, which Kubernetes reserves; got {name}; choose another name"
            yield Problem(("namespaces", name), message, severity="warning")


def check_namespaces(namespaces: dict[str, NamespaceArgs]) -> dict[str, NamespaceArgs]:
    """Namespaces by name, none of them one that every cluster has.

    Raises:
        ValidationError: if a name cannot be used.
    """
    faults = Faults()
    for name in namespaces:
        if fault := namespace_name.fault(name):
            faults.add((name,), fault)
        elif name in OF_EVERY_CLUSTER:
            faults.add((name,), f"exists in every cluster; got {name}; remove it")
    faults.raise_if_any()
    return namespaces


Namespaces = Annotated[dict[str, NamespaceArgs], AfterValidator(check_namespaces)]
"""Namespaces by their names in the cluster."""
