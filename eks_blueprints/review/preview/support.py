"""How long the Kubernetes versions of planned clusters are supported: in one line, and as dates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eks_blueprints.core.support import EXTRA_HOUR, Standing, standing
from eks_blueprints.recording import Plan, PlannedResource

_CLUSTER = "aws:eks/cluster:Cluster"


def support_of(cluster: PlannedResource) -> str:
    """Such as `Kubernetes 1.35 (prod): standard support for 117 more days …`; empty where the version is not known."""
    found = _standing(cluster)
    if found is None:
        return ""
    name = cluster.inputs.get("name")
    shown = name if isinstance(name, str) and "${" not in name else cluster.name
    return f"Kubernetes {found.version} ({shown}): {found.sentence()}"


def calendar(plan: Plan) -> list[dict[str, Any]]:
    """The same of each cluster of a plan as JSON data: days of the calendar, none of which depends on today."""
    found = []
    for cluster in (each for each in plan.resources if each.type == _CLUSTER):
        if (here := _standing(cluster)) is None:
            continue
        ends = {"endOfStandardSupport": here.standard, "endOfExtendedSupport": here.extended}
        found.append(
            {
                "urn": cluster.urn,
                "version": here.version,
                "supportType": "STANDARD" if here.upgrades_itself else "EXTENDED",
                **{key: None if day is None else day.isoformat() for key, day in ends.items()},
                "extendedSupportPerHour": EXTRA_HOUR,
            }
        )
    return found


def _standing(cluster: PlannedResource) -> Standing | None:
    version, policy = cluster.inputs.get("version"), cluster.inputs.get("upgradePolicy")
    kind = policy.get("supportType") if isinstance(policy, Mapping) else None
    if not isinstance(version, str):
        return None
    try:
        return standing(version, kind if isinstance(kind, str) else None)
    except ValueError:
        return None
