"""A migration laid over a stack file: which phase it is in, and what each phase makes of its text."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path

from eks_blueprints.blueprint.spec import BlueprintArgs
from eks_blueprints.core import versions
from eks_blueprints.core.document import located
from eks_blueprints.core.errors import InputError
from eks_blueprints.lifecycle.edits.changes import differences
from eks_blueprints.lifecycle.edits.files import Files, others, write
from eks_blueprints.lifecycle.migrate.model import Data, Found, Given, Migration, Shown
from eks_blueprints.stackfile.extends import read_stack
from eks_blueprints.stackfile.load import open_stack


def look(migration: Migration, stack: str, stack_file: Path, given: Given | None = None) -> Found:
    """The phases of a migration on a stack file, those that are done and those to come.

    Raises:
        InputError: if the file is not valid, the migration does not apply to it, or it is written so that it cannot be
            edited.
    """
    with versions.what_stands():
        args = open_stack(stack_file, str(stack_file)).args
    known = replace(given or Given(), platform=args if isinstance(args, BlueprintArgs) else None)
    document = read_stack(stack_file, str(stack_file))
    try:
        way = migration.way(copy.deepcopy(document.data), known)
    except InputError as error:
        raise InputError(located(error.problems, document)) from None
    files, data = Files(stack_file), document.data
    shown: list[Shown] = []
    for phase in way.phases:
        after: Data = phase.edit(copy.deepcopy(data))
        changes = list(differences(data, after))
        files = files.rest()
        for change in changes:
            files.apply(change)
        began = any(each.state == "next" for each in shown)
        if changes:
            problems = tuple(located(phase.stopped_by(data), document))
            shown.append(Shown(phase, "later" if began else "next", files.diff(), files.changed(), problems))
        else:
            shown.append(Shown(phase, "nothing" if began else "done"))
        data = after
    found = Found(migration, stack, stack_file, tuple(shown), tuple(located(way.stays, document)), way.finished)
    coming = found.next
    return replace(found, shared=tuple(others(stack_file, coming.files))) if coming else found


def write_next(found: Found) -> Shown | None:
    """Write the next phase into the stack file; None where all are done.

    Raises:
        InputError: with what stands in its way, or would be invalid.
    """
    coming = found.next
    if coming is None:
        return None
    if coming.problems:
        raise InputError(list(coming.problems))
    write(found.file, coming.files)
    return coming
