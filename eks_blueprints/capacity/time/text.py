"""A simulation for a terminal: the verdict, figures over time, what happened, what it meant for workloads."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import click

from eks_blueprints.capacity.time.record import Entry
from eks_blueprints.capacity.time.simulate import Simulation
from eks_blueprints.capacity.time.summing import Sums, by_hours, resampled
from eks_blueprints.capacity.time.words import took
from eks_blueprints.capacity.words import count
from eks_blueprints.core.printed import one_line

_BLOCKS = " ▁▂▃▄▅▆▇█"
_MOST = 60
"""Lines of the timeline that are shown."""
_MOST_WORKLOADS = 15
_COLOURS = {"event": "cyan", "held": "yellow", "waiting": "red", "moved": "yellow", "done": "green"}


def render(simulation: Simulation, *, width: int = 100) -> Iterator[str]:
    """The lines.

    Args:
        simulation: What came of a scenario.
        width: Columns.
    """
    sums = Sums(simulation)
    said, level = sums.verdict
    scenario, name = simulation.scenario, simulation.platform.name
    about = f"{scenario.start}  {took(simulation.seconds)}  seed {scenario.seed}"
    yield f"{click.style(one_line(name), bold=True)}  {click.style(about, dim=True)}"
    colour = {"danger": "red", "warning": "yellow"}.get(level, "green")
    yield from (click.style(line, fg=colour, bold=True) for line in textwrap.wrap(one_line(said), width))
    yield from textwrap.wrap("; ".join(f"{figure} {of}" for figure, of in sums.facts), width)
    yield ""
    yield from _charts(simulation, width)
    yield from ("", click.style("timeline", bold=True))
    yield from _timeline(sums, width)
    if sums.workloads:
        yield from ("", click.style("workloads", bold=True))
        yield from _workloads(sums, width)
    yield from _ends(sums, width)


def _charts(simulation: Simulation, width: int) -> Iterator[str]:
    columns = max(20, width - 30)
    for of, label, form in (
        ("nodes", "nodes", "{:,.0f}"),
        ("waiting", "waiting", "{:,.0f}"),
        ("rate", "$/h", "{:.2f}"),
    ):
        values = resampled(simulation.record.samples, simulation.seconds, columns, of)
        # A column shows the largest value of its time; lows that are shorter are in the span.
        every = [float(getattr(each, of)) for each in simulation.record.samples]
        least, most = min(every, default=0), max(every, default=0)
        drawn = "".join(_BLOCKS[round(each / most * (len(_BLOCKS) - 1)) if most else 0] for each in values)
        span = form.format(most) if least == most else f"{form.format(least)} to {form.format(most)}"
        yield f"{label:>8} {drawn} {span}"


def _timeline(sums: Sums, width: int) -> Iterator[str]:
    entries = sums.record.entries
    if not entries:
        yield "  nothing changed"
        return
    shown = entries if len(entries) <= _MOST else _important(entries)
    clock = len(sums.when(0))
    yield click.style(f"  {'time':{clock}}  {'nodes':>5} {'wait':>5} {'$/h':>8}", dim=True)
    for each in shown:
        head = f"  {sums.when(each.at)}  {each.nodes:>5,} {each.waiting or '':>5} {each.rate:>8.2f}  "
        text = one_line(f"{each.what}  ({each.why})" if each.why else each.what)
        first, *rest = textwrap.wrap(text, max(30, width - len(head))) or [""]
        colour = _COLOURS.get(each.kind)
        yield head + (click.style(first, fg=colour) if colour else first)
        yield from (" " * len(head) + line for line in rest)
    if left := len(entries) - len(shown):
        yield click.style(f"  and {count(left, 'more change')}; --format html or json shows each", dim=True)


def _important(entries: list[Entry]) -> list[Entry]:
    """As many entries as are shown, in their order: what the scenario says and what is wrong before all else."""
    ranks = {"event": 0, "held": 0, "waiting": 0, "done": 0, "moved": 0, "nodes": 1, "gone": 2, "scale": 3, "ready": 4}
    order = sorted(range(len(entries)), key=lambda at: (ranks[entries[at].kind], at))[:_MOST]
    return [entries[at] for at in sorted(order)]


def _workloads(sums: Sums, width: int) -> Iterator[str]:
    rows = sums.workloads
    shown = rows[:_MOST_WORKLOADS]
    column = min(max((len(one_line(sums.short(each.name))) for each in shown), default=0), width - 60)
    yield click.style(f"  {'':{column}}  {'fewest ready':>14}  {'longest wait':>12}  {'moved':>6}", dim=True)
    for each in shown:
        fewest = f"{each.fewest} of {each.wanted_then}"
        line = f"  {one_line(sums.short(each.name)):{column}}  {fewest:>14}  {took(each.longest):>12}  {each.moved:>6}"
        more = [f"at {sums.when(each.fewest_at)}"] if each.fewest < each.wanted_then else []
        more += [f"{count(each.still, 'pod')} still waiting"] if each.still else []
        colour = "red" if each.still or (each.pods and not each.fewest) else None
        yield (click.style(line, fg=colour) if colour else line) + (f"  {', '.join(more)}" if more else "")
    if left := len(rows) - len(shown):
        yield click.style(f"  and {count(left, 'other workload')}", dim=True)


def _ends(sums: Sums, width: int) -> Iterator[str]:
    said: list[tuple[str, str, str]] = []
    said += [("lost", f"{sums.when(each.at)} {each.cause}: {sums.loss(each)}", "red") for each in sums.losses]
    said += [("replaced", f"{each.cause}: {sums.wave(each)}", "") for each in sums.record.waves]
    if sums.record.disrupted:
        parts = ", ".join(f"{number} {reason}" for reason, number in sums.record.disrupted.most_common())
        said.append(("nodes gone", parts, ""))
    if sums.record.moved:
        parts = ", ".join(f"{number} {reason}" for reason, number in sums.record.moved.most_common())
        said.append(("pods moved", parts, ""))
    said += [("cut short", each, "yellow") for each in sums.cut]
    said += [("held back", each, "yellow") for each in sums.held]
    hours = by_hours(sums.record.hours.items())
    listed = [f"{number:,.1f} {kind} {capacity}" for kind, capacity, number in hours[:8]]
    more = [f"{sum(number for *_, number in hours[8:]):,.1f} of {len(hours) - 8} others"] if len(hours) > 8 else []
    said.append(("node-hours", ", ".join(listed + more) or "none", ""))
    said += [("note", each, "") for each in sums.notes]
    yield ""
    for word, text, colour in said:
        hanging = " " * (len(word) + 2)
        first, *rest = textwrap.wrap(one_line(text), max(20, width - len(hanging))) or [""]
        yield f"{click.style(word, fg=colour) if colour else click.style(word, dim=True)}  {first}"
        yield from (f"{hanging}{line}" for line in rest)
