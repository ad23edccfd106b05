"""Managed node groups and Fargate profiles."""

from __future__ import annotations

from collections import Counter
from typing import Any

from eks_blueprints.compute._fargate_profile import POD_EXECUTION_POLICY
from eks_blueprints.compute._node_group import POLICIES
from eks_blueprints.lifecycle.importers.found.draft import Draft, said, short_name, unless
from eks_blueprints.lifecycle.importers.found.model import FARGATE, NODE_GROUP, Found
from eks_blueprints.lifecycle.importers.found.network import placed
from eks_blueprints.lifecycle.importers.found.roles import FoundRole, own_role

_OF_EKS = ("eks:", "aws:")
"""Beginnings of tags that AWS sets itself."""


def add_managed_nodes(draft: Draft) -> None:
    """Say the managed node groups with their roles. Launch templates stay what they are."""
    groups = draft.data.setdefault("compute", {})
    every = list(draft.holdings.of(NODE_GROUP, clusterName=draft.name))
    shared = Counter(each.get("nodeRoleArn") for each in every)
    roles: dict[str, str] = {}
    for found in every:
        name = short_name(str(found.get("nodeGroupName")), groups, "nodes")
        arn = found.get("nodeRoleArn")
        role = _own_role(draft, found, name) if shared[arn] == 1 else _shared_role(draft, found, roles)
        groups[name] = _managed(draft, found) | role
        draft.take(found, f"compute.{name}", name)


def _managed(draft: Draft, found: Found) -> dict[str, Any]:
    version = found.get("version")
    fields = said(
        ami_type=found.get("amiType"),
        capacity_type=unless(found.get("capacityType"), "ON_DEMAND"),
        instance_types=list(found.get("instanceTypes", ())),
        version=unless(version, draft.cluster.get("version")),
        labels=found.get("labels"),
        taints=[taint(each) for each in found.get("taints", ())],
        force_update_version=found.get("forceUpdateVersion"),
        tags=own_tags(found.get("tags", {})),
        **placed(draft, found.get("subnetIds", ())),
    )
    sizes = ("minSize", "maxSize", "desiredSize")
    fields |= {
        name: int(size)
        for name, key in zip(("min_size", "max_size", "desired_size"), sizes, strict=True)
        if (size := _number(found, f"scalingConfig.{key}")) is not None
    }
    if fields.get("ami_type") == "CUSTOM":
        fields.pop("version", None)
    update = said(
        max_unavailable=found.get("updateConfig.maxUnavailable"),
        max_unavailable_percentage=found.get("updateConfig.maxUnavailablePercentage"),
        update_strategy=unless(found.get("updateConfig.updateStrategy"), "DEFAULT"),
    )
    if update not in ({}, {"max_unavailable": 1}):
        fields["update_config"] = update
    if found.get("nodeRepairConfig.enabled"):
        fields["node_repair_config"] = {}
    return {"kind": "managed_nodes", **fields, **_template(draft, found)}


def _own_role(draft: Draft, found: Found, name: str) -> dict[str, Any]:
    """The role of one group alone."""
    arn, resource = found.get("nodeRoleArn"), f"{name.replace('_', '-')}-role"
    role = None if _is_windows(found) else own_role(draft, arn, "ec2", f"compute.{name}.iam_role", resource)
    return said(node_role_arn=arn) if role is None else _of_nodes(role)


def _shared_role(draft: Draft, found: Found, roles: dict[str, str]) -> dict[str, Any]:
    """The role of several groups, which stands under `node_roles`."""
    arn = str(found.get("nodeRoleArn"))
    if arn not in roles:
        named = draft.data.get("node_roles", {})
        key = short_name(arn.rpartition("/")[2].replace("_", "-"), named, "nodes")
        resource = f"node-role-{key}-role"
        role = None if _is_windows(found) else own_role(draft, arn, "ec2", f"node_roles.{key}", resource)
        if role is not None:
            draft.data["node_roles"] = {**named, key: _of_nodes(role)}
        roles[arn] = key if role is not None else ""
    return {"node_role": roles[arn]} if roles[arn] else {"node_role_arn": arn}


def _is_windows(found: Found) -> bool:
    return str(found.get("amiType", "")).startswith("WINDOWS")


def _of_nodes(role: FoundRole) -> dict[str, Any]:
    sessions = {} if role.has(POLICIES["session-manager"]) else {"session_manager": False}
    others = role.others(tuple(POLICIES.values()))
    return sessions | said(policies=others, permissions_boundary=role.boundary, iam_role=role.marks())


def _template(draft: Draft, found: Found) -> dict[str, Any]:
    template = found.get("launchTemplate", {})
    if template:
        return {"launch_template": launch_template(template)}
    draft.note(
        found,
        "the group has no launch template, and EKS gives one to new groups only: it keeps the template of EKS's own, "
        "and disk, user data and metadata options of the stack file hold once a new group replaces it",
    )
    size = found.get("diskSize")
    return {"disk": {"volume_size": int(size)}} if size and int(size) >= 20 else {}


def launch_template(template: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """The launch template of a group; `prefix` is what stands before the names of its id and name."""
    id_, name = template.get(prefix + "id"), template.get(prefix + "name")
    id_, name = (id_, name) if not prefix else (template.get("launchTemplateId"), template.get("launchTemplateName"))
    which = {"id": id_} if id_ else {"name": name}
    version = str(template.get("version") or "$Default")
    return {**which, "version": version}


def taint(given: dict[str, Any]) -> dict[str, Any]:
    """A taint of a group."""
    return said(key=given.get("key"), value=given.get("value"), effect=given.get("effect"))


def own_tags(tags: dict[str, str]) -> dict[str, str]:
    """Tags without those that AWS sets itself."""
    return {key: value for key, value in tags.items() if not key.startswith(_OF_EKS)}


def add_fargate(draft: Draft) -> None:
    """Say the Fargate profiles. A role of several profiles stays what it is."""
    groups = draft.data.setdefault("compute", {})
    every = list(draft.holdings.of(FARGATE, clusterName=draft.name))
    shared = Counter(each.get("podExecutionRoleArn") for each in every)
    for found in every:
        name = short_name(str(found.get("fargateProfileName")), groups, "fargate")
        selectors = [
            said(namespace=each.get("namespace"), labels=each.get("labels")) for each in found.get("selectors", ())
        ]
        fields = said(
            selectors=selectors,
            tags=found.get("tags"),
            **placed(draft, found.get("subnetIds", ())),
        )
        arn = found.get("podExecutionRoleArn")
        groups[name] = {"kind": "fargate", **fields, **_of_pods(draft, arn, name, shared=shared[arn] > 1)}
        draft.take(found, f"compute.{name}", name)


def _of_pods(draft: Draft, arn: Any, name: str, *, shared: bool) -> dict[str, Any]:
    path, resource = f"compute.{name}.iam_role", f"{name.replace('_', '-')}-role"
    role = None if shared else own_role(draft, arn, "eks-fargate-pods", path, resource)
    if role is None:
        return said(pod_execution_role_arn=arn)
    others = role.others((POD_EXECUTION_POLICY,))
    return said(policies=others, permissions_boundary=role.boundary, iam_role=role.marks())


def _number(found: Found, path: str) -> Any:
    parent, _, key = path.rpartition(".")
    return (found.get(parent) or {}).get(key)
