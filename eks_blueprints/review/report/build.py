"""From two plans to one stack's report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from eks_blueprints.policies.stack import Stack
from eks_blueprints.recording.plan import Plan
from eks_blueprints.review.cost import Prices, difference, estimate
from eks_blueprints.review.diff.changes import PlanDiff
from eks_blueprints.review.diff.effective import effective
from eks_blueprints.review.diff.imports import there_before
from eks_blueprints.review.diff.insides import Inside, insides
from eks_blueprints.review.diff.plans import diff_plans
from eks_blueprints.review.diff.renames import new_urns, renames
from eks_blueprints.review.diff.unknowns import uncompared
from eks_blueprints.review.effects import effects, in_order
from eks_blueprints.review.effects.charts import charts
from eks_blueprints.review.preview.run import Finding
from eks_blueprints.review.preview.system_pods import system_pods
from eks_blueprints.review.report.capacity import capacity, waiting
from eks_blueprints.review.report.causes import written
from eks_blueprints.review.report.gained import gained
from eks_blueprints.review.report.model import Policies, Security, StackReport
from eks_blueprints.review.report.money import DEFAULT, Threshold, dear
from eks_blueprints.review.report.policy import judge
from eks_blueprints.review.report.releases import releases
from eks_blueprints.review.report.security import security
from eks_blueprints.review.report.written import NO_EDITS, Edits


def stack_report(
    old: Plan | None,
    new: Plan,
    *,
    findings: Sequence[Finding] = (),
    prices: Prices | None = None,
    settings: Path | None = None,
    old_settings: Path | None = None,
    policies: bool = True,
    edits: Edits = NO_EDITS,
    threshold: Threshold = DEFAULT,
    gaps: Sequence[str] = (),
    deployed: bool = False,
    nodes: bool = False,
) -> StackReport:
    """Everything there is to say of one stack.

    `settings` is the folder in which `policies.yaml` may stand, `old_settings` the same one of the old side; `edits`
    are those of the stack file; `deployed` says that the old side is what is deployed, which tells of its own unknowns;
    `nodes` that nodes and pods are compared whatever changes.
    """
    diff = diff_plans(old, new)
    gaps = gaps if deployed else (*gaps, *uncompared(diff))
    renamed = new_urns(renames(diff))
    judged = judge(old, new, settings, old_folder=old_settings, renamed=renamed) if policies else None
    return told(
        diff,
        findings=findings,
        prices=prices,
        policies=judged,
        edits=edits,
        threshold=threshold,
        gaps=gaps,
        nodes=nodes,
    )


def told(
    diff: PlanDiff,
    *,
    findings: Sequence[Finding] = (),
    prices: Prices | None = None,
    policies: Policies | None = None,
    edits: Edits = NO_EDITS,
    threshold: Threshold = DEFAULT,
    gaps: Sequence[str] = (),
    nodes: bool = False,
) -> StackReport:
    """Everything there is to say of a comparison, whoever made it."""
    found = renames(diff)
    after = estimate(effective(diff), prices)
    there = there_before(diff.old, diff.new)
    before = estimate(there, prices) if there else None
    change = difference(before, after, new_urns(found))
    sides = (Stack.of_plan(diff.old) if diff.old else None, Stack.of_plan(diff.new))
    inside = insides(diff, found, sides)
    moved = capacity(diff, sides, prices, always=nodes)
    attention = [*effects(diff, sides), *charts(inside), *dear(before, after, change, threshold)]
    attention += waiting(moved, attention)
    return StackReport(
        diff=diff,
        attention=written(in_order(attention), diff, edits),
        security=(*gained(sides), *_gained(inside), *security(diff, found)),
        versions=tuple(releases(diff, found, inside)),
        pods=system_pods(diff.new, sides[1]),
        pods_before=system_pods(diff.old, sides[0]) if diff.old else None,
        insides=inside,
        cost=after,
        cost_before=before,
        cost_change=change,
        capacity=moved,
        refused=tuple(findings),
        policies=policies,
        renames=found,
        gaps=tuple(gaps),
    )


def _gained(inside: Sequence[Inside]) -> list[Security]:
    """What charts may do that they might not before."""
    return [Security("rbac", True, f"chart {each.title}", text, "warning") for each in inside for text in each.gained]
