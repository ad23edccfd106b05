"""Who may use the Kubernetes API: access entries, mappings of `aws-auth`, an identity provider."""

from __future__ import annotations

from typing import Any

from eks_blueprints.core.errors import Path
from eks_blueprints.lifecycle.importers.eksctl.build import Build, name_for
from eks_blueprints.lifecycle.importers.eksctl.rules import apply, step
from eks_blueprints.lifecycle.importers.eksctl.source import Node

_MASTERS = "system:masters"


@step
def access_entries(build: Build, node: Node, _base: Path) -> None:
    """Entries by the names of their roles and users."""
    for each in node.members():
        arn = str(each.value_of("principalARN", default=""))
        base = ("access", name_for(arn.rsplit("/", 1)[-1] or "entry", build.at(("access",), {}), other="entry"))
        build.put(base, {})
        apply(build, each, base)


@step
def access_policies(build: Build, node: Node, base: Path) -> None:
    """AWS's access policies and where they hold."""
    build.put((*base, "policies"), [_policy(each) for each in node.members()], node)


def _policy(node: Node) -> dict[str, Any]:
    said: dict[str, Any] = {"policy": str(node.value_of("policyARN", default="")).rsplit("/", 1)[-1]}
    namespaces = node.get("accessScope", "namespaces")
    if namespaces is not None and namespaces.value:
        said["namespaces"] = list(namespaces.value)
    return said


@step
def access_policies_of_role(build: Build, node: Node, base: Path) -> None:
    """The same for the role of a capability."""
    build.put((*base, "access_policies"), [_policy(each) for each in node.members()], node)


@step
def identity_mappings(build: Build, node: Node, _base: Path) -> None:
    """Rows of `aws-auth`, which are access entries here."""
    for each in node.members():
        arn = each.get("arn")
        if arn is None:
            # Whole accounts and services: the table says why.
            continue
        base = ("access", name_for(str(arn.value).rsplit("/", 1)[-1], build.at(("access",), {}), other="entry"))
        build.put((*base, "principal_arn"), arn.value, arn)
        if (user := each.get("username")) is not None:
            _user(build, user, base)
        if (groups := each.get("groups")) is not None:
            _groups(build, groups, base)


def _user(build: Build, node: Node, base: Path) -> None:
    if str(node.value).startswith(("system:", "eks:", "aws:", "amazon:", "iam:")):
        build.tell(node, "cannot be written: EKS refuses names of users that begin so; leave it to EKS")
        return
    build.put((*base, "user_name"), node.value, node)


def _groups(build: Build, node: Node, base: Path) -> None:
    for each in node.members():
        if each.value == _MASTERS:
            build.put((*base, "policies"), [{"policy": "AmazonEKSClusterAdminPolicy"}], each)
            build.tell(each, "is the access policy AmazonEKSClusterAdminPolicy, as EKS refuses groups of Kubernetes")
        elif str(each.value).startswith("system:"):
            do = "bind a group of your own to the same role, and write it here"
            build.tell(each, f"cannot be written: EKS refuses groups that begin with system:; {do}")
        else:
            build.put((*base, "kubernetes_groups"), [each.value], each)


@step
def identity_providers(build: Build, node: Node, _base: Path) -> None:
    """The one provider that a cluster has."""
    for index, each in enumerate(node.members()):
        if index:
            build.tell(each, "cannot be written: EKS allows one identity provider a cluster")
            continue
        build.put(("cluster", "identity_provider"), {})
        apply(build, each, ("cluster", "identity_provider"))
