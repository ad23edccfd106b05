"""An adoption held against the program: names of resources that it makes, and of their inputs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from eks_blueprints.adoption.file import Adoption, Key
from eks_blueprints.core.document import located
from eks_blueprints.core.errors import Problem, unknown_name
from eks_blueprints.recording.inputs.derive import table_for
from eks_blueprints.recording.inputs.locate import class_of


def problems(adoption: Adoption, made: Iterable[Key]) -> list[Problem]:
    """What an adoption names and the program does not make, or the type does not have, each with its line.

    The inputs of a type are those of its class in the SDK, which a program that makes one has loaded.
    """
    known = set(made)
    found: list[Problem] = []
    for type_, name in adoption.named():
        if (type_, name) in known:
            found += _unknown_inputs(adoption, type_, name)
        else:
            names = [other for of, other in known if of == type_]
            found.append(Problem(("resources", type_, name), unknown_name(name, names, f"{type_} in this stack")))
    return located(found, adoption.document)


def _unknown_inputs(adoption: Adoption, type_: str, name: str) -> Iterator[Problem]:
    each, cls = adoption.of(type_, name), class_of(type_)
    table = None if cls is None else table_for(cls)
    if each is None or table is None or table.is_open:
        return
    for index, path in enumerate(each.keep):
        top = re.split(r"[.\[]", path, maxsplit=1)[0]
        # The SDK takes its own spelling too.
        if top not in table.properties and top not in table.by_python_name:
            message = unknown_name(top, table.properties, f"input of {type_}")
            yield Problem(("resources", type_, name, "keep", index), message)
