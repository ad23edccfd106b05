"""The report as one page that needs nothing else: no script, no font, no request; light or dark as one likes."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import chain
from pathlib import Path

from eks_blueprints.review.cost.estimate import money
from eks_blueprints.review.effects import Attention
from eks_blueprints.review.preview.facts import short_type
from eks_blueprints.review.report.lines import SIGNS, output_lines, resource_lines
from eks_blueprints.review.report.model import Report, StackReport
from eks_blueprints.review.report.picture import draw
from eks_blueprints.review.report.platform import platform

_STYLE = Path(__file__).with_name("page.css")
_CLASSES = {"+": "plus", "-": "minus", "!": "alter", "#": "remark", " ": ""}
_MOST_CARDS = 6
_WORDS = {"create": "created", "update": "changed", "replace": "replaced", "delete": "deleted"}


def render(report: Report) -> str:
    """The page."""
    body = "\n".join(_body(report))
    title = escape(f"{report.project or 'platform'}: {report.verdict}")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{title}</title>\n<style>\n{_STYLE.read_text(encoding='utf-8')}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _body(report: Report) -> Iterator[str]:
    commit = f" · <code>{escape(report.commit)}</code>" if report.commit else ""
    yield f'<div class="verdict {report.level}"><h1>{escape(_upper(report.verdict))}</h1>'
    base = f"compared with <code>{escape(report.base)}</code>"
    yield f'<p class="lead">{escape(report.project)} · {base}{commit}</p></div>'
    for stack, problem in report.errors.items():
        lines = "".join(f"<span>{escape(line)}</span>" for line in problem.splitlines())
        yield f'<section class="stack"><h2>{escape(stack)} cannot be rendered</h2><pre>{lines}</pre></section>'
    shown = report.changed or list(report.stacks)
    for each in shown:
        yield from _stack(each)
    yield "<footer>"
    yield from (f"<p>{escape(note)}</p>" for note in report.notes)
    rest = [name for name in report.unchanged if name not in {each.stack for each in shown}]
    if rest:
        yield f"<p>Unchanged: {escape(', '.join(rest))}</p>"
    if report.command:
        yield f"<p>The same on your machine: <code>{escape(report.command)}</code></p>"
    yield "</footer>"


def _stack(stack: StackReport) -> Iterator[str]:
    pills = "".join(_pill(kind, number) for kind, number in stack.diff.counts.items() if number)
    same = f'<span class="pill">{stack.diff.unchanged} unchanged</span>'
    same += f'<span class="pill">{escape(stack.account)}</span>'
    yield f'<section class="stack"><header><h2>{escape(stack.stack)}</h2>{pills}{same}</header>'
    if picture := draw(platform(stack.diff)):
        legend = "".join(f'<span><b class="{k}">{SIGNS[k]}</b> {w}</span>' for k, w in _WORDS.items())
        yield f'<div class="frame">{picture}</div><div class="legend">{legend}</div>'
    yield from _titled("Needs attention", _cards(stack))
    yield from _titled("Policies", _policies(stack))
    yield from _titled("Security", _security(stack))
    yield from _titled("Versions", _versions(stack))
    yield from _titled("Cost a month", _cost(stack))
    yield from _titled("What changes", chain(_areas(stack), _outputs(stack)))
    yield "</section>"


def _pill(kind: str, number: int) -> str:
    return f'<span class="pill {kind}">{SIGNS[kind]}{number}</span>'


def _titled(title: str, parts: Iterator[str]) -> Iterator[str]:
    found = list(parts)
    if found:
        yield f"<h3>{title}</h3>"
        yield from found


def _cards(stack: StackReport) -> Iterator[str]:
    cards = [_refused(each.severity, each.name, each.message) for each in stack.refused]
    cards += [_card(item) for item in stack.attention]
    if cards:
        yield f'<div class="cards">{"".join(cards)}</div>'


def _refused(severity: str, name: str, message: str) -> str:
    level = "danger" if severity == "error" else "warning"
    head = f"<b>a provider would refuse</b> <code>{escape(name)}</code>"
    return f'<div class="card {level}">{head}<p>{escape(message)}</p></div>'


def _card(item: Attention) -> str:
    place = f'<span class="place">{escape(item.place)}</span>' if item.place else ""
    effect = f"<p>{_code(_upper(item.effect))}.</p>" if item.effect else ""
    names = ", ".join(f"<code>{escape(name)}</code>" for name in item.led)
    led = f'<p class="soft">Takes along {len(item.led)}: {names}</p>' if item.led else ""
    head = f"<b>{escape(_upper(item.title))}</b> {escape(short_type(item.type))} <code>{escape(item.name)}</code>"
    return f'<div class="card {item.level}">{place}{head}<p class="soft">{_code(item.cause)}</p>{effect}{led}</div>'


def _policies(stack: StackReport) -> Iterator[str]:
    if stack.policies is None or not (stack.policies.new or stack.policies.fixed):
        return
    cards = []
    for finding in sorted(stack.policies.new, key=lambda each: not each.blocks):
        level, word = ("danger", "mandatory") if finding.blocks else ("warning", finding.severity)
        place = f'<span class="place">{escape(finding.place)}</span>' if finding.place else ""
        head = f"<b>{word}</b> <code>{escape(finding.policy)}</code> on <code>{escape(finding.resource)}</code>"
        cards.append(f'<div class="card {level}">{place}{head}<p>{escape(finding.message)}</p></div>')
    yield f'<div class="cards">{"".join(cards[:_MOST_CARDS])}</div>'
    if rest := cards[_MOST_CARDS:]:
        yield f'<details><summary>{len(rest)} more</summary><div class="cards inner">{"".join(rest)}</div></details>'
    said = [f"{len(stack.policies.fixed)} fixed by this change"] if stack.policies.fixed else []
    said.append(f"{stack.policies.standing} there before, {stack.policies.rules} rules asked")
    yield f'<p class="basis">{escape("; ".join(said))}</p>'


def _security(stack: StackReport) -> Iterator[str]:
    rows = [
        f'<li class="{"add" if s.added else "remove"} {s.level if s.added else "note"}">'
        f"<code>{escape(s.subject)}</code> {_code(s.text)}</li>"
        for s in stack.security
    ]
    if len(rows) > 14:
        yield f"<ul>{''.join(rows[:8])}</ul><details><summary>{len(rows) - 8} more</summary>"
        yield f'<ul style="padding:4px 14px 10px">{"".join(rows[8:])}</ul></details>'
    elif rows:
        yield f"<ul>{''.join(rows)}</ul>"


def _versions(stack: StackReport) -> Iterator[str]:
    rows = []
    for each in stack.versions:
        moved = escape(each.new or "none")
        if each.old != each.new:
            moved = f"{escape(each.old or 'new')} → <b>{escape(each.new or 'none')}</b>"
        note = f' <span class="soft">{escape(each.note)}</span>' if each.note else ""
        rows.append(f'<li class="{each.level}">{escape(each.subject)}: {moved}{note}</li>')
    if rows:
        yield f"<ul>{''.join(rows)}</ul>"


def _cost(stack: StackReport) -> Iterator[str]:
    after, change = stack.cost, stack.cost_change
    if after is None or change is None or not change.lines:
        return
    rows = "".join(
        f'<tr><td>{escape(name)}</td><td class="soft">{escape(what)}</td>'
        f'<td class="number">{money(low, high, signed=True)}</td></tr>'
        for name, what, low, high in change.lines
    )
    total = f"{money(after.low, after.high)} in all"
    moved = money(change.low, change.high, signed=True)
    foot = f'<tfoot><tr><td colspan="2">{total}</td><td class="number">{moved}</td></tr></tfoot>'
    table = f"<table><tbody>{rows}</tbody>{foot}</table>"
    if len(change.lines) > 8:
        yield f"<p><b>{total}</b>, {moved}</p><details><summary>{len(change.lines)} lines</summary>{table}</details>"
    else:
        yield table
    said = [*after.assumptions, *(f"not in it: {each}" for each in after.unknown)]
    yield f'<p class="basis">{escape("; ".join(said))}.</p>'


def _areas(stack: StackReport) -> Iterator[str]:
    for area, found in stack.areas().items():
        counts = {kind: sum(each.kind == kind for each in found) for kind in _WORDS}
        pills = "".join(_pill(kind, number) for kind, number in counts.items() if number)
        lines = []
        for each in found:
            for mark, text in resource_lines(each):
                style = "swap" if each.kind == "replace" and mark == "!" else _CLASSES[mark]
                lines.append(f'<span class="{style}">{escape(text) or " "}</span>')
        opened = " open" if counts["replace"] and len(lines) < 30 else ""
        body = "".join(lines)
        yield f"<details{opened}><summary>{escape(area)}{pills}</summary><pre>{body}</pre></details>"


def _outputs(stack: StackReport) -> Iterator[str]:
    lines = [f'<span class="{_CLASSES[mark]}">{escape(text)}</span>' for mark, text in output_lines(stack.diff)]
    if lines:
        yield f"<details><summary>Outputs</summary><pre>{''.join(lines)}</pre></details>"


def _code(text: str) -> str:
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if index % 2 else part for index, part in enumerate(parts))


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
