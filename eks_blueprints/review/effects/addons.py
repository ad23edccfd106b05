"""Versions of EKS add-ons that go back, or too far at once: EKS takes both, and its guides advise against the second.

Source: EKS user guide, "Amazon VPC CNI" (one minor version at a time), 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from eks_blueprints.review.diff.changes import PlanDiff
from eks_blueprints.review.effects.words import Attention, attention

_ADDON = "aws:eks/addon:Addon"
_VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(?:-eksbuild\.(\d+))?.*")


def addons(diff: PlanDiff) -> Iterator[Attention]:
    """Of each add-on whose version changes in place."""
    for each in diff.of("update"):
        for change in each.changes:
            if each.type != _ADDON or change.path != "addonVersion":
                continue
            before, after = _parsed(change.old), _parsed(change.new)
            if not before or not after:
                continue
            cause = f"`addonVersion` {change.old} → {change.new}"
            if after < before:
                effect = "it goes back: EKS allows that, but what the newer version wrote may not be understood"
                yield attention("unclear", "note", "goes back", each, cause, effect)
            elif each.resource.inputs.get("addonName") == "vpc-cni" and after[:2] > (before[0], before[1] + 1):
                effect = "EKS advises one minor version of the VPC CNI at a time"
                yield attention("unclear", "note", "skips versions", each, cause, effect)


def _parsed(version: Any) -> tuple[int, ...]:
    match = _VERSION.fullmatch(version) if isinstance(version, str) else None
    return tuple(int(part or 0) for part in match.groups()) if match else ()
