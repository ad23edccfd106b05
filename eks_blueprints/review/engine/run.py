"""Runs `pulumi preview` through the Automation API, while the same program is recorded beside it."""

from __future__ import annotations

import re
import time
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.review.diff.changes import PlanDiff
from eks_blueprints.review.engine.command import EngineError, complaint, explain, find_engine, program_errors
from eks_blueprints.review.engine.convert import plan_diff
from eks_blueprints.review.engine.events import Diagnostic, OnProgress, Progress, Step, Stream, Violation
from eks_blueprints.review.preview.run import Finding, Preview, preview
from eks_blueprints.review.preview.targets import Target

if TYPE_CHECKING:
    from pulumi.automation import LocalWorkspace, PulumiCommand

_STACK = "pulumi:pulumi:Stack"
_NAMES_IT = re.compile(r"^\S+ resource '[^']*'(: | has a problem: )")
_PATIENCE = 5.0
"""Seconds that the last events may take to come in once the engine is done."""


@dataclass(frozen=True, slots=True)
class EnginePreview:
    """What the engine would do to one stack."""

    target: Target
    diff: PlanDiff
    recorded: Preview | None
    """The same program recorded; None if it only runs under the engine."""
    findings: tuple[Finding, ...]
    """Inputs that a provider refuses, and what else is doubtful about a resource."""
    violations: tuple[Violation, ...]
    packs: tuple[str, ...]
    """The policy packs that were asked, each with its version."""
    errors: tuple[str, ...]
    """Why the preview ended early, each in one line; policies are no such reason."""
    notes: tuple[str, ...]
    engine: str
    """The engine's version."""
    seconds: float

    @property
    def refused(self) -> bool:
        """Whether a provider refuses an input."""
        return any(finding.severity == "error" for finding in self.findings)

    @property
    def complete(self) -> bool:
        """Whether the engine has looked at everything; a mandatory policy does not keep it from that."""
        return not self.errors and not self.refused

    @property
    def blocked(self) -> bool:
        """Whether a mandatory policy says no."""
        return any(violation.mandatory for violation in self.violations)


def engine_preview(
    target: Target,
    *,
    policy_packs: Sequence[Path] = (),
    install: bool = False,
    on_progress: OnProgress | None = None,
) -> EnginePreview:
    """Preview one stack with the real engine, against what is deployed.

    Nothing is changed, and no other stack becomes the selected one. The CLI is only downloaded with `install`.

    Raises:
        InputError: if the target is in no project, its stack file is invalid, or a policy pack is none.
        EngineError: if the engine cannot be asked: no CLI, no login, no such stack, no passphrase, no plugin.
    """
    if target.project is None:
        message = (
            "is in no Pulumi project; got a stack file alone; put it in the folder that `main` of Pulumi.yaml names"
        )
        raise InputError([Problem((), message, str(target.file))])
    for pack in policy_packs:
        if not (pack / "PulumiPolicy.yaml").is_file():
            raise InputError([Problem((), "holds no policy pack; got no PulumiPolicy.yaml in it", str(pack))])
    start = time.perf_counter()
    command = find_engine(install=install)
    run = _Run(target, target.project, command, [str(pack.resolve()) for pack in policy_packs], on_progress)
    with ThreadPoolExecutor(1, "engine") as pool:
        asked: Future[str] = pool.submit(run.ask)
        run.record()
        said = asked.result()
    return run.told(said, time.perf_counter() - start)


