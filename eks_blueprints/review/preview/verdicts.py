"""What a check says of the stacks of a program that reads no stack file: it has to run, in an offline preview."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.review.preview.processes import in_order
from eks_blueprints.review.preview.targets import Target
from eks_blueprints.stackfile.verdict import Verdict

if TYPE_CHECKING:
    from eks_blueprints.review.preview.run import Finding


def verdicts(targets: Sequence[Target], jobs: int | None = None) -> Iterator[Verdict]:
    """Whether the settings of each stack are valid and its program makes resources that a provider accepts, in the
    order given."""
    for _, found in in_order(_verdict, targets, jobs):
        yield found


def _verdict(target: Target) -> Verdict:
    from eks_blueprints.review.preview.run import preview

    file = str(target.source)
    try:
        found = preview(target)
    except InputError as error:
        return Verdict(target.stack, file, error.problems)
    warnings = [Problem((), note, file, severity="warning") for note in found.notes]
    return Verdict(target.stack, file, (*(_problem(each, target) for each in found.findings), *warnings))


def _problem(finding: Finding, target: Target) -> Problem:
    message = f"{finding.name} ({finding.type}): {finding.message}"
    if finding.position is None:
        return Problem((), message, str(target.source), severity=finding.severity)
    file = os.path.relpath((target.project or Path()) / finding.position.file)
    return Problem((), message, file, finding.position.line, severity=finding.severity)
