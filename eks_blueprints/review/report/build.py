"""From two plans to one stack's report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from eks_blueprints.recording.plan import Plan
from eks_blueprints.review.cost import Prices, difference, estimate
from eks_blueprints.review.diff.effective import effective
from eks_blueprints.review.diff.plans import diff_plans
from eks_blueprints.review.effects import effects
from eks_blueprints.review.preview.run import Finding
from eks_blueprints.review.report.model import StackReport
from eks_blueprints.review.report.policy import judge
from eks_blueprints.review.report.releases import releases
from eks_blueprints.review.report.security import security


def stack_report(
    old: Plan | None,
    new: Plan,
    *,
    findings: Sequence[Finding] = (),
    prices: Prices | None = None,
    settings: Path | None = None,
    policies: bool = True,
) -> StackReport:
    """Everything there is to say of one stack. `settings` is the folder in which `policies.yaml` may stand."""
    diff = diff_plans(old, new)
    after = estimate(effective(diff), prices)
    before = estimate(old, prices) if old else None
    return StackReport(
        diff=diff,
        attention=effects(diff),
        security=tuple(security(diff)),
        versions=tuple(releases(diff)),
        cost=after,
        cost_before=before,
        cost_change=difference(before, after),
        refused=tuple(findings),
        policies=judge(old, new, settings) if policies else None,
    )
