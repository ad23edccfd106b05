"""What a check says of one stack file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.stackfile.settle import checked


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a stack file is valid, and what is wrong or doubtful about it."""

    stack: str
    file: str
    problems: tuple[Problem, ...] = ()
    """Errors, or warnings if it is valid."""
    blueprint: str | None = None
    unchecked: tuple[str, ...] = ()
    """Methods of its blueprint that only a preview runs."""

    @property
    def errors(self) -> int:
        """How many errors there are."""
        return sum(each.severity == "error" for each in self.problems)

    @property
    def warnings(self) -> int:
        """How many warnings there are."""
        return len(self.problems) - self.errors


def verdict(path: Path) -> Verdict:
    """Check a stack file."""
    try:
        stack = checked(path)
        return Verdict(path.stem, str(path), tuple(stack.warnings()), stack.blueprint, stack.unchecked)
    except InputError as error:
        return Verdict(path.stem, str(path), error.problems)
