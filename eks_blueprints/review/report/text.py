"""The report for a terminal: the same order as everywhere, in lines and a little colour."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import click

from eks_blueprints.capacity.lines import TONES
from eks_blueprints.core.printed import visible
from eks_blueprints.review.cost.estimate import money
from eks_blueprints.review.preview.text import told_gaps
from eks_blueprints.review.report.alike import folded_stacks
from eks_blueprints.review.report.capacity_forms import told
from eks_blueprints.review.report.lines import Line, output_lines, parts, real, signs
from eks_blueprints.review.report.model import Report, StackReport
from eks_blueprints.review.report.rights import folded, quiet
from eks_blueprints.review.report.rows import Row, findings, names, rows

_COLOURS: dict[str, str] = {"danger": "red", "warning": "yellow", "note": "green", "clean": "green"}
_MARKS = {"+": "green", "-": "red", "!": "yellow"}
_MOST_COSTS = 12
_MOST_NAMES = 6
_NARROWEST = 40


@dataclass(frozen=True, slots=True)
class _Said:
    """One line, or a sentence that may become several."""

    text: str = ""
    depth: int = 0
    style: tuple[tuple[str, Any], ...] = ()
    sentence: bool = True
    """Whether it is broken where the terminal ends; else it is cut."""

    def lines(self, width: int | None) -> Iterator[str]:
        text = " " * self.depth + _line(real(self.text))
        if width is None or len(text) <= width:
            found = [text.rstrip()]
        elif self.sentence:
            hanging = " " * (self.depth + 2)
            room = max(width, _NARROWEST)
            found = textwrap.wrap(text, room, subsequent_indent=hanging, break_on_hyphens=False)
        else:
            found = [f"{text[: width - 1]}…"]
        yield from (click.style(line, **dict(self.style)) if line else "" for line in found)


def render(report: Report, *, width: int | None = None) -> Iterator[str]:
    """The lines; at `width` sentences are broken, and lines of a diff cut."""
    for said in _report(report):
        yield from said.lines(width)


def _say(text: str, depth: int = 0, **style: Any) -> _Said:
    return _Said(text, depth, tuple(style.items()))


def _report(report: Report) -> Iterator[_Said]:
    yield _say(report.verdict, fg=_COLOURS[report.level], bold=True)
    yield _say(f"{signs(report.counts)}  compared with {report.base}", dim=True)
    for name, problem in report.errors.items():
        yield _Said()
        yield _say(f"{name} cannot be rendered", fg="red")
        yield from (_say(line, 2) for line in problem.splitlines())
    for stack in folded_stacks(report).changed:
        yield from _stack(stack)
    if report.unchanged:
        yield _Said()
        yield _say(f"unchanged: {', '.join(report.unchanged)}", dim=True)
    yield from (_say(f"note  {note}", dim=True) for note in report.limits)


def _stack(stack: StackReport) -> Iterator[_Said]:
    yield _Said()
    yield _say(f"{stack.title}  {signs(stack.diff.counts)}  {stack.diff.unchanged} unchanged", bold=True)
    yield _say(f"{stack.account}{f', as {stack.stack} has it' if stack.alike and stack.accounts else ''}", 2, dim=True)
    if stack.policies and stack.policies.unseen:
        yield _say(f"policies: {stack.policies.unseen}", 2, dim=True)
    if stack.system_pods:
        yield _say(stack.system_pods, 2, dim=True)
    if stack.gaps:
        yield _say(f"not followed: {'; '.join(told_gaps(stack.gaps))}", 2, fg="yellow")
    yield from _section("needs attention", _attention(stack))
    yield from _section("cost", _cost(stack))
    yield from _section("capacity", _capacity(stack))
    yield from _section("policies", _policies(stack))
    yield from _section("security", _security(stack))
    yield from _section("versions", _versions(stack))
    yield from _section("renamed", _kept(stack))
    for part in parts(stack):
        yield _Said()
        yield _say(part.title, fg="cyan", bold=True)
        yield from map(_diff_line, part.lines)
    yield from _section("outputs", map(_diff_line, output_lines(stack.diff)))


def _diff_line(line: Line) -> _Said:
    mark, text = line
    text = f"{mark} {text}" if text.startswith("    ") else text
    style = {"fg": _MARKS[mark]} if mark in _MARKS else {"dim": True}
    return _Said(text, 2, tuple(style.items()), sentence=False)


def _section(title: str, lines: Iterator[_Said]) -> Iterator[_Said]:
    found = list(lines)
    if found:
        yield _Said()
        yield _say(title, bold=True)
        yield from found


def _attention(stack: StackReport) -> Iterator[_Said]:
    for heading, found in rows(stack).items():
        yield _say(heading, 2, dim=True)
        for row in found:
            yield from _row(row)


def _row(row: Row) -> Iterator[_Said]:
    yield _say(f"{row.title} {row.subject}", 4, fg=_COLOURS[row.level])
    said = ", ".join(filter(None, (_plain(row.cause), row.place)))
    for line in (said, _plain(row.effect)):
        if line:
            yield _say(line, 6)
    if row.led:
        yield _say(f"also affects {len(row.led)}: {names(row.led, _MOST_NAMES)}", 6, dim=True)


def _cost(stack: StackReport) -> Iterator[_Said]:
    change = stack.cost_change
    if stack.cost is None or change is None or change.same:
        return
    if change.lines:
        moved = money(change.low, change.high, signed=True)
        yield _say(f"{moved} a month, {money(stack.cost.low, stack.cost.high)} in all", 2)
    for line in change.lines[:_MOST_COSTS]:
        yield _say(f"{money(line.low, line.high, signed=True):>18}  {line.name}: {line.what}", 2, dim=True)
    if len(change.lines) > _MOST_COSTS:
        yield _say(f"{len(change.lines) - _MOST_COSTS} more lines", 2, dim=True)
    if stack.cost_before is not None:
        yield from (_say(f"unknown by how much: {each}", 2) for each in change.unknown)


def _capacity(stack: StackReport) -> Iterator[_Said]:
    for line in told(stack):
        yield _say(line.text, 2 + 2 * line.depth, **TONES[line.tone])


def _policies(stack: StackReport) -> Iterator[_Said]:
    if stack.policies is None:
        return
    for finding in findings(stack.policies.new):
        place = f"  {finding.place}" if finding.place else ""
        yield _say(f"{finding.severity} {finding.policy} {finding.resources}: {finding.message}{place}", 2)
    if stack.policies.fixed:
        yield _say(f"{len(stack.policies.fixed)} fixed by this change", 2, fg="green")


def _security(stack: StackReport) -> Iterator[_Said]:
    for item in folded(quiet(stack.security)):
        yield _say(f"{'+' if item.added else '-'} {item.subject} {_plain(item.text)}", 2, dim=True)


def _versions(stack: StackReport) -> Iterator[_Said]:
    for item in stack.versions:
        moved = item.new if item.old == item.new else f"{item.old or 'new'} → {item.new or 'none'}"
        line = f"{item.subject} {moved}{f'  ({item.note})' if item.note else ''}"
        yield _say(line, 2, **({"fg": _COLOURS[item.level]} if item.level != "note" else {}))


def _kept(stack: StackReport) -> Iterator[_Said]:
    for rename in stack.renames:
        if not rename.anew:
            yield _say(f"{rename.old} → {rename.new}: its {rename.kept} resources are kept, an alias says so", 2)


def _line(text: str) -> str:
    # What a line of a difference begins with are spaces that mean something.
    return visible(re.sub(r"\s*[\r\n\u2028\u2029]\s*", " ", text))


def _plain(text: str) -> str:
    return text.replace("`", "")
