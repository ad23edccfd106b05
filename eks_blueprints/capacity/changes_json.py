"""What a change does to nodes and pods, as JSON for other tools. Schema: `docs/reference/capacity.schema.json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from eks_blueprints.capacity.changes import Change, NodesMoved, PodsWaiting, Totals

KIND_OF_CHANGES = "eks-blueprints/capacity-diff"
VERSION = 1


def of_changes(stacks: Mapping[str, Sequence[Change]], *, base: str, notes: Sequence[str] = ()) -> dict[str, Any]:
    """A comparison: the changes of each stack."""
    return {
        "kind": KIND_OF_CHANGES,
        "version": VERSION,
        "base": base,
        "stacks": {stack: [of_change(each) for each in changes] for stack, changes in stacks.items()},
        "notes": list(notes),
    }


def of_change(change: Change) -> dict[str, Any]:
    """What changes in one cluster."""
    return {
        "cluster": change.cluster,
        "changed": change.changed,
        "before": of_totals(change.before),
        "after": of_totals(change.after),
        "mostBefore": of_totals(change.most_before),
        "mostAfter": of_totals(change.most_after),
        "nodes": [_nodes(each) for each in change.nodes],
        "waiting": [_waiting_change(each) for each in change.waiting],
        "waitingAtMost": [_waiting_change(each) for each in change.waiting_at_most],
        "moved": [{"workload": m.name, "before": list(m.before), "after": list(m.after)} for m in change.moved],
        "pods": [
            {
                "workload": p.name,
                "before": p.before,
                "after": p.after,
                "requestsBefore": p.requests_before,
                "requestsAfter": p.requests_after,
            }
            for p in change.pods
        ],
        "notKnown": list(change.unsure),
        "newlyNotKnown": list(change.newly_unsure),
    }


def _nodes(each: NodesMoved) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "maker": each.maker,
        "type": each.machine,
        "capacityType": each.capacity_type,
        "before": each.before,
        "after": each.after,
    }


def _waiting_change(each: PodsWaiting) -> dict[str, Any]:
    return {
        "workload": each.name,
        "before": each.before,
        "after": each.after,
        "reasons": list(each.reasons),
        "remedy": each.remedy,
    }


def of_totals(found: Totals | None) -> dict[str, Any] | None:
    """The figures of one side."""
    if found is None:
        return None
    return {
        "nodes": found.nodes,
        "pods": found.pods,
        "waiting": found.waiting,
        "month": {"low": round(found.low, 2), "high": round(found.high, 2)},
        "unpricedNodes": found.unpriced,
        "spot": {"nodes": found.spot, "shareOfCores": round(found.spot_share, 4)},
        "free": {name: round(share, 4) for name, share in found.free.items()},
        "binding": found.binding or None,
        "zones": of_zones(found.zones),
    }


def of_zones(found: Mapping[str, int]) -> dict[str, Any]:
    """Counts by zone, and how many of which nothing decides it."""
    return {"known": {zone: n for zone, n in found.items() if zone}, "undecided": found.get("", 0)}
