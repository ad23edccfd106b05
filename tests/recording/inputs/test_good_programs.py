"""Correct programs give no findings: of all that the checks must do, this comes first."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from eks_blueprints.recording.inputs import inspect
from eks_blueprints.recording.inputs.locate import class_of

from . import good_aws, good_eks, good_kubernetes
from .recorder import record

PROGRAMS = (*good_aws.PROGRAMS, *good_kubernetes.PROGRAMS, *good_eks.PROGRAMS)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: f"{p.__module__.rpartition('.')[2]}-{p.__name__}")
def test_is_silent_on(program: Callable[[], None]) -> None:
    found: dict[str, list[str]] = {}
    for made in record(program):
        result = inspect(made.type_token, made.resource_class, made.inputs, name=made.name)
        assert result.checked, made.type_token
        if result.problems:
            found[f"{made.type_token} {made.name}"] = [f"{p.severity} {p}" for p in result.problems]
    assert found == {}


def test_finds_the_class_by_the_token_alone() -> None:
    for made in (made for program in PROGRAMS for made in record(program)):
        assert class_of(made.type_token) is made.resource_class, made.type_token
