"""Turns the references of a stack file (`{config: key}` and its kin) into what a resource takes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from eks_blueprints.core.errors import InputError, Path, Problem, problems_of
from eks_blueprints.core.spec import Reference, Spec, is_output

if TYPE_CHECKING:
    import pulumi

S = TypeVar("S", bound=Spec)

Source = Callable[[Reference], Any]
"""What a reference names: a text of the configuration, an Output, or the reference itself where only a deployment
knows; None for what is not set; `Elsewhere` for what may be set where only a deployment looks."""

environment: ContextVar[bool] = ContextVar("environment", default=False)
"""Whether the program runs without the environments of Pulumi ESC that its stack's settings import."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The place of a key that is not set, but may come from an environment of Pulumi ESC."""

    value: Any


def resolve(spec: S, source: Source, doubts: list[Problem]) -> S:
    """A copy of a spec in which every reference is what a source says of it.

    Args:
        spec: What holds the references.
        source: What each of them names.
        doubts: Takes a warning for each field whose value is not known here.

    Raises:
        InputError: naming each field whose config key is not set, or set to something that does not fit.
    """
    problems: list[Problem] = []
    result = _walk(spec, source, (), problems)
    if wrong := [problem for problem in problems if problem.severity == "error"]:
        raise InputError(wrong)
    doubts += problems
    return result  # type: ignore[no-any-return]


def of_deployment(reference: Reference) -> Any:
    """The source of a running program: the stack's configuration, its secrets as Outputs, other stacks' outputs."""
    import pulumi

    if reference.stack is not None:
        output = _stack(reference.stack).require_output(reference.output)  # type: ignore[arg-type]
        if reference.key is not None:
            output = output.apply(lambda value: _entry(value, reference))
        return output if reference.index is None else output.apply(lambda value: _element(value, reference))
    namespace, _, name = str(reference.config or reference.secret).rpartition(":")
    config = pulumi.Config(namespace or None)
    # What was set with --secret stays secret, however a stack file names it.
    secret = reference.secret or pulumi.runtime.is_config_secret(config.full_key(name))
    found = config.get_secret(name) if secret else config.get(name)
    if found is None and environment.get():
        symbol = f"${{config.{config.name}:{name}}}"
        return Elsewhere(pulumi.Output.secret(symbol) if reference.secret else pulumi.Output.from_input(symbol))
    return found


def _walk(value: Any, source: Source, path: Path, problems: list[Problem]) -> Any:
    if isinstance(value, Reference):
        return _read(value, source, path, problems)
    if isinstance(value, BaseModel):
        changes = {}
        for name in value.model_fields_set:
            old = getattr(value, name)
            new = _walk(old, source, (*path, name), problems)
            if new is not old:
                changes[name] = new
        return value.model_copy(update=changes) if changes else value
    if isinstance(value, tuple | list):
        items = [_walk(item, source, (*path, _key(item, index)), problems) for index, item in enumerate(value)]
        return type(value)(items) if any(a is not b for a, b in zip(items, value, strict=True)) else value
    if isinstance(value, dict):
        entries = {key: _walk(item, source, (*path, str(key)), problems) for key, item in value.items()}
        return entries if any(entries[key] is not value[key] for key in value) else value
    return value


def _key(item: Any, index: int) -> str | int:
    # Elements stand under their names in a stack file and in a list in Python; messages use the name.
    return str(getattr(item, "name", "") or index) if isinstance(item, BaseModel) else index


def _read(reference: Reference, source: Source, path: Path, problems: list[Problem]) -> Any:
    found = source(reference)
    key = reference.config or reference.secret
    if isinstance(found, Elsewhere):
        what = f"config {key} may come from the stack's environment (Pulumi ESC), so that its value is not checked"
        do = f"run: pulumi config get {key}, to see that it is set"
        problems.append(Problem(path, f"{what}; got nothing in the settings file; {do}", severity="warning"))
        return found.value
    if found is None:
        flag = " --secret" if reference.secret else ""
        do = f"run: pulumi config set{flag} {key} …"
        if reference.open:
            do += f", or write {{literal: {reference}}} if that mapping itself is meant"
        problems.append(Problem(path, f"config {key} is not set; got nothing; {do}"))
        return None
    if reference.config is None or found is reference or is_output(found):
        return found
    try:
        return _fit(reference, found)
    except ValidationError as error:
        reasons = "; ".join(problem.message for problem in problems_of(error))
        problems.append(Problem(path, f"config {key} does not fit: {reasons}"))
    except ValueError as error:
        problems.append(Problem(path, f"config {key} does not fit: {error}"))
    return None


def _entry(value: Any, reference: Reference) -> Any:
    """One value of an output that is a mapping.

    Raises:
        ValueError: if it is none, or has no such key.
    """
    key, what = str(reference.key), f"output {reference.output} of stack {reference.stack}"
    if isinstance(value, str) and type(value) is not str:
        return value[key]  # type: ignore[index]  # the symbol of an output that a recording does not know
    if not isinstance(value, Mapping):
        raise ValueError(f"{what} is not a mapping; got {type(value).__name__}; leave key out")
    if key not in value:
        raise ValueError(f"{what} has no such key; got key: {key}; it has {', '.join(map(str, value))}")
    return value[key]


def _element(value: Any, reference: Reference) -> Any:
    """One element of an output that is a list.

    Raises:
        ValueError: if it is none, or has another number of elements than was said.
    """
    key = "" if reference.key is None else f"{reference.key} of "
    index, what = int(reference.index or 0), f"{key}output {reference.output} of stack {reference.stack}"
    if isinstance(value, str) and type(value) is not str:
        return value[index]  # the symbol of an output that a recording does not know
    if not isinstance(value, list | tuple):
        raise ValueError(f"{what} is not a list; got {type(value).__name__}; leave index and count out")
    if reference.count not in (None, len(value)):
        raise ValueError(f"{what} has {len(value)} elements; got count: {reference.count}; write count: {len(value)}")
    if index >= len(value):
        raise ValueError(f"{what} has {len(value)} elements, counted from 0; got index: {index}; name another")
    return value[index]


def _fit(reference: Reference, text: Any) -> Any:
    # Config values are text; a number, a boolean or a list is written as JSON in it.
    if reference.read is None:
        return text
    try:
        return reference.read(text)
    except ValueError as first:
        try:
            return reference.read(json.loads(text))
        except ValueError:
            raise first from None


def _stack(name: str) -> pulumi.StackReference:
    import pulumi

    root: Any = pulumi.runtime.get_root_resource()
    known: dict[str, pulumi.StackReference] = root.__dict__.setdefault("_eks_blueprints_stacks", {})
    if name not in known:
        known[name] = pulumi.StackReference(name)
    return known[name]
