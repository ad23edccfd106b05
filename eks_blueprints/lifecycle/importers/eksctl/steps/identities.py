"""Permissions of pods: roles by OIDC and by Pod Identity, and policies as documents."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from eks_blueprints.core.document import documents
from eks_blueprints.core.errors import InputError, Path, shown
from eks_blueprints.core.leaves import key_name
from eks_blueprints.lifecycle.importers.eksctl.build import Build, name_for
from eks_blueprints.lifecycle.importers.eksctl.rules import apply, step
from eks_blueprints.lifecycle.importers.eksctl.source import Node

_ELEMENTS = {
    "Sid": "sid",
    "Action": "actions",
    "NotAction": "not_actions",
    "Resource": "resources",
    "NotResource": "not_resources",
    "Condition": "conditions",
}
_THERE = ("default", "kube-node-lease", "kube-public", "kube-system")
"""Namespaces that every cluster has."""
_LONGEST = 27
"""Characters of a policy's short name: 30 with what tells two of them apart."""
_CONTROLLER = "AmazonEKSVPCResourceController"


@step
def iam(build: Build, node: Node, base: Path) -> None:
    """Roles and permissions of the cluster."""
    apply(build, node, base)
    # Those of Fargate are said by each profile.
    if (build.source.value_of("fargateProfiles") or []) == []:
        for key in ("fargatePodExecutionRoleARN", "fargatePodExecutionRolePermissionsBoundary"):
            build.tell(node.get(key), "has no effect: there is no Fargate profile; write it in compute of kind fargate")


@step
def resource_controller(build: Build, node: Node, _base: Path) -> None:
    """Whether the cluster's role may give pods security groups."""
    if node.value:
        controller_policy(build, node)
    else:
        build.tell(node, "leave it out: the cluster's role has that policy only where policy_arns names it")


def controller_policy(build: Build, node: Node | None = None) -> None:
    """Give the cluster's role the policy, which eksctl does by itself."""
    if build.source.get("iam", "serviceRoleARN") is not None:
        build.tell(node, "has no effect: the cluster has a role that exists")
        return
    path = ("cluster", "iam_role", "policy_arns", "vpc-resource-controller")
    arn = f"arn:{partition(build)}:iam::aws:policy/{_CONTROLLER}"
    if node is None:
        build.default(path, arn, "eksctl attaches it to the cluster's role")
    else:
        build.put(path, arn, node)


def partition(build: Build) -> str:
    """The partition of the region."""
    from eks_blueprints.core.facts.partitions import partition_of

    return partition_of(str(build.source.value_of("metadata", "region", default=""))) or "aws"


@step
def service_accounts(build: Build, node: Node, _base: Path) -> None:
    """Roles by OIDC, with their service accounts and the namespaces of these."""
    for each in node.members():
        name = str(each.value_of("metadata", "name", default="account"))
        base = ("pod_identity_associations", _key(build, name))
        build.put((*base, "identity"), "irsa")
        namespace = each.value_of("metadata", "namespace", default="default")
        build.put((*base, "namespace"), namespace)
        apply(build, each, base)
        if each.value == {} or each.get("metadata") is None:
            build.tell(each, "says no service account: write metadata.name")
        if each.value_of("roleOnly") is not True:
            build.default((*base, "create_service_account"), True, "eksctl creates the service account")
            if namespace not in _THERE:
                build.default(("namespaces", namespace), {}, "eksctl creates the namespace of a service account")


@step
def associations(build: Build, node: Node, _base: Path) -> None:
    """Roles by Pod Identity."""
    for each in node.members():
        base = ("pod_identity_associations", _key(build, str(each.value_of("serviceAccountName", default="account"))))
        build.put((*base, "identity"), "pod_identity")
        apply(build, each, base)
        namespace = each.value_of("namespace", default="default")
        if each.is_true("createServiceAccount") and namespace not in _THERE:
            build.default(("namespaces", namespace), {}, "eksctl creates the namespace of a service account")


