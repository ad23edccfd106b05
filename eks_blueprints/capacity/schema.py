"""The JSON Schema of `capacity ... --format json`; printed by `python -m eks_blueprints.capacity.schema`."""

from __future__ import annotations

import json
from typing import Any

from eks_blueprints.capacity.changes_json import KIND_OF_CHANGES, VERSION
from eks_blueprints.capacity.json_form import KIND, KIND_OF_WORKLOAD

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_COUNT = {"type": "integer", "minimum": 0}
_FLAG = {"type": "boolean"}
_SHARE = {"type": "number", "description": "from 0 to 1"}
_DOLLARS = {"type": "number"}
_MAYBE = {"type": ["string", "null"]}
_COUNTS = {"type": "object", "additionalProperties": _COUNT}


def schema() -> dict[str, Any]:
    """The schema of a plan, of a comparison, and of what is said of one workload in each cluster."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Which nodes the pods of a platform get, and what a change does to that",
        "oneOf": [_ref("plan"), _ref("diff"), _list(_ref("explain"))],
        "$defs": {
            "plan": _object(
                kind={"const": KIND},
                version={"const": VERSION},
                stack=_TEXT,
                at={"enum": ["least", "most"], "description": "how many pods of what scales there are"},
                clusters=_list(_ref("cluster")),
            ),
            "diff": _object(
                kind={"const": KIND_OF_CHANGES},
                version={"const": VERSION},
                base={**_TEXT, "description": "what the stacks were compared with"},
                stacks={"type": "object", "additionalProperties": _list(_ref("change"))},
                notes=_TEXTS,
            ),
            "explain": _explain(),
            "refusal": _object(
                where={**_TEXT, "description": "name of a node, a pool, a group or a profile"},
                kind=_TEXT,
                predicate={**_TEXT, "description": "plugin of kube-scheduler, or limits, minValues, offerings"},
                reason=_TEXT,
            ),
            "cluster": _cluster(),
            "node": _node(),
            "change": change(),
            "totals": totals(),
        },
    }


def _cluster() -> dict[str, Any]:
    return _object(
        name=_TEXT,
        region=_TEXT,
        totals=_ref("totals"),
        mostTotals={**_maybe("totals"), "description": "with as many pods as there can be; null where nothing scales"},
        unpriced={**_TEXTS, "description": "names of nodes that no table has a price of"},
        fullest={**_COUNTS, "description": "how many nodes each dimension fills first"},
        nodes=_list(_ref("node")),
        workloads=_list(
            _object(
                name=_TEXT,
                least=_COUNT,
                most=_COUNT,
                scaledBy=_TEXT,
                requests={
                    **_COUNTS,
                    "description": "of one pod; cpu in thousandths of a core, all else in bytes and pieces",
                },
                placed=_COUNT,
                waiting=_COUNT,
                zones=_zones(),
                notKnown={**_TEXT, "description": "what was taken for something; empty if nothing"},
            )
        ),
        waiting=_list(_object(workload=_TEXT, count=_COUNT, refusals=_list(_ref("refusal")), remedy=_TEXT)),
        evicted=_list(_object(workload=_TEXT, **{"for": _TEXT}, pods=_COUNT)),
        notes=_TEXTS,
        notKnown={**_TEXTS, "description": "what could change the answer"},
        doubts={**_TEXTS, "description": "what is not known and could change which instance types are taken alone"},
    )


def _node() -> dict[str, Any]:
    return _object(
        name=_TEXT,
        maker={**_TEXT, "description": "the pool, group or profile that makes it"},
        kind={
            **_TEXT,
            "description": "karpenter, auto_mode, managed_node_group, self_managed_node_group, fargate or running",
        },
        type={**_TEXT, "description": "instance type; of Fargate its size"},
        alternatives={**_TEXTS, "description": "every type that EC2 may choose from, cheapest first"},
        zone=_MAYBE,
        zones={**_TEXTS, "description": "zones that it could be in"},
        capacityType=_TEXT,
        new={**_FLAG, "description": "whether a provisioner adds it for the pods"},
        hour={"anyOf": [{"type": "null"}, _object(low=_DOLLARS, high=_DOLLARS)], "description": "US dollars"},
        use={"type": "object", "additionalProperties": _object(requested=_COUNT, allocatable=_COUNT)},
        binding={**_MAYBE, "description": "the dimension of which the largest share is requested"},
        pods=_list(_object(workload=_TEXT, count=_COUNT, daemonSet=_FLAG)),
    )


def totals() -> dict[str, Any]:
    """The schema of one side's figures."""
    return _object(
        nodes=_COUNT,
        pods={**_COUNT, "description": "those that have a node, without those of DaemonSets"},
        waiting={**_COUNT, "description": "pods that nothing takes"},
        month={**_object(low=_DOLLARS, high=_DOLLARS), "description": "US dollars, of nodes alone"},
        unpricedNodes={**_COUNT, "description": "nodes without a price, which are in neither end"},
        spot=_object(nodes=_COUNT, shareOfCores=_SHARE),
        free={"type": "object", "additionalProperties": _SHARE},
        binding={**_MAYBE, "description": "what fills most nodes first"},
        zones=_zones(),
    )


