"""JUnit XML, which every CI system shows as tests: a suite a stack, a case a rule and resource."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from eks_blueprints.core.printed import visible
from eks_blueprints.policies.report import Finding, Report


def render(reports: Sequence[Report]) -> str:
    """The reports as one XML text."""
    suites = "\n".join(_suite(report) for report in reports)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n{suites}\n</testsuites>\n'


def _suite(report: Report) -> str:
    found = {each.policy for each in report.findings}
    passed = [rule.id for rule in report.rules if rule.id not in found]
    failures = sum(each.blocks for each in report.findings)
    skipped = len(report.findings) - failures
    name = _attribute(f"{report.project}/{report.stack}")
    head = f'<testsuite name={name} tests="{len(passed) + len(report.findings)}"'
    lines = [f'{head} failures="{failures}" skipped="{skipped}" errors="0" time="{report.seconds:.3f}">']
    lines += [_case(each) for each in report.findings]
    lines += [f'  <testcase classname="policies" name={_attribute(each)}/>' for each in passed]
    return "\n".join([*lines, "</testsuite>"])


def _case(finding: Finding) -> str:
    name = _attribute(f"{finding.resource} {finding.field}".strip())
    head = f"  <testcase classname={_attribute(finding.policy)} name={name}"
    if finding.file:
        head += f" file={_attribute(finding.file)}" + (f' line="{finding.line}"' if finding.line else "")
    text = f"{finding.place}: {finding.message}" if finding.place else finding.message
    if finding.blocks:
        return f"{head}><failure message={_attribute(finding.message)}>{escape(_clean(text))}</failure></testcase>"
    why = finding.waiver or finding.message
    kind = finding.verdict if finding.verdict != "fail" else "advisory"
    return f"{head}><skipped message={_attribute(f'{kind}: {why}')}/></testcase>"


def _attribute(text: str) -> str:
    return quoteattr(_clean(text))


def _clean(text: str) -> str:
    return visible(text)
