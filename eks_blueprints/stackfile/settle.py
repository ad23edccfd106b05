"""Whether the program of a stack could build what its file describes, as far as that is known without running it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Set
from pathlib import Path as FilePath
from typing import Any

from eks_blueprints.blueprint.ground import check_named
from eks_blueprints.core.document import Document, located
from eks_blueprints.core.errors import InputError, Problem, unforeseen
from eks_blueprints.core.references import resolve
from eks_blueprints.core.spec import Reference
from eks_blueprints.stackfile.find import Project, program_of, project_of
from eks_blueprints.stackfile.load import StackFile, open_stack


def checked(path: FilePath) -> StackFile:
    """A stack file that has been read, found valid, and found to have what its program will ask for.

    Its name is the stack's. The values that it names (`{config: key}`) are looked up in the settings beside it. What a
    blueprint of one's own makes of it in `prepare` and `extend` only a preview tells.

    Raises:
        InputError: with every problem, each with its line and column.
    """
    stack = open_stack(path)
    if _prepares(stack):
        return stack
    args = stack.args
    project = project_of(path.parent)
    try:
        args = resolve(args, _Settings(project, *_texts(path)))
        problems = list(check_named(args, path.stem))
    except InputError as error:
        problems = list(error.problems)
    except Exception as error:
        problems = [Problem((), unforeseen(error), stack.document.file, 1, 1)]
    if problems:
        raise InputError(_placed(problems, stack.document))
    return stack


def _prepares(stack: StackFile) -> bool:
    if stack.blueprint is None:
        return False
    from eks_blueprints.blueprint.blueprint import Blueprint

    return stack.blueprint_class().prepare is not Blueprint.prepare


class _Settings:
    """The settings of a stack as they are on disk: a source of what references name."""

    def __init__(self, project: Project | None, texts: Mapping[str, str], secret: Set[str]) -> None:
        self._namespace = project.name if project else "eks-blueprints"
        self._texts, self._secret = texts, secret

    def __call__(self, reference: Reference) -> Any:
        if reference.stack is not None:
            return reference
        key = str(reference.config or reference.secret)
        key = key if ":" in key else f"{self._namespace}:{key}"
        found = self._texts.get(key)
        only_deployed = reference.secret is not None or key in self._secret
        return reference if only_deployed and found is not None else found


def _texts(path: FilePath) -> tuple[Mapping[str, str], Set[str]]:
    """The settings of a stack as texts, and which of them are secret."""
    project = program_of(path)
    if project is None:
        return {}, set()
    from eks_blueprints.recording.errors import ProgramError
    from eks_blueprints.recording.project import load_project, stack_config

    try:
        return stack_config(load_project(project.folder), path.stem)
    except ProgramError as error:
        file = os.path.relpath(project.folder / (error.file or ""))
        raise InputError([Problem((), error.message, file, error.line)]) from None


def _placed(problems: list[Problem], document: Document) -> list[Problem]:
    return [problem for problem in problems if problem.file] + located([p for p in problems if not p.file], document)
