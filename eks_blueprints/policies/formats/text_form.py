"""For people: what blocks, what is advised, what is waived, what could not be told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from eks_blueprints.core.printed import visible
from eks_blueprints.policies.report import Finding, Report, kind_of

_HEADS = {
    "mandatory": "must be mended",
    "advisory": "advised",
    "waived": "waived",
    "undetermined": "not known before the deployment",
}
_FEW = 3
"""So many findings of one rule are told in full where they are only advice; the others are counted."""


def render(reports: Sequence[Report]) -> str:
    """The reports as text."""
    return visible("\n".join(_one(report) for report in reports))


def summary(report: Report) -> str:
    """One line about a report: `prod: 2 must be mended, 14 advised; 203 rules on 102 resources`."""
    counts = report.counts()
    said = [f"{counts[kind]} {head}" for kind, head in _HEADS.items() if counts.get(kind)]
    name = report.stack or "stack"
    looked = f"{len(report.rules)} rules on {report.resources} resources, profile {report.profile}"
    return f"{name}: {', '.join(said) or 'nothing found'} ({looked})"


def _one(report: Report) -> str:
    lines = [summary(report)]
    for kind, head in _HEADS.items():
        found = [each for each in report.findings if kind_of(each) == kind]
        if found:
            lines += ["", head]
            lines += _mandatory(found) if kind == "mandatory" else _folded(found)
    if report.not_scanned:
        lines += ["", f"not scanned: objects of {', '.join(report.not_scanned)}, which a provider renders"]
    return "\n".join(lines) + "\n"


def _mandatory(found: Iterable[Finding]) -> list[str]:
    lines = []
    for each in found:
        lines.append(f"  {each.severity}  {each.policy}  {_where(each)}")
        lines.append(f"      {each.message}")
    return lines


def _folded(found: Sequence[Finding]) -> list[str]:
    by_policy: dict[str, list[Finding]] = {}
    for each in found:
        by_policy.setdefault(each.policy, []).append(each)
    lines = []
    for policy, group in by_policy.items():
        lines.append(f"  {policy}  {group[0].waiver or group[0].message}")
        lines += [f"      {_where(each)}" for each in group[:_FEW]]
        if len(group) > _FEW:
            lines.append(f"      and {len(group) - _FEW} more")
    return lines


def _where(finding: Finding) -> str:
    name = f"{finding.resource}.{finding.field}" if finding.field else finding.resource
    return f"{name}  {finding.place}" if finding.place else name
