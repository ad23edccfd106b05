"""SARIF 2.1.0, which GitHub and editors show beside the code."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

from eks_blueprints.core.printed import document
from eks_blueprints.policies.definition import Rule
from eks_blueprints.policies.formats.text_form import summary
from eks_blueprints.policies.report import Finding, Report

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
DOCS = "EKS_BLUEPRINTS_POLICY_PAGES"
"""Environment variable with the address of the folder of the pages about policies, where a copy of it is served."""
_IN_GIT = "blob/main/docs/policies"
_URLS = ("documentation", "source", "repository", "homepage")
"""Labels of the project's addresses in its metadata, in the order they are tried."""
_CHECKOUT = Path(__file__).parents[3] / "docs" / "policies"
_SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.0", "low": "2.0"}
"""GitHub sorts findings about security by a score from 0 to 10."""


def render(reports: Sequence[Report]) -> str:
    """The reports as one SARIF log, with a run for each stack."""
    data = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report) for report in reports]}
    return document(data) + "\n"


def _run(report: Report) -> dict[str, Any]:
    found = {each.policy for each in report.findings}
    rules = [rule for rule in report.rules if rule.id in found]
    index = {rule.id: number for number, rule in enumerate(rules)}
    driver = {"name": "eks-blueprints", "rules": [_rule(rule) for rule in rules]}
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"policies/{report.project}/{report.stack}/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": [_summary(report)]}],
        "properties": {
            "notScanned": list(report.not_scanned),
            "scannedInPart": [each.resource for each in report.in_part],
            "exempt": list(report.exempt),
        },
        "results": [_result(each, index) for each in report.findings],
    }


def _summary(report: Report) -> dict[str, Any]:
    return {"level": "note", "message": {"text": summary(report)}}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.prose.rationale or rule.title},
        "help": {"text": rule.prose.fix or rule.title},
        **({"helpUri": page} if (page := page_of(rule)) else {}),
        "defaultConfiguration": {"level": "error" if rule.enforcement == "mandatory" else "warning"},
        "properties": {"security-severity": _SCORES[rule.severity], "tags": ["security", rule.subject]},
    }


def page_of(rule: Rule) -> str:
    """Where the page about a rule is; of a rule of a team's own its file. Empty where nobody says where pages are."""
    if not rule.check.__module__.startswith("eks_blueprints.policies.rules."):
        return Path(rule.check.__code__.co_filename).resolve().as_uri()
    base = os.environ.get(DOCS) or _pages(metadata("eks-blueprints").get_all("Project-URL") or ())
    return f"{base.rstrip('/')}/{rule.subject}.md#{rule.id}" if base else ""


def _pages(urls: Iterable[str]) -> str:
    """Where the pages about policies are: as the package's metadata says, or else in the checkout that this runs from.

    `urls` are those of the metadata, such as `Source, https://github.com/acme/eks-blueprints`.
    """
    found = {label.strip().lower(): url.strip() for label, _, url in (each.partition(",") for each in urls)}
    for label in _URLS:
        if url := found.get(label):
            return f"{url.rstrip('/')}/policies" if label == "documentation" else f"{url.rstrip('/')}/{_IN_GIT}"
    return _CHECKOUT.as_uri() if _CHECKOUT.is_dir() else ""


def _result(finding: Finding, index: dict[str, int]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.policy,
        "kind": "fail" if finding.verdict != "undetermined" else "open",
        "level": _level(finding),
        "message": {"text": f"{finding.resource}: {finding.message}"},
        "partialFingerprints": {"policy/v1": _fingerprint(finding)},
        "locations": [_location(finding)],
    }
    if finding.policy in index:
        result["ruleIndex"] = index[finding.policy]
    if finding.verdict == "waived":
        result["suppressions"] = [{"kind": "external", "justification": finding.waiver}]
    return result


def _level(finding: Finding) -> str:
    if finding.verdict == "undetermined":
        return "none"
    return "error" if finding.enforcement == "mandatory" else "warning"


def _location(finding: Finding) -> dict[str, Any]:
    name = f"{finding.urn}#{finding.field}" if finding.field else finding.urn
    location: dict[str, Any] = {"logicalLocations": [{"fullyQualifiedName": name, "kind": "resource"}]}
    if finding.file:
        region = {"startLine": finding.line or 1, **({"startColumn": finding.column} if finding.column else {})}
        location["physicalLocation"] = {"artifactLocation": {"uri": finding.file}, "region": region}
    return location


def _fingerprint(finding: Finding) -> str:
    # What identifies a finding stays when lines move.
    text = "|".join((finding.policy, finding.urn, finding.field, finding.what))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
