"""A simulation as JSON for other tools: versioned, in a stable order, undated.

Schema: `docs/reference/simulation.schema.json`. Times are seconds from the start; prices US dollars.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from eks_blueprints.capacity.time.simulate import Simulation
from eks_blueprints.capacity.time.summing import Sums, by_hours

KIND = "eks-blueprints/capacity-simulation"
VERSION = 1


def to_data(simulation: Simulation, *, stack: str) -> dict[str, Any]:
    """All that came of a scenario."""
    sums, record = Sums(simulation), simulation.record
    said, level = sums.verdict
    low, high = simulation.cost
    return {
        "kind": KIND,
        "version": VERSION,
        "stack": stack,
        "cluster": simulation.platform.name,
        "start": simulation.scenario.start,
        "seconds": simulation.seconds,
        "seed": simulation.scenario.seed,
        "verdict": {"said": said, "level": level or "good"},
        "cost": {"low": round(low, 4), "high": round(high, 4)},
        "nodeHours": [
            {"type": kind, "capacityType": capacity, "hours": round(hours, 4)}
            for kind, capacity, hours in by_hours(record.hours.items())
        ],
        "disrupted": dict(record.disrupted.most_common()),
        "moved": dict(record.moved.most_common()),
        "heldBack": dict(record.held),
        "workloads": [
            {
                "name": each.name,
                "pods": each.pods,
                "fewestReady": {"pods": each.fewest, "wanted": each.wanted_then, "at": each.fewest_at},
                "longestWait": {"seconds": each.longest, "at": each.longest_at},
                "moved": each.moved,
                "cutShort": each.cut,
                "stillWaiting": each.still,
            }
            for each in record.workloads.values()
        ],
        "losses": [
            {
                "at": each.at,
                "cause": each.cause,
                "workload": each.workload,
                "ready": each.before,
                "lost": each.lost,
                "kept": each.least,
                "all": each.all,
                "tooMany": each.too_many,
                "backAfter": each.back,
            }
            for each in record.losses
        ],
        "replaced": [
            {"at": e.at, "cause": e.cause, "nodes": e.nodes, "left": len(e.left), "ended": e.ended}
            for e in record.waves
        ],
        "timeline": [asdict(each) for each in record.entries],
        "samples": [asdict(each) for each in record.samples],
        "notes": sums.notes,
    }


def schema() -> dict[str, Any]:
    """The JSON Schema of what `to_data` gives."""
    text, number, whole = {"type": "string"}, {"type": "number"}, {"type": "integer", "minimum": 0}
    maybe = {"type": ["integer", "null"], "minimum": 0}
    flag, counts = {"type": "boolean"}, {"type": "object", "additionalProperties": {"type": "integer"}}
    standing = {"nodes": whole, "waiting": whole, "rate": number}
    loss = _object(
        at=whole,
        cause=text,
        workload=text,
        ready=whole,
        lost=whole,
        kept=maybe,
        all=flag,
        tooMany=flag,
        backAfter=maybe,
    )
    workload = _object(
        name=text,
        pods=whole,
        fewestReady=_object(pods=whole, wanted=whole, at=whole),
        longestWait=_object(seconds=whole, at=whole),
        moved=whole,
        cutShort={**whole, "description": "how often a pod had less time to end than it takes"},
        stillWaiting=whole,
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A simulation of capacity",
        **_object(
            kind={"const": KIND},
            version={"const": VERSION},
            stack=text,
            cluster=text,
            start=text,
            seconds=whole,
            seed=whole,
            verdict=_object(said=text, level={"enum": ["good", "warning", "danger"]}),
            cost=_object(low=number, high=number),
            nodeHours=_list(_object(type=text, capacityType=text, hours=number)),
            disrupted=counts,
            moved=counts,
            heldBack={**counts, "description": "seconds"},
            workloads=_list(workload),
            losses=_list(loss),
            replaced=_list(_object(at=whole, cause=text, nodes=whole, left=whole, ended=maybe)),
            timeline=_list(_object(at=whole, kind=text, what=text, why=text, **standing)),
            samples=_list(_object(at=whole, pods=whole, most=number, **standing)),
            notes=_list(text),
        ),
    }


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "additionalProperties": False, "properties": properties}


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


if __name__ == "__main__":
    print(json.dumps(schema(), indent=2))
