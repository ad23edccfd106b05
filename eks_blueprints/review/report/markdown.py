"""The report as GitHub renders Markdown; GitLab and Bitbucket read it too.

Whole sections stand apart by a hidden mark, so that a comment can be split between them and never inside one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from eks_blueprints.review.cost.estimate import money
from eks_blueprints.review.diff.changes import KINDS, Kind
from eks_blueprints.review.preview.text import told_gaps
from eks_blueprints.review.report.alike import folded_stacks
from eks_blueprints.review.report.capacity_forms import in_markdown
from eks_blueprints.review.report.escaped import clause, code, fenced, plain, sentence
from eks_blueprints.review.report.lines import output_lines, parts, real, signs
from eks_blueprints.review.report.model import Report, Security, StackReport, Version
from eks_blueprints.review.report.rights import folded, quiet
from eks_blueprints.review.report.rows import GROUPS, Row, findings, rows
from eks_blueprints.review.report.rows import names as listed

SECTION = "<!-- eks-blueprints:section -->"
"""Stands between two sections."""

CLEAN = "<!-- eks-blueprints:clean -->"
"""Opens a report that has nothing to say, so that no comment is made for it."""

ICONS = {"danger": "⛔", "warning": "⚠️", "note": "✅", "clean": "✅"}
_MOST_ITEMS = 30
_MOST_NAMES = 6


def render(report: Report) -> str:
    """The whole text."""
    head = f"{CLEAN}\n" if report.level == "clean" else ""
    return real(head + f"\n\n{SECTION}\n\n".join(sections(report)) + "\n")


def sections(report: Report) -> Iterator[str]:
    """The text in parts that belong together, the most important first."""
    yield _head(report)
    report = folded_stacks(report)
    parts_ = (_errors, _attention, _cost, _capacity, _policies, _security, _versions, _pods, _renames)
    yield from (text for part in parts_ if (text := part(report)))
    details = [text for stack in report.changed for text in _details(stack, report)]
    if details:
        yield f"#### What changes\n\n{details[0]}"
        yield from details[1:]
    if foot := _foot(report):
        yield foot


def _head(report: Report) -> str:
    commit = f" · {code(report.commit)}" if report.commit else ""
    title = f"### {ICONS[report.level]} {plain(report.project or 'platform')}: {plain(report.verdict)}"
    means = f" · {'; '.join(_accounts(report))}"
    facts = f"`{signs(report.counts)}` compared with {plain(report.base)}{commit}{means if report.changed else ''}"
    return "\n\n".join(part for part in (title, facts, _table(report), _gaps(report)) if part)


def _accounts(report: Report) -> Iterator[str]:
    """Which account each stack means; those that mean the same one in one clause."""
    by_account: dict[str, list[str]] = {}
    for each in report.changed:
        by_account.setdefault(each.account, []).append(each.stack)
    for account, stacks in by_account.items():
        yield plain(f"{listed(stacks, _MOST_NAMES)}: {account}" if len(report.stacks) > 1 else account)


def _pods(report: Report) -> str:
    """The pods that the add-ons of each stack bring."""
    said = [
        f"- {_prefix(report, stack)}{plain(stack.system_pods.removeprefix('system pods: '))}"
        for stack in report.changed
        if stack.system_pods
    ]
    return _titled("System pods", ["\n".join(said)])


def _gaps(report: Report) -> str:
    """What could not be followed, stack by stack: what is said below may lack it."""
    said = [
        f"{_prefix(report, stack)}not followed: {plain('; '.join(told_gaps(stack.gaps)))}"
        for stack in report.stacks
        if stack.gaps
    ]
    return "\n".join(f"- {ICONS['warning']} {each}" for each in said)


def _table(report: Report) -> str:
    if not report.changed:
        return ""
    kinds = columns(report.counts)
    head = f"| stack | {' | '.join(kinds)} | policies | $/month |\n|---|{'--:|' * len(kinds)}---|--:|"
    return "\n".join([head, *(_row_of(stack, kinds) for stack in report.changed)])


def columns(counts: Mapping[Any, int]) -> list[Kind]:
    """What a table of stacks counts; imports only where there are some."""
    return [kind for kind in KINDS if kind != "import" or counts[kind]]


def _row_of(stack: StackReport, kinds: Sequence[Kind]) -> str:
    counts = [(kind, stack.diff.counts[kind]) for kind in kinds]
    numbers = [f"**{n}**" if n and kind in ("replace", "delete") else str(n) for kind, n in counts]
    return f"| {plain(stack.stack)} | {' | '.join(numbers)} | {_policy_cell(stack)} | {_cost_cell(stack)} |"


def _policy_cell(stack: StackReport) -> str:
    if stack.policies is None:
        return "not asked"
    blocking = sum(finding.blocks for finding in stack.policies.new)
    advisory = len(stack.policies.new) - blocking
    said = [f"✗ {blocking} mandatory"] if blocking else []
    said += [f"{advisory} advisory"] if advisory else []
    unseen = f" ({stack.policies.unseen})" if stack.policies.unseen else ""
    return f"{', '.join(said) or '✓'}{unseen}"


def _cost_cell(stack: StackReport) -> str:
    change = stack.cost_change
    if change is None:
        return "unknown"
    if stack.cost_before is None or not change.unpriced:
        return money(change.low, change.high, signed=True) if change.lines else "same"
    return f"{money(change.low, change.high, signed=True)}, part unknown" if change.lines else "unknown"


def _errors(report: Report) -> str:
    blocks = [f"**{plain(stack)}**\n\n{fenced(text, 'text')}" for stack, text in report.errors.items()]
    return _titled("Cannot be rendered", blocks)


def _attention(report: Report) -> str:
    groups: dict[str, list[str]] = {}
    for stack in report.stacks:
        for heading, found in rows(stack).items():
            groups.setdefault(heading, []).extend(_row(row, _prefix(report, stack)) for row in found)
    blocks = [
        "\n".join([f"**{_upper(heading)}**", "", *_cut(groups[heading])])
        for heading in GROUPS.values()
        if heading in groups
    ]
    return _titled("Needs attention", blocks)


def _row(row: Row, prefix: str) -> str:
    icon = f"{ICONS[row.level]} " if row.level != "note" else ""
    place = f", {plain(row.place)}" if row.place else ""
    effect = f" {sentence(row.effect)}." if row.effect else ""
    led = f" Also affects {len(row.led)}: {_names(row.led)}." if row.led else ""
    title = f"**{plain(row.title)}**" if row.title != "+" else "`+`"
    end = "." if effect or led else ""
    return f"- {icon}{prefix}{title} {code(row.subject)}: {clause(row.cause)}{place}{end}{effect}{led}"


def _policies(report: Report) -> str:
    listed: list[str] = []
    for stack in report.stacks:
        for each in findings(stack.policies.new if stack.policies else ()):
            place = f", {plain(each.place)}" if each.place else ""
            fix = f" → {plain(each.do)}" if each.do else ""
            head = f"{each.severity} `{each.policy}` {code(each.resources)}"
            listed.append(f"- {_prefix(report, stack)}{head}: {plain(each.what)}{place}{fix}")
    standing = sum(stack.policies.standing for stack in report.stacks if stack.policies)
    fixed = sum(len(stack.policies.fixed) for stack in report.stacks if stack.policies)
    if not listed and not fixed:
        return ""
    said = [f"{fixed} fixed by this change"] if fixed else []
    said += [f"{standing} there before"] if standing else []
    tail = f"_{', '.join(said)}._" if said else ""
    return "\n".join(["#### Policies", "", *_long(listed, "findings"), *(["", tail] if listed and tail else [tail])])


def _security(report: Report) -> str:
    listed = [
        _security_row(item, _prefix(report, stack))
        for stack in report.changed
        for item in folded(quiet(stack.security))
    ]
    return "\n".join(["#### Security", "", *_long(listed, "changes")]) if listed else ""


def _security_row(item: Security, prefix: str) -> str:
    sign = "`+`" if item.added else "`-`"
    return f"- {prefix}{sign} {code(item.subject)} {clause(item.text)}"


def _versions(report: Report) -> str:
    listed = [_version_row(item, _prefix(report, stack)) for stack in report.changed for item in stack.versions]
    return "\n".join(["#### Versions", "", *_cut(listed)]) if listed else ""


def _version_row(item: Version, prefix: str) -> str:
    icon = f"{ICONS[item.level]} " if item.level != "note" else ""
    moved = (
        plain(item.new or "")
        if item.old == item.new
        else f"{plain(item.old or 'new')} → **{plain(item.new or 'none')}**"
    )
    note = f" ({plain(item.note)})" if item.note else ""
    return f"- {icon}{prefix}{plain(item.subject)}: {moved}{note}"


def _renames(report: Report) -> str:
    listed = [
        f"- {_prefix(report, stack)}{code(each.old)} → {code(each.new)}: its {each.kept} resources are kept, "
        "an alias says so"
        for stack in report.changed
        for each in stack.renames
        if not each.anew
    ]
    return "\n".join(["#### Renamed", "", *_cut(listed)]) if listed else ""


def _cost(report: Report) -> str:
    return _titled("Cost", [_cost_of(stack, _prefix(report, stack)) for stack in report.changed])


def _titled(title: str, blocks: Iterable[str]) -> str:
    found = [text for text in blocks if text]
    return "\n\n".join([f"#### {title}", *found]) if found else ""


def _capacity(report: Report) -> str:
    return _titled("Capacity", [in_markdown(stack, _prefix(report, stack)) for stack in report.changed])


def _cost_of(stack: StackReport, prefix: str) -> str:
    change, after = stack.cost_change, stack.cost
    if change is None or after is None or change.same:
        return ""
    unknown = change.unknown if stack.cost_before is not None else ()
    said = [_cost_sentence(stack, prefix)] if change.lines else []
    said += [f"- {prefix}unknown by how much: {plain(each)}" for each in unknown]
    if not change.lines:
        return "\n".join(said)
    table = ["| | | $/month |", "|---|---|--:|"]
    table += [
        f"| {plain(line.name)} | {plain(line.what)} | {money(line.low, line.high, signed=True)} |"
        for line in change.lines
    ]
    basis = [*after.assumptions, *(f"not in it: {each}" for each in after.unknown)]
    details = ["<details><summary>Lines and assumptions</summary>", "", *table, ""]
    return "\n".join(["\n\n".join(said), "", *details, *(f"- {plain(each)}" for each in basis), "", "</details>"])


def _cost_sentence(stack: StackReport, prefix: str) -> str:
    change, after = stack.cost_change, stack.cost
    assert change is not None and after is not None  # noqa: PT018, S101 - asked before
    moved = f", {money(change.low, change.high, signed=True)}" if stack.cost_before else ""
    return f"{prefix}{money(after.low, after.high)} a month{moved}."


def _details(stack: StackReport, report: Report) -> Iterator[str]:
    prefix = _prefix(report, stack)
    for part in parts(stack):
        body = "\n".join(f"{mark} {text}" for mark, text in part.lines)
        counts = signs(part.counts, " ")
        title = f"{prefix}{plain(part.title)}{f' <code>{counts}</code>' if counts else ''}"
        yield f"<details><summary>{title}</summary>\n\n{fenced(body, 'diff')}\n\n</details>"
    if outputs := "\n".join(f"{mark} {text}" for mark, text in output_lines(stack.diff)):
        yield f"<details><summary>{prefix}outputs</summary>\n\n{fenced(outputs, 'diff')}\n\n</details>"


def _foot(report: Report) -> str:
    said = [plain(note) for note in report.limits]
    if report.unchanged:
        said.append(f"unchanged: {', '.join(map(plain, report.unchanged))}")
    if report.command:
        said.append(f"the same on your machine: {code(report.command)}")
    return f"<sub>{' · '.join(said)}</sub>" if said else ""


def _prefix(report: Report, stack: StackReport) -> str:
    return f"{plain(stack.title)}: " if len(report.stacks) > 1 or stack.alike else ""


def _cut(listed: Sequence[str]) -> list[str]:
    if len(listed) <= _MOST_ITEMS:
        return list(listed)
    return [*listed[:_MOST_ITEMS], f"- {len(listed) - _MOST_ITEMS} more in the full report"]


def _long(listed: Sequence[str], noun: str) -> list[str]:
    """Rows that are read only where someone wants them: many of them are folded."""
    if len(listed) <= _MOST_NAMES:
        return list(listed)
    return [f"<details><summary>{len(listed)} {noun}</summary>", "", *listed, "", "</details>"]


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(code(name) for name in names[:_MOST_NAMES])
    return shown if len(names) <= _MOST_NAMES else f"{shown} and {len(names) - _MOST_NAMES} more"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
