"""Scenarios from files, each mistake with its line and column."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from eks_blueprints.capacity.model import Platform
from eks_blueprints.capacity.time.names import Names, names_of
from eks_blueprints.capacity.time.scenario import Scenario
from eks_blueprints.core.document import Document, located, read
from eks_blueprints.core.errors import InputError, Problem, problems_of

_EXAMPLE = "start: 2026-03-02T00:00:00Z and duration: 24h"


def read_scenario(path: Path) -> tuple[Scenario, Document]:
    """A scenario, and where each part of it is written.

    Raises:
        InputError: if it cannot be read, or is none.
    """
    if not path.exists():
        raise InputError([Problem((), f"does not exist; got nothing; write {_EXAMPLE} in it", str(path))])
    if path.is_file() and not path.read_bytes().strip():
        raise InputError([Problem((), f"is empty; got nothing; write {_EXAMPLE}", str(path), 1, 1)])
    document = read(path)
    try:
        return Scenario.model_validate(document.data), document
    except ValidationError as error:
        raise InputError(located(problems_of(error), document)) from None


def meant(scenario: Scenario, document: Document, platform: Platform) -> Names:
    """What the names of a scenario stand for on a platform.

    Raises:
        InputError: for names that stand for nothing, each with its place.
    """
    try:
        return names_of(scenario, platform)
    except InputError as error:
        raise InputError(located(error.problems, document)) from None
