"""Previews of many stacks, on every processor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from eks_blueprints.core.errors import InputError
from eks_blueprints.review.preview.processes import in_order
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
    return in_order(partial(_outcome, form=form, full=full, width=width), targets, jobs)


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
