"""For tools: everything, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eks_blueprints.core.printed import document
from eks_blueprints.policies.report import Finding, Opened, Report

KIND = "eks-blueprints/policy-report"
VERSION = 1


def render(reports: Sequence[Report]) -> str:
    """The reports as one JSON text."""
    data = {"kind": KIND, "version": VERSION, "stacks": [to_data(report) for report in reports]}
    return document(data) + "\n"


def to_data(report: Report) -> dict[str, Any]:
    """A report as JSON data."""
    from eks_blueprints.policies.formats.text_form import summary

    return {
        "summary": summary(report),
        "project": report.project,
        "stack": report.stack,
        "profile": report.profile,
        "blocked": report.blocked,
        "resources": report.resources,
        "rules": len(report.rules),
        "counts": report.counts(),
        "verdicts": report.verdicts,
        "notScanned": list(report.not_scanned),
        "charts": [_chart(each) for each in report.opened],
        "exempt": list(report.exempt),
        "findings": [_finding(each) for each in report.findings],
    }


def _chart(chart: Opened) -> dict[str, Any]:
    data = {
        "resource": chart.resource,
        "version": chart.version,
        "scanned": "in part" if chart.in_part else "as a whole",
        "how": chart.how,
        "notFollowed": list(chart.unfollowed),
        "lacking": list(chart.lacking),
    }
    return {key: value for key, value in data.items() if value}


def _finding(finding: Finding) -> dict[str, Any]:
    data = {
        "policy": finding.policy,
        "verdict": finding.verdict,
        "severity": finding.severity,
        "enforcement": finding.enforcement,
        "resource": finding.resource,
        "type": finding.type,
        "urn": finding.urn,
        "property": finding.field,
        "message": finding.message,
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "more": finding.more,
        "waiver": finding.waiver,
    }
    return {key: value for key, value in data.items() if value not in (None, "", 0)}
