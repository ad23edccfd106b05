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
    """
    now_called = renamed or {}

    def key(finding: Finding) -> tuple[str, str, str]:
        return finding.policy, now_called.get(finding.urn, finding.urn), finding.field

    load(folder)
    judgement = read_settings((folder or Path()) / FILE, new.stack)
    after = check_plan(new, judgement, today=today, folder=folder)
    before = check_plan(old, judgement, today=today, folder=old_folder).failed() if old else []
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
