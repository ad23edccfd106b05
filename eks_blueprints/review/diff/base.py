"""The old side of a comparison: a git ref, saved plans, or an exported stack."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.core.files import text_of
from eks_blueprints.core.plain_secrets import PLAIN
from eks_blueprints.recording.apart import VARIABLE, seconds
from eks_blueprints.recording.exported import exported, is_exported
from eks_blueprints.recording.plan import Plan
from eks_blueprints.recording.saved import data_of, plans_of
from eks_blueprints.review.diff.commits import (
    BaseError,
    Ref,
    add_worktree,
    end,
    fetching,
    remove_worktree,
    submodules,
)
from eks_blueprints.review.preview.json_form import COMPARED
from eks_blueprints.review.preview.shard import KIND as SHARD
from eks_blueprints.review.preview.targets import configured_stacks

LOCKS = ("requirements.lock", "requirements.txt", "uv.lock", "poetry.lock", "pyproject.toml")
"""Files that say what a program is built from."""


Program = tuple[str, tuple[str, ...] | None]
"""The folder of any Pulumi program, and its stacks; None for every one that has settings."""

_INVALID = 2
"""What the command line exits with when a stack is invalid, and the others are not."""


@dataclass(frozen=True, slots=True)
class Base:
    """What the working tree is compared with."""

    label: str
    """As reports name it: `origin/main (3f2c1ab)`, `plan.json`."""
    plans: Mapping[str, Plan] = field(default_factory=dict)
    stacks: tuple[str, ...] = ()
    """Names of all stacks that it has, rendered or not."""
    state: Mapping[str, Any] | None = None
    problems: Mapping[str, str] = field(default_factory=dict)
    """Why a stack that is there could not be rendered."""
    notes: tuple[str, ...] = ()
    folder: Path | None = None
    """Where its stacks were rendered, for as long as it is there."""

    def plan(self, new: Plan) -> Plan | None:
        """The old plan of a stack; None if there was no such stack. A state is read beside its program: `read_state`.

        Raises:
            BaseError: if the stack was there and could not be rendered.
        """
        if new.stack in self.problems:
            raise BaseError(f"{self.label}: {self.problems[new.stack]}")
        return self.plans.get(new.stack)


def from_file(path: Path) -> Base:
    """Saved plans (`preview --format json`, of one stack or many) or what `pulumi stack export` wrote.

    Raises:
        InputError: if it is neither.
    """
    name, what = str(path), "a plan or an exported stack"
    try:
        text = text_of(path)
    except UnicodeDecodeError:
        text = ""
    data = data_of(text, name, what)
    if isinstance(data, dict) and data.get("kind") == SHARD:
        do = "join them all: eks-blueprints report merge"
        raise InputError([Problem((), f"is the report of one shard; got no plan of all stacks; {do}", name)])
    if not is_exported(data):
        plans = {plan.stack: plan for plan in plans_of(data, name, what)}
        return Base(name, plans=plans, stacks=tuple(plans), notes=_masked(text))
    return Base(f"state {path.name}", state=exported(text, name), notes=("the old side is what is deployed",))


def _masked(text: str) -> tuple[str, ...]:
    """What cannot be compared with plans that were written down: secrets in plain text stand there masked."""
    if PLAIN not in text:
        return ()
    return ("the old side's secrets in plain text are masked: whether one of them changes is not known",)


def workers(stacks: int) -> int:
    """How many processes pay for themselves: importing a provider's package takes as long as several stacks."""
    return min(os.cpu_count() or 1, max(1, stacks // 4))


@dataclass(frozen=True, slots=True)
class Rendering:
    """How a commit's stacks are previewed: in a process of their own, with that commit's own package."""

    ref: Ref
    folder: Path
    """Where the command runs: the same folder of the commit is used."""
    stacks: tuple[str, ...] | None = None
    """Stack files, relative to the folder; None for every one the commit has."""
    program: Program | None = None
    """Any Pulumi program, instead of stack files."""
    python: str | None = None
    """The interpreter that has the commit's dependencies. Default: the one that runs this."""
    jobs: int | None = None
    """Stacks at once. Default: as many processes as pay for themselves."""
    chosen: Callable[[Sequence[str]], Collection[str]] | None = None
    """Which of the commit's stacks, by their names, are rendered. Default: all that are asked for."""

    @contextmanager
    def started(self) -> Iterator[RunningBase]:
        """Check the commit out beside the working tree and start; the folder is gone afterwards."""
        with tempfile.TemporaryDirectory(prefix="eks-blueprints-base-") as temporary:
            tree = Path(temporary, "tree")
            process = None
            try:
                add_worktree(self.ref, tree)
                inside = tree / self.folder.resolve().relative_to(self.ref.root.resolve())
                there = {each if self.program else Path(each).stem: each for each in self._wanted(inside)}
                names = tuple(self.chosen(tuple(there)) if self.chosen else there)
                wanted = [there[name] for name in names]
                process = self._start(tree, inside, wanted) if wanted else None
                yield RunningBase(self.ref, process, names, tuple(there), self._notes(tree), inside, tree)
            finally:
                with unstoppable():
                    if process is not None:
                        end(process)
                    remove_worktree(self.ref, tree)

    def _wanted(self, inside: Path) -> list[str]:
        """What of all that is asked for is there in the commit."""
        if self.program is not None:
            return self._stacks_of_program(inside, *self.program)
        if self.stacks is not None:
            return [each for each in self.stacks if (inside / each).is_file()]
        from eks_blueprints.stackfile.find import project_of, stack_files

        try:
            if project_of(inside) is None:
                return []
        except InputError as error:
            # Its stacks are there, and nobody knows which: none of them is new.
            raise BaseError(f"{self.ref.label} could not be rendered: {error}") from None
        try:
            return [str(file.resolve().relative_to(inside.resolve())) for file in stack_files(inside)]
        except InputError:
            return []

    def _stacks_of_program(self, inside: Path, folder: str, stacks: tuple[str, ...] | None) -> list[str]:
        if not (inside / folder / "Pulumi.yaml").is_file():
            return []
        try:
            known = configured_stacks(inside / folder)
        except InputError as error:
            raise BaseError(f"{self.ref.label} could not be rendered: {error}") from None
        return sorted(known) if stacks is None else [each for each in stacks if each in known or not known]

    def _start(self, tree: Path, inside: Path, wanted: list[str]) -> subprocess.Popen[str]:
        path = os.pathsep.join(filter(None, (str(tree), os.environ.get("PYTHONPATH", ""))))
        program = ["--program", self.program[0]] if self.program else []
        jobs = str(self.jobs or workers(len(wanted)))
        arguments = ["preview", *program, *wanted, "--format", "json", "--jobs", jobs]
        return subprocess.Popen(  # noqa: S603 - this package, as the commit has it
            [self.python or sys.executable, "-m", "eks_blueprints", *arguments],
            cwd=inside,
            env={
                **os.environ,
                "PYTHONPATH": path,
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONIOENCODING": "utf-8",
                COMPARED: "1",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )

    def _notes(self, tree: Path) -> tuple[str, ...]:
        return (*self._of_history(), *self._of_submodules(tree), *self._of_locks(tree))

    def _of_history(self) -> Iterator[str]:
        if self.ref.unmet:
            more = fetching(self.ref.root, self.ref.name)
            yield (
                f"this clone is shallow and does not hold where the branches parted: the old side is the tip of "
                f"{self.ref.name}, with what came there since; run {more}"
            )

    def _of_submodules(self, tree: Path) -> Iterator[str]:
        for path in submodules(tree):
            if not any((tree / path).iterdir()):
                yield f"the submodule {path} is empty on the old side: its commit is not at hand; fetch it there"

    def _of_locks(self, tree: Path) -> tuple[str, ...]:
        changed = [name for name in LOCKS if _text(tree / name) != _text(self.ref.root / name)]
        if not changed or self.python:
            return ()
        return (
            (
                f"{' and '.join(changed)} changed: both sides are rendered with the packages installed here; "
                "give --base-python for the old side's own"
            ),
        )


@dataclass(frozen=True, slots=True)
class RunningBase:
    """A base that is still being rendered."""

    ref: Ref
    process: subprocess.Popen[str] | None
    stacks: tuple[str, ...]
    """The stacks that are rendered."""
    there: tuple[str, ...]
    """All stacks that the commit has."""
    notes: tuple[str, ...]
    folder: Path
    """The folder of the commit that is the one where the command runs."""
    tree: Path
    """Where the commit is checked out, for as long as the base is needed."""

    def wait(self) -> Base:
        """The base, once it is done.

        Raises:
            BaseError: if nothing of it could be rendered.
        """
        if self.process is None:
            return Base(self.ref.label, stacks=self.there, notes=self.notes)
        limit = seconds() * max(len(self.stacks), 1)
        try:
            out, err = self.process.communicate(timeout=limit or None)
        except subprocess.TimeoutExpired:
            do = f"set {VARIABLE} to give it more"
            raise BaseError(f"{self.ref.label} could not be rendered: it took over {limit:g} seconds; {do}") from None
        try:
            # Where no stack is valid the list is empty, and why is on standard error.
            data = json.loads(out or "[]")
            found = [Plan.from_data(each) for each in (data if isinstance(data, list) else [data])]
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise BaseError(f"{self.ref.label} could not be rendered: {error}") from None
        plans = {plan.stack: plan for plan in found}
        missing = [stack for stack in self.stacks if stack not in plans]
        if missing and self.process.returncode != _INVALID:
            raise BaseError(f"{self.ref.label} could not be rendered:\n{err.strip()}")
        problems = {stack: _about(err, stack, missing) for stack in missing}
        notes = (*self.notes, *_masked(out))
        return Base(self.ref.label, plans, self.there, problems=problems, notes=notes, folder=self.folder)


def _about(said: str, stack: str, others: Sequence[str]) -> str:
    """The lines of a command that are about one stack, or about none that can be told."""
    lines = dict.fromkeys(said.strip().splitlines())
    return "\n".join(line for line in lines if _names(line, stack) or not any(_names(line, each) for each in others))


def _names(line: str, stack: str) -> bool:
    """Whether a line names the file of a stack: where it begins, or as the one that extends the file at fault."""
    file, _, extending = line.partition(":")[0], *line.rpartition("(extended by ")[1:]
    return stack in (Path(file).stem, Path(extending.rstrip(")")).stem)


@contextmanager
def unstoppable() -> Iterator[None]:
    """Finish what follows even if somebody asks again to stop."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {each: signal.signal(each, signal.SIG_IGN) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
