"""A diff's report from the files of its shards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from eks_blueprints.review.preview.shard import Shard
from eks_blueprints.review.report.json_form import to_data
from eks_blueprints.review.report.model import Report
from eks_blueprints.review.shards.file import Joined, ShardFile

T = TypeVar("T")


def written(report: Report, shard: Shard, stacks: Sequence[str], same: Mapping[str, str]) -> ShardFile:
    """The file of a shard; `report` is that of its stacks, `stacks` are those of all shards."""
    same = {"base": report.base, **same}
    return ShardFile("diff", shard, tuple(stacks), report.gone, same, to_data(report), report)


def as_part(report: Report, shard: Shard, stacks: Sequence[str]) -> Report:
    """A shard's report as a reader sees it: what it is only a part of."""
    own = shard.of([*stacks, *report.gone])
    note = f"shard {shard}: {len(own)} of {len(stacks) + len(report.gone)} stacks; report merge joins all shards"
    return replace(report, notes=(*report.notes, note), command=f"{report.command} --shard {shard}")


def merged(joined: Joined) -> Report:
    """The report of all stacks, as it is without shards; stacks whose shard is missing cannot be rendered.

    Raises:
        InputError: if a file does not hold what it should.
    """
    reports = [_read(each) for each in joined.files]
    first, order = reports[0], joined.order()
    stacks = {stack.stack: stack for each in reports for stack in each.stacks}
    found = [stacks[name] for name in order if name in stacks]
    return replace(
        first,
        project=next((each.diff.project for each in found), ""),
        stacks=tuple(found),
        errors=_ordered([joined.unseen(), *(each.errors for each in reports)], order),
        stack_notes=_ordered([each.stack_notes for each in reports], order),
        untold=_ordered([each.untold for each in reports], order),
    )


def _read(file: ShardFile) -> Report:
    report: Report = file.read(Report)
    file.hold(to_data(report))
    told = {*(each.stack for each in report.stacks), *report.errors, *report.untold}
    if told != set(file.own) or report.gone != file.gone:
        raise file.wrong("is damaged; got other stacks than those of its shard; run it again")
    return report


def _ordered(parts: Sequence[Mapping[str, T]], order: Sequence[str]) -> dict[str, T]:
    found = {name: each for part in parts for name, each in part.items()}
    return {name: found[name] for name in order if name in found}
