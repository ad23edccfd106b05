"""Nodes as effects speak of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eks_blueprints.review.diff.changes import ResourceDiff

NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"


def nodes(each: ResourceDiff) -> str:
    """How many nodes a group has, as the subject of a sentence."""
    scaling = (each.old or each.resource).inputs.get("scalingConfig")
    sizes: Mapping[str, Any] = scaling if isinstance(scaling, Mapping) else {}
    count = next((sizes[key] for key in ("desiredSize", "minSize") if isinstance(sizes.get(key), int)), None)
    if count is None:
        return "its nodes are"
    return "1 node is" if count == 1 else f"{count} nodes are"
