"""A spec that a program without a stack file reads from the settings of its stack, `Pulumi.<stack>.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import pulumi
from pydantic import ValidationError

from eks_blueprints.core.document import located, read
from eks_blueprints.core.errors import InputError, Problem, problems_of
from eks_blueprints.core.references import of_deployment, resolve
from eks_blueprints.core.spec import Spec
from eks_blueprints.stackfile.find import project_of

S = TypeVar("S", bound=Spec)


def from_config(spec: type[S], key: str) -> S:
    """The spec that a setting of the stack holds: a mapping below `config`, checked as a stack file is.

    `{config: key}`, `{secret: key}` and `{stack: name, output: key}` stand for values as in a stack file.

    Args:
        spec: class that the mapping is read by.
        key: name of the setting with its namespace, such as `team:platform`; without one it is the project's.

    Raises:
        pulumi.RunError: with every problem and its line; the engine shows its text without a traceback.
    """
    namespace, _, name = key.rpartition(":")
    namespace = namespace or pulumi.get_project()
    try:
        return _read(spec, namespace, name)
    except (InputError, ValidationError) as error:
        problems = error.problems if isinstance(error, InputError) else problems_of(error)
        below = [problem.below("config", f"{namespace}:{name}") for problem in problems]
        told = InputError(_placed(below))
        raise pulumi.RunError(str(told)) from told


def _read(spec: type[S], namespace: str, name: str) -> S:
    try:
        data = pulumi.Config(namespace).get_object(name)
    except (pulumi.ConfigTypeError, ValueError):
        data = pulumi.Config(namespace).get(name)
    if not isinstance(data, dict):
        got = "nothing" if data is None else "no mapping"
        raise InputError([Problem((), f"needs a mapping; got {got}; write the fields of {spec.__name__} below it")])
    doubts: list[Problem] = []
    found = resolve(spec.model_validate(data), of_deployment, doubts)
    for doubt in doubts:
        pulumi.log.warn(str(doubt))
    return found


def _placed(problems: list[Problem]) -> list[Problem]:
    project, name = project_of(Path.cwd()), f"Pulumi.{pulumi.get_stack()}.yaml"
    file = project.settings / name if project is not None else Path(name)
    if project is None or not file.is_file():
        return [problem.at(name) for problem in problems]
    return located(problems, read(file, str(file.resolve().relative_to(project.folder))))
