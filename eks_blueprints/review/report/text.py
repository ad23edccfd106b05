"""The report for a terminal: the same order as everywhere, in lines and a little colour."""

from __future__ import annotations

from collections.abc import Iterator

import click

from eks_blueprints.review.cost.estimate import money
from eks_blueprints.review.effects import Level
from eks_blueprints.review.preview.facts import short_type
from eks_blueprints.review.report.lines import SIGNS, output_lines, resource_lines
from eks_blueprints.review.report.model import Report, StackReport

_COLOURS: dict[str, str] = {"danger": "red", "warning": "yellow", "note": "green", "clean": "green"}
_MARKS = {"+": "green", "-": "red", "!": "yellow"}


def render(report: Report, *, width: int | None = None) -> Iterator[str]:
    """The lines; `width` cuts what is longer."""
    for line in _lines(report):
        yield line if width is None or len(click.unstyle(line)) <= width else _cut(line, width)


def _lines(report: Report) -> Iterator[str]:
    yield click.style(report.verdict, fg=_COLOURS[report.level], bold=True)
    counts = "  ".join(f"{SIGNS[kind]}{number}" for kind, number in report.counts.items())
    yield f"{counts}  {click.style(f'compared with {report.base}', dim=True)}"
    for name, problem in report.errors.items():
        yield ""
        yield click.style(f"{name} cannot be rendered", fg="red")
        yield from (f"  {line}" for line in problem.splitlines())
    for stack in report.changed:
        yield from _stack(stack)
    if report.unchanged:
        yield ""
        yield click.style(f"unchanged: {', '.join(report.unchanged)}", dim=True)
    for note in report.notes:
        yield f"{click.style('note', fg='yellow')}  {note}"


def _stack(stack: StackReport) -> Iterator[str]:
    yield ""
    counts = "  ".join(f"{SIGNS[kind]}{number}" for kind, number in stack.diff.counts.items())
    same = click.style(f"{stack.diff.unchanged} unchanged", dim=True)
    yield f"{click.style(stack.stack, bold=True)}  {counts}  {same}  {click.style(stack.account, dim=True)}"
    yield from _section("refused", _refused(stack))
    yield from _section("needs attention", _attention(stack))
    yield from _section("policies", _policies(stack))
    yield from _section("security", _security(stack))
    yield from _section("versions", _versions(stack))
    yield from _section("cost", _cost(stack))
    for area, found in stack.areas().items():
        yield ""
        yield click.style(area, fg="cyan", bold=True)
        for each in found:
            yield from (f"  {_line(mark, text)}" for mark, text in resource_lines(each))
    yield from _section("outputs", (_line(mark, text) for mark, text in output_lines(stack.diff)))


def _line(mark: str, text: str) -> str:
    line = f"{mark} {text}" if text.startswith("    ") else text
    return click.style(line, fg=_MARKS[mark]) if mark in _MARKS else click.style(line, dim=True)


def _section(title: str, rows: Iterator[str]) -> Iterator[str]:
    found = list(rows)
    if found:
        yield ""
        yield click.style(title, bold=True)
        yield from (f"  {row}" for row in found)


def _refused(stack: StackReport) -> Iterator[str]:
    for finding in stack.refused:
        level: Level = "danger" if finding.severity == "error" else "warning"
        yield _tone(level, f"{finding.name}: {finding.message}")


def _attention(stack: StackReport) -> Iterator[str]:
    for item in stack.attention:
        said = f"{item.title} {short_type(item.type)} {item.name}"
        place = click.style(f"  {item.place}", dim=True) if item.place else ""
        yield f"{_tone(item.level, said)}: {item.cause.replace('`', '')}{place}"
        if item.effect:
            yield f"  {item.effect.replace('`', '')}"
        if item.led:
            yield click.style(f"  takes along {', '.join(item.led)}", dim=True)


def _policies(stack: StackReport) -> Iterator[str]:
    if stack.policies is None:
        return
    for finding in sorted(stack.policies.new, key=lambda each: not each.blocks):
        mark = _tone("danger", "mandatory") if finding.blocks else _tone("warning", finding.severity)
        place = click.style(f"  {finding.place}", dim=True) if finding.place else ""
        yield f"{mark} {finding.policy} {finding.resource}: {finding.message}{place}"
    if stack.policies.fixed:
        yield click.style(f"{len(stack.policies.fixed)} fixed by this change", fg="green")


def _security(stack: StackReport) -> Iterator[str]:
    for item in stack.security:
        line = f"{'+' if item.added else '-'} {item.subject} {item.text.replace('`', '')}"
        yield _tone(item.level, line) if item.level != "note" and item.added else line


def _versions(stack: StackReport) -> Iterator[str]:
    for item in stack.versions:
        moved = item.new if item.old == item.new else f"{item.old or 'new'} → {item.new or 'none'}"
        line = f"{item.subject} {moved}{f'  ({item.note})' if item.note else ''}"
        yield _tone(item.level, line) if item.level != "note" else line


def _cost(stack: StackReport) -> Iterator[str]:
    if stack.cost is None or stack.cost_change is None or not stack.cost_change.lines:
        return
    change = stack.cost_change
    yield f"{money(change.low, change.high, signed=True)} a month, {money(stack.cost.low, stack.cost.high)} in all"
    for name, what, low, high in change.lines[:12]:
        yield click.style(f"{money(low, high, signed=True):>18}  {name}: {what}", dim=True)
    if len(change.lines) > 12:
        yield click.style(f"{len(change.lines) - 12} more lines", dim=True)


def _tone(level: Level, text: str) -> str:
    return click.style(text, fg=_COLOURS[level])


def _cut(line: str, width: int) -> str:
    plain = click.unstyle(line)
    return plain[: width - 1] + "…"
