"""For people: what blocks, what is advised, what is waived, what could not be told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from eks_blueprints.core.printed import visible
from eks_blueprints.policies.report import Finding, Opened, Report, kind_of

HEADS = {
    "mandatory": "must be fixed",
    "advisory": "advised",
    "waived": "waived",
    "undetermined": "not known before the deployment",
}
"""What each kind of finding is called."""
_FEW = 3
"""So many resources of one finding are named where it is only advice; the others are counted."""


def render(reports: Sequence[Report]) -> str:
    """The reports as text."""
    return visible("\n".join(_one(report) for report in reports))


def summary(report: Report) -> str:
    """One line: `prod: 2 must be fixed (203 rules on 102 resources, profile production; 3 not scanned)`."""
    counts = report.counts()
    said = [f"{counts[kind]} {head}" for kind, head in HEADS.items() if counts.get(kind)]
    name = report.stack or "stack"
    looked = f"{len(report.rules)} rules on {report.resources} resources, profile {report.profile}"
    unseen = f"; {report.unseen}" if report.unseen else ""
    return f"{name}: {', '.join(said) or 'nothing found'} ({looked}{unseen})"


def by_policy(found: Iterable[Finding]) -> list[list[Finding]]:
    """Findings in groups of one rule that say the same."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for each in found:
        groups.setdefault((each.policy, each.waiver or f"{each.what}; {each.got}"), []).append(each)
    return list(groups.values())


def said(finding: Finding, *, do: bool) -> str:
    """The message of a finding, with or without what to do."""
    return finding.message if do or not finding.do else finding.message.removesuffix(f"; {finding.do}")


def in_part(chart: Opened) -> str:
    """What of a chart no rule saw."""
    count = len(chart.unfollowed)
    values = f"{count} {'value' if count == 1 else 'values'} not followed: {', '.join(chart.unfollowed)}"
    return "; ".join([*([values] if count else []), *(f"without {each}" for each in chart.lacking), chart.how])


def scanned(report: Report) -> dict[str, list[str]]:
    """The charts into which rules saw without anything left out, by where their objects are known from."""
    found: dict[str, list[str]] = {}
    for each in report.opened:
        if not each.in_part:
            found.setdefault(each.how, []).append(f"{each.resource} ({each.version})")
    return found


def where(finding: Finding) -> str:
    """The resource, its property and the place in a file, as far as they are known."""
    name = f"{finding.resource}.{finding.field}" if finding.field else finding.resource
    name += f" and {finding.more} more" if finding.more else ""
    return f"{name}  {finding.place}" if finding.place else name


def _one(report: Report) -> str:
    lines = [summary(report)]
    for kind, head in HEADS.items():
        found = [each for each in report.findings if kind_of(each) == kind]
        if found:
            lines += ["", head]
            lines += [line for group in by_policy(found) for line in _group(group, all_of_it=kind == "mandatory")]
    plain = [name for name in report.not_scanned if name not in report.reasons]
    if plain:
        lines += ["", f"not scanned: objects of {', '.join(plain)}, which a provider renders"]
    told = [f"not scanned: objects of {name}; {why}" for name, why in report.reasons.items()]
    for each in report.in_part:
        told.append(f"scanned in part: objects of {each.resource} ({each.version}); {in_part(each)}")
    lines += ["", *told] if told else []
    for how, names in scanned(report).items():
        lines += ["", f"objects of charts checked {how}: {', '.join(names)}"]
    if report.exempt:
        lines += ["", f"exempt from rules about tenants: {', '.join(report.exempt)}, in namespaces of the system"]
    return "\n".join(lines) + "\n"


def _group(group: Sequence[Finding], *, all_of_it: bool) -> list[str]:
    first = group[0]
    if len(group) == 1:
        return [f"  {first.severity}  {first.policy}  {where(first)}", f"      {first.waiver or first.message}"]
    same = len({each.do for each in group}) == 1
    lines = [f"  {first.severity}  {first.policy}  ({len(group)})", f"      {first.waiver or said(first, do=same)}"]
    named = group if all_of_it else group[:_FEW]
    lines += [f"      - {where(each)}{'' if same or first.waiver else f': {each.do}'}" for each in named]
    return lines + ([f"      and {len(group) - len(named)} more"] if len(group) > len(named) else [])
