"""The report as JSON for other tools: versioned, in a stable order, undated. `docs/reference/diff.schema.json`."""

from __future__ import annotations

from typing import Any

from eks_blueprints.capacity.changes_json import of_change
from eks_blueprints.review.cost.estimate import Estimate
from eks_blueprints.review.diff.changes import ABSENT, Change, ResourceDiff
from eks_blueprints.review.diff.insides import Inside
from eks_blueprints.review.diff.renames import Rename
from eks_blueprints.review.effects import Attention
from eks_blueprints.review.report.model import Policies, Report, StackReport

VERSION = 1
KIND = "eks-blueprints/diff"


def to_data(report: Report) -> dict[str, Any]:
    """Everything that the report says."""
    return {
        "kind": KIND,
        "version": VERSION,
        "project": report.project,
        "base": report.base,
        "commit": report.commit,
        "level": report.level,
        "verdict": report.verdict,
        "counts": dict(report.counts),
        "stacks": [of_stack(each) for each in report.stacks],
        "errors": dict(report.errors),
        "notes": list(report.limits),
    }


def of_stack(stack: StackReport) -> dict[str, Any]:
    """Everything that it says of one stack."""
    return {
        "stack": stack.stack,
        "accounts": [account.to_data() for account in stack.accounts],
        "gaps": list(stack.gaps),
        "counts": dict(stack.diff.counts),
        "unchanged": stack.diff.unchanged,
        "attention": [_attention(each) for each in stack.attention],
        "security": [
            {"area": s.area, "added": s.added, "subject": s.subject, "text": s.text, "level": s.level}
            for s in stack.security
        ],
        "refused": [finding.to_data() for finding in stack.refused],
        "cost": _cost(stack),
        "capacity": [of_change(each) for each in stack.capacity if each.changed],
        "policies": None if stack.policies is None else _policies(stack.policies),
        "versions": [
            {"subject": v.subject, "old": v.old, "new": v.new, "note": v.note, "level": v.level} for v in stack.versions
        ],
        "systemPods": None if stack.pods is None else stack.pods.to_data(),
        "charts": [_inside(each) for each in stack.insides],
        "renames": [_rename(each) for each in stack.renames],
        "resources": [_resource(each) for each in stack.diff.resources],
        "ignored": [_ignored(each) for each in (*stack.diff.resources, *stack.diff.ineffective) if each.idle],
        "outputs": [_change(each) for each in stack.diff.outputs],
    }


def _inside(each: Inside) -> dict[str, Any]:
    return {
        "urn": each.resource.urn,
        "chart": each.chart,
        "old": each.old,
        "new": each.new,
        "changes": [f"{sign} {text}" for sign, text in each.lines],
        "how": each.how,
        "untold": each.untold,
    }


def _rename(each: Rename) -> dict[str, Any]:
    return {
        "old": each.old,
        "new": each.new,
        "type": each.type,
        "urns": dict(each.pairs),
        "kept": each.kept,
        "changed": list(each.changed),
    }


def _attention(item: Attention) -> dict[str, Any]:
    return {
        "harm": item.harm,
        "level": item.level,
        "title": item.title,
        "name": item.name,
        "type": item.type,
        "cause": item.cause,
        "effect": item.effect,
        "place": item.place,
        "led": list(item.led),
    }


def _policies(policies: Policies) -> dict[str, Any]:
    return {
        "profile": policies.profile,
        "rules": policies.rules,
        "standing": policies.standing,
        "unseen": policies.unseen,
        "notScanned": list(policies.not_scanned),
        "exempt": list(policies.exempt),
        "new": [_policy(each) for each in policies.new],
        "fixed": [_policy(each) for each in policies.fixed],
    }


def _resource(each: ResourceDiff) -> dict[str, Any]:
    data: dict[str, Any] = {
        "kind": each.kind,
        "urn": each.urn,
        "type": each.type,
        "name": each.name,
        "place": each.place,
        "changes": [_change(change) for change in each.changes],
        "causes": list(each.causes),
        "follows": each.follows,
    }
    flags = {
        "deleteFirst": each.delete_first,
        "renamed": each.renamed,
        "retained": each.retained,
        "uncertain": not each.certain,
    }
    if each.renamed and each.old is not None:
        data["formerUrn"] = each.old.urn
    if each.refused:
        data["refused"] = each.refused
    return data | {key: True for key, value in flags.items() if value}


def _ignored(each: ResourceDiff) -> dict[str, Any]:
    changes = [_change(change) for change in each.idle]
    return {"urn": each.urn, "type": each.type, "name": each.name, "place": each.place, "changes": changes}


def _change(change: Change) -> dict[str, Any]:
    data: dict[str, Any] = {"path": change.path, "kind": change.kind}
    if change.follows is not None:
        return data | {"follows": change.follows, "replaces": change.replaces}
    if change.old is not ABSENT:
        data["old"] = change.old
    if change.new is not ABSENT:
        data["new"] = change.new
    return data | ({"replaces": True} if change.replaces else {})


def _policy(finding: Any) -> dict[str, Any]:
    return {
        "policy": finding.policy,
        "severity": finding.severity,
        "enforcement": finding.enforcement,
        "urn": finding.urn,
        "field": finding.field,
        "message": finding.message,
        "place": finding.place,
    }


def _cost(stack: StackReport) -> dict[str, Any] | None:
    after, change = stack.cost, stack.cost_change
    if after is None or change is None:
        return None
    return {
        "currency": "USD",
        "month": _month(after),
        "before": _month(stack.cost_before) if stack.cost_before else None,
        "change": {"low": round(change.low, 2), "high": round(change.high, 2)},
        "lines": [
            {"name": line.name, "what": line.what, "low": round(line.low, 2), "high": round(line.high, 2)}
            for line in change.lines
        ],
        "unknownChanges": list(change.unknown) if stack.cost_before else [],
        "unknown": list(after.unknown),
        "assumptions": list(after.assumptions),
    }


def _month(estimate: Estimate) -> dict[str, float]:
    return {"low": round(estimate.low, 2), "high": round(estimate.high, 2)}
