"""Whether the program of a stack could build what its file describes, as far as that is known without running it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Set
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from eks_blueprints.blueprint.ground import check_named
from eks_blueprints.core.document import Document, located
from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.core.references import Elsewhere, resolve
from eks_blueprints.core.spec import Reference
from eks_blueprints.recording.errors import ProgramError
from eks_blueprints.recording.project import imports_environment, load_project, stack_config
from eks_blueprints.stackfile.find import program_of, project_of
from eks_blueprints.stackfile.load import StackFile, open_stack


def checked(path: FilePath) -> StackFile:
    """A stack file that has been read, found valid, and found to have what its program will ask for.

    Its name is the stack's. The values that it names (`{config: key}`) are looked up in the settings beside it; one
    that may come from an environment of Pulumi ESC is among its warnings. What a blueprint of one's own makes of it in
    `prepare` and `extend` only a preview tells: the result names them, and what `prepare` might mend is a warning too.

    Raises:
        InputError: with every problem, each with its line and column.
    """
    stack = open_stack(path)
    own = _own_methods(stack)
    doubts: list[Problem] = []
    try:
        args = resolve(stack.args, _settings(path), doubts)
        problems = list(check_named(args, path.stem))
    except InputError as error:
        problems = list(error.problems)
    if "prepare" in own:
        # The name is the stack's whatever `prepare` returns; every part of the spec may be another one.
        doubts += [_mendable(problem) for problem in problems if problem.path]
        problems = [problem for problem in problems if not problem.path]
    if problems:
        raise InputError(_placed(problems, stack.document))
    return replace(stack, doubts=tuple(doubts), unchecked=own)


def _own_methods(stack: StackFile) -> tuple[str, ...]:
    if stack.blueprint is None:
        return ()
    from eks_blueprints.blueprint.blueprint import Blueprint

    own = stack.blueprint_class()
    return tuple(name for name in ("prepare", "extend") if getattr(own, name) is not getattr(Blueprint, name))


def _mendable(problem: Problem) -> Problem:
    return replace(problem, message=f"{problem.message} (unless prepare() changes it)", severity="warning")


class _Settings:
    """The settings of a stack as they are on disk: a source of what references name."""

    def __init__(self, namespace: str, texts: Mapping[str, str], secret: Set[str], *, environment: bool) -> None:
        self._namespace, self._texts, self._secret, self._environment = namespace, texts, secret, environment

    def __call__(self, reference: Reference) -> Any:
        if reference.stack is not None:
            return reference
        key = str(reference.config or reference.secret)
        key = key if ":" in key else f"{self._namespace}:{key}"
        found = self._texts.get(key)
        if found is None and self._environment:
            return Elsewhere(reference)
        only_deployed = reference.secret is not None or key in self._secret
        return reference if only_deployed and found is not None else found


def _settings(path: FilePath) -> _Settings:
    around = project_of(path.parent)
    namespace = around.name if around else "eks-blueprints"
    if program_of(path) is None or around is None:
        return _Settings(namespace, {}, set(), environment=False)
    try:
        project = load_project(around.folder)
        texts, secret = stack_config(project, path.stem)
        return _Settings(namespace, texts, secret, environment=imports_environment(project, path.stem))
    except ProgramError as error:
        file = os.path.relpath(around.folder / (error.file or ""))
        raise InputError([Problem((), error.message, file, error.line)]) from None


def _placed(problems: list[Problem], document: Document) -> list[Problem]:
    return [problem for problem in problems if problem.file] + located([p for p in problems if not p.file], document)
