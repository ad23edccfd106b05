"""The whole check: both sides rendered at once, compared, and told."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eks_blueprints.core.errors import InputError
from eks_blueprints.recording.errors import ProgramError
from eks_blueprints.recording.plan import Plan
from eks_blueprints.review.cost import Prices
from eks_blueprints.review.diff.base import Base, Program, Rendering, RunningBase, from_file, workers
from eks_blueprints.review.diff.commits import BaseError, head, resolve
from eks_blueprints.review.diff.state import deployed, read_state, stack_references
from eks_blueprints.review.preview.json_form import from_data
from eks_blueprints.review.preview.parallel import Outcome, previews
from eks_blueprints.review.preview.run import Finding, recorded
from eks_blueprints.review.preview.shard import Shard
from eks_blueprints.review.preview.targets import Target
from eks_blueprints.review.report.build import stack_report
from eks_blueprints.review.report.model import Report, StackReport
from eks_blueprints.review.report.money import DEFAULT, Threshold
from eks_blueprints.review.report.written import NO_EDITS, Edits, edits, named_in
from eks_blueprints.stackfile.extends import read_stack
from eks_blueprints.stackfile.find import project_of
from eks_blueprints.stackfile.unmeant import is_none_because


@dataclass(frozen=True, slots=True)
class Request:
    """What to compare."""

    targets: Sequence[Target]
    base: str
    """A git ref, or a file with plans or an exported stack."""
    every: bool = False
    """Whether these are all stacks: one that only the base has is then told as deleted."""
    shard: Shard | None = None
    """Of all stacks, the share that is looked at here; `targets` are those of it."""
    known: Sequence[str] = ()
    """With a shard, the names of all stacks."""
    base_python: str | None = None
    prices: Prices | None = None
    policies: bool = True
    jobs: int | None = None
    command: str = ""
    threshold: Threshold = DEFAULT
    """From when on money needs attention."""
    capacity: bool = False
    """Whether nodes and pods are compared even where nothing changes that decides about them."""

    def gone(self, there: Sequence[str]) -> list[str]:
        """Of the stacks that the base has, those that are no more; none where only some stacks are compared."""
        known = {*self.known, *(target.stack for target in self.targets)}
        return [stack for stack in there if stack not in known] if self.every else []

    def own(self, there: Sequence[str]) -> list[str]:
        """Of the stacks that the base has, those that are looked at here."""
        if self.shard is None:
            return list(there)
        own = {*(target.stack for target in self.targets), *self.shard.of(self.gone(there))}
        return [stack for stack in there if stack in own]


def check(request: Request) -> Report:
    """Render, compare and judge every stack.

    Raises:
        InputError: if the base is neither a ref nor a file that can be read.
        BaseError: if nothing of the base can be rendered.
    """
    with _base(request) as running:
        heads, errors = _heads(request)
        base = running.wait() if isinstance(running, RunningBase) else running
        rendered = running if isinstance(running, RunningBase) else None
        # The base's folder is there no longer afterwards, and rules read the files that a program names.
        reports, notes, untold = _compared(request, base, rendered, heads)
        gone = request.gone(base.stacks)
    project = next((each.diff.project for each in reports), "")
    return Report(
        project=project,
        base=base.label,
        stacks=tuple(reports),
        errors=errors,
        notes=base.notes,
        stack_notes=notes,
        gone=tuple(gone),
        untold=untold,
        commit=head(Path.cwd()),
        command=request.command,
    )


def _compared(
    request: Request, base: Base, rendered: RunningBase | None, heads: Sequence[tuple[Target, Outcome]]
) -> tuple[list[StackReport], dict[str, tuple[str, ...]], dict[str, str]]:
    """Each stack's report, what limits its comparison, and the stacks of which nothing can be told."""
    reports: list[StackReport] = []
    notes: dict[str, tuple[str, ...]] = {}
    untold: dict[str, str] = {}
    for target, outcome in heads:
        plan, findings, gaps = from_data(outcome.data or {})
        try:
            old, unknown = _old(base, target, plan)
            if unknown:
                notes[target.stack] = tuple(unknown)
        except BaseError as error:
            # A change that mends a broken base must get through: it is told as new, and why is said.
            notes[target.stack] = (f"{target.stack} is shown as new, because its base cannot be rendered: {error}",)
            untold[target.stack] = str(error)
            old = None
        # Edits say where changes come from; without any, two files need not be read.
        moved = rendered is not None and old is not None and old != plan
        edits = _edits(rendered, target, plan) if moved and rendered is not None else NO_EDITS
        reports.append(_report(request, old, plan, findings, target, edits, gaps, base))
    gone = request.own(request.gone(base.stacks))
    project = project_of(Path.cwd()) if gone else None
    for stack in gone:
        if problem := base.problems.get(stack):
            notes[stack] = (f"{stack} is deleted, and what it holds is not known: its base cannot be rendered",)
            untold[stack] = problem
        else:
            old = base.plans[stack]
            reports.append(_report(request, old, Plan(old.project, old.stack, ()), (), None))
            if project is not None and (why := is_none_because(stack, project)):
                do = "create that file if it still is a stack"
                notes[stack] = (f"{stack} is shown as deleted: its file is no stack, {why}; {do}",)
    return reports, notes, untold


