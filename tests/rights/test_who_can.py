"""Who can do what: as a real API server answered, and in the words of a report."""

from __future__ import annotations

from pathlib import Path

import pytest

from eks_blueprints.core.errors import InputError
from eks_blueprints.rights.cluster import is_user
from eks_blueprints.rights.model import Subject
from eks_blueprints.rights.people import meant
from eks_blueprints.rights.resources import Asked, asked, scope_of
from eks_blueprints.rights.summary import summary
from eks_blueprints.rights.who_can import can, covers, who_can

from .drawn import platform

ANSWERS = Path(__file__).with_name("answers.txt")


def test_every_answer_is_that_of_an_api_server() -> None:
    """The file is written by `tests/api_server/test_rights.py`."""
    of, wrong = platform(), []
    lines = ANSWERS.read_text(encoding="utf-8").splitlines()
    for line in lines:
        may, who, verb, what, namespace, name = (part.strip() for part in line.split("|"))
        kind, home, subject = who.split("/", 2)
        if what.startswith("/"):
            question = Asked(verb, url=what, scope="cluster")
        else:
            group, _, resource = what.partition(":")
            question = Asked(verb, resource, group, name, scope=scope_of(resource, group))
        if can(of, Subject(kind, subject, home), question, namespace) != (may == "yes"):  # type: ignore[arg-type]
            wrong.append(line)
    assert len(lines) >= 500
    assert wrong == []
