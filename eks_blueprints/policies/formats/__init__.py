"""A report in the forms that people and tools read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module

from eks_blueprints.policies.report import Report

NAMES = ("text", "markdown", "json", "sarif", "github", "junit")
"""The forms there are."""


def render(reports: Sequence[Report], form: str) -> str:
    """Reports of one or more stacks in a form.

    Raises:
        ValueError: if there is no such form.
    """
    if form not in NAMES:
        from eks_blueprints.core.errors import unknown_name

        raise ValueError(unknown_name(form, NAMES, "format"))
    made: Callable[[Sequence[Report]], str] = import_module(f"eks_blueprints.policies.formats.{form}_form").render
    return made(reports)
