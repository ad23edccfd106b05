"""What was found beside what a stack file makes: the adoption, and what happens to each resource after it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from eks_blueprints.adoption.file import Key, adoption_text, beside
from eks_blueprints.adoption.spec import Adopted
from eks_blueprints.adoption.types import at, types
from eks_blueprints.core.errors import InputError
from eks_blueprints.lifecycle.importers.found.draft import Draft
from eks_blueprints.lifecycle.importers.found.model import Found
from eks_blueprints.recording.errors import ProgramError
from eks_blueprints.recording.plan import Plan, PlannedResource
from eks_blueprints.review.diff.changes import PlanDiff, ResourceDiff
from eks_blueprints.review.diff.plans import diff_plans
from eks_blueprints.review.diff.state import deployed, read_state
from eks_blueprints.review.preview.run import preview, recorded
from eks_blueprints.review.preview.targets import Target


@dataclass(slots=True)
class Taken:
    """One resource that is taken over."""

    found: Found
    adopted: Adopted
    diff: ResourceDiff | None = None
    """What the up after the adoption changes about it; None for nothing."""


@dataclass(slots=True)
class Judged:
    """An adoption, held against the plan of its stack file."""

    plan: Plan
    taken: dict[Key, Taken]
    new: list[PlannedResource] = field(default_factory=list)
    """What is created, as nothing that was found stands for it."""

    def text(self, about: str, schema: str | None = None) -> str:
        """The adoption as a file."""
        return adoption_text({key: each.adopted for key, each in self.taken.items()}, about, schema)

    @property
    def replaced(self) -> list[Taken]:
        """What is replaced in spite of all that is kept: the adoption is not safe with any."""
        return [each for each in self.taken.values() if each.diff is not None and each.diff.kind == "replace"]


def judged(draft: Draft, text: str, stack: str, *, aliases: bool = False) -> Judged:
    """Hold what was found against the plan of a stack file.

    Args:
        draft: what the stack file was made of.
        text: the stack file.
        stack: name of the stack.
        aliases: whether the resources are in the state of this stack already, under other names.

    Raises:
        InputError: if the stack file is invalid.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{stack}.yaml"
        file.write_text(text, encoding="utf-8")
        try:
            return _judged(draft, file, Target(stack, None, file), aliases=aliases)
        except InputError as error:
            # The file is nowhere yet: what is wrong in it is about what was read.
            as_written = f"{stack}.yaml, as it would be written"
            raise InputError(replace(each, file=as_written) for each in error.problems) from None


def _judged(draft: Draft, file: Path, target: Target, *, aliases: bool) -> Judged:
    plan = preview(target).plan
    pairs = dict(_pairs(draft, plan))
    taken = {key: Taken(found, _adopted(found, (), aliases=aliases)) for key, found in pairs.items()}
    result = Judged(plan, taken)
    diff = _diff(target, pairs, plan)
    kept = {(change.type, change.name): _kept(change) for change in diff.of("replace")}
    for key, each in taken.items():
        each.adopted = _adopted(each.found, kept.get(key, ()), aliases=aliases)
    # What the program is asked to keep is judged as the engine will see it.
    adoption = result.text("to be judged").replace("adopted: false", "adopted: true")
    beside(file).write_text(adoption, encoding="utf-8")
    result.plan = preview(target).plan
    for change in _diff(target, pairs, result.plan).resources:
        key = (change.type, change.name)
        if key in taken and change.kind in ("update", "replace"):
            taken[key].diff = change
        elif change.kind == "create" and change.new is not None:
            result.new.append(change.new)
    return result


def _adopted(found: Found, keep: tuple[str, ...], *, aliases: bool) -> Adopted:
    if aliases and found.urn is not None:
        return Adopted(alias=found.urn, keep=keep)
    return Adopted(id=found.id, keep=keep)


def _kept(diff: ResourceDiff) -> tuple[str, ...]:
    return tuple(sorted({each.top for each in diff.changes if each.replaces and not each.follows}))


def _pairs(draft: Draft, plan: Plan) -> Iterator[tuple[Key, Found]]:
    """Each planned resource with what stands for it."""
    parents = {each.urn: each.name for each in plan.resources}
    ids: dict[str, str] = {}
    free = {id(each): each for each in draft.holdings.resources if each.id is not None}
    free |= {id(each): each for each in draft.claims.values()}
    free |= {id(each): each for each in draft.extra}
    for resource in plan.resources:
        known = types().get(resource.type)
        if known is None or not resource.custom or "read_id" in resource.options:
            continue
        found = draft.given.get((resource.type, resource.name.removeprefix(f"{plan.stack}-")))
        element = parents.get(resource.parent or "", "").removeprefix(plan.stack).removeprefix("-")
        found = found or draft.claims.get((resource.type, element))
        if found is None and known.match:
            found = next((each for each in free.values() if _matches(each, resource, known.match, ids)), None)
        if found is not None and found.id is not None:
            free.pop(id(found), None)
            ids[resource.urn] = found.id
            yield (resource.type, resource.name), found


def _matches(found: Found, resource: PlannedResource, properties: tuple[str, ...], ids: Mapping[str, str]) -> bool:
    """Whether properties are the same; one that another resource gives is the id of what stands for that one."""
    if found.type != resource.type:
        return False
    for path in properties:
        givers = resource.property_dependencies.get(path, ())
        asked = ids.get(givers[0], ...) if len(givers) == 1 else ...
        if found.properties.get(path) not in (asked, at(resource.inputs, path)):
            return False
    return True


def _diff(target: Target, pairs: Mapping[Key, Found], plan: Plan) -> PlanDiff:
    """What changes when the resources are as they were found, and the program is carried out."""
    state = _state(pairs, plan)
    try:
        run = recorded(target, deployed=deployed(state)).plan()
    except (InputError, ProgramError):
        run = None  # a value that is worked out from an output may be shown as a change
    return diff_plans(read_state(state, plan, run).plan, plan)


def _state(pairs: Mapping[Key, Found], plan: Plan) -> dict[str, Any]:
    """What `pulumi stack export` would write once the resources are taken over and nothing has changed."""
    rows = []
    for resource in plan.resources:
        found = pairs.get((resource.type, resource.name))
        if found is None and (resource.custom and not resource.type.startswith("pulumi:")):
            continue
        row: dict[str, Any] = {"urn": resource.urn, "type": resource.type, "custom": resource.custom}
        row |= {"parent": resource.parent} if resource.parent else {}
        row["provider"] = f"{resource.provider}::0" if resource.provider else ""
        if found is None:
            row |= {"inputs": dict(resource.inputs), "outputs": dict(resource.inputs)}
        else:
            outputs = {key: value for key, value in found.properties.items() if value is not None}
            row |= {"id": found.id, "inputs": read_inputs(found, resource), "outputs": outputs}
        row["propertyDependencies"] = {key: list(urns) for key, urns in resource.property_dependencies.items()}
        rows.append(row)
    return {"version": 3, "deployment": {"resources": rows}}


def read_inputs(found: Found, resource: PlannedResource) -> dict[str, Any]:
    """The inputs that an import reads, without those that keep their value where the program says nothing."""
    inputs = deepcopy(found.inputs)
    for path in types()[found.type].computed:
        *parents, key = path.split(".")
        own: Any = at(inputs, ".".join(parents)) if parents else inputs
        asked: Any = at(resource.inputs, ".".join(parents)) if parents else resource.inputs
        if isinstance(own, dict) and not (isinstance(asked, Mapping) and key in asked):
            own.pop(key, None)
    return {key: value for key, value in inputs.items() if value not in ({}, [])}
