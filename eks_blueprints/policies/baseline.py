"""Adopting the rules on a platform that is there: what they find today is waived for a while, what comes fails."""

from __future__ import annotations

from datetime import date, timedelta

from eks_blueprints.policies.definition import Rule
from eks_blueprints.policies.report import Report

DAYS = 90
"""How long the waivers of a baseline hold, where the rule allows that long."""
CRITICAL_DAYS = 30


def baseline(report: Report, owner: str, today: date, *, ticket: str = "", approved_by: str = "") -> str:
    """Waivers for all that a report finds, as YAML to put into policies.yaml.

    A critical rule's waiver holds for 30 days and needs a ticket and somebody else's approval; without them those
    findings are left out and keep failing.
    """
    rules = {rule.id: rule for rule in report.rules}
    lines = ["waivers:"]
    seen: set[tuple[str, str]] = set()
    for finding in report.failed():
        rule = rules.get(finding.policy)
        key = (finding.policy, finding.urn)
        if rule is None or key in seen or not _may(rule, ticket, approved_by):
            continue
        seen.add(key)
        days = CRITICAL_DAYS if rule.severity == "critical" else DAYS
        lines += [
            f"  - policy: {finding.policy}",
            f"    resource: {{urn: {_quoted(finding.urn.replace('[', '[[]'))}}}",
            f"    reason: {_quoted(f'baseline: {finding.what}')}",
            f"    owner: {_quoted(owner)}",
            f"    created: {today.isoformat()}",
            f"    expires: {(today + timedelta(days=days)).isoformat()}",
        ]
        if rule.severity == "critical":
            lines += [f"    ticket: {_quoted(ticket)}", f"    approved_by: {_quoted(approved_by)}"]
    return "\n".join(lines) + "\n" if len(lines) > 1 else "waivers: []\n"


def _may(rule: Rule, ticket: str, approved_by: str) -> bool:
    return rule.severity != "critical" or bool(ticket and approved_by)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
