"""PodDisruptionBudgets: which pods they keep, and how many."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.capacity.read.plain import Gaps, plain
from eks_blueprints.core.errors import shown
from eks_blueprints.policies.objects import namespace_of, object_name
from eks_blueprints.policies.platform import on_cluster
from eks_blueprints.policies.rules.availability import PDB
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.provisioning.karpenter.disruption.pod_budgets import Count, PodBudget
from eks_blueprints.scheduling.selectors import selector


def budgets_of(cluster: Resource, stack: Stack) -> Iterator[PodBudget | str]:
    """The budgets of a cluster; a sentence for one that cannot be read."""
    for each in on_cluster(cluster, stack, PDB):
        gaps, name = Gaps(), object_name(each, stack)
        spec = plain(each.props, stack, gaps, "spec")
        try:
            yield budget_of({"spec": spec}, name, namespace_of(each, stack))
        except (AttributeError, TypeError, ValueError) as error:
            yield f"the PodDisruptionBudget {name} is not counted: {error}"
        if gaps:
            yield f"of the PodDisruptionBudget {name}: {gaps}"


def budget_of(manifest: Mapping[str, Any], name: str, namespace: str) -> PodBudget:
    """A budget by its object.

    Raises:
        ValueError: if a number of pods is none.
    """
    spec = manifest.get("spec") or {}
    return PodBudget(
        name=name,
        namespace=namespace,
        selector=selector(spec.get("selector")),
        allowed=int((manifest.get("status") or {}).get("disruptionsAllowed") or 0),
        min_available=_count(spec.get("minAvailable")),
        max_unavailable=_count(spec.get("maxUnavailable")),
        lets_unready_go=spec.get("unhealthyPodEvictionPolicy") == "AlwaysAllow",
    )


def _count(value: Any) -> Count | None:
    if value is None:
        return None
    text = str(value)
    if not re.fullmatch(r"[0-9]+%?", text):
        raise ValueError(f"needs a number of pods or a percentage; got {shown(value)}; write it like 1 or 50%")
    return text if text.endswith("%") else int(text)
