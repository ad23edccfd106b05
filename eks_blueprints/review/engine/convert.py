"""From the engine's steps to the same words that every other comparison is told in.

What happens to a resource, and which property forces it, is the engine's word: it has asked the providers. What the
values are called, what hangs on what, and which line of the stack file it all comes from, the recording knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from eks_blueprints.recording.plan import Plan, PlannedResource
from eks_blueprints.review.diff.changes import Kind, PlanDiff, ResourceDiff
from eks_blueprints.review.diff.plans import diff_plans
from eks_blueprints.review.diff.state import plan_of_state
from eks_blueprints.review.engine.causes import told
from eks_blueprints.review.engine.events import Row, Step

_STACK = "pulumi:pulumi:Stack"
_REPLACING = frozenset(
    {"replace", "create-replacement", "delete-replaced", "import-replacement", "read-replacement", "discard-replaced"}
)
_KINDS: dict[str, Kind] = {"create": "create", "import": "import", "update": "update", "delete": "delete"}

_MADE = ("create", "import")
"""Kinds of what was not in the state."""


def plan_diff(
    steps: Sequence[Step], recorded: Plan | None, *, project: str, stack: str, outputs: Mapping[str, Any] | None = None
) -> PlanDiff:
    """What the engine would do. Without a recording, values are as the engine has them, and nothing has a line."""
    asked = recorded or Plan(project, stack, ())
    groups = _groups(steps)
    old = plan_of_state(_state(_old_rows(groups)), asked)
    new = _new_plan(groups, asked, outputs or {})
    base = diff_plans(old if old.resources else None, new)
    found = list(_diffs(groups, old, new, base))
    return PlanDiff(
        project=project,
        stack=stack,
        old=base.old,
        new=new,
        resources=tuple(each for each in found if each.kind != "same"),
        unchanged=sum(each.kind == "same" for each in found),
        outputs=base.outputs,
    )


def _groups(steps: Sequence[Step]) -> dict[str, list[Step]]:
    """The steps of each resource, without leftovers of earlier replacements that are only cleared away."""
    groups: dict[str, list[Step]] = {}
    for step in steps:
        if step.op == "delete" and step.old and step.old["delete"]:
            continue
        groups.setdefault(step.urn, []).append(step)
    return groups


def _kind(group: Sequence[Step]) -> Kind:
    ops = {step.op for step in group}
    if ops & _REPLACING:
        # What goes because of another one's replacement, and is declared no more, does not come back.
        return "replace" if any(step.new for step in group) else "delete"
    return next((kind for op, kind in _KINDS.items() if op in ops), "same")


def _deciding(group: Sequence[Step]) -> Step:
    """The step that holds both sides and the reasons."""
    both = [step for step in group if step.old and step.new] or list(group)
    replacing = [step for step in both if step.op in _REPLACING]
    return next((step for step in replacing if step.keys), (replacing or both)[0])


def _old_rows(groups: Mapping[str, list[Step]]) -> Iterator[Row]:
    for urn, group in groups.items():
        row = next((step.old for step in (_deciding(group), *group) if step.old), None)
        if row is not None and _kind(group) not in _MADE:
            yield {**row, "urn": urn, "delete": False, "external": _read(group)}


def _new_rows(groups: Mapping[str, list[Step]]) -> Iterator[Row]:
    for urn, group in groups.items():
        step = next((each for each in (_deciding(group), *group) if each.new), None)
        if step is None or step.new is None:
            continue
        stays = step.old is not None and _kind(group) not in ("replace", *_MADE)
        known = {"outputs": step.old["outputs"], "id": step.old["id"]} if stays and step.old else _given(step.new)
        yield {**step.new, **known, "urn": urn, "delete": False, "external": _read(group)}


def _given(row: Row) -> Row:
    """What is known of the outputs of a resource to be made: its inputs."""
    return {"outputs": row["outputs"] if row["type"] == _STACK else row["inputs"], "id": None}


def _read(group: Sequence[Step]) -> bool:
    return any(step.op == "read" for step in group)


def _state(rows: Iterator[Row]) -> dict[str, Any]:
    return {"deployment": {"resources": list(rows)}}


def _new_plan(groups: Mapping[str, list[Step]], asked: Plan, outputs: Mapping[str, Any]) -> Plan:
    """The recorded plan with the inputs as the providers have checked them, without what the engine never reached."""
    rows = list(_new_rows(groups))
    if outputs:
        rows = [{**row, "outputs": dict(outputs)} if row["type"] == _STACK else row for row in rows]
    sent = plan_of_state(_state(iter(rows)), asked)
    by_urn = sent.by_urn()
    kept = [_merged(each, by_urn[each.urn]) for each in asked.resources if each.urn in by_urn]
    known = {each.urn for each in kept}
    # Children of components in other languages, which no recording sees.
    more = [each for each in sent.resources if each.urn not in known]
    exported = _filled(sent.outputs, asked.outputs) if outputs else asked.outputs
    return Plan(asked.project, asked.stack, (*kept, *more), exported)


def _merged(recorded: PlannedResource, sent: PlannedResource) -> PlannedResource:
    if not recorded.custom or "read_id" in recorded.options:
        return recorded
    return replace(recorded, inputs=_filled(sent.inputs, recorded.inputs))


def _filled(sent: Any, recorded: Any) -> Any:
    """What the engine does not know yet by the name that the recording has for it."""
    if isinstance(sent, Mapping):
        if sent.get("$unknown"):
            return sent if recorded is None else recorded
        inner = recorded if isinstance(recorded, Mapping) else {}
        return {key: _filled(value, inner.get(key)) for key, value in sent.items()}
    if isinstance(sent, list):
        others = recorded if isinstance(recorded, list) and len(recorded) == len(sent) else [None] * len(sent)
        return [_filled(value, other) for value, other in zip(sent, others, strict=True)]
    return sent


def _diffs(groups: Mapping[str, list[Step]], old: Plan, new: Plan, base: PlanDiff) -> Iterator[ResourceDiff]:
    """In the plan's order, deleted ones last and in the order in which the engine deletes them."""
    was, will = old.by_urn(), new.by_urn()
    guessed = {each.urn: each for each in base.resources}
    replaced = {urn for urn, group in groups.items() if _kind(group) == "replace"}
    order = [*(urn for urn in will if urn in groups), *(urn for urn in groups if urn not in will)]
    for urn in order:
        group = groups[urn]
        kind = _kind(group)
        if _is_managed(_deciding(group), kind):
            former = was.get(urn)
            renamed = former is not None and any(step.old and step.old["urn"] != urn for step in group)
            bare = ResourceDiff(kind, former, will.get(urn) if kind != "delete" else None, renamed=renamed)
            first = kind == "replace" and _deletes_first(group)
            yield told(replace(bare, delete_first=first), _deciding(group), guessed.get(urn), replaced)


def _deletes_first(group: Sequence[Step]) -> bool:
    ops = [step.op for step in group]
    if "delete-replaced" not in ops:
        return False
    made = next((ops.index(op) for op in ("create-replacement", "import-replacement") if op in ops), len(ops))
    return ops.index("delete-replaced") < made


def _is_managed(step: Step, kind: Kind) -> bool:
    """Whether it is something that a provider manages. The engine's own default providers count when they change."""
    row = step.new or step.old
    if step.op == "read" or row is None or not row["custom"]:
        return False
    default = step.type.startswith("pulumi:providers:") and step.urn.rpartition("::")[2].startswith("default")
    return not default or kind in ("update", "replace")
