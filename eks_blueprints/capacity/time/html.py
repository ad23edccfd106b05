"""A simulation as one page that needs nothing else: charts over time, what happened, what it meant for workloads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from eks_blueprints.capacity.time.moments import local
from eks_blueprints.capacity.time.record import Entry
from eks_blueprints.capacity.time.simulate import Simulation, spans
from eks_blueprints.capacity.time.summing import Sums, by_hours
from eks_blueprints.capacity.time.words import took
from eks_blueprints.capacity.words import count
from eks_blueprints.core.page import BASE, page
from eks_blueprints.core.printed import markup

_STYLES = (Path(__file__).parents[1] / "capacity.css", Path(__file__).with_name("simulation.css"))
_WIDTH, _HEIGHT, _LEFT = 1000, 110, 52
_MOST_ROWS = 400
_MARKED = ("event", "held", "waiting")
_FOOT = (
    "List prices of nodes. A pod waits from its creation, or from its eviction, until it has a node. Vertical lines "
    "are what the scenario says."
)


def render(simulation: Simulation, *, title: str) -> str:
    """The page.

    Args:
        simulation: What came of a scenario.
        title: What it is about, such as the stack's name.
    """
    sums, scenario = Sums(simulation), simulation.scenario
    said, level = sums.verdict
    about = f"{title} · from {scenario.start} for {took(simulation.seconds)} · seed {scenario.seed}"
    # A workload's name keeps its first letter as it is.
    named = said.startswith(tuple(sums.short(each) for each in simulation.record.workloads))
    head = f'<div class="verdict {level}"><h1>{markup(said if named else said[:1].upper() + said[1:])}</h1>'
    body = [head + f'<p class="lead">{markup(about)}</p></div>', '<section class="stack">']
    region = simulation.platform.region
    pill = f'<span class="pill">{markup(region)}</span>' if region else ""
    body.append(f"<header><h2>{markup(simulation.platform.name)}</h2>{pill}</header>")
    tiles = (f"<div><b>{markup(figure)}</b><span>{markup(of)}</span></div>" for figure, of in sums.facts)
    body.append(f'<div class="tiles">{"".join(tiles)}</div>')
    body += _charts(simulation)
    body += _losses(sums)
    body += _workloads(sums)
    body += _nodes(sums)
    body += _timeline(sums)
    if sums.notes:
        body.append(f"<h3>Notes</h3><ul>{''.join(f'<li>{markup(each)}</li>' for each in sums.notes)}</ul>")
    body += ["</section>", f"<footer>{_FOOT}</footer>"]
    return page(f"simulation of {title}: {said}", "\n".join(body), BASE, *_STYLES)


def _charts(simulation: Simulation) -> Iterator[str]:
    for of, label, style in (
        ("nodes", "nodes", "w0"),
        ("waiting", "pods that wait", "w4"),
        ("pods", "ready pods", "w2"),
        ("rate", "US dollars an hour", "w1"),
    ):
        yield f"<h3>{label[:1].upper() + label[1:]}</h3>"
        yield _chart(simulation, of, style)


def _chart(simulation: Simulation, of: str, style: str) -> str:
    """One figure over time, as steps."""
    end = max(1, simulation.seconds)
    samples = simulation.record.samples
    most = max((float(getattr(each, of)) for each in samples), default=0.0) or 1.0

    def across(at: float) -> float:
        return round(_LEFT + at / end * (_WIDTH - _LEFT), 1)

    def up(value: float) -> float:
        return round(_HEIGHT - value / most * (_HEIGHT - 12), 1)

    points = [f"{_LEFT},{_HEIGHT}"]
    for sample, until in spans(samples, simulation.seconds):
        height = up(float(getattr(sample, of)))
        points += [f"{across(sample.at)},{height}", f"{across(until)},{height}"]
    points.append(f"{across(end)},{_HEIGHT}")
    top = f"{most:,.2f}" if of == "rate" else f"{most:,.0f}"
    marks = "".join(_mark(each, across(each.at)) for each in simulation.record.entries if each.kind == "event")
    return (
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {_HEIGHT + 18}" role="img"><g class="{style}-line">'
        f'<polyline points="{" ".join(points)}"/></g>{marks}'
        f'<text x="{_LEFT - 6}" y="14" class="end">{top}</text>'
        f'<text x="{_LEFT - 6}" y="{_HEIGHT}" class="end">0</text>{_ticks(simulation, across)}</svg>'
    )


def _mark(entry: Entry, at: float) -> str:
    said = f"{entry.what} ({entry.why})" if entry.why else entry.what
    return f'<line x1="{at}" x2="{at}" y1="8" y2="{_HEIGHT}"><title>{markup(said)}</title></line>'


def _ticks(simulation: Simulation, across: Callable[[float], float]) -> str:
    begins = local(simulation.scenario.start)
    form = "%a %H:%M" if simulation.seconds > 86_400 else "%H:%M"
    found = []
    for number in range(7):
        at = simulation.seconds * number // 6
        anchor = "start" if number == 0 else "end" if number == 6 else "middle"
        x = across(at)
        said = (begins + timedelta(seconds=at)).strftime(form)
        found.append(f'<text x="{x}" y="{_HEIGHT + 14}" text-anchor="{anchor}">{said}</text>')
    return "".join(found)


def _losses(sums: Sums) -> Iterator[str]:
    if sums.losses:
        cards = "".join(
            f'<div class="card danger"><b>{markup(each.cause)}</b> at {sums.when(each.at)}<ul class="soft">'
            f"<li>{markup(sums.loss(each))}</li></ul></div>"
            for each in sums.losses
        )
        yield f'<h3>Lost at once</h3><div class="cards">{cards}</div>'
    said = [f"{each.cause}: {sums.wave(each)}" for each in sums.record.waves] + sums.cut + sums.held
    if said:
        items = "".join(f"<li>{markup(each)}</li>" for each in said)
        yield f"<h3>Replaced, cut short and held back</h3><ul>{items}</ul>"


def _workloads(sums: Sums) -> Iterator[str]:
    rows = []
    for each in sums.workloads:
        bad = each.still or (each.pods and not each.fewest)
        late = f' <span class="late">{count(each.still, "pod")} still waiting</span>' if each.still else ""
        at = sums.when(each.fewest_at) if each.fewest < each.wanted_then else ""
        few = f"{each.fewest:,} of {each.wanted_then:,}"
        few = f'<span class="late">{few}</span>' if bad else few
        rows.append(
            f"<tr><td><code>{markup(each.name)}</code>{late}</td>"
            f'<td class="number">{few}</td><td class="soft">{at}</td>'
            f'<td class="number">{took(each.longest)}</td><td class="number">{each.moved:,}</td></tr>'
        )
    heads = (
        '<th>workload</th><th class="number">fewest ready pods</th><th>at</th>'
        '<th class="number">longest wait</th><th class="number">moves</th>'
    )
    yield f"<h3>Workloads</h3><table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _nodes(sums: Sums) -> Iterator[str]:
    rows = "".join(
        f'<tr><td><code>{markup(kind)}</code></td><td>{markup(capacity)}</td><td class="number">{hours:,.1f}</td></tr>'
        for kind, capacity, hours in by_hours(sums.record.hours.items())
    )
    heads = '<th>instance type</th><th>capacity</th><th class="number">node-hours</th>'
    yield f"<h3>Nodes</h3><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    gone = sums.record.disrupted
    if gone:
        rows = "".join(
            f'<tr><td>{markup(reason)}</td><td class="number">{number:,}</td>'
            f'<td class="number">{sums.record.moved.get(reason, 0):,}</td></tr>'
            for reason, number in gone.most_common()
        )
        heads = '<th>reason</th><th class="number">nodes gone</th><th class="number">pods moved</th>'
        yield f"<h3>Nodes that went</h3><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _timeline(sums: Sums) -> Iterator[str]:
    entries: Sequence[Entry] = sums.record.entries
    rows = "".join(_row(sums, each) for each in entries[:_MOST_ROWS])
    heads = (
        '<th>time</th><th>what</th><th>why</th><th class="number">nodes</th>'
        '<th class="number">waiting</th><th class="number">$/h</th>'
    )
    table = f'<table class="timeline"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    more = len(entries) - _MOST_ROWS
    rest = f'<p class="basis">And {count(more, "change")} more; JSON has each.</p>' if more > 0 else ""
    yield f"<details open><summary>{count(len(entries), 'change')} over time</summary>{table}{rest}</details>"


def _row(sums: Sums, entry: Entry) -> str:
    style = f' class="{entry.kind}"' if entry.kind in _MARKED else ""
    return (
        f'<tr{style}><td class="soft">{sums.when(entry.at)}</td><td>{markup(entry.what)}</td>'
        f'<td class="soft">{markup(entry.why)}</td><td class="number">{entry.nodes:,}</td>'
        f'<td class="number">{entry.waiting or ""}</td><td class="number">{entry.rate:,.2f}</td></tr>'
    )
