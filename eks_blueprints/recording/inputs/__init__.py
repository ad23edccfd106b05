"""Checks every input of every recorded resource, nested ones too, against the installed SDKs' own annotations.

A typo in a nested key passes Python and passes mocks; only a provider's Check sees it. `check` does that offline.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eks_blueprints.recording.inputs import wire
from eks_blueprints.recording.inputs.checker import Checker
from eks_blueprints.recording.inputs.derive import table_for
from eks_blueprints.recording.inputs.kubernetes_names import check_kubernetes
from eks_blueprints.recording.inputs.locate import class_of
from eks_blueprints.recording.inputs.names import check_names
from eks_blueprints.recording.inputs.objects import check_object, is_written_down
from eks_blueprints.recording.inputs.problems import CheckResult, InputProblem
from eks_blueprints.recording.inputs.shapes import Property, PropertyTable
from eks_blueprints.recording.inputs.tags import check_tags

__all__ = ["CheckResult", "InputProblem", "Property", "PropertyTable", "check", "inspect", "table_for"]


def check(
    type_token: str,
    resource_class: type | None,
    inputs: Mapping[str, Any],
    *,
    name: str | None = None,
    is_unknown: wire.IsUnknown = wire.is_unknown,
) -> list[InputProblem]:
    """What a provider would find wrong; nothing where there is no table (see `inspect`)."""
    return list(inspect(type_token, resource_class, inputs, name=name, is_unknown=is_unknown).problems)


def inspect(
    type_token: str,
    resource_class: type | None,
    inputs: Mapping[str, Any],
    *,
    name: str | None = None,
    is_unknown: wire.IsUnknown = wire.is_unknown,
) -> CheckResult:
    """As `check`, and whether there was a table to check against.

    `inputs` are those of a RegisterResourceRequest as plain Python, with the wire's own marks for secrets, outputs,
    assets and references. `name` is the resource's logical name, which automatic names are made of.
    """
    cls = resource_class or class_of(type_token)
    if is_written_down(type_token, cls) and (problems := check_object(type_token, inputs, is_unknown)) is not None:
        return CheckResult(problems)
    table = None if cls is None else table_for(cls)
    if table is None:
        return CheckResult(checked=False)
    checker = Checker(type_token, is_unknown)
    checker.check_resource(table, inputs)
    found = (
        *checker.problems,
        *check_names(type_token, inputs, name, is_unknown),
        *check_tags(type_token, inputs, is_unknown),
        *check_kubernetes(type_token, inputs, name, is_unknown),
    )
    secret = tuple(wire.secret_paths(inputs))
    return CheckResult(tuple(problem.without(secret) for problem in found) if secret else found)
