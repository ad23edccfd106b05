"""Markdown, for comments and for the summary of a job."""

from __future__ import annotations

import re
from collections.abc import Sequence

from eks_blueprints.core.printed import one_line
from eks_blueprints.policies.formats.text_form import HEADS, by_policy, in_part, said, scanned, summary, where
from eks_blueprints.policies.report import Finding, Report, kind_of

_FEW = 10
"""So many resources of one finding are named; the others are counted."""


def render(reports: Sequence[Report]) -> str:
    """The reports as Markdown."""
    return "\n".join(_one(report) for report in reports)


def _one(report: Report) -> str:
    lines = [f"### {_safe(summary(report))}"]
    for kind, head in HEADS.items():
        found = [each for each in report.findings if kind_of(each) == kind]
        if found:
            lines += ["", f"#### {head}", ""]
            lines += [line for group in by_policy(found) for line in _group(group)]
    plain = [name for name in report.not_scanned if name not in report.reasons]
    for word, names in (("not scanned", plain), ("exempt", report.exempt)):
        if names:
            lines += ["", f"{word}: {', '.join(map(_code, names))}"]
    for name, why in report.reasons.items():
        lines += ["", f"not scanned: {_code(name)}; {_safe(why)}"]
    for each in report.in_part:
        lines += ["", f"scanned in part: {_code(each.resource)} ({_safe(each.version)}); {_safe(in_part(each))}"]
    for how, names in scanned(report).items():
        lines += ["", f"objects of charts checked {_safe(how)}: {', '.join(map(_code, names))}"]
    return "\n".join(lines) + "\n"


def _group(group: Sequence[Finding]) -> list[str]:
    first = group[0]
    count = f" ({len(group)})" if len(group) > 1 else ""
    same = len({each.do for each in group}) == 1
    lines = [f"- **{first.policy}**{count} {first.severity}: {_safe(first.waiver or said(first, do=same))}"]
    lines += [f"  - {_code(where(each))}{'' if same else f': {_code(each.do)}'}" for each in group[:_FEW]]
    return lines + ([f"  - and {len(group) - _FEW} more"] if len(group) > _FEW else [])


def _safe(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|#~&@])", r"\\\1", " ".join(one_line(text).split()))


def _code(text: str) -> str:
    return f"`{' '.join(one_line(text).split()).replace('`', chr(39))}`"
