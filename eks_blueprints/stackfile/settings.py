"""The settings beside a stack file, `Pulumi.<stack>.yaml`, as they are on disk: `aws:...`, and what references name."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from eks_blueprints.blueprint import aws_settings
from eks_blueprints.blueprint.stack_spec import StackArgs
from eks_blueprints.core.aws_config import settings
from eks_blueprints.core.document import located, read
from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.core.references import Elsewhere
from eks_blueprints.core.spec import Reference
from eks_blueprints.recording.errors import ProgramError
from eks_blueprints.recording.project import imports_environment, load_project, settings_file, stack_config
from eks_blueprints.stackfile.find import program_of, project_of, relative


@dataclass(frozen=True, slots=True)
class Settings:
    """What a stack file's program is handed, as far as it is on disk: a source of what references name."""

    namespace: str
    """Of keys that are written without one: the project's name."""
    texts: Mapping[str, str]
    secret: frozenset[str]
    environment: bool
    """Whether environments of Pulumi ESC may set more."""
    file: FilePath | None
    """None where no program is there to be handed any."""

    def __call__(self, reference: Reference) -> Any:
        if reference.stack is not None:
            return reference
        key = str(reference.config or reference.secret)
        key = key if ":" in key else f"{self.namespace}:{key}"
        found = self.texts.get(key)
        if found is None and self.environment:
            return Elsewhere(reference)
        only_deployed = reference.secret is not None or key in self.secret
        return reference if only_deployed and found is not None else found

    def problems(self, args: StackArgs) -> Iterator[Problem]:
        """What is wrong or doubtful about `aws:...`, by itself and against the stack file.

        What is wrong in the settings has its place already; what is wrong in the stack file has its path alone.
        """
        if self.file is None:
            return
        found, wrong = settings(self.texts, set(self.secret))
        wrong += aws_settings.check(args, found, self.file.name)
        yield from _placed([problem for problem in wrong if problem.path[:1] == ("config",)], self.file)
        yield from (problem for problem in wrong if problem.path[:1] != ("config",))


def settings_of(path: FilePath) -> Settings:
    """The settings that the program of a stack file runs with.

    Raises:
        InputError: if they cannot be read.
    """
    around = project_of(path.parent)
    namespace = around.name if around else "eks-blueprints"
    if around is None or program_of(path) is None:
        return Settings(namespace, {}, frozenset(), environment=False, file=None)
    try:
        project = load_project(around.folder)
        texts, secret = stack_config(project, path.stem)
        more = imports_environment(project, path.stem)
    except ProgramError as error:
        file = os.path.relpath(around.folder / (error.file or ""))
        raise InputError([Problem((), error.message, file, error.line)]) from None
    return Settings(namespace, texts, frozenset(secret), more, settings_file(project, path.stem))


def _placed(wrong: list[Problem], file: FilePath) -> list[Problem]:
    name = str(relative(file))
    try:
        return located(wrong, read(file, name)) if wrong else []
    except InputError:  # said by Pulumi.yaml, or not readable as one mapping
        return [problem.at(name) for problem in wrong]
