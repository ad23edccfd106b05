"""Who may use the cluster: access entries with their policies, and roles of service accounts."""

from __future__ import annotations

from typing import Any

from eks_blueprints.lifecycle.importers.found.draft import Draft, said, short_name
from eks_blueprints.lifecycle.importers.found.model import (
    ADDON,
    ENTRY,
    ENTRY_POLICY,
    FARGATE,
    IDENTITY,
    NODE_GROUP,
    Found,
)

_AGENT = "eks-pod-identity-agent"
_CLUSTER_ADMIN = "AmazonEKSClusterAdminPolicy"


def add_access(draft: Draft) -> None:
    """Say the access entries, without those that EKS keeps itself."""
    access: dict[str, Any] = {}
    for found in draft.holdings.of(ENTRY, clusterName=draft.name):
        principal = str(found.get("principalArn"))
        if _is_kept_by_eks(draft, found):
            draft.note(found, "EKS keeps the entries of managed node groups and Fargate profiles itself: left to it")
            continue
        name = short_name(principal.rpartition("/")[2], access, "entry")
        policies = [_policy(draft, each, f"access.{name}") for each in _policies(draft, principal)]
        given = found.get("userName")
        user = None if given is None or str(given).startswith(("arn:aws", "system:node")) else given
        fields = said(
            principal_arn=principal,
            type=None if found.get("type") == "STANDARD" else found.get("type"),
            kubernetes_groups=_groups(found),
            user_name=user,
            policies=policies,
            tags=found.get("tags"),
        )
        access[name] = fields
        draft.take(found, f"access.{name}")
    if access:
        draft.data["access"] = access
    _administrator(draft, access)


def _groups(found: Found) -> list[str]:
    # EKS gives those of its own to the entries of nodes.
    return [each for each in found.get("kubernetesGroups", ()) if not each.startswith("system:")]


def _policies(draft: Draft, principal: str) -> list[Found]:
    return list(draft.holdings.of(ENTRY_POLICY, clusterName=draft.name, principalArn=principal))


def _policy(draft: Draft, found: Found, path: str) -> dict[str, Any]:
    draft.take(found, f"{path}.policies")
    name = str(found.get("policyArn")).rpartition("/")[2]
    return said(policy=name, namespaces=list(found.get("accessScope.namespaces", ())))


def _is_kept_by_eks(draft: Draft, found: Found) -> bool:
    principal, kind = found.get("principalArn"), found.get("type")
    if kind in ("EC2_LINUX", "EC2_WINDOWS"):
        groups = draft.holdings.of(NODE_GROUP, clusterName=draft.name)
        return any(each.get("nodeRoleArn") == principal for each in groups)
    if kind == "FARGATE_LINUX":
        profiles = draft.holdings.of(FARGATE, clusterName=draft.name)
        return any(each.get("podExecutionRoleArn") == principal for each in profiles)
    return False


def _administrator(draft: Draft, access: dict[str, Any]) -> None:
    admin = any(
        policy["policy"] == _CLUSTER_ADMIN and "namespaces" not in policy
        for entry in access.values()
        for policy in entry.get("policies", ())
    )
    if admin and not draft.cluster.get("accessConfig.bootstrapClusterCreatorAdminPermissions"):
        draft.data["cluster"]["bootstrap_cluster_creator_admin_permissions"] = False


def add_pod_identity(draft: Draft) -> None:
    """Say the Pod Identity associations with their roles, without those of add-ons."""
    made: dict[str, Any] = {}
    agent = draft.holdings.one(ADDON, clusterName=draft.name, addonName=_AGENT)
    for found in draft.holdings.of(IDENTITY, clusterName=draft.name):
        if agent is None and not draft.cluster.get("computeConfig.enabled"):
            do = f"have EKS install {_AGENT}, and import again"
            draft.note(found, f"the agent of Pod Identity is no add-on of EKS here: left alone; {do}")
            continue
        namespace, account = str(found.get("namespace")), str(found.get("serviceAccount"))
        name = short_name(account if account != "default" else f"{namespace}-{account}", made, "pods")
        made[name] = said(
            namespace=namespace,
            service_account=account,
            role_arn=found.get("roleArn"),
            target_role_arn=found.get("targetRoleArn"),
            disable_session_tags=found.get("disableSessionTags") or None,
            tags=found.get("tags"),
        )
        draft.take(found, f"pod_identity_associations.{name}")
        draft.unsaid(found, {"policy": "narrows the role; write it into policy of the association"})
    if made:
        draft.data["pod_identity_associations"] = made
