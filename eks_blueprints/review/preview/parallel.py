"""Previews of many stacks, on every processor: each process imports the provider packages once and takes many."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eks_blueprints.core import late_modules
from eks_blueprints.core.errors import InputError
from eks_blueprints.review.preview.targets import Target

if TYPE_CHECKING:
    from eks_blueprints.review.preview.run import Preview


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished preview in the form that was asked for; it crosses from one process to another."""

    lines: tuple[str, ...]
    data: dict[str, Any] | None
    refused: bool
    created: bool
    notes: tuple[str, ...] = ()
    """What the program itself warned of."""


def previews(
    targets: Sequence[Target], *, form: str, full: bool, width: int | None, jobs: int | None = None
) -> Iterator[tuple[Target, Outcome | InputError]]:
    """Each target with its outcome, or with what is wrong with it, in the order given."""
    workers = min(len(targets), jobs or os.cpu_count() or 1)
    if workers <= 1:
        for target in targets:
            yield target, _outcome(target, form, full, width)
        return
    # One stack needs none of this, and waits for it.
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("forkserver" if os.name == "posix" else "spawn")
    with ProcessPoolExecutor(workers, context, initializer=late_modules.install) as pool:
        waiting = [(target, pool.submit(_outcome, target, form, full, width)) for target in targets]
        try:
            for target, future in waiting:
                yield target, future.result()
        except BaseException:
            # Nobody waits for the others any more.
            for process in list(pool._processes.values()):
                process.terminate()
            raise


def _outcome(target: Target, form: str, full: bool, width: int | None) -> Outcome | InputError:
    from eks_blueprints.review.preview.run import preview

    try:
        return outcome_of(preview(target), form, full, width)
    except InputError as error:
        return error


def outcome_of(found: Preview, form: str, full: bool, width: int | None) -> Outcome:
    """A preview in the form that was asked for: `text` and `json` as lines, `data` as data."""
    from eks_blueprints.core.printed import document
    from eks_blueprints.review.preview.json_form import to_data, written
    from eks_blueprints.review.preview.text import render

    data = to_data(found) if form == "data" else None
    lines: tuple[str, ...] = tuple(render(found, full=full, width=width)) if form == "text" else ()
    if form == "json":  # written here, because that takes longer than to hand it on
        lines = (document(written(to_data(found))),)
    return Outcome(lines, data, found.refused, found.created, found.notes)
