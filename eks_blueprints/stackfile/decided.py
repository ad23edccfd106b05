"""References in the place of values that decide what is made: these are read before a stack file is validated.

A leaf that is merely passed on keeps its reference until a deployment. Everything else (a list, a number of nodes, the
elements themselves) has to be plain, so it is read from the configuration where that is plain: `{config: zones}`. Of a
list that another stack exports the length alone is needed, which the reference says (`count`) or a checked-in file of
that stack's outputs: `outputs/acme.network.prod.json` beside the stack file, as `pulumi stack output --json` prints it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from eks_blueprints.blueprint.spec import BlueprintArgs
from eks_blueprints.blueprint.stack_spec import StackArgs
from eks_blueprints.core.errors import InputError, Path, Problem, problems_of
from eks_blueprints.core.references import Elsewhere, Source
from eks_blueprints.core.spec import Reference
from eks_blueprints.stackfile.sound_parts import problems_of_the_rest

_COUNT = "needs the number of elements"
"""How the message begins that a list of another stack says nothing about its length."""


@dataclass
class Decided:
    """Validates the data of a stack file, and puts plain values in the place of references where only these will do."""

    of: type[StackArgs]
    source: Callable[[], Source]
    """Gives what the configuration is read by; asked for only where something is to be read."""
    outputs: FilePath
    """Folder of the files with the outputs of other stacks."""
    _read: dict[Path, str] = field(default_factory=dict)
    """Where a value of the configuration was put, and its text as long as that was not tried as JSON."""
    _told: dict[Path, Problem] = field(default_factory=dict)
    _doubts: list[Problem] = field(default_factory=list)

    def args(self, data: dict[str, Any]) -> StackArgs:
        """What the data describes.

        Raises:
            InputError: with every problem.
        """
        while True:
            try:
                args = self.of.model_validate(data)
            except ValidationError as error:
                problems = problems_of(error)
                after = self._replaced(data, problems)
                if after is data:
                    found = self._with_told(problems)
                    raise InputError([*found, *self._rest(data, found)]) from None
            else:
                after = data
                for path in [path for path in _text_maps(args, ()) if path not in self._read]:
                    after = self._text_map(after, path, str(_at(after, path)["config"]))
                if self._told:
                    raise InputError(self._told.values())
                if after is data:
                    args._warnings = (*args.warnings, *self._doubts)
                    return args
            data = after

    def _rest(self, data: dict[str, Any], found: list[Problem]) -> list[Problem]:
        # The parts of other stacks do not stand on each other so.
        return problems_of_the_rest(data, found) if issubclass(self.of, BlueprintArgs) else []

    def _replaced(self, data: dict[str, Any], problems: list[Problem]) -> dict[str, Any]:
        for problem in problems:
            path = problem.path
            text = next((at for at in _prefixes(path) if self._read.get(at)), None)
            if text is not None:
                data = self._as_json(data, text)
                continue
            for at in (path, path[:-1]):
                value = _at(data, at)
                if at in self._told or at in self._read or not isinstance(value, Mapping):
                    continue
                if set(value) == {"config"} and isinstance(value["config"], str) and value["config"]:
                    data = self._from_config(data, at, value["config"])
                elif at == path and _COUNT in problem.message:
                    data = self._counted(data, problem, value)
        return data

    def _from_config(self, data: dict[str, Any], path: Path, key: str) -> dict[str, Any]:
        found = self.source()(Reference(config=key))
        if isinstance(found, str):
            self._read[path] = found
            return _put(data, path, found)
        if found is None:
            what, do = f"config {key} is not set; got nothing", f"run: pulumi config set {key} …"
        elif isinstance(found, Elsewhere):
            what = (
                f"config {key} decides which resources exist, and can come from an environment of Pulumi ESC; "
                "got nothing"
            )
            do = f"set it beside the stack: pulumi config set {key} …"
        else:
            what, do = (
                f"config {key} is secret, and decides which resources exist; got a secret",
                "set it without --secret",
            )
        self._told[path] = Problem(path, f"{what}; {do}")
        return data

    def _text_map(self, data: dict[str, Any], path: Path, key: str) -> dict[str, Any]:
        """A mapping of texts may really have the one entry `config`, as labels of nodes have."""
        found = self.source()(Reference(config=key))
        if found is not None and not isinstance(found, Elsewhere):
            return self._from_config(data, path, key)
        self._read[path] = ""
        message = f"is read as one entry called config; got no config {key}; set it if that is intended"
        self._doubts.append(Problem(path, message, severity="warning"))
        return data

    def _as_json(self, data: dict[str, Any], path: Path) -> dict[str, Any]:
        text, self._read[path] = self._read[path], ""
        try:
            return _put(data, path, json.loads(text))
        except (ValueError, RecursionError):
            return data

    def _counted(self, data: dict[str, Any], problem: Problem, value: Mapping[str, Any]) -> dict[str, Any]:
        stack, output = str(value.get("stack")), value.get("output")
        file = self.outputs / f"{stack.replace('/', '.')}.json"
        try:
            found = json.loads(file.read_text(encoding="utf-8-sig")).get(output)
            if "key" in value:
                found = found.get(value["key"]) if isinstance(found, Mapping) else None
        except FileNotFoundError:
            do = f"run: pulumi stack output --json --stack {stack} > {file}"
            self._told[problem.path] = Problem(problem.path, f"{problem.message}, or {do}")
            return data
        except (OSError, ValueError, AttributeError, RecursionError):
            do = f"write what pulumi stack output --json --stack {stack} prints"
            self._told[problem.path] = Problem(
                (), f"is not a JSON object of outputs; got something else; {do}", str(file)
            )
            return data
        if not isinstance(found, list) or not found:
            what = (
                f"is not a list in {file} with anything in it; got {output}; name an output that is one, or write count"
            )
            self._told[problem.path] = Problem(problem.path, what)
            return data
        return _put(data, problem.path, {**value, "count": len(found)})

    def _with_told(self, problems: list[Problem]) -> list[Problem]:
        kept = [each for each in problems if not any(at in self._told for at in _prefixes(each.path))]
        return [*kept, *self._told.values()]


def _text_maps(value: Any, path: Path) -> Iterator[Path]:
    """Where a mapping of texts holds one entry, `config`: it may name a mapping, as it would anywhere else."""
    if isinstance(value, BaseModel):
        for name in value.model_fields_set:
            part = getattr(value, name)
            texts = get_origin(kind := type(value).model_fields[name].annotation) is dict and get_args(kind)[1] is str
            if texts and isinstance(part, dict) and set(part) == {"config"}:
                yield (*path, name)
            else:
                yield from _text_maps(part, (*path, name))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _text_maps(item, (*path, getattr(item, "name", "") or index))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _text_maps(item, (*path, key))


def _prefixes(path: Path) -> Iterator[Path]:
    return (path[:length] for length in range(len(path), 0, -1))


def _at(data: Any, path: Path) -> Any:
    for key in path:
        try:
            data = data[key]
        except (LookupError, TypeError):
            return None
    return data


def _put(data: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """Data with another value at a path; what it was made from stays as it is."""
    copy: Any = data.copy()
    copy[path[0]] = _put(copy[path[0]], path[1:], value) if len(path) > 1 else value
    return copy  # type: ignore[no-any-return]
