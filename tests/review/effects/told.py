"""What a change of small plans is told to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eks_blueprints.recording.plan import PlannedResource
from eks_blueprints.review.diff import diff_plans
from eks_blueprints.review.effects import Attention, effects
from tests.plans import CLUSTER, plan, resource

POOL = "kubernetes:karpenter.sh/v1:NodePool"
CLASS = "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass"
AUTO_CLASS = "kubernetes:eks.amazonaws.com/v1:NodeClass"


def found(old: Sequence[PlannedResource], new: Sequence[PlannedResource], harm: str = "") -> list[Attention]:
    """All that is told, or what is of one harm."""
    items = effects(diff_plans(plan(*old), plan(*new)))
    return [item for item in items if not harm or item.harm == harm]


def told(old: Sequence[PlannedResource], new: Sequence[PlannedResource], harm: str = "") -> list[str]:
    """The same as lines: `warning rolls nodes shop-nodes: cause | effect`."""
    return [f"{each.level} {each.title} {each.name}: {each.cause} | {each.effect}" for each in found(old, new, harm)]


def pool(name: str = "general", *, auto: bool = False, **spec: Any) -> PlannedResource:
    """A NodePool; `inner` goes into its template's spec, `metadata` into its template."""
    reference = {
        "group": "eks.amazonaws.com" if auto else "karpenter.k8s.aws",
        "kind": "NodeClass" if auto else "EC2NodeClass",
        "name": "default",
    }
    inner = {"nodeClassRef": reference, "requirements": [], **spec.pop("inner", {})}
    template: dict[str, Any] = {"spec": {key: value for key, value in inner.items() if value is not None}}
    if metadata := spec.pop("metadata", None):
        template["metadata"] = metadata
    return resource(POOL, f"shop-pool-{name}", {"metadata": {"name": name}, "spec": {"template": template, **spec}})


def node_class(type_: str = CLASS, **spec: Any) -> PlannedResource:
    """A class of nodes with what it must have."""
    base = {
        "amiSelectorTerms": [{"alias": "al2023@v20251103"}],
        "role": "nodes",
        "subnetSelectorTerms": [{"tags": {"a": "b"}}],
        "securityGroupSelectorTerms": [{"tags": {"a": "b"}}],
    }
    merged = {key: value for key, value in {**base, **spec}.items() if value is not ...}
    return resource(type_, "shop-class", {"metadata": {"name": "default"}, "spec": merged})


def cluster(version: str = "1.35", **inputs: Any) -> PlannedResource:
    """A cluster named shop."""
    return resource(CLUSTER, "shop-cluster", {"name": "shop", "version": version, **inputs})
