"""The report as one page that needs nothing else: no script, no font, no request; light or dark as one likes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from eks_blueprints.core.page import BASE, page
from eks_blueprints.core.printed import markup
from eks_blueprints.review.cost.estimate import Difference, Estimate, money
from eks_blueprints.review.preview.text import told_gaps
from eks_blueprints.review.report.alike import folded_stacks
from eks_blueprints.review.report.capacity_forms import in_html
from eks_blueprints.review.report.lines import SIGNS, output_lines, parts, real
from eks_blueprints.review.report.model import Report, StackReport
from eks_blueprints.review.report.picture import WORDS, draw
from eks_blueprints.review.report.platform import platform
from eks_blueprints.review.report.rights import folded, quiet
from eks_blueprints.review.report.rows import Row, findings, rows

_STYLE = Path(__file__).with_name("page.css")
_CLASSES = {"+": "plus", "-": "minus", "!": "alter", "#": "remark", " ": ""}
_MOST_CARDS = 6
_MOST_LINES = 8
_MOST_NAMES = 6
_MOST_OPEN = 30


def render(report: Report) -> str:
    """The page."""
    title = f"{report.project or 'platform'}: {report.verdict}"
    return page(title, real("\n".join(_body(report))), BASE, _STYLE)


def _body(report: Report) -> Iterator[str]:
    commit = f" · <code>{markup(report.commit)}</code>" if report.commit else ""
    yield f'<div class="verdict {report.level}"><h1>{markup(_upper(report.verdict))}</h1>'
    base = f"compared with <code>{markup(report.base)}</code>"
    yield f'<p class="lead">{markup(report.project)} · {base}{commit}</p></div>'
    for stack, problem in report.errors.items():
        lines = "".join(f"<span>{markup(line)}</span>" for line in problem.splitlines())
        yield f'<section class="stack"><h2>{markup(stack)} cannot be rendered</h2><pre>{lines}</pre></section>'
    shown = folded_stacks(report).changed or list(report.stacks)
    for each in shown:
        yield from _stack(each)
    yield "<footer>"
    yield from (f"<p>{markup(note)}</p>" for note in report.limits)
    rest = [name for name in report.unchanged if name not in {each.stack for each in report.changed or shown}]
    if rest:
        yield f"<p>Unchanged: {markup(', '.join(rest))}</p>"
    if report.command:
        yield f"<p>The same on your machine: <code>{markup(report.command)}</code></p>"
    yield "</footer>"


def _stack(stack: StackReport) -> Iterator[str]:
    pills = "".join(_pill(kind, number) for kind, number in stack.diff.counts.items() if number)
    same = f'<span class="pill">{stack.diff.unchanged} unchanged</span>'
    mean = f" ({markup(stack.stack)})" if stack.alike and stack.accounts else ""
    same += f'<span class="pill">{markup(stack.account)}{mean}</span>'
    if stack.policies and stack.policies.unseen:
        same += f'<span class="pill">policies: {markup(stack.policies.unseen)}</span>'
    yield f'<section class="stack"><header><h2>{markup(stack.title)}</h2>{pills}{same}</header>'
    if stack.gaps:
        yield f'<p class="basis">Not followed: {markup("; ".join(told_gaps(stack.gaps)))}</p>'
    yield from _titled("Needs attention", _cards(stack))
    if picture := draw(platform(stack.diff)):
        legend = "".join(
            f'<span><b class="{k}">{SIGNS[k]}</b> {w}</span>'
            for k, w in WORDS.items()
            if k != "import" or stack.diff.counts[k]
        )
        yield f'<div class="frame">{picture}</div><div class="legend">{legend}</div>'
    if stack.system_pods:
        yield f'<p class="basis">{markup(_upper(stack.system_pods))}.</p>'
    yield from _titled("Cost a month", _cost(stack))
    yield from _titled("Capacity", in_html(stack))
    yield from _titled("Policies", _policies(stack))
    yield from _titled("Security", _security(stack))
    yield from _titled("Versions", _versions(stack))
    yield from _titled("Renamed", _kept(stack))
    yield from _titled("What changes", chain(_parts(stack), _outputs(stack)))
    yield "</section>"


def _pill(kind: str, number: int) -> str:
    return f'<span class="pill {kind}">{SIGNS[kind]}{number}</span>'


def _titled(title: str, parts: Iterator[str]) -> Iterator[str]:
    found = list(parts)
    if found:
        yield f"<h3>{title}</h3>"
        yield from found


def _cards(stack: StackReport) -> Iterator[str]:
    for heading, found in rows(stack).items():
        yield f'<h4>{markup(_upper(heading))}</h4><div class="cards">{"".join(map(_card, found))}</div>'


def _card(row: Row) -> str:
    place = f'<span class="place">{markup(row.place)}</span>' if row.place else ""
    cause = f'<p class="soft">{_code(row.cause)}</p>'
    effect = f"<p>{_code(_upper(row.effect))}.</p>" if row.effect else ""
    head = f"<b>{markup(_upper(row.title))}</b> <code>{markup(row.subject)}</code>"
    return f'<div class="card {row.level}">{place}{head}{cause}{effect}{_led(row)}</div>'


def _led(row: Row) -> str:
    if not row.led:
        return ""
    names = ", ".join(f"<code>{markup(name)}</code>" for name in row.led)
    if len(row.led) <= _MOST_NAMES:
        return f'<p class="soft">Also affects {len(row.led)}: {names}</p>'
    return f'<details class="led"><summary>Also affects {len(row.led)}</summary><p class="soft">{names}</p></details>'


def _policies(stack: StackReport) -> Iterator[str]:
    if stack.policies is None or not (stack.policies.new or stack.policies.fixed):
        return
    cards = []
    for each in findings(stack.policies.new):
        place = f'<span class="place">{markup(each.place)}</span>' if each.place else ""
        head = f"<b>{each.severity}</b> <code>{markup(each.policy)}</code> on {markup(each.resources)}"
        cards.append(f'<div class="card warning">{place}{head}<p>{markup(each.message)}</p></div>')
    if cards:
        yield f'<div class="cards">{"".join(cards[:_MOST_CARDS])}</div>'
    if rest := cards[_MOST_CARDS:]:
        yield f'<details><summary>{len(rest)} more</summary><div class="cards inner">{"".join(rest)}</div></details>'
    said = [f"{len(stack.policies.fixed)} fixed by this change"] if stack.policies.fixed else []
    said.append(f"{stack.policies.standing} there before, {stack.policies.rules} rules asked")
    yield f'<p class="basis">{markup("; ".join(said))}</p>'


def _security(stack: StackReport) -> Iterator[str]:
    listed = [
        f'<li class="{"add" if s.added else "remove"}"><code>{markup(s.subject)}</code> {_code(s.text)}</li>'
        for s in folded(quiet(stack.security))
    ]
    if len(listed) > _MOST_CARDS:
        yield f"<details><summary>{len(listed)} changes</summary><ul>{''.join(listed)}</ul></details>"
    elif listed:
        yield f"<ul>{''.join(listed)}</ul>"


def _kept(stack: StackReport) -> Iterator[str]:
    listed = [
        f"<li><code>{markup(each.old)}</code> → <code>{markup(each.new)}</code>: its {each.kept} resources are kept, "
        "an alias says so</li>"
        for each in stack.renames
        if not each.anew
    ]
    if listed:
        yield f"<ul>{''.join(listed)}</ul>"


def _versions(stack: StackReport) -> Iterator[str]:
    rows = []
    for each in stack.versions:
        moved = markup(each.new or "none")
        if each.old != each.new:
            moved = f"{markup(each.old or 'new')} → <b>{markup(each.new or 'none')}</b>"
        note = f' <span class="soft">{markup(each.note)}</span>' if each.note else ""
        rows.append(f'<li class="{each.level}">{markup(each.subject)}: {moved}{note}</li>')
    if rows:
        yield f"<ul>{''.join(rows)}</ul>"


def _cost(stack: StackReport) -> Iterator[str]:
    after, change = stack.cost, stack.cost_change
    if after is None or change is None or change.same:
        return
    if change.lines:
        yield from _cost_table(after, change)
    if stack.cost_before is not None and change.unpriced:
        yield f"<ul>{''.join(f'<li>unknown by how much: {markup(each)}</li>' for each in change.unknown)}</ul>"
    said = [*after.assumptions, *(f"not in it: {each}" for each in after.unknown)]
    if change.lines:
        yield f'<p class="basis">{markup("; ".join(said))}.</p>'


def _cost_table(after: Estimate, change: Difference) -> Iterator[str]:
    listed = "".join(
        f'<tr><td>{markup(line.name)}</td><td class="soft">{markup(line.what)}</td>'
        f'<td class="number">{money(line.low, line.high, signed=True)}</td></tr>'
        for line in change.lines
    )
    total = f"{money(after.low, after.high)} in all"
    moved = money(change.low, change.high, signed=True)
    foot = f'<tfoot><tr><td colspan="2">{total}</td><td class="number">{moved}</td></tr></tfoot>'
    table = f"<table><tbody>{listed}</tbody>{foot}</table>"
    if len(change.lines) > _MOST_LINES:
        yield f"<p><b>{total}</b>, {moved}</p><details><summary>{len(change.lines)} lines</summary>{table}</details>"
    else:
        yield table


def _parts(stack: StackReport) -> Iterator[str]:
    for part in parts(stack):
        pills = "".join(_pill(kind, number) for kind, number in part.counts.items())
        lines = []
        for mark, text in part.lines:
            style = "swap" if text.startswith(SIGNS["replace"]) else _CLASSES[mark]
            lines.append(f'<span class="{style}">{markup(text) or " "}</span>')
        opened = " open" if part.counts.get("replace") and len(lines) < _MOST_OPEN else ""
        body = "".join(lines)
        yield f"<details{opened}><summary>{markup(part.title)}{pills}</summary><pre>{body}</pre></details>"


def _outputs(stack: StackReport) -> Iterator[str]:
    lines = [f'<span class="{_CLASSES[mark]}">{markup(text)}</span>' for mark, text in output_lines(stack.diff)]
    if lines:
        yield f"<details><summary>Outputs</summary><pre>{''.join(lines)}</pre></details>"


def _code(text: str) -> str:
    parts = markup(text).split("`")
    return "".join(f"<code>{part}</code>" if index % 2 else part for index, part in enumerate(parts))


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
