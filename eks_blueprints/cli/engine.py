"""`eks-blueprints preview --engine`: the real engine's preview, printed as every other report."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from eks_blueprints.cli import show
from eks_blueprints.cli.diff import rendered
from eks_blueprints.cli.exits import Exit
from eks_blueprints.cli.streams import echo_report
from eks_blueprints.core.errors import InputError
from eks_blueprints.review.preview.targets import Target

if TYPE_CHECKING:
    from eks_blueprints.review.engine import EnginePreview, Progress
    from eks_blueprints.review.report.money import Threshold


@dataclass
class Outcome:
    """What came of each stack."""

    previews: list[EnginePreview] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    """Stacks that the engine could not be asked about."""
    invalid: bool = False


def run(
    targets: Sequence[Target],
    *,
    form: str,
    policy_packs: Sequence[Path],
    install: bool,
    tell_changes: bool,
    command: str,
    threshold: Threshold,
) -> None:
    """Preview each stack, print one report, and leave with the code that says what came of it."""
    outcome = _asked(targets, policy_packs, install)
    if outcome.previews:
        from eks_blueprints.review.engine.report import report_of

        report = report_of(outcome.previews, errors=outcome.errors, command=command, threshold=threshold)
        echo_report(rendered(report, form), form)
    _leave(outcome, tell_changes)


def _asked(targets: Sequence[Target], policy_packs: Sequence[Path], install: bool) -> Outcome:
    from eks_blueprints.review.engine import EngineError, engine_preview

    outcome = Outcome()
    line = Line(sys.stderr)
    for target in targets:
        try:
            done = engine_preview(target, policy_packs=policy_packs, install=install, on_progress=line.show)
            outcome.previews.append(done)
        except InputError as error:
            line.clear()
            outcome.invalid = True
            show.problems(error.problems)
        except EngineError as error:
            line.clear()
            if str(error) not in outcome.errors.values():  # no CLI is no CLI, however many stacks there are
                click.echo(str(error), err=True)
            outcome.errors[target.stack] = str(error)
        finally:
            line.clear()
    return outcome


def _leave(outcome: Outcome, tell_changes: bool) -> None:
    if outcome.errors or any(each.errors for each in outcome.previews):
        raise click.exceptions.Exit(Exit.FAILED)
    if outcome.invalid or any(each.refused for each in outcome.previews):
        raise click.exceptions.Exit(Exit.INVALID)
    if any(each.blocked for each in outcome.previews):
        raise click.exceptions.Exit(Exit.REFUSED)
    if tell_changes and any(each.diff.changed for each in outcome.previews):
        raise click.exceptions.Exit(Exit.CHANGES)


class Line:
    """One line on standard error that is written over and over; where nobody watches, nothing at all."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown = stream.isatty()
        self._length = 0

    def show(self, progress: Progress) -> None:
        """How far a preview is."""
        if not self._shown:
            return
        counted = str(progress.done) if progress.total is None else f"{progress.done}/{progress.total}"
        text = (
            f"{progress.stack}  {counted}  {progress.name}" if progress.done else f"{progress.stack}  {progress.name}"
        )
        text = text[: shutil.get_terminal_size().columns - 1]
        self._stream.write("\r" + text.ljust(self._length))
        self._stream.flush()
        self._length = len(text)

    def clear(self) -> None:
        """Leave nothing behind."""
        if self._length:
            self._stream.write("\r" + " " * self._length + "\r")
            self._stream.flush()
            self._length = 0
