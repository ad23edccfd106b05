"""Where pods are, for a terminal: one summary, the nodes by what makes them, how pods fill them, what waits and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from string import ascii_letters
from textwrap import wrap

import click

from eks_blueprints.capacity.boxes import DAEMONS, Boxes, Row, cells, short_names
from eks_blueprints.capacity.figures import Alike, Figures, Use, cost
from eks_blueprints.capacity.model import At, Outcome, PlannedNode, Waiting
from eks_blueprints.capacity.reasons import by_reason, waiting_alike
from eks_blueprints.capacity.words import (
    UNKNOWN_TYPE,
    amount,
    at_words,
    by_zone,
    count,
    facts,
    listed,
    maker,
    month,
    place,
    summary,
)
from eks_blueprints.core.printed import one_line
from eks_blueprints.review.cost.estimate import money
from eks_blueprints.scheduling.amounts import CPU, MEMORY, PODS

_wrapped = partial(wrap, break_on_hyphens=False)  # names are full of hyphens
_COLOURS = ("cyan", "magenta", "yellow", "blue", "green", "bright_cyan", "bright_magenta", "bright_yellow")
_DAEMON, _OTHER, _FREE = "=", "+", "·"
_BAR = 10
_MOST_ROWS = 80
_FEW = 16
"""As many different nodes have a line of their own."""
_MOST_NAMED = 20
"""As many workloads have a letter of their own in the pictures."""


def render(outcome: Outcome, *, most: Outcome | None = None, at: At = "least", width: int = 100) -> Iterator[str]:
    """The lines.

    Args:
        outcome: What is shown.
        most: The same platform with as many pods as there can be; told in one line.
        at: How many pods of what scales `outcome` has.
        width: Columns.
    """
    figures = Figures(outcome)
    yield from _head(figures, at, width)
    if most is not None:
        yield from _at_most(Figures(most), width)
    if outcome.nodes:
        yield from ("", click.style("nodes", bold=True))
        for alike in figures.kinds:
            yield from _alike(figures, alike, width)
        yield from _packing(figures, width)
    if outcome.waiting:
        yield from ("", click.style("waiting", fg="red", bold=True))
        for waiting in waiting_alike(outcome.waiting):
            yield from _waiting(waiting, width)
    yield from _notes(figures, width)


def _head(figures: Figures, at: At, width: int) -> Iterator[str]:
    platform = figures.outcome.platform
    scaled = any(each.most > each.least for each in platform.demands)
    how = at_words(at) if scaled else ""
    about = "  ".join(one_line(each) for each in (platform.region, how) if each)
    yield f"{click.style(one_line(platform.name), bold=True)}  {click.style(about, dim=True)}"
    colour = "red" if figures.waiting else "yellow" if figures.unsure else "green"
    yield from (click.style(line, fg=colour, bold=True) for line in _wrapped(summary(figures), width))
    yield from _wrapped("; ".join(facts(figures)), width)
    if known := [zone for zone in figures.zones if zone]:
        counts = by_zone(figures.zones, platform.region)
        yield click.style(f"nodes by zone: {counts}" if len(known) > 1 else f"nodes in one zone: {counts}", dim=True)


def _at_most(figures: Figures, width: int) -> Iterator[str]:
    said = f"at most: {summary(figures)}; {month(figures.cost)}"
    yield from (click.style(line, fg="red" if figures.waiting else None) for line in _wrapped(said, width))


def _alike(figures: Figures, alike: Alike, width: int) -> Iterator[str]:
    node, found = alike.first, cost(alike.nodes)
    price = "no price" if found.unpriced else f"{money(*found.month)}/month"
    said = [maker(node.kind, node.maker), node.capacity_type, place(alike, figures.outcome.platform.region)]
    head = f"{len(alike.nodes):>4} × {one_line(node.machine or UNKNOWN_TYPE)}"
    rest = "  ".join(one_line(each) for each in said if each)
    gap = " " * max(2, width - len(head) - len(rest) - len(price) - 2)
    bold = click.style(head, bold=True)
    if len(head) + len(rest) + len(price) + 4 > width:
        yield from (f"{bold}  {price}", *_wrapped(rest, width, initial_indent=" " * 7, subsequent_indent=" " * 7))
    else:
        yield f"{bold}  {rest}{gap}{price}"
    uses = [_over(figures, alike.nodes, name) for name in (CPU, MEMORY)]
    bars = [f"{use.dimension} {use.share:>4.0%} {_bar(use.share)}" for use in uses if use is not None]
    counted = [amount(use) for use in _counted(figures, alike.nodes)]
    line = "       " + "   ".join([*bars, *counted])
    yield from [line] if len(line) <= width else ["       " + "   ".join(bars), "       " + "   ".join(counted)]


def _over(figures: Figures, nodes: Sequence[PlannedNode], name: str) -> Use | None:
    found = [figures.uses(node)[name] for node in nodes if name in figures.uses(node)]
    return Use(name, sum(use.used for use in found), sum(use.most for use in found)) if found else None


def _counted(figures: Figures, nodes: Sequence[PlannedNode]) -> Iterator[Use]:
    """What else of nodes is in use: pods, devices, volumes, disks."""
    for name in dict.fromkeys((PODS, *(name for node in nodes for name in figures.uses(node)))):
        use = None if name in (CPU, MEMORY) else _over(figures, nodes, name)
        if use is not None and use.used:
            yield use


def _bar(share: float) -> str:
    full = min(_BAR, round(share * _BAR))
    return "▇" * full + "▁" * (_BAR - full)


@dataclass(frozen=True, slots=True)
class _Signs:
    """The letter and the colour of each workload."""

    letters: Mapping[str, str]
    short: Mapping[str, str]

    def of(self, name: str) -> str:
        return _DAEMON if name == DAEMONS else self.letters.get(name, _OTHER)

    def styled(self, name: str, text: str) -> str:
        if name == DAEMONS or name not in self.letters:
            return click.style(text, dim=True)
        return click.style(text, fg=_COLOURS[list(self.letters).index(name) % len(_COLOURS)])


def _packing(figures: Figures, width: int) -> Iterator[str]:
    boxes = Boxes(figures)
    rows = boxes.rows(_MOST_ROWS)
    named = boxes.workloads if len(boxes.workloads) <= _MOST_NAMED + 1 else boxes.workloads[:_MOST_NAMED]
    signs = _Signs(
        dict(zip(named, ascii_letters[26:] + ascii_letters[:26], strict=False)), short_names(boxes.workloads)
    )
    yield from ("", f"{click.style('packing', bold=True)}  {click.style('by what fills each node first', dim=True)}")
    shown = rows[:_MOST_ROWS]
    yield from (
        _in_columns(figures, boxes, signs, shown, width)
        if len(rows) > _FEW
        else _in_lines(figures, boxes, signs, shown, width)
    )
    if rest := sum(len(row.nodes) for row in rows[_MOST_ROWS:]):
        yield click.style(f"       and {count(rest, 'node')} more; --format html shows each", dim=True)
    yield from _legend(boxes, signs, named, width)


def _in_lines(figures: Figures, boxes: Boxes, signs: _Signs, rows: Sequence[Row], width: int) -> Iterator[str]:
    """A line for each, with its instance type."""
    heads = [f"{len(row.nodes):>4} × {one_line(row.first.machine or UNKNOWN_TYPE)}" for row in rows]
    left = min(max(map(len, heads), default=0), 24)
    room = max(20, width - left - 18)
    for head, row in zip(heads, rows, strict=True):
        filled, said = _box(figures, boxes, signs, row, room)
        yield f"{head:{left}} [{filled}] {said}"


def _in_columns(figures: Figures, boxes: Boxes, signs: _Signs, rows: Sequence[Row], width: int) -> Iterator[str]:
    """Two beside each other, below their instance type."""
    room = max(12, (width - 8) // 2 - 16)
    for (made, machine), found in groupby(
        rows, lambda row: (maker(row.first.kind, row.first.maker), row.first.machine)
    ):
        yield f"       {click.style(one_line(f'{machine or UNKNOWN_TYPE}, {made}'), dim=True)}"
        alike = sorted(found, key=lambda row: -len(row.nodes))
        for start in range(0, len(alike), 2):
            pair = alike[start : start + 2]
            drawn = [(f"{len(row.nodes):>4} ×", *_box(figures, boxes, signs, row, room)) for row in pair]
            yield "  ".join(f"{times} [{box}] {said.rpartition(' ')[2]:>5}" for times, box, said in drawn).rstrip()


def _box(figures: Figures, boxes: Boxes, signs: _Signs, row: Row, room: int) -> tuple[str, str]:
    """What fills a node, cell by cell, and what fills it first."""
    parts = boxes.parts(row.first)
    counts = cells([part.share for part in parts], room)
    filled = "".join(signs.styled(p.name, signs.of(p.name) * n) for p, n in zip(parts, counts, strict=True))
    free = click.style(_FREE * max(0, room - sum(counts)), dim=True) if room > sum(counts) else ""
    use = figures.fullest(row.first)
    about = "" if row.alike else "~"
    return filled + free, "empty" if use is None else f"{use.dimension.rpartition('/')[2]} {about}{use.share:.0%}"


def _legend(boxes: Boxes, signs: _Signs, named: Sequence[str], width: int) -> Iterator[str]:
    entries = [(name, f"{signs.of(name)} {one_line(signs.short[name])}") for name in named]
    if len(boxes.workloads) > len(named):
        entries.append(("", f"{_OTHER} {len(boxes.workloads) - len(named)} other workloads"))
    if boxes.daemons:
        entries.append((DAEMONS, f"{_DAEMON} DaemonSets ({listed(short_names(boxes.daemons).values())})"))
    entries.append(("", f"{_FREE} free"))
    line, used = "", 0
    for name, text in entries:
        if used and used + len(text) + 2 > width - 7:
            yield f"       {line.rstrip()}"
            line, used = "", 0
        line += signs.styled(name, text) + "  "
        used += len(text) + 2
    yield f"       {line.rstrip()}"


def _waiting(alike: Sequence[Waiting], width: int) -> Iterator[str]:
    first = alike[0]
    number = count(sum(each.count for each in alike), "pod")
    names = listed(one_line(each.name) for each in alike)
    head, *more = _wrapped(f"{number} of {names}", width, initial_indent="  ", subsequent_indent="    ")
    yield from (head.replace(number, click.style(number, bold=True), 1), *more)
    yield from refused(first, width)
    if first.remedy:
        yield from _wrapped(f"→ {one_line(first.remedy)}", width, initial_indent="    ", subsequent_indent="      ")


def refused(found: Waiting, width: int) -> Iterator[str]:
    """What refuses the pods, one reason a line, with the nodes, pools and groups that say so."""
    reasons = by_reason(found.refusals)
    column = max((len(predicate) for predicate, _ in reasons), default=0)
    for (predicate, reason), said in reasons.items():
        where = listed([maker(each.kind, each.where) for each in said])
        text = f"{predicate:{column}}  {one_line(where)}: {one_line(reason)}"
        yield from _wrapped(text, width, initial_indent="    ", subsequent_indent=" " * (column + 6))
    if not reasons:
        yield "    there is nothing that could take them"


def _notes(figures: Figures, width: int) -> Iterator[str]:
    outcome = figures.outcome
    said = [("evicted", f"{count(n, 'pod')} of {name} for {other}", "yellow") for name, other, n in outcome.evicted]
    if figures.in_one_zone:
        names = listed(short_names(figures.in_one_zone).values())
        said.append(("zones", f"all pods in one zone: {names}; spread them over zones to outlive one", "yellow"))
    said += [("no price", listed(figures.cost.unpriced), "yellow")] if figures.cost.unpriced else []
    said += [("not known", each, "yellow") for each in figures.unsure]
    said += [("note", each, "") for each in (*figures.doubts, *outcome.notes)]
    if said:
        yield ""
    for word, text, colour in said:
        hanging = " " * (len(word) + 2)
        first, *rest = _wrapped(one_line(text), max(20, width - len(hanging))) or [""]
        yield f"{click.style(word, fg=colour) if colour else click.style(word, dim=True)}  {first}"
        yield from (f"{hanging}{line}" for line in rest)
