"""Where pods are, as JSON for other tools: versioned, in a stable order, undated.

Schema: `docs/reference/capacity.schema.json`. Cores are in thousandths, all else in bytes and pieces; prices in US
dollars.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from eks_blueprints.capacity.changes import Totals
from eks_blueprints.capacity.changes_json import VERSION, of_totals, of_zones
from eks_blueprints.capacity.explain import Candidate, Explained, lacking, why
from eks_blueprints.capacity.figures import Figures, Use, dearest
from eks_blueprints.capacity.model import Daemon, Demand, Outcome, PlannedNode, Refusal, Waiting

KIND = "eks-blueprints/capacity"
KIND_OF_WORKLOAD = "eks-blueprints/capacity-explain"


def to_data(outcomes: Sequence[tuple[Outcome, Outcome | None]], *, stack: str, at: str = "least") -> dict[str, Any]:
    """A plan: each cluster's outcome, and the totals of the same with as many pods as there can be."""
    return {
        "kind": KIND,
        "version": VERSION,
        "stack": stack,
        "at": at,
        "clusters": [_cluster(Figures(outcome), most) for outcome, most in outcomes],
    }


def _cluster(figures: Figures, most: Outcome | None) -> dict[str, Any]:
    outcome = figures.outcome
    waiting = {each.name: each.count for each in outcome.waiting}
    return {
        "name": outcome.platform.name,
        "region": outcome.platform.region,
        "totals": of_totals(Totals.of(figures)),
        "mostTotals": None if most is None else of_totals(Totals.of(Figures(most))),
        "unpriced": list(figures.cost.unpriced),
        "fullest": dict(figures.bound),
        "nodes": [_node(each, figures) for each in outcome.nodes],
        "workloads": [_workload(each, figures, waiting.get(each.name, 0)) for each in outcome.platform.demands],
        "waiting": [_waiting(each) for each in outcome.waiting],
        "evicted": [{"workload": name, "for": other, "pods": n} for name, other, n in outcome.evicted],
        "notes": list(outcome.notes),
        "notKnown": list(figures.unsure),
        "doubts": list(figures.doubts),
    }


def _node(node: PlannedNode, figures: Figures) -> dict[str, Any]:
    fullest = figures.fullest(node)
    pods = Counter((pod.name, pod.daemon) for pod in node.pods)
    return {
        "name": node.name,
        "maker": node.maker,
        "kind": node.kind,
        "type": node.machine,
        "alternatives": list(node.alternatives),
        "zone": node.zone or None,
        "zones": list(node.zones),
        "capacityType": node.capacity_type,
        "new": node.new,
        "hour": None if node.price is None else {"low": node.price, "high": dearest(node)},
        "use": {name: _use(use) for name, use in figures.uses(node).items()},
        "binding": None if fullest is None else fullest.dimension,
        "pods": [{"workload": name, "count": n, "daemonSet": daemon} for (name, daemon), n in pods.items()],
    }


def _use(use: Use) -> dict[str, Any]:
    return {"requested": use.used, "allocatable": use.most}


def _workload(demand: Demand, figures: Figures, waits: int) -> dict[str, Any]:
    return {
        "name": demand.name,
        "least": demand.least,
        "most": demand.most,
        "scaledBy": demand.scaled_by,
        "requests": dict(demand.shape.requests),
        "placed": sum(figures.zones_of(demand.name).values()),
        "waiting": waits,
        "zones": of_zones(figures.zones_of(demand.name)),
        "notKnown": demand.asked,
    }


def _waiting(each: Waiting) -> dict[str, Any]:
    return {
        "workload": each.name,
        "count": each.count,
        "refusals": [_refusal(refusal) for refusal in each.refusals],
        "remedy": each.remedy,
    }


def _refusal(each: Refusal) -> dict[str, Any]:
    return {"where": each.where, "kind": each.kind, "predicate": each.predicate, "reason": each.reason}


def of_explained(found: Explained) -> dict[str, Any]:
    """One workload: where its pods are, and what could take them."""
    demand = found.demand
    return {
        "kind": KIND_OF_WORKLOAD,
        "version": VERSION,
        "cluster": found.figures.outcome.platform.name,
        "workload": demand.name,
        "daemonSet": False,
        "least": demand.least,
        "most": demand.most,
        "scaledBy": demand.scaled_by,
        "requests": dict(demand.shape.requests),
        "nodes": [_holding(node, number, found.figures) for node, number in found.nodes],
        "why": list(why(found)) if found.nodes else [],
        "waiting": 0 if found.waiting is None else found.waiting.count,
        "candidates": [_candidate(each) for each in found.candidates],
        "notKnown": [*([demand.asked] if demand.asked else []), *found.figures.unsure],
    }


def of_daemon(daemon: Daemon, outcome: Outcome) -> dict[str, Any]:
    """The same of a DaemonSet, which has a pod on each node that takes it."""
    figures = Figures(outcome)
    having = [node for node in outcome.nodes if any(pod.daemon and pod.name == daemon.name for pod in node.pods)]
    return {
        "kind": KIND_OF_WORKLOAD,
        "version": VERSION,
        "cluster": outcome.platform.name,
        "workload": daemon.name,
        "daemonSet": True,
        "least": len(having),
        "most": len(having),
        "scaledBy": "",
        "requests": dict(daemon.shape.requests),
        "nodes": [_holding(node, 1, figures) for node in having],
        "why": [],
        "waiting": sum(each.count for each in lacking(daemon, outcome)),
        "candidates": [],
        "notKnown": list(figures.unsure),
    }


def _holding(node: PlannedNode, pods: int, figures: Figures) -> dict[str, Any]:
    """A node, and how many pods of a workload it has."""
    fullest = figures.fullest(node)
    return {
        "name": node.name,
        "pods": pods,
        "kind": node.kind,
        "maker": node.maker,
        "type": node.machine,
        "zone": node.zone or None,
        "binding": None if fullest is None else fullest.dimension,
    }


def _candidate(each: Candidate) -> dict[str, Any]:
    return {
        "name": each.name,
        "kind": each.kind,
        "takes": each.takes,
        "types": [{"type": name, "hour": hour} for name, hour in each.types],
        "refusals": [_refusal(refusal) for refusal in each.refusals],
    }
