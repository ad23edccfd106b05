"""Nodes that end because EKS Auto Mode, or one of its built-in pools, is switched off."""

from __future__ import annotations

from collections.abc import Iterator

from eks_blueprints.review.diff.changes import PlanDiff
from eks_blueprints.review.effects.links import section
from eks_blueprints.review.effects.nodes import CLUSTER
from eks_blueprints.review.effects.words import Attention, attention


def auto_mode(diff: PlanDiff) -> Iterator[Attention]:
    """Of each cluster that is changed in place."""
    for each in diff.of("update"):
        if each.type != CLUSTER or each.old is None:
            continue
        old, new = (section(side.inputs, "computeConfig") for side in (each.old, each.resource))
        if old.get("enabled") is not True:
            continue
        if new.get("enabled") is not True:
            effect = "EKS drains and terminates every node that Auto Mode launched: their pods need other nodes"
            yield attention("dies", "danger", "Auto Mode off", each, "`computeConfig.enabled` true → false", effect)
            continue
        before, after = (side.get("nodePools") for side in (old, new))
        gone = [pool for pool in before if pool not in (after or ())] if isinstance(before, list) else []
        if gone:
            names = " and ".join(f"`{pool}`" for pool in gone)
            effect = (
                f"EKS drains and terminates every node of the built-in {names}: their pods need room in other pools"
            )
            yield attention("rolls", "warning", "nodes end", each, f"`computeConfig.nodePools` loses {names}", effect)
