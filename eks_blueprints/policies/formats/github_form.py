"""Workflow commands, which GitHub Actions shows beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Sequence

from eks_blueprints.core.printed import visible
from eks_blueprints.policies.report import Finding, Report

_MOST = 10
"""GitHub shows ten annotations of each level for a step, and drops the others without a word."""


def render(reports: Sequence[Report]) -> str:
    """The findings that stand as workflow commands, those that block first."""
    found = [each for report in reports for each in report.failed()]
    errors = [each for each in found if each.blocks]
    warnings = [each for each in found if not each.blocks]
    lines = [_command("error", each) for each in errors[:_MOST]] + [
        _command("warning", each) for each in warnings[:_MOST]
    ]
    left = max(0, len(errors) - _MOST) + max(0, len(warnings) - _MOST)
    if left:
        lines.append(f"::notice title=policies::{left} more findings; see the report")
    return "\n".join(lines) + "\n" if lines else ""


def _command(level: str, finding: Finding) -> str:
    place = {"file": finding.file, "line": finding.line, "col": finding.column, "title": finding.policy}
    given = ",".join(f"{key}={_escaped(str(value), ',:')}" for key, value in place.items() if value is not None)
    return f"::{level} {given}::{_escaped(f'{finding.resource}: {finding.message}')}"


def _escaped(text: str, more: str = "") -> str:
    text = visible(text)
    for character in ("%", "\r", "\n", *more):
        text = text.replace(character, f"%{ord(character):02X}")
    return text
