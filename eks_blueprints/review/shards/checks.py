"""Checks from the files of their shards."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eks_blueprints.core.errors import Problem
from eks_blueprints.policies.formats.json_form import render
from eks_blueprints.policies.report import Report
from eks_blueprints.review.preview.shard import Shard
from eks_blueprints.review.shards.file import Joined, ShardFile
from eks_blueprints.stackfile.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Checks:
    """What a check says of some stacks."""

    verdicts: tuple[Verdict, ...]
    reports: tuple[Report, ...] = ()
    """Of the policies; none if a stack file is invalid."""
    others: tuple[Problem, ...] = ()
    """Warnings of files that are no stacks, and may be meant as such; every shard has them."""


def written(found: Checks, shard: Shard, stacks: Sequence[str], same: Mapping[str, str]) -> ShardFile:
    """The file of a shard."""
    return ShardFile("check", shard, tuple(stacks), (), same, json.loads(render(found.reports)), found)


def merged(joined: Joined) -> Checks:
    """What is said of all stacks of the shards at hand, in the order of a check without shards.

    Raises:
        InputError: if a file does not hold what it should.
    """
    found = [_read(each) for each in joined.files]
    verdicts = {each.stack: each for checks in found for each in checks.verdicts}
    reports = {each.stack: each for checks in found for each in checks.reports}
    order = joined.order()
    return Checks(
        tuple(verdicts[name] for name in order if name in verdicts),
        tuple(reports[name] for name in order if name in reports),
        found[0].others,
    )


def _read(file: ShardFile) -> Checks:
    checks: Checks = file.read(Checks)
    file.hold(json.loads(render(checks.reports)))
    judged = [each.stack for each in checks.reports]
    if [each.stack for each in checks.verdicts] != file.own or judged not in (file.own, []):
        raise file.wrong("is damaged; got other stacks than those of its shard; run it again")
    return checks
