"""Whether the program of a stack could build what its file describes, as far as that is known without running it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path as FilePath

from eks_blueprints.core.document import Document, located
from eks_blueprints.core.errors import InputError, Problem, unforeseen
from eks_blueprints.core.references import resolve
from eks_blueprints.stackfile.find import ADOPTION
from eks_blueprints.stackfile.load import StackFile, open_stack
from eks_blueprints.stackfile.settings import settings_of


def checked(path: FilePath) -> StackFile:
    """A stack file that has been read, found valid, and found to have what its program will ask for.

    Its name is the stack's. The settings beside it are held against it, and the values that it names
    (`{config: key}`) are looked up in them; one that may come from an environment of Pulumi ESC is among its warnings.
    Only a preview shows what a team's own blueprint makes of it in `prepare` and `extend`: the result names them, and
    what `prepare` might mend is a warning too.

    Raises:
        InputError: with every problem, each with its line and column.
    """
    stack = open_stack(path)
    own = _own_methods(stack)
    found = [*_problems(stack, path), *_of_adoption(path)]
    if "prepare" in own:
        # A name without a place is the stack's whatever `prepare` returns; every part of the spec may be another one.
        found = [_mendable(problem) if problem.path and not problem.file else problem for problem in found]
    found = _placed(found, stack.document)
    if wrong := [problem for problem in found if problem.severity == "error"]:
        raise InputError(wrong)
    return replace(stack, doubts=tuple(found), unchecked=own)


def _problems(stack: StackFile, path: FilePath) -> list[Problem]:
    settings = settings_of(path)
    found: list[Problem] = []
    try:
        found += settings.problems(stack.args)
        args = resolve(stack.args, settings, found)
        return [*found, *args.problems_named(path.stem)]
    except InputError as error:
        return [*found, *error.problems]
    except Exception as error:
        return [*found, Problem((), unforeseen(error), stack.document.file, 1, 1)]


def _of_adoption(path: FilePath) -> list[Problem]:
    """What is wrong with the file beside it that says what the stack takes over; names are a preview's affair."""
    if not path.with_name(f"{path.stem}{ADOPTION}").is_file():
        return []
    from eks_blueprints.adoption.file import beside, read_adoption

    try:
        read_adoption(beside(path))
    except InputError as error:
        return list(error.problems)
    return []


def _own_methods(stack: StackFile) -> tuple[str, ...]:
    if stack.blueprint is None:
        return ()
    from eks_blueprints.blueprint.stack import Stack

    own = stack.blueprint_class()
    return tuple(name for name in ("prepare", "extend") if getattr(own, name) is not getattr(Stack, name))


def _mendable(problem: Problem) -> Problem:
    if problem.severity == "warning":
        return problem
    return replace(problem, message=f"{problem.message} (unless prepare() changes it)", severity="warning")


def _placed(problems: list[Problem], document: Document) -> list[Problem]:
    return [problem for problem in problems if problem.file] + located([p for p in problems if not p.file], document)
