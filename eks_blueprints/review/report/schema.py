"""The JSON Schema of `diff --format json`; printed by `python -m eks_blueprints.review.report.schema`."""

from __future__ import annotations

import json
from typing import Any

from eks_blueprints.capacity.schema import change as capacity_change
from eks_blueprints.capacity.schema import totals
from eks_blueprints.recording.schema import ACCOUNT, SYSTEM_PODS
from eks_blueprints.review.diff.changes import KINDS
from eks_blueprints.review.effects.words import HARMS
from eks_blueprints.review.report.json_form import KIND, VERSION

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_COUNT = {"type": "integer", "minimum": 0}
_FLAG = {"type": "boolean"}
_LEVEL = {"enum": ["danger", "warning", "note"]}
_MAYBE = {"type": ["string", "null"]}


def schema() -> dict[str, Any]:
    """The schema of a report."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A comparison of the stacks of an eks_blueprints project",
        **_object(
            kind={"const": KIND},
            version={"const": VERSION},
            project=_TEXT,
            base={**_TEXT, "description": "what the stacks were compared with"},
            commit={**_TEXT, "description": "short hash of what was looked at"},
            level={"enum": ["danger", "warning", "note", "clean"]},
            verdict=_TEXT,
            counts=_counts(),
            stacks={"type": "array", "items": {"$ref": "#/$defs/stack"}},
            errors={"type": "object", "additionalProperties": _TEXT, "description": "stacks that cannot be rendered"},
            notes=_TEXTS,
        ),
        "$defs": {
            "stack": _stack(),
            "resource": _resource(),
            "change": _change(),
            "policy": _policy(),
            "cost": _cost(),
            "capacity": capacity_change(),
            "totals": totals(),
        },
    }


def _object(optional: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "required": required, "additionalProperties": False, "properties": properties}


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


def _counts() -> dict[str, Any]:
    return _object((), **{str(kind): _COUNT for kind in KINDS})


def _stack() -> dict[str, Any]:
    finding = _object(("position",), severity={"enum": ["error", "warning"]}, urn=_TEXT, message=_TEXT, position=_TEXT)
    rows = _list({"$ref": "#/$defs/policy"})
    policies = _object(
        profile=_TEXT,
        rules=_COUNT,
        standing=_COUNT,
        unseen={**_TEXT, "description": "how much no rule looked into, or not every one; empty if nothing"},
        notScanned={**_TEXTS, "description": "resources into which no rule sees"},
        exempt={**_TEXTS, "description": "workloads of the system, which rules about tenants leave out"},
        new=rows,
        fixed=rows,
    )
    return _object(
        stack=_TEXT,
        accounts=_list(ACCOUNT),
        gaps={**_TEXTS, "description": "what of the program could not be followed"},
        counts=_counts(),
        unchanged=_COUNT,
        attention=_list(
            _object(
                harm={"enum": list(HARMS), "description": "from the worst to the least"},
                level=_LEVEL,
                title=_TEXT,
                name=_TEXT,
                type=_TEXT,
                cause=_TEXT,
                effect=_TEXT,
                place=_TEXT,
                led={**_TEXTS, "description": "what is replaced or changed because of it"},
            )
        ),
        security=_list(_object(area=_TEXT, added=_FLAG, subject=_TEXT, text=_TEXT, level=_LEVEL)),
        refused=_list(finding),
        cost={"anyOf": [{"type": "null"}, {"$ref": "#/$defs/cost"}]},
        capacity={
            **_list({"$ref": "#/$defs/capacity"}),
            "description": "what changes about nodes and pods, cluster by cluster; nodes' cost alone",
        },
        policies={"anyOf": [{"type": "null"}, policies]},
        versions=_list(_object(subject=_TEXT, old=_MAYBE, new=_MAYBE, note=_TEXT, level=_LEVEL)),
        systemPods={"anyOf": [{"type": "null"}, SYSTEM_PODS]},
        charts={
            **_list(_object(urn=_TEXT, chart=_TEXT, old=_MAYBE, new=_MAYBE, changes=_TEXTS, how=_TEXT, untold=_TEXT)),
            "description": "what changes inside charts; `untold` says why nothing is told",
        },
        renames=_list(_rename()),
        resources=_list({"$ref": "#/$defs/resource"}),
        ignored={
            **_list(_object(urn=_TEXT, type=_TEXT, name=_TEXT, place=_TEXT, changes=_list({"$ref": "#/$defs/change"}))),
            "description": "edits without effect: the resource ignores changes of these inputs",
        },
        outputs=_list({"$ref": "#/$defs/change"}),
    )


def _rename() -> dict[str, Any]:
    return _object(
        old={**_TEXT, "description": "logical name of its topmost resource"},
        new=_TEXT,
        type=_TEXT,
        urns={"type": "object", "additionalProperties": _TEXT, "description": "new URNs by old ones"},
        kept={**_COUNT, "description": "how many of them an alias keeps; the others are replaced"},
        changed={**_TEXTS, "description": "inputs that change besides"},
    )


def _resource() -> dict[str, Any]:
    flags = ("deleteFirst", "renamed", "retained", "uncertain")
    return _object(
        (*flags, "formerUrn", "refused"),
        kind={"enum": list(KINDS)},
        urn=_TEXT,
        type=_TEXT,
        name=_TEXT,
        place={**_TEXT, "description": "the line of the stack file, or else of the program"},
        changes=_list({"$ref": "#/$defs/change"}),
        causes={**_TEXTS, "description": "why it is replaced"},
        follows={**_MAYBE, "description": "URN of the replacement that leads to it"},
        formerUrn=_TEXT,
        refused={**_TEXT, "description": "why the engine will refuse"},
        **{flag: {"const": True} for flag in flags},
    )


def _change() -> dict[str, Any]:
    anything: dict[str, Any] = {}
    return _object(
        ("old", "new", "replaces", "follows"),
        path=_TEXT,
        kind={"enum": ["add", "remove", "change"]},
        old=anything,
        new=anything,
        replaces=_FLAG,
        follows=_TEXT,
    )


def _policy() -> dict[str, Any]:
    names = ("policy", "severity", "enforcement", "urn", "field", "message", "place")
    texts: dict[str, Any] = dict.fromkeys(names, _TEXT)
    return _object((), **texts)


def _cost() -> dict[str, Any]:
    amount = {"type": "number"}
    month = _object(low=amount, high=amount)
    return _object(
        currency={"const": "USD"},
        month=month,
        before={"anyOf": [{"type": "null"}, month]},
        change=month,
        lines=_list(_object(name=_TEXT, what=_TEXT, low=amount, high=amount)),
        unknownChanges={**_TEXTS, "description": "what changes and has no price"},
        unknown=_TEXTS,
        assumptions=_TEXTS,
    )


if __name__ == "__main__":
    print(json.dumps(schema(), indent=2))
