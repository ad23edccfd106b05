"""Add-ons that EKS installed."""

from __future__ import annotations

import json
from typing import Any

from eks_blueprints.core.plain_secrets import found as plain_secrets
from eks_blueprints.lifecycle.importers.found.draft import Draft, said, unless
from eks_blueprints.lifecycle.importers.found.model import ADDON, Found

_KEEP_OFF = ("NO_SCHEDULE", "NO_EXECUTE")
_CRITICAL = "CriticalAddonsOnly"
"""Taint that every add-on of EKS tolerates."""


def add_addons(draft: Draft) -> None:
    """Say the add-ons that EKS manages, and no others: what is on the cluster without EKS stays as it is."""
    draft.data["core_addons"] = []
    addons = draft.data.setdefault("addons", {})
    stranded = _taints_of_all(draft)
    for found in draft.holdings.of(ADDON, clusterName=draft.name):
        name_in_eks = str(found.get("addonName"))
        cls = _class_of(name_in_eks)
        name = name_in_eks.replace("-", "_")
        if cls is None:
            fields = {"kind": "eks_addon", "addon_name": name_in_eks, **_fields(draft, found, ())}
        else:
            fields = _fields(draft, found, cls().service_accounts)
        if stranded and not (cls is not None and cls.before_nodes) and not _tolerates(fields):
            keys = ", ".join(stranded)
            what = f"no node takes its pods, as all have taints ({keys}) and its configuration has no tolerations"
            draft.note(
                found, f"{what}: left alone; leave one group without taints, or add tolerations, and import again"
            )
            continue
        addons[name] = fields
        draft.take(found, f"addons.{name}")


def _taints_of_all(draft: Draft) -> list[str]:
    """Keys of taints, where every group of nodes has one that keeps pods of add-ons off; empty where one has none."""
    if draft.cluster.get("computeConfig.enabled"):
        return []
    groups = [each for each in draft.data.get("compute", {}).values() if each["kind"] != "fargate"]
    keys = [
        {each.get("key") for each in group.get("taints", ()) if each.get("effect") in _KEEP_OFF} - {_CRITICAL}
        for group in groups
    ]
    return sorted(set().union(*keys)) if groups and all(keys) else []


def _tolerates(fields: dict[str, Any]) -> bool:
    values = fields.get("configuration_values") or {}
    controller = values.get("controller")
    return bool(values.get("tolerations") or (isinstance(controller, dict) and controller.get("tolerations")))


def _class_of(name_in_eks: str) -> Any:
    """The class of an add-on of the catalogue; None for any other."""
    from eks_blueprints.addons._eks_managed import EksAddOn
    from eks_blueprints.addons.base import AddOn
    from eks_blueprints.core.elements import element_class, kinds

    kind = name_in_eks.replace("-", "_")
    if kind not in kinds(AddOn):
        return None
    cls: Any = element_class(AddOn, kind)
    return cls if issubclass(cls, EksAddOn) and cls.eks_name == name_in_eks else None


def _fields(draft: Draft, found: Found, accounts: tuple[str, ...]) -> dict[str, Any]:
    fields = said(
        version=found.get("addonVersion"),
        configuration_values=_configuration(draft, found),
        preserve=found.get("preserve"),
        resolve_conflicts_on_create=unless(found.get("resolveConflictsOnCreate"), "OVERWRITE"),
        resolve_conflicts_on_update=unless(found.get("resolveConflictsOnUpdate"), "OVERWRITE"),
        tags=found.get("tags"),
    )
    return fields | _identity(draft, found, accounts)


def _configuration(draft: Draft, found: Found) -> Any:
    text = found.get("configurationValues")
    if text is None:
        return None
    try:
        values = json.loads(text)
    except ValueError:
        draft.note(found, "configurationValues: is not JSON; write it into configuration_values by hand")
        return None
    if secret := next(plain_secrets(values), None):
        path = ".".join(map(str, secret))
        draft.note(
            found, f"configurationValues: left out, as {path} may be a secret; write it by hand, with references"
        )
        return None
    return values


def _identity(draft: Draft, found: Found, accounts: tuple[str, ...]) -> dict[str, Any]:
    irsa, associations = found.get("serviceAccountRoleArn"), found.get("podIdentityAssociations", ())
    roles = {each.get("roleArn") for each in associations}
    if not accounts:
        if irsa or roles:
            draft.note(found, "the add-on has a role, and the stack file takes it for one that calls no AWS service")
        return {}
    if irsa:
        return {"identity": "irsa", "service_account_role_arn": irsa}
    if not roles:
        return {"identity": "node_role"}
    if len(roles) > 1 or {each.get("serviceAccount") for each in associations} != set(accounts):
        draft.note(
            found,
            f"podIdentityAssociations: one role for {', '.join(accounts)} is what a stack file says; got "
            f"{', '.join(str(each.get('serviceAccount')) for each in associations)}; the next up changes that",
        )
    return {"service_account_role_arn": sorted(map(str, roles))[0]}
