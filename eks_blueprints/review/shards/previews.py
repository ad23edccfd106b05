"""Previews from the files of their shards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from eks_blueprints.core.errors import InputError, Problem
from eks_blueprints.review.preview.json_form import from_data
from eks_blueprints.review.preview.json_form import written as masked
from eks_blueprints.review.preview.parallel import Outcome, outcome_of
from eks_blueprints.review.preview.run import Preview
from eks_blueprints.review.preview.shard import Shard
from eks_blueprints.review.preview.targets import Target
from eks_blueprints.review.shards.file import Joined, ShardFile


@dataclass(frozen=True, slots=True)
class Told:
    """What a plan does not hold of one stack's preview."""

    stack: str
    problems: tuple[Problem, ...] = ()
    """Why there is no plan."""
    notes: tuple[str, ...] = ()


def written(
    found: Sequence[tuple[str, Outcome | InputError]], shard: Shard, stacks: Sequence[str], same: Mapping[str, str]
) -> ShardFile:
    """The file of a shard, of what came of each of its stacks."""
    plans = [masked(each.data or {}) for _, each in found if isinstance(each, Outcome)]
    told = tuple(
        Told(name, problems=each.problems) if isinstance(each, InputError) else Told(name, notes=each.notes)
        for name, each in found
    )
    return ShardFile("preview", shard, tuple(stacks), (), same, plans, told)


def merged(joined: Joined, *, form: str, full: bool, width: int | None) -> Iterator[tuple[str, Outcome | InputError]]:
    """What came of each stack of the shards at hand, in the order of a preview without shards.

    Raises:
        InputError: if a file does not hold what it should.
    """
    found = {name: each for file in joined.files for name, each in _read(file).items()}
    for name in joined.order():
        if isinstance(each := found.get(name), InputError):
            yield name, each
        elif each is not None:
            yield name, outcome_of(each, form, full, width)


def _read(file: ShardFile) -> dict[str, Preview | InputError]:
    told: tuple[Told, ...] = file.read(tuple[Told, ...])
    try:
        plans = {plan.stack: (plan, findings, gaps) for plan, findings, gaps in map(from_data, file.report)}
    except (LookupError, ValueError, TypeError, AttributeError):
        raise file.wrong("is damaged; got a plan that cannot be read; run the shard again") from None
    if [each.stack for each in told] != file.own or {*plans} != {each.stack for each in told if not each.problems}:
        raise file.wrong("is damaged; got other stacks than those of its shard; run it again")
    found: dict[str, Preview | InputError] = {}
    for each in told:
        if each.problems:
            found[each.stack] = InputError(each.problems)
        else:
            plan, findings, gaps = plans[each.stack]
            found[each.stack] = Preview(Target(each.stack, None), plan, findings, each.notes, gaps, 0.0)
    return found
