"""What the policies say of the new plan, and what of it was said of the old one already."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from eks_blueprints.policies.check import check_plan
from eks_blueprints.policies.report import Finding
from eks_blueprints.policies.settings import FILE, read_settings
from eks_blueprints.recording.plan import Plan
from eks_blueprints.review.report.model import Policies


def judge(old: Plan | None, new: Plan, folder: Path | None, *, today: date | None = None) -> Policies:
    """Judge both plans by the new tree's settings, which stand beside the stack files."""
    judgement = read_settings((folder or Path()) / FILE, new.stack)
    after = check_plan(new, judgement, today=today)
    before = check_plan(old, judgement, today=today).failed() if old else []
    was = {_key(each) for each in before}
    now = {_key(each) for each in after.failed()}
    return Policies(
        new=tuple(each for each in after.failed() if _key(each) not in was),
        fixed=tuple(each for each in before if _key(each) not in now),
        standing=len(was & now),
        profile=after.profile,
        rules=len(after.rules),
    )


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.policy, finding.urn, finding.field
