"""Answers about charts as findings, at the line of the value that brings them about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path as File

from eks_blueprints.core.document import Document, Place
from eks_blueprints.core.errors import InputError, Path
from eks_blueprints.policies.check import BLUEPRINT, finding, undetermined
from eks_blueprints.policies.definition import Enforcement, Rule
from eks_blueprints.policies.inside.asked import Answer
from eks_blueprints.policies.inside.contents import Contents
from eks_blueprints.policies.report import Finding
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.stackfile.extends import read_stack

_ELEMENT = len(("addons", "name"))


def findings(
    rule: Rule, found: Contents, answers: Iterable[Answer], enforcement: Enforcement, stack: Stack
) -> Iterator[Finding]:
    """What a rule says about a chart, as findings about what installs it."""
    resource = found.installed.resource
    for answer in answers:
        if answer.unknown is not None:
            yield undetermined(rule, resource, answer.unknown, enforcement)
        if answer.fault is None:
            continue
        made = finding(rule, resource, answer.fault, enforcement, stack)
        if answer.more:
            made = replace(made, more=answer.more)
        if answer.accepted:
            made = replace(made, verdict="waived", waiver=f"{found.installed.chart} {answer.accepted}", do="")
        if answer.value:
            values = found.installed.values.path
            made = replace(made, path=(*values, *answer.value))
            if place := _place(resource, answer.value, stack):
                made = replace(made, file=place.file, line=place.line)
        yield made


def _place(resource: Resource, value: Path, stack: Stack) -> Place | None:
    """Where a value is written in the stack file of an add-on, or in one that it extends."""
    position = resource.position
    if not resource.from_stack_file or position is None:
        return None
    roots = [each.position for each in stack.ancestors(resource) if each.type == BLUEPRINT and each.from_stack_file]
    document = _document((roots[0] if roots else position).file, File.cwd())
    if document is None:
        return None
    at = position.file, position.line
    there = [path for path, place in document.keys.items() if (place.file, place.line) == at and len(path) == _ELEMENT]
    # Several may stand in one line.
    named = [path for path in there if str(path[-1]).replace("_", "-") in resource.name]
    element = next(iter(named or there), None)
    return document.place((*element, "values", *value), of_key=True) if element else None


@cache
def _document(name: str, here: File) -> Document | None:
    """A stack file by the name that positions have it by: from the project's folder, which may be above."""
    found = next((folder / name for folder in (here, *here.parents) if (folder / name).is_file()), None)
    try:
        return read_stack(found, name) if found else None
    except InputError:
        return None
