"""Deletions, and replacements, of what is protected at AWS: its own protection is taken away by a change before."""

from __future__ import annotations

from collections.abc import Iterator

from eks_blueprints.review.diff.changes import PlanDiff
from eks_blueprints.review.effects.nodes import CLUSTER
from eks_blueprints.review.effects.words import Attention, refused

_PROTECTION = {
    CLUSTER: ("EKS", "deletionProtection"),
    "aws:alb/loadBalancer:LoadBalancer": ("Elastic Load Balancing", "enableDeletionProtection"),
    "aws:dynamodb/table:Table": ("DynamoDB", "deletionProtectionEnabled"),
    "aws:lb/loadBalancer:LoadBalancer": ("Elastic Load Balancing", "enableDeletionProtection"),
    "aws:rds/cluster:Cluster": ("RDS", "deletionProtection"),
    "aws:rds/instance:Instance": ("RDS", "deletionProtection"),
}


def refused_deletions(diff: PlanDiff) -> Iterator[Attention]:
    """Of each protected resource that goes."""
    for each in diff.of("delete", "replace"):
        who, field = _PROTECTION.get(each.type, ("", ""))
        if field and each.old is not None and each.old.inputs.get(field) is True and not each.retained:
            what = "is deleted" if each.kind == "delete" else "is replaced"
            effect = f"`{field}` is on: deploy it as false first, and this change after that"
            yield refused(who, each, f"`{each.name}` {what}", effect)
