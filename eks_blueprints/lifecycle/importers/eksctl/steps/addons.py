"""EKS add-ons and capabilities."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from eks_blueprints.core.document import documents
from eks_blueprints.core.elements import base_of, element_class, kinds
from eks_blueprints.core.errors import InputError, Path, dotted, shown
from eks_blueprints.core.plain_secrets import found as plain_secrets
from eks_blueprints.lifecycle.importers.eksctl.build import Build, name_for
from eks_blueprints.lifecycle.importers.eksctl.rules import apply, step
from eks_blueprints.lifecycle.importers.eksctl.source import Node
from eks_blueprints.lifecycle.importers.eksctl.steps.identities import policy_key, put_statements

_VERSION = re.compile(r"v\d+\.\d+\.\d+(-[0-9A-Za-z.]+)*-eksbuild\.\d+")
_CAPABILITIES = {"ACK": "ack_capability", "ARGOCD": "argocd_capability", "KRO": "kro_capability"}
_GRANTS = ("attachPolicyARNs", "attachPolicy", "wellKnownPolicies")
_OWN = {
    "vpc_cni": ("AmazonEKS_CNI_Policy",),
    "aws_ebs_csi_driver": ("AmazonEBSCSIDriverPolicyV2",),
    "aws_efs_csi_driver": ("AmazonEFSCSIDriverPolicy",),
    "amazon_cloudwatch_observability": ("CloudWatchAgentServerPolicy", "AWSXrayWriteOnlyAccess"),
}
"""Policies that the role of an add-on has by itself, so that they need not be said."""
_ALL_VOLUMES = ("aws_ebs_csi_driver", "AmazonEBSCSIDriverPolicy")
"""The older policy of the driver, which reaches volumes that it did not make."""
_OWN_ROLE = "leave it out: the add-on has the permissions that it needs"


@cache
def of_eks() -> dict[str, str]:
    """The kinds of add-ons that EKS installs, by what EKS calls them."""
    from eks_blueprints.addons._eks_managed import EksAddOn

    base = base_of("addons")
    found: dict[str, str] = {}
    for kind in kinds(base):
        cls = element_class(base, kind)
        if issubclass(cls, EksAddOn) and hasattr(cls, "eks_name"):
            found[cls.eks_name] = kind
    return found


@step
def addons(build: Build, node: Node, _base: Path) -> None:
    """EKS add-ons, each under its kind; one that has none under a name of its own."""
    for each in node.members():
        named = each.get("name")
        name = str(named.value).lower() if named is not None else "addon"
        kind = of_eks().get(name)
        key = kind or name_for(re.sub(r"[^a-z0-9]+", "_", name).strip("_"), build.at(("addons",), {}), other="addon")
        base = ("addons", key)
        build.put(base, {})
        if kind is None:
            build.put((*base, "kind"), "eks_addon")
            build.put((*base, "addon_name"), name, *([named] if named else []))
        elif named is not None:
            build.said(base, named)
        apply(build, each, base)
        _namespace(build, each, base, kind)
        _identity(build, each, base, kind)


def _namespace(build: Build, addon: Node, base: Path, kind: str | None) -> None:
    namespace = addon.get("namespaceConfig", "namespace")
    if namespace is None:
        return
    cls = None if kind is None else element_class(base_of("addons"), kind)
    if cls is None:
        build.put((*base, "namespace"), namespace.value, namespace)
    elif getattr(cls, "namespace", None) == namespace.value:
        build.said(base, namespace)
    else:
        build.tell(namespace, f"cannot be written: {kind} is in its own namespace; got {shown(namespace.value)}")


def _identity(build: Build, addon: Node, base: Path, kind: str | None) -> None:
    """How its pods get their permissions, and what these are besides those that it needs."""
    oidc = build.source.is_true("iam", "withOIDC")
    associations, own = addon.get("podIdentityAssociations"), addon.get("serviceAccountRoleARN")
    grants = [each for key in _GRANTS if (each := addon.get(key)) is not None]
    useful = kind is None or bool(_class(kind).service_account)
    if associations is not None and associations.value:
        _associations(build, associations, base, kind)
    elif own is not None or grants:
        if useful and kind is not None:
            build.put((*base, "identity"), "irsa" if oidc else "pod_identity")
        for each in grants:
            _granted(build, each, base, kind)
    elif kind is not None and useful:
        by_default = addon.is_true("useDefaultPodIdentityAssociations") or build.source.is_true(
            "addonsConfig", "autoApplyPodIdentityAssociations"
        )
        way = "pod_identity" if by_default else "irsa" if oidc else "node_role"
        why = (
            "eksctl gives it the permissions that EKS recommends"
            if way != "node_role"
            else "eksctl makes no role for it"
        )
        build.default((*base, "identity"), way, why)


def _class(kind: str) -> Any:
    return element_class(base_of("addons"), kind)


def _granted(build: Build, node: Node, base: Path, kind: str | None) -> None:
    if kind is None:
        build.tell(node, "needs the service account of the add-on: write service_account_name beside policy_arns")
    elif node.path[-1] == "wellKnownPolicies":
        build.tell(node, _OWN_ROLE)
    elif isinstance(node.value, dict):
        put_statements(build, node, (*base, "iam_role"))
    else:
        for each in node.members():
            _policy(build, each, base, kind)


def _policy(build: Build, node: Node, base: Path, kind: str) -> None:
    name = str(node.value).rsplit("/", 1)[-1]
    if (kind, name) == _ALL_VOLUMES:
        build.put((*base, "any_volumes"), True, node)
        return
    if name in _OWN.get(kind, ()):
        build.said((*base, "identity"), node)
        return
    field = (*base, "iam_role", "policy_arns")
    build.put((*field, policy_key(str(node.value), build.at(field, {}))), node.value, node)


def _associations(build: Build, node: Node, base: Path, kind: str | None) -> None:
    if kind is not None:
        build.put((*base, "identity"), "pod_identity")
    for index, each in enumerate(node.members()):
        account, role = each.get("serviceAccountName"), each.get("roleARN")
        if index and role is not None:
            build.tell(each, "cannot be written: all service accounts of an add-on have one role; the first is written")
            continue
        if account is not None:
            if kind is None:
                build.put((*base, "service_account_name"), account.value, account)
            else:
                build.said((*base, "identity"), account)
        if role is not None:
            build.put((*base, "service_account_role_arn"), role.value, role)
        _permissions(build, each, base, kind)


def _permissions(build: Build, node: Node, base: Path, kind: str | None) -> None:
    arns, document = node.get("permissionPolicyARNs"), node.get("permissionPolicy")
    for each in arns.members() if arns is not None else ():
        if kind is not None:
            _policy(build, each, base, kind)
        else:
            field = (*base, "policy_arns")
            build.put((*field, policy_key(str(each.value), build.at(field, {}))), each.value, each)
    if document is not None and kind is not None:
        put_statements(build, document, (*base, "iam_role"))
    for key, word in (("roleName", "name"), ("tags", "tags")):
        if (found := node.get(key)) is not None:
            build.put((*base, "iam_role", word), found.value, found)
    if (boundary := node.get("permissionsBoundaryARN")) is not None:
        build.put((*base, "permissions_boundary"), boundary.value, boundary)
    build.tell(node.get("wellKnownPolicies"), _OWN_ROLE)


@step
def addon_version(build: Build, node: Node, base: Path) -> None:
    """A version that is written out; `latest` is another one on another day."""
    value = str(node.value)
    if value == "latest":
        do = "write one that `aws eks describe-addon-versions` lists to pin it"
        build.tell(node, f"cannot be written: EKS's default version is installed; {do}")
    elif not _VERSION.fullmatch(value if value.startswith("v") else f"v{value}"):
        do = "write one that `aws eks describe-addon-versions` lists, like v1.20.4-eksbuild.2"
        build.tell(node, f"is the beginning of a version, which eksctl completes; got {shown(value)}; {do}")
    else:
        build.put((*base, "version"), value if value.startswith("v") else f"v{value}", node)


@step
def configuration_values(build: Build, node: Node, base: Path) -> None:
    """Settings, which are JSON or YAML in a text."""
    try:
        found = documents(str(node.value), node.document.file)
        data = found[0].data if found else {}
    except InputError as error:
        data = error.problems[0].message
    if not isinstance(data, dict):
        build.tell(node, f"is no mapping in JSON or YAML; got {shown(node.value)}; write configuration_values")
        return
    if secret := next(plain_secrets(data), None):
        do = "write configuration_values by hand, with references"
        build.tell(node, f"is left out, as {dotted(secret)} may be a secret; {do}")
        return
    build.put((*base, "configuration_values"), data, node)


@step
def resolve_conflicts(build: Build, node: Node, base: Path) -> None:
    """What happens to settings that somebody changed on the cluster."""
    word = str(node.value).upper()
    build.put((*base, "resolve_conflicts_on_update"), word, node)
    if word == "NONE":
        build.put((*base, "resolve_conflicts_on_create"), word, node)


@step
def capabilities(build: Build, node: Node, _base: Path) -> None:
    """Capabilities that EKS runs."""
    for each in node.members():
        kind_of = each.get("type")
        kind = _CAPABILITIES.get(str(kind_of.value).upper() if kind_of is not None else "")
        if kind is None or kind_of is None:
            build.tell(each, f"is none that is known; use one of {', '.join(_CAPABILITIES)}")
            continue
        base = ("addons", kind)
        build.put(base, {}, kind_of)
        apply(build, each, base)


@step
def role_mappings(build: Build, node: Node, base: Path) -> None:
    """Who of IAM Identity Center has which role in Argo CD."""
    found = []
    for each in node.members():
        said: dict[str, Any] = {"role": each.value_of("role")}
        for identity in each.value_of("identities") or []:
            field = "groups" if identity.get("type") == "SSO_GROUP" else "users"
            said.setdefault(field, []).append(identity.get("id"))
        found.append(said)
    build.put((*base, "role_mappings"), found, node)
