"""Answers about charts as findings, at the line of the value that brings them about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path as File

from eks_blueprints.core.document import Document, read
from eks_blueprints.core.errors import InputError, Path
from eks_blueprints.policies.check import finding, undetermined
from eks_blueprints.policies.definition import Enforcement, Rule
from eks_blueprints.policies.inside.asked import Answer
from eks_blueprints.policies.inside.contents import Contents
from eks_blueprints.policies.report import Finding
from eks_blueprints.policies.stack import Resource, Stack


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
            made = replace(made, path=(*values, *answer.value), line=_line(resource, answer.value) or made.line)
        yield made


def _line(resource: Resource, value: Path) -> int | None:
    """The line of a value in the stack file that an add-on is written in."""
    position = resource.position
    if not resource.from_stack_file or position is None:
        return None
    document = _document(position.file)
    if document is None:
        return None
    element = next((path for path, place in document.keys.items() if place.line == position.line), None)
    place = document.place((*element, "values", *value), of_key=True) if element else None
    return place.line if place else None


@cache
def _document(file: str) -> Document | None:
    try:
        return read(File(file))
    except InputError:
        return None