def _old(base: Base, target: Target, new: Plan) -> tuple[Plan | None, list[str]]:
    """The old side of one stack, and what of it could not be compared."""
    if base.state is None:
        return base.plan(new), []
    known: dict[str, Any] = {"deployed": deployed(base.state), "stack_references": stack_references(base.state)}
    try:
        run = recorded(target, **known).plan()
    except (ProgramError, InputError) as error:
        state = read_state(base.state, new)
        return state.plan, [*state.notes, f"{target.stack} does not run with what is deployed: {error}"]
    state = read_state(base.state, new, run)
    return state.plan, [*state.notes]


def _edits(running: RunningBase, target: Target, plan: Plan) -> Edits:
    """How the stack file, with those that it extends, differs from that of the base."""
    if target.file is None:
        return NO_EDITS
    named = named_in(plan, target.file)
    try:
        inside = target.file.resolve().relative_to(running.ref.root.resolve())
        return edits(read_stack(running.tree / inside, named), read_stack(target.file, named))
    except (ValueError, InputError):
        return NO_EDITS


def _report(  # noqa: PLR0917 - in this order everywhere
    request: Request,
    old: Plan | None,
    new: Plan,
    findings: Sequence[Finding],
    target: Target | None,
    edits: Edits = NO_EDITS,
    gaps: Sequence[str] = (),
    base: Base | None = None,
) -> StackReport:
    folder = target.beside if target is not None else None
    there = base.folder if base is not None else None
    before = None if folder is None or there is None else there / os.path.relpath(folder)
    policies = request.policies and bool(new.resources)
    return stack_report(
        old,
        new,
        findings=findings,
        prices=request.prices,
        settings=folder,
        old_settings=before,
        policies=policies,
        edits=edits,
        threshold=request.threshold,
        gaps=gaps,
        deployed=base is not None and base.state is not None,
        nodes=request.capacity,
    )


@contextmanager
def _base(request: Request) -> Iterator[Base | RunningBase]:
    file = Path(request.base)
    if file.is_file() or file.is_fifo():
        yield from_file(file)
        return
    ref = resolve(request.base, Path.cwd())
    with Rendering(
        ref, Path.cwd(), *_wanted(request), chosen=request.own, python=request.base_python, jobs=request.jobs
    ).started() as running:
        yield running


def _wanted(request: Request) -> tuple[tuple[str, ...] | None, Program | None]:
    """The stack files of the base that there is to choose from, or its program."""
    if folder := next((target.project for target in request.targets if target.file is None), None):
        return None, (str(folder), None if request.every else tuple(target.stack for target in request.targets))
    if request.every:
        return None, None
    return tuple(str(target.file) for target in request.targets), None


def _heads(request: Request) -> tuple[list[tuple[Target, Outcome]], dict[str, str]]:
    done: list[tuple[Target, Outcome]] = []
    errors: dict[str, str] = {}
    jobs = request.jobs or workers(len(request.targets))
    for target, outcome in previews(request.targets, form="data", full=False, width=None, jobs=jobs):
        if isinstance(outcome, InputError):
            errors[target.stack] = str(outcome)
        else:
            done.append((target, outcome))
    return done, errors