class _Run:
    """One preview: the engine in a thread of its own, the recording in the one that asks."""

    def __init__(
        self,
        target: Target,
        project: Path,
        command: PulumiCommand,
        packs: Sequence[str],
        on_progress: OnProgress | None,
    ) -> None:
        self._target = target
        self._project = project
        self._command = command
        self._packs = list(packs)
        self._on_progress = on_progress
        self._seen: set[str] = set()
        self._total: int | None = None
        self._recorded: Preview | None = None
        self._invalid: InputError | None = None
        self.stream = Stream(on_step=self._step)

    def ask(self) -> str:
        """Let the engine preview; what it printed if it failed, else nothing."""
        from pulumi.automation import Stack
        from pulumi.automation._stack import StackInitMode
        from pulumi.automation.errors import CommandError

        self._progress("the engine starts")
        workspace = _workspace(self._project, self._command)
        stack = Stack(self._target.stack, workspace, StackInitMode.SELECT)
        try:
            with _quiet():
                stack.preview(on_event=self.stream.add, policy_packs=self._packs or None, color="never")
            return ""
        except CommandError as error:
            return str(error).rpartition("\n stderr: ")[2].strip() or "preview failed"
        except RuntimeError as error:  # the SDK's word for a preview that never got to its end
            return str(error)
        finally:
            if self.stream.started:
                self.stream.ended.wait(0.5 if not self.stream.summed_up else _PATIENCE)

    def record(self) -> None:
        """Record the program, for its lines and the names of what nobody knows yet."""
        try:
            self._recorded = preview(self._target)
        except InputError as error:
            self._invalid = error
            return
        self._total = len(self._recorded.plan.resources)

    def told(self, said: str, seconds: float) -> EnginePreview:
        """Everything put together.

        Raises:
            InputError: if the program is what failed, and the recording knows why.
            EngineError: if the engine never got to the program.
        """
        stream = self.stream
        if said and (why := explain(said, stream.diagnostics)):
            raise self._invalid or EngineError(f"{self._target.stack}: {why}")
        if said and not stream.summed_up:
            raise EngineError(f"{self._target.stack}: {complaint(said)}")
        findings = tuple(self._findings())
        errors = self._errors(said, findings)
        if errors and self._invalid:
            raise self._invalid
        return EnginePreview(
            target=self._target,
            diff=self._diff(),
            recorded=self._recorded,
            findings=findings,
            violations=tuple(stream.violations),
            packs=tuple(self._pack_names()),
            errors=errors,
            notes=tuple(self._notes(early=bool(errors) or any(each.severity == "error" for each in findings))),
            engine=str(self._command.version or ""),
            seconds=seconds,
        )

    def _errors(self, said: str, findings: Sequence[Finding]) -> tuple[str, ...]:
        """Why the preview failed, apart from inputs that a provider refuses and from policies."""
        refused = {finding.urn for finding in findings}
        others = [each for each in self.stream.diagnostics if each.severity == "info#err" or each.urn not in refused]
        failed = list(dict.fromkeys(program_errors(others)))
        blocked = any(violation.mandatory for violation in self.stream.violations)
        told = failed or blocked or any(finding.severity == "error" for finding in findings)
        return tuple(failed) if told or not said else (complaint(said),)

    def _pack_names(self) -> Iterator[str]:
        for name, version in self.stream.packs.items():
            yield f"{name.partition('|')[0]} {version}".strip()
        if not self.stream.packs:
            yield from (Path(pack).name for pack in self._packs)

    def _diff(self) -> PlanDiff:
        from eks_blueprints.stackfile.find import project_of

        plan = self._recorded.plan if self._recorded else None
        found = project_of(self._project)
        name = plan.project if plan else found.name if found else self._project.name
        return plan_diff(self.stream.steps, plan, project=name, stack=self._target.stack, outputs=self.stream.outputs)

    def _findings(self) -> Iterator[Finding]:
        by_urn = self._recorded.plan.by_urn() if self._recorded else {}
        refused: set[str] = set()
        for each in self.stream.diagnostics:
            resource = by_urn.get(each.urn)
            if each.severity not in ("error", "warning") or resource is None or resource.type == _STACK:
                continue
            refused.add(each.urn)
            text = " ".join(_NAMES_IT.sub("", each.message).split())
            place = resource.source or resource.position
            severity: Literal["error", "warning"] = "error" if each.severity == "error" else "warning"
            yield Finding(each.urn, resource.name, resource.type, text, severity, place)
        yield from self._doubts(refused)

    def _doubts(self, refused: set[str]) -> Iterator[Finding]:
        """What checking the recording finds; where a provider has let it pass, it is no more than a doubt."""
        for finding in self._recorded.findings if self._recorded else ():
            if finding.urn in refused:
                continue
            passed = finding.urn in self._seen
            yield replace(finding, severity="warning") if passed else finding

    def _notes(self, *, early: bool) -> Iterator[str]:
        if early and self._total and len(self._seen) < self._total:
            yield f"the preview ended early: the engine looked at {len(self._seen)} of {self._total} resources"
        if self._invalid:
            yield f"the program cannot be recorded, so that lines are missing: {self._invalid}"
        warned = [" ".join(each.message.split()) for each in self.stream.diagnostics if _is_general(each)]
        noted = [" ".join(note.split()) for note in self._recorded.notes] if self._recorded else []
        yield from dict.fromkeys([*noted, *warned])

    def _step(self, step: Step) -> None:
        name = step.urn.rpartition("::")[2]
        if step.type.startswith("pulumi:providers:") and name.startswith("default"):
            return  # the engine's own, which no program asks for
        self._seen.add(step.urn)
        self._progress(name)

    def _progress(self, name: str) -> None:
        if self._on_progress:
            self._on_progress(Progress(self._target.stack, len(self._seen), self._total, name))


def _is_general(found: Diagnostic) -> bool:
    """Whether it warns of no resource; where a plugin was found is no warning to anyone who put it there."""
    return found.severity == "warning" and not found.urn and "from $PATH" not in found.message


def _workspace(project: Path, command: PulumiCommand) -> LocalWorkspace:
    from pulumi.automation import LocalWorkspace

    class Unselecting(LocalWorkspace):
        """Leaves the stack that a person has selected as it is; every command names its stack anyway."""

        def select_stack(self, stack_name: str) -> None:
            pass

    return Unselecting(work_dir=str(project), pulumi_command=command)


class _quiet(warnings.catch_warnings):  # noqa: N801 - used as a function
    """Without the SDK's warnings about events that it does not know: reading something, for one."""

    def __enter__(self) -> None:
        super().__enter__()
        warnings.filterwarnings("ignore", message="Failed to parse engine event")