def _key(build: Build, name: str) -> str:
    return name_for(name, build.at(("pod_identity_associations",), {}), key_name, "account")


@step
def role_only(build: Build, node: Node, base: Path) -> None:
    """Whether the service account is made as well."""
    build.put((*base, "create_service_account"), node.value is not True, node)


@step
def subject_pattern(build: Build, node: Node, base: Path) -> None:
    """Further service accounts of the namespace."""
    namespace = build.at((*base, "namespace"), "default")
    build.put((*base, "subject_pattern"), f"{namespace}:{node.value}", node)


@step
def policy_arns(build: Build, node: Node, base: Path) -> None:
    """Policies by short names."""
    field = (*base, "policy_arns")
    for each in node.members():
        put_policy(build, each, field)


def put_policy(build: Build, node: Node, field: Path) -> None:
    """Name a policy by the last part of its ARN."""
    build.put((*field, policy_key(str(node.value), build.at(field, {}))), node.value, node)


def policy_key(arn: str, taken: Mapping[str, Any]) -> str:
    """A short name of a policy."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", arn.rsplit("/", 1)[-1]).lower()
    name = re.sub(r"[^a-z0-9]+", "-", words).strip("-")[:_LONGEST].rstrip("-")
    return name_for(name, taken, key_name, "policy")


@step
def well_known(build: Build, node: Node, base: Path) -> None:
    """Permissions of well-known controllers."""
    for each in node.members():
        if each.value is True:
            build.put((*base, "well_known_policies"), [_snake(str(each.path[-1]))], each)
        else:
            build.tell(each, "leave it out: it is off unless it is listed")


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


@step
def policy_document(build: Build, node: Node, base: Path) -> None:
    """A policy as a document."""
    put_statements(build, node, base)


@step
def role_document(build: Build, node: Node, base: Path) -> None:
    """The same for a role that has a field of its own."""
    put_statements(build, node, (*base, "iam_role"))


def put_statements(build: Build, node: Node, base: Path) -> None:
    """Write the statements of a policy's document as those of a role."""
    for key, each in ((str(child.path[-1]), child) for child in node.members()):
        if key == "Statement":
            for statement in each.members() if isinstance(each.value, list) else (each,):
                _statement(build, statement, base)
        elif key == "Version" and each.value == "2012-10-17":
            build.tell(each, "leave it out: every policy is of that version")
        else:
            build.tell(each, "cannot be written: a role's own policy has statements alone")


def _statement(build: Build, node: Node, base: Path) -> None:
    if not isinstance(node.value, dict):
        build.tell(node, f"is no statement of a policy; got {shown(node.value)}; write a mapping")
        return
    field = (*base, "deny" if node.value.get("Effect") == "Deny" else "allow")
    said, used = {}, []
    for each in node.members():
        key = str(each.path[-1])
        if key in _ELEMENTS and each.value not in (None, "", [], {}):
            said[_ELEMENTS[key]] = each.value if key in ("Sid", "Condition") else _listed(each.value)
            used.append(each)
        elif key == "Effect":
            used.append(each)
        elif key not in _ELEMENTS:
            build.tell(each, "cannot be written: a statement of a role's own policy does not have it")
    if said:
        build.put(field, [said], *used)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@step
def session_policy(build: Build, node: Node, base: Path) -> None:
    """What pods may do at most: a policy as JSON text."""
    try:
        data = documents(str(node.value), node.document.file)[0].data
    except (InputError, IndexError):
        data = None
    statements = _listed(data.get("Statement", [])) if isinstance(data, dict) else []
    if not statements or not all(isinstance(each, dict) and each.get("Effect") == "Allow" for each in statements):
        do = "write its statements as policy of the association"
        build.tell(node, f"is no policy of statements that allow something; got {shown(node.value)}; {do}")
        return
    said = [
        {
            ours: each[key] if key in ("Sid", "Condition") else _listed(each[key])
            for key, ours in _ELEMENTS.items()
            if key in each
        }
        for each in statements
    ]
    build.put((*base, "policy"), json.loads(json.dumps(said)), node)
