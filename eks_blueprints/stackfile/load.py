"""Stack files: `stacks/<stack>.yaml`, one blueprint as data, each problem told with its line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from eks_blueprints.blueprint.spec import BlueprintArgs
from eks_blueprints.blueprint.stack_spec import StackArgs
from eks_blueprints.core.document import Document, located
from eks_blueprints.core.elements import load_class
from eks_blueprints.core.errors import InputError, Problem, shown, unforeseen
from eks_blueprints.core.references import Source
from eks_blueprints.core.spec import Spec
from eks_blueprints.stackfile.decided import Decided
from eks_blueprints.stackfile.extends import read_stack
from eks_blueprints.stackfile.settings import settings_of
from eks_blueprints.workloads._files import counted_from

if TYPE_CHECKING:
    from eks_blueprints.blueprint.stack import Stack


@dataclass(frozen=True, slots=True)
class StackFile:
    """One stack file that has been read and found valid."""

    document: Document
    blueprint: str | None
    """Dotted path of the blueprint class it names; None for `eks_blueprints.Blueprint`."""
    args: StackArgs
    doubts: tuple[Problem, ...] = ()
    """What is doubtful about it beside its settings; see `checked`."""
    unchecked: tuple[str, ...] = ()
    """Methods of a blueprint of one's own that change or add to it, which only a preview runs."""

    def blueprint_class(self) -> type[Stack[Any]]:
        """The class that builds it; this imports pulumi."""
        from eks_blueprints.blueprint.blueprint import Blueprint

        return Blueprint if self.blueprint is None else _blueprint_class(self.blueprint, self.document)

    def warnings(self) -> list[Problem]:
        """What is allowed but doubtful about it, each thing once."""
        return list(dict.fromkeys([*located(self.args.warnings, self.document), *self.doubts]))


def load(path: str | FilePath) -> BlueprintArgs:
    """The platform that a stack file describes.

    Raises:
        InputError: with every problem of the file, each with its line and column, or if it describes no platform.
    """
    stack = open_stack(path)
    if isinstance(stack.args, BlueprintArgs):
        return stack.args
    message = f"describes no platform; got {stack.blueprint}; read it with open_stack"
    raise InputError(located([Problem(("blueprint",), message)], stack.document))


def open_stack(path: str | FilePath, name: str | None = None, source: Source | None = None) -> StackFile:
    """A stack file with the class it names and the places of its parts; see `load`.

    Args:
        path: The file.
        name: What messages call it.
        source: Values of `{config: key}` that decide which resources exist. Default: the settings beside the file.
    """
    path = FilePath(path)
    unclear: list[Problem] = []
    document = read_stack(path, name, unclear)
    data = dict(document.data)
    named = data.pop("blueprint", None)
    args_class: type[StackArgs] = BlueprintArgs
    with _importable(path), counted_from(path.parent):
        if named is not None:
            args_class = _blueprint_class(named, document).Args
        decided = Decided(args_class, lambda: source or settings_of(path), path.parent / "outputs")
        try:
            args = decided.args(data)
        except InputError as error:
            raise InputError(located([*unclear, *error.problems], document)) from None
        except Exception as error:
            raise InputError([*unclear, _unforeseen(error, args_class, data, document)]) from error
    if unclear:
        raise InputError(located(unclear, document))
    args._origin = document
    return StackFile(document, named, args)


def _unforeseen(error: Exception, args_class: type[StackArgs], data: dict[str, Any], document: Document) -> Problem:
    """An exception that is not a verdict, at the part of the file that causes it, where there is one."""
    message = unforeseen(error)
    for key in data:
        try:
            args_class.model_validate({name: value for name, value in data.items() if name != key})
        except ValidationError:
            pass
        except Exception:  # noqa: S112 - it comes from another part
            continue
        return located([Problem((key,), message)], document)[0]
    return Problem((), message, document.file, 1, 1)


def blueprint_class(named: str, folder: FilePath) -> type[Stack[Any]]:
    """The blueprint class at a dotted path, found as one that a stack file of a folder names; this imports pulumi.

    Raises:
        InputError: if there is none.
    """
    with _importable(folder / "stack.yaml"):
        return _blueprint_class(named, Document("", {}))


def spec_class(named: str, folder: FilePath) -> type[Spec]:
    """The spec at a dotted path, found as the program of a folder finds it; this may import pulumi.

    Raises:
        InputError: if there is none.
    """
    with _importable(folder / "__main__.py"):
        try:
            found = load_class(named)
        except ImportError as error:
            do = "write package.module.Class of the spec that the program reads"
            raise InputError([Problem((), f"cannot be imported; got {shown(named)} ({error}); {do}")]) from None
    if not (isinstance(found, type) and issubclass(found, Spec)):
        do = "name the class that stackfile.from_config is given"
        raise InputError([Problem((), f"is not a spec; got {named}; {do}")])
    return found


def _blueprint_class(named: Any, document: Document) -> type[Stack[Any]]:
    place = document.values.get(("blueprint",))

    def wrong(message: str) -> InputError:
        problem = Problem(("blueprint",), message)
        return InputError([problem.at(place.file, place.line, place.column) if place else problem])

    if not isinstance(named, str) or "." not in named:
        raise wrong(f"needs the dotted path of a class; got {shown(named)}; write package.module.Class")
    from eks_blueprints.blueprint.stack import Stack

    try:
        found = load_class(named)
    except ImportError as error:
        got = named if len(named) <= 100 else shown(named)
        raise wrong(f"cannot be imported; got {got} ({error}); is it on the Python path?") from None
    if not (isinstance(found, type) and issubclass(found, Stack)):
        raise wrong(f"is not a blueprint; got {named}; extend eks_blueprints.Blueprint")
    return found


@contextmanager
def _importable(path: FilePath) -> Iterator[None]:
    """Let classes named in a stack file come from its folder or from the project's, as a program's imports do."""
    folder = path.resolve().parent
    project = next((p for p in (folder, *folder.parents) if (p / "Pulumi.yaml").is_file()), folder)
    added = [str(p) for p in dict.fromkeys((folder, project)) if str(p) not in sys.path]
    sys.path[:0] = added
    try:
        yield
    finally:
        sys.path[:] = [entry for entry in sys.path if entry not in added]