def change() -> dict[str, Any]:
    """The schema of what changes in one cluster."""
    waiting = _object(workload=_TEXT, before=_COUNT, after=_COUNT, reasons=_TEXTS, remedy=_TEXT)
    return _object(
        cluster=_TEXT,
        changed=_FLAG,
        before={**_maybe("totals"), "description": "null where the base has no such cluster"},
        after={**_maybe("totals"), "description": "null where it is no more"},
        mostBefore={**_maybe("totals"), "description": "with as many pods as there can be; null where nothing scales"},
        mostAfter=_maybe("totals"),
        nodes=_list(
            _object(kind=_TEXT, maker=_TEXT, type=_TEXT, capacityType=_TEXT, before=_COUNT, after=_COUNT),
        ),
        waiting=_list(waiting),
        waitingAtMost={**_list(waiting), "description": "of workloads that are not in waiting"},
        moved=_list(_object(workload=_TEXT, before=_TEXTS, after=_TEXTS)),
        pods=_list(_object(workload=_TEXT, before=_TEXT, after=_TEXT, requestsBefore=_TEXT, requestsAfter=_TEXT)),
        notKnown={**_TEXTS, "description": "what could change the answer"},
        newlyNotKnown={**_TEXTS, "description": "what of it the base knew"},
    )


def _explain() -> dict[str, Any]:
    node = _object(
        name=_TEXT,
        pods={**_COUNT, "description": "pods of the workload"},
        kind=_TEXT,
        maker=_TEXT,
        type=_TEXT,
        zone=_MAYBE,
        binding=_MAYBE,
    )
    price = {"type": ["number", "null"], "description": "US dollars an hour"}
    candidate = _object(
        name=_TEXT,
        kind=_TEXT,
        takes={**_FLAG, "description": "whether it would take one pod, if that were alone"},
        types={**_list(_object(type=_TEXT, hour=price)), "description": "in the order in which they are chosen"},
        refusals=_list(_ref("refusal")),
    )
    return _object(
        kind={"const": KIND_OF_WORKLOAD},
        version={"const": VERSION},
        cluster=_TEXT,
        workload=_TEXT,
        daemonSet={**_FLAG, "description": "whether it has a pod on each node that takes it"},
        least=_COUNT,
        most=_COUNT,
        scaledBy=_TEXT,
        requests=_COUNTS,
        nodes=_list(node),
        why=_TEXTS,
        waiting=_COUNT,
        candidates=_list(candidate),
        notKnown=_TEXTS,
    )


def _zones() -> dict[str, Any]:
    return _object(known=_COUNTS, undecided={**_COUNT, "description": "in a zone that nothing decides"})


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "additionalProperties": False, "properties": properties}


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}


def _maybe(name: str) -> dict[str, Any]:
    return {"anyOf": [{"type": "null"}, _ref(name)]}


if __name__ == "__main__":
    print(json.dumps(schema(), indent=2))
