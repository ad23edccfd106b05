"""Versions of EKS add-ons that go back, or too far at once: EKS takes both, and its guides advise against the second.

Source: EKS user guide, "Amazon VPC CNI" (one minor version at a time), 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.recording.plan import PlannedResource
from eks_blueprints.review.diff.changes import PlanDiff, ResourceDiff
from eks_blueprints.review.diff.texts import document
from eks_blueprints.review.effects.links import section
from eks_blueprints.review.effects.words import Attention, attention

_ADDON = "aws:eks/addon:Addon"
_OF_NEW_NODES = ("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", "ENABLE_PREFIX_DELEGATION")
"""Settings of the VPC CNI for which the EKS user guide says to make the nodes anew."""
_VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(?:-eksbuild\.(\d+))?.*")


def addons(diff: PlanDiff) -> Iterator[Attention]:
    """Of each add-on whose version changes in place."""
    for each in diff.of("update"):
        if each.type == _ADDON and each.resource.inputs.get("addonName") == "vpc-cni":
            yield from _of_new_nodes(each)
        for change in each.changes:
            if each.type != _ADDON or change.path != "addonVersion":
                continue
            before, after = _parsed(change.old), _parsed(change.new)
            if not before or not after:
                continue
            cause = f"`addonVersion` {change.old} → {change.new}"
            if after < before:
                effect = "it is downgraded: EKS allows that, but data of the newer version may not be readable"
                yield attention("unclear", "note", "goes back", each, cause, effect)
            elif each.resource.inputs.get("addonName") == "vpc-cni" and after[:2] > (before[0], before[1] + 1):
                effect = "EKS advises one minor version of the VPC CNI at a time"
                yield attention("unclear", "note", "skips versions", each, cause, effect)


def _of_new_nodes(each: ResourceDiff) -> Iterator[Attention]:
    before, after = (_environment(side) for side in (each.old, each.resource))
    changed = [name for name in _OF_NEW_NODES if before.get(name) != after.get(name)]
    if changed:
        cause = f"`configurationValues` changes {' and '.join(f'`{name}`' for name in changed)}"
        effect = "nodes that run keep their interfaces and addresses as they are: only new ones follow it in full"
        yield attention("rolls", "note", "not rolled out yet", each, cause, effect)


def _environment(addon: PlannedResource | None) -> Mapping[str, Any]:
    text = addon.inputs.get("configurationValues") if addon else None
    found = document(text) if isinstance(text, str) else None
    return section(found, "env") if isinstance(found, Mapping) else {}


def _parsed(version: Any) -> tuple[int, ...]:
    match = _VERSION.fullmatch(version) if isinstance(version, str) else None
    return tuple(int(part or 0) for part in match.groups()) if match else ()
