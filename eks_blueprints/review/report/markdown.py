"""The report as GitHub renders Markdown; GitLab and Bitbucket read it too.

Whole sections stand apart by a hidden mark, so that a comment can be split between them and never inside one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from eks_blueprints.review.cost.estimate import money
from eks_blueprints.review.effects import Attention
from eks_blueprints.review.preview.facts import short_type
from eks_blueprints.review.report.lines import SIGNS, output_lines, resource_lines
from eks_blueprints.review.report.model import Report, Security, StackReport, Version

SECTION = "<!-- eks-blueprints:section -->"
"""Stands between two sections."""

CLEAN = "<!-- eks-blueprints:clean -->"
"""Opens a report that has nothing to say, so that no comment is made for it."""

_ICONS = {"danger": "⛔", "warning": "⚠️", "note": "✅", "clean": "✅"}
_MOST_ITEMS = 30


def render(report: Report) -> str:
    """The whole text."""
    head = f"{CLEAN}\n" if report.level == "clean" else ""
    return head + f"\n\n{SECTION}\n\n".join(sections(report)) + "\n"


def sections(report: Report) -> Iterator[str]:
    """The text in parts that belong together, the most important first."""
    yield _head(report)
    parts = (_errors, _refused, _attention, _policies, _security, _versions, _cost)
    yield from (text for part in parts if (text := part(report)))
    details = [text for stack in report.changed for text in _details(stack, report)]
    if details:
        yield f"#### What changes\n\n{details[0]}"
        yield from details[1:]
    if foot := _foot(report):
        yield foot


def _head(report: Report) -> str:
    counts = report.counts
    signs = "  ".join(f"{SIGNS[kind]}{number}" for kind, number in counts.items())
    commit = f" · `{report.commit}`" if report.commit else ""
    title = f"### {_ICONS[report.level]} {_text(report.project or 'platform')}: {report.verdict}"
    means = f" · {'; '.join(_text(f'{_prefix(report, each)}{each.account}') for each in report.changed)}"
    facts = f"`{signs}` compared with {_text(report.base)}{commit}{means if report.changed else ''}"
    return "\n\n".join(part for part in (title, facts, _table(report)) if part)


def _table(report: Report) -> str:
    if not report.changed:
        return ""
    head = "| stack | create | update | replace | delete | policies | $/month |\n|---|--:|--:|--:|--:|---|--:|"
    return "\n".join([head, *(_row(stack) for stack in report.changed)])


def _row(stack: StackReport) -> str:
    numbers = [f"**{n}**" if n and kind in ("replace", "delete") else str(n) for kind, n in stack.diff.counts.items()]
    return f"| {_text(stack.stack)} | {' | '.join(numbers)} | {_policy_cell(stack)} | {_cost_cell(stack)} |"


def _policy_cell(stack: StackReport) -> str:
    if stack.policies is None:
        return "not asked"
    blocking = sum(finding.blocks for finding in stack.policies.new)
    advisory = len(stack.policies.new) - blocking
    said = [f"✗ {blocking} mandatory"] if blocking else []
    said += [f"{advisory} advisory"] if advisory else []
    return ", ".join(said) or "✓"


def _cost_cell(stack: StackReport) -> str:
    change = stack.cost_change
    if change is None or not change.lines:
        return "same"
    return money(change.low, change.high, signed=True)


def _errors(report: Report) -> str:
    if not report.errors:
        return ""
    blocks = [f"**{_text(stack)}**\n\n{_fenced(text, 'text')}" for stack, text in report.errors.items()]
    return "\n\n".join(["#### Cannot be rendered", *blocks])


def _refused(report: Report) -> str:
    rows = []
    for stack in report.stacks:
        for finding in stack.refused:
            place = f", {finding.position.file}:{finding.position.line}" if finding.position else ""
            mark = "✗" if finding.severity == "error" else "!"
            name = f"{short_type(finding.type)} {finding.name}"
            rows.append(f"- {mark} {_prefix(report, stack)}{_code(name)}: {_text(finding.message)}{_text(place)}")
    return "\n".join(["#### What a provider would refuse", "", *_cut(rows)]) if rows else ""


def _attention(report: Report) -> str:
    rows = [_attention_row(item, _prefix(report, stack)) for stack in report.stacks for item in stack.attention]
    return "\n".join(["#### Needs attention", "", *_cut(rows)]) if rows else ""


def _attention_row(item: Attention, prefix: str) -> str:
    title = f"**{item.title.upper() if item.level == 'danger' else item.title}**"
    cause = (
        f" because {_clause(item.cause)}" if item.title in ("replace", "rolls nodes") else f": {_clause(item.cause)}"
    )
    place = f", {_text(item.place)}" if item.place else ""
    effect = f" {_sentence(item.effect)}." if item.effect else ""
    led = f" Takes along {_names(item.led)}." if item.led else ""
    return f"- {prefix}{title} {_code(f'{short_type(item.type)} {item.name}')}{cause}{place}.{effect}{led}"


def _policies(report: Report) -> str:
    rows: list[str] = []
    for stack in report.stacks:
        if stack.policies is None:
            continue
        for finding in sorted(stack.policies.new, key=lambda each: not each.blocks):
            mark = "✗ **mandatory**" if finding.blocks else finding.severity
            place = f", {_text(finding.place)}" if finding.place else ""
            what = _text("; ".join(filter(None, (finding.what, f"got {finding.got}" if finding.got else ""))))
            fix = f" → {_text(finding.do)}" if finding.do else ""
            rows.append(
                f"- {_prefix(report, stack)}{mark} `{finding.policy}` {_code(finding.resource)}: {what}{place}{fix}"
            )
    standing = sum(stack.policies.standing for stack in report.stacks if stack.policies)
    fixed = sum(len(stack.policies.fixed) for stack in report.stacks if stack.policies)
    if not rows and not fixed:
        return ""
    said = [f"{fixed} fixed by this change"] if fixed else []
    said += [f"{standing} there before"] if standing else []
    tail = f"\n\n_{', '.join(said)}._" if said else ""
    return "\n".join(["#### Policies", "", *_cut(rows or ["Nothing new."])]) + tail


def _security(report: Report) -> str:
    rows = [_security_row(item, _prefix(report, stack)) for stack in report.changed for item in stack.security]
    if not rows:
        return ""
    loud = [row for row in rows if row.startswith(("- ⛔", "- ⚠️"))]
    quiet = [row for row in rows if row not in loud]
    text = ["#### Security", "", *_cut(loud)]
    if quiet and (loud or len(quiet) > 6):
        text += [
            "",
            f"<details><summary>{len(quiet)} {'more' if loud else 'changes'}</summary>",
            "",
            *quiet,
            "",
            "</details>",
        ]
    else:
        text += quiet
    return "\n".join(text)


def _security_row(item: Security, prefix: str) -> str:
    icon = f"{_ICONS[item.level]} " if item.level != "note" and item.added else ""
    sign = "`+`" if item.added else "`-`"
    return f"- {icon}{prefix}{sign} {_code(item.subject)} {_clause(item.text)}"


def _versions(report: Report) -> str:
    rows = [_version_row(item, _prefix(report, stack)) for stack in report.changed for item in stack.versions]
    return "\n".join(["#### Versions", "", *_cut(rows)]) if rows else ""


def _version_row(item: Version, prefix: str) -> str:
    icon = f"{_ICONS[item.level]} " if item.level != "note" else ""
    moved = (
        _text(item.new or "")
        if item.old == item.new
        else f"{_text(item.old or 'new')} → **{_text(item.new or 'none')}**"
    )
    note = f" ({_text(item.note)})" if item.note else ""
    return f"- {icon}{prefix}{_text(item.subject)}: {moved}{note}"


def _cost(report: Report) -> str:
    blocks = [text for stack in report.changed if (text := _cost_of(stack, _prefix(report, stack)))]
    return "\n\n".join(["#### Cost", *blocks]) if blocks else ""


def _cost_of(stack: StackReport, prefix: str) -> str:
    change, after = stack.cost_change, stack.cost
    if change is None or after is None or not change.lines:
        return ""
    total = f"{prefix}{money(after.low, after.high)} a month"
    before = f", {money(change.low, change.high, signed=True)}" if stack.cost_before else ""
    rows = [f"| {_text(n)} | {_text(what)} | {money(low, high, signed=True)} |" for n, what, low, high in change.lines]
    table = ["| | | $/month |", "|---|---|--:|", *rows]
    basis = [*after.assumptions, *(f"not in it: {each}" for each in after.unknown)]
    return "\n".join(
        [
            f"{total}{before}.",
            "",
            "<details><summary>Lines and assumptions</summary>",
            "",
            *table,
            "",
            *(f"- {_text(each)}" for each in basis),
            "",
            "</details>",
        ]
    )


def _details(stack: StackReport, report: Report) -> Iterator[str]:
    for area, found in stack.areas().items():
        body = "\n".join(f"{mark} {text}" for each in found for mark, text in resource_lines(each))
        counts = " ".join(
            f"{SIGNS[kind]}{number}" for kind in SIGNS if (number := sum(each.kind == kind for each in found))
        )
        title = f"{_prefix(report, stack)}{_text(area)} <code>{counts}</code>"
        yield f"<details><summary>{title}</summary>\n\n{_fenced(body, 'diff')}\n\n</details>"
    if outputs := "\n".join(f"{mark} {text}" for mark, text in output_lines(stack.diff)):
        title = f"{_prefix(report, stack)}outputs"
        yield f"<details><summary>{title}</summary>\n\n{_fenced(outputs, 'diff')}\n\n</details>"


def _foot(report: Report) -> str:
    said = [_text(note) for note in report.notes]
    if report.unchanged:
        said.append(f"unchanged: {', '.join(map(_text, report.unchanged))}")
    if report.command:
        said.append(f"the same on your machine: `{report.command}`")
    return f"<sub>{' · '.join(said)}</sub>" if said else ""


def _prefix(report: Report, stack: StackReport) -> str:
    return f"{_text(stack.stack)}: " if len(report.stacks) > 1 else ""


def _cut(rows: Sequence[str]) -> list[str]:
    if len(rows) <= _MOST_ITEMS:
        return list(rows)
    return [*rows[:_MOST_ITEMS], f"- {len(rows) - _MOST_ITEMS} more in the full report"]


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(_code(name) for name in names[:6])
    return shown if len(names) <= 6 else f"{shown} and {len(names) - 6} more"


def _sentence(text: str) -> str:
    return _clause(text[:1].upper() + text[1:])


def _clause(text: str) -> str:
    """A text in which parts in backticks stay code, and the rest is made plain."""
    parts = text.split("`")
    return "".join(_code(part) if index % 2 else _plain(part) for index, part in enumerate(parts))


def _code(text: str) -> str:
    """Inline code, which neither mentions nor links anyone."""
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    padded = f" {text} " if text.startswith("`") or text.endswith("`") else text
    return f"{fence}{padded.replace('|', chr(92) + '|')}{fence}"


def _text(text: str) -> str:
    """Plain text in one line: nothing in it is markup, and no one is mentioned."""
    return _plain(" ".join(text.split()))


def _plain(text: str) -> str:
    text = re.sub(r"\s+", " ", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\*_\[\]|#~`])", r"\\\1", text).replace("@", "@\u200b")


def _fenced(body: str, language: str) -> str:
    fence = "`" * max(3, max((len(run) for run in re.findall("`+", body)), default=0) + 1)
    return f"{fence}{language}\n{body}\n{fence}"
