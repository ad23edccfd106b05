"""How long the Kubernetes version of a planned cluster is supported, in one line."""

from __future__ import annotations

from collections.abc import Mapping

from eks_blueprints.core.support import standing
from eks_blueprints.recording import PlannedResource


def support_of(cluster: PlannedResource) -> str:
    """Such as `Kubernetes 1.35 (prod): standard support for 117 more days …`; empty where the version is not known."""
    version, policy = cluster.inputs.get("version"), cluster.inputs.get("upgradePolicy")
    name = cluster.inputs.get("name")
    kind = policy.get("supportType") if isinstance(policy, Mapping) else None
    if not isinstance(version, str):
        return ""
    try:
        said = standing(version, kind if isinstance(kind, str) else None).sentence()
    except ValueError:
        return ""
    shown = name if isinstance(name, str) and "${" not in name else cluster.name
    return f"Kubernetes {version} ({shown}): {said}"
