"""What the policies say of many stacks, on every processor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from eks_blueprints.review.preview.processes import in_order

if TYPE_CHECKING:
    from eks_blueprints.policies.definition import Profile
    from eks_blueprints.policies.report import Report
    from eks_blueprints.review.preview.targets import Target


def reports(targets: Sequence[Target], profile: Profile | None, jobs: int | None = None) -> Iterator[Report]:
    """The report on each stack, in the order given.

    Raises:
        InputError: if a stack file is invalid or its program fails, or a file of policies is wrong.
    """
    from eks_blueprints.policies.catalogue import rules
    from eks_blueprints.policies.own import load

    for target, (report, asked) in in_order(partial(_judged, profile=profile), targets, jobs):
        load(target.beside)  # a rule is a function of a module, which another process only names
        if rules().keys() >= set(asked):
            yield _with(report, asked)
        else:  # the program brings rules of its own: only it can make them known here
            yield _with(*_judged(target, profile))


def _with(report: Report, asked: Iterable[str]) -> Report:
    from eks_blueprints.policies.catalogue import rules

    known = rules()
    return replace(report, rules=tuple(known[each] for each in asked))


def _judged(target: Target, profile: Profile | None) -> tuple[Report, tuple[str, ...]]:
    from eks_blueprints.policies.cli_support import judge_plan
    from eks_blueprints.review.preview.run import preview

    report = judge_plan(preview(target, with_git=True).plan, target.beside, profile=profile)
    return replace(report, rules=()), tuple(rule.id for rule in report.rules)
