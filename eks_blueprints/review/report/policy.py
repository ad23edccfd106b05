"""What the policies say of the new plan, and what of it was said of the old one already."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from eks_blueprints.policies.check import check_plan
from eks_blueprints.policies.own import load
from eks_blueprints.policies.report import Finding
from eks_blueprints.policies.settings import FILE, read_settings
from eks_blueprints.recording.plan import Plan
from eks_blueprints.review.diff.imports import as_it_is, there_before
from eks_blueprints.review.report.model import Policies


def judge(
    old: Plan | None,
    new: Plan,
    folder: Path | None,
    *,
    old_folder: Path | None = None,
    renamed: Mapping[str, str] | None = None,
    today: date | None = None,
) -> Policies:
    """Judge both plans by the new tree's settings, which stand beside the stack files.

    `folder` is the one of the new stack files, `old_folder` that of the old: local files of objects are read in each.
    `renamed` gives old URNs their new ones: what is found of both is neither new nor fixed.

    What a plan takes over as it is was there before, with what is found of it. When that ends, it is found anew: only
    then the plan is carried out, and the cloud may have had something else.
    """
    now_called = renamed or {}

    def key(finding: Finding) -> tuple[str, str, str]:
        return finding.policy, now_called.get(finding.urn, finding.urn), finding.field

    load(folder)
    judgement = read_settings((folder or Path()) / FILE, new.stack)
    after = check_plan(new, judgement, today=today, folder=folder)
    there = there_before(old, new)
    found = check_plan(there, judgement, today=today, folder=old_folder if old else folder).failed() if there else []
    unlike = _unlike(old, new)
    before = [each for each in found if each.urn not in unlike]
    was = {key(each) for each in before}
    now = {key(each) for each in after.failed()}
    return Policies(
        new=tuple(each for each in after.failed() if key(each) not in was),
        fixed=tuple(each for each in before if key(each) not in now),
        standing=len(was & now),
        profile=after.profile,
        rules=len(after.rules),
        unseen=after.unseen,
        not_scanned=after.not_scanned,
        exempt=after.exempt,
    )


def _unlike(old: Plan | None, new: Plan) -> set[str]:
    """URNs of what is not, or may not be, in the cloud as the plan of what was there before has it."""
    before = old.by_urn() if old else {}
    taken = {each.urn for each in new.resources if as_it_is(each)}
    ends = {urn for urn, each in before.items() if as_it_is(each) and urn not in taken}
    return ends | {each.urn for each in new.resources if each.urn not in before and each.urn not in taken}
