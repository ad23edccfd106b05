"""Where pods are, as one page that needs nothing else: every node is a box that pods fill."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from eks_blueprints.capacity.boxes import DAEMONS, Boxes, Part, Row, short_names
from eks_blueprints.capacity.figures import Alike, Figures, cost
from eks_blueprints.capacity.model import Demand, Outcome, Waiting
from eks_blueprints.capacity.reasons import by_reason, waiting_alike
from eks_blueprints.capacity.words import (
    UNKNOWN_TYPE,
    amount,
    at_words,
    by_zone,
    count,
    listed,
    maker,
    month,
    place,
    requests,
    summary,
)
from eks_blueprints.core.page import BASE, page
from eks_blueprints.core.printed import markup
from eks_blueprints.review.cost.estimate import money
from eks_blueprints.scheduling.amounts import CPU, MEMORY

_STYLE = Path(__file__).with_name("capacity.css")
_COLOURS = 12
"""Workloads with a colour of their own."""
_LARGE, _MIDDLE = 12, 60
"""As many nodes are drawn large, and in the middle size."""
_LINED = 0.02
"""Share of a box that a pod takes at least which is told from those beside it; less would be lines alone."""
_MOST_BOXES = 400
"""More nodes than this share boxes: those that hold the same have one."""
_FOOT = (
    "List prices, 730 hours a month. A box is a node: the upper bar is its cores, the lower one its memory, each as "
    "wide as what pods may request of it; a third one is what fills the node first, where that is something else. "
    "Dashed boxes are there whether pods need them or not."
)
_NAMED = 0.16
"""The share of a large box from which on a part bears its name."""


def render(outcomes: Sequence[tuple[Outcome, Outcome | None]], *, title: str, at: str = "least") -> str:
    """The page.

    Args:
        outcomes: Each cluster's, and the same with as many pods as there can be, where that differs.
        title: What it is about, such as the stack's name.
        at: How many pods of what scales the first of each has.
    """
    figures = [Figures(outcome) for outcome, _ in outcomes]
    several = len(figures) > 1
    said = "; ".join(f"{f.outcome.platform.name}: {summary(f)}" if several else summary(f) for f in figures)
    level = "danger" if any(each.waiting for each in figures) else "warning" if any(f.unsure for f in figures) else ""
    head = f'<div class="verdict {level}"><h1>{markup(_upper(said))}</h1>'
    scaled = any(each.most > each.least for f in figures for each in f.outcome.platform.demands)
    lead = f'<p class="lead">{markup(" · ".join([title, *([at_words(at)] if scaled else [])]))}</p></div>'
    body = [head + lead]
    for each, (_, most) in zip(figures, outcomes, strict=True):
        body += _cluster(each, most)
    body.append(f"<footer>{_FOOT}</footer>")
    return page(f"capacity of {title}: {said}", "\n".join(body), BASE, _STYLE)


def _cluster(figures: Figures, most: Outcome | None) -> Iterator[str]:
    platform = figures.outcome.platform
    region = f'<span class="pill">{markup(platform.region)}</span>' if platform.region else ""
    yield f'<section class="stack"><header><h2>{markup(platform.name)}</h2>{region}</header>'
    yield from _tiles(figures)
    if most is not None:
        yield f'<p class="basis">At most: {markup(summary(Figures(most)))}; {markup(month(Figures(most).cost))}.</p>'
    if figures.outcome.waiting:
        yield "<h3>Waiting</h3>"
        yield f'<div class="cards">{"".join(map(_waiting, waiting_alike(figures.outcome.waiting)))}</div>'
    if figures.outcome.nodes:
        yield "<h3>Nodes</h3>"
        yield from _Drawn(figures).groups()
    if platform.demands:
        yield "<h3>Workloads</h3>"
        yield from _workloads(figures)
    yield from _notes(figures)
    yield "</section>"


def _tiles(figures: Figures) -> Iterator[str]:
    outcome = figures.outcome
    if not outcome.nodes:
        return
    low, high = figures.cost.month
    missing = f"{count(len(figures.cost.unpriced), 'node')} without a price" if figures.cost.unpriced else "a month"
    tiles = [(money(low, high), missing)]
    tiles += [(f"{share:.0%}", f"of {name} is free") for name, share in figures.free.items()]
    if (use := figures.binding) is not None:
        tiles.append(
            (use.dimension, f"what fills {figures.bound[use.dimension]:,} of {len(outcome.nodes):,} nodes first")
        )
    number, share = figures.spot
    tiles.append((f"{share:.0%}", f"of cores on spot ({count(number, 'node')})" if number else "of cores on spot"))
    if zones := by_zone(figures.zones, outcome.platform.region):
        tiles.append((zones, "nodes by zone"))
    drawn = (f"<div><b>{markup(figure)}</b><span>{markup(said)}</span></div>" for figure, said in tiles)
    yield f'<div class="tiles">{"".join(drawn)}</div>'


def _waiting(alike: Sequence[Waiting]) -> str:
    found, listed_ = alike[0], []
    for (predicate, reason), said in by_reason(found.refusals).items():
        where = listed(maker(each.kind, each.where) for each in said)
        listed_.append(f"<li><code>{markup(predicate)}</code> {markup(where)}: {markup(reason)}</li>")
    reasons = "".join(listed_) or "<li>there is nothing that could take them</li>"
    remedy = f'<p class="remedy">→ {markup(found.remedy)}</p>' if found.remedy else ""
    total = count(sum(each.count for each in alike), "pod")
    head = f"<b>{total}</b> of <code>{markup(listed(each.name for each in alike))}</code>"
    return f'<div class="card danger">{head}<ul class="soft">{reasons}</ul>{remedy}</div>'


class _Drawn:
    """The nodes of one cluster, drawn."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures
        self._boxes = Boxes(figures)
        self._short = short_names((*self._boxes.workloads, *self._boxes.daemons))
        colours = {name: f"w{number}" for number, name in enumerate(self._boxes.workloads[:_COLOURS])}
        self._colours = {**colours, DAEMONS: "daemons"}
        nodes = len(figures.outcome.nodes)
        self._size = "large" if nodes <= _LARGE else "middle" if nodes <= _MIDDLE else "small"

    def groups(self) -> Iterator[str]:
        yield from self._legend()
        rows = self._rows()
        for alike in self._figures.kinds:
            yield self._head(alike)
            inside = {id(node) for node in alike.nodes}
            yield f'<div class="nodes {self._size}">'
            yield from (self._box(row) for row in rows if id(row.first) in inside)
            yield "</div>"

    def _rows(self) -> Sequence[Row]:
        nodes = self._figures.outcome.nodes
        return [Row((node,)) for node in nodes] if len(nodes) <= _MOST_BOXES else self._boxes.rows(len(nodes))

    def _legend(self) -> Iterator[str]:
        named = [(self._short[name], self._colours[name]) for name in self._boxes.workloads[:_COLOURS]]
        if more := len(self._boxes.workloads) - len(named):
            named.append((f"{more} other workloads", "others"))
        if self._boxes.daemons:
            named.append((f"DaemonSets: {', '.join(self._short[name] for name in self._boxes.daemons)}", "daemons"))
        chips = "".join(f'<span><i class="{style}"></i>{markup(name)}</span>' for name, style in named)
        yield f'<div class="legend">{chips}<span><i></i>free</span></div>'

    def _head(self, alike: Alike) -> str:
        node, found = alike.first, cost(alike.nodes)
        price = "no price" if found.unpriced else f"{money(*found.month)} a month"
        region = self._figures.outcome.platform.region
        said = " · ".join(filter(None, (maker(node.kind, node.maker), node.capacity_type, place(alike, region))))
        others = [each for each in node.alternatives if each != node.machine]
        choice = f' title="{markup(f"or {listed(others, 12)}")}"' if others else ""
        more = f' <span class="pill"{choice}>or {count(len(others), "other type")}</span>' if others else ""
        head = f"<b>{len(alike.nodes):,} × {markup(node.machine or UNKNOWN_TYPE)}</b> {markup(said)}{more}"
        return f'<h4 class="made"><span>{head}</span><span class="price">{markup(price)}</span></h4>'

    def _box(self, row: Row) -> str:
        node = row.first
        uses = self._figures.uses(node)
        fullest = self._figures.fullest(node)
        first = fullest.dimension if fullest is not None else ""
        names = dict.fromkeys((CPU, MEMORY, *([first] if first else [])))
        lanes = "".join(self._lane(row, name, name == first) for name in names if name in uses)
        region = self._figures.outcome.platform.region
        zone = node.zone.removeprefix(region) if node.zone else "any zone"
        many = f"<b>{len(row.nodes)} ×</b> " if len(row.nodes) > 1 else ""
        share = f"{fullest.dimension.rpartition('/')[2]} {fullest.share:.0%}" if fullest else "empty"
        shares = [f"{use.dimension} {use.share:.0%}" for use in uses.values() if use.dimension in (CPU, MEMORY)]
        counted = [amount(use) for use in uses.values() if use.dimension not in (CPU, MEMORY) and use.used]
        held = [f"{part.pods} × {self._short.get(part.name, part.name)}" for part in self._boxes.parts(node)]
        zone = node.zone or f"any of {'/'.join(node.zones)}"
        about = [node.name, f"{node.machine or UNKNOWN_TYPE}, {node.capacity_type}, {zone}"]
        price = "no price" if node.price is None else f"{money(*cost([node]).month)} a month"
        title = "\n".join([*about, price, ", ".join(shares + counted), *held])
        said = f"<small><span>{many}{markup(zone)}</span><span>{markup(share)}</span></small>"
        fresh = "" if node.new else " there"
        return f'<div class="node{fresh}" title="{markup(title)}">{lanes}{said}</div>'

    def _lane(self, row: Row, dimension: str, binds: bool) -> str:
        parts = "".join(self._part(part) for part in self._boxes.parts(row.first, dimension) if part.share)
        return f'<div class="lane{" binds" if binds else ""}">{parts}</div>'

    def _part(self, part: Part) -> str:
        style = self._colours.get(part.name, "others")
        named = self._size == "large" and part.share >= _NAMED and part.name != DAEMONS
        label = markup(self._short.get(part.name, part.name)) if named else ""
        lined = part.pods > 1 and self._size != "small" and part.name != DAEMONS
        pods = f";--n:{part.pods}" if lined and part.share / part.pods >= _LINED else ""
        return f'<i class="{style}" style="width:{min(part.share, 1) * 100:.1f}%{pods}">{label}</i>'


def _workloads(figures: Figures) -> Iterator[str]:
    region = figures.outcome.platform.region
    waiting = {each.name: each.count for each in figures.outcome.waiting}
    rows = "".join(
        _workload(each, figures, waiting.get(each.name, 0), region) for each in figures.outcome.platform.demands
    )
    heads = '<tr><th>workload</th><th>requests</th><th class="number">pods</th><th>zones</th><th>scaled by</th></tr>'
    table = f"<table><thead>{heads}</thead><tbody>{rows}</tbody></table>"
    many = len(figures.outcome.platform.demands)
    yield table if many <= _LARGE else f"<details><summary>{many} workloads</summary>{table}</details>"


def _workload(demand: Demand, figures: Figures, waits: int, region: str) -> str:
    pods = f"{demand.least:,}" if demand.least == demand.most else f"{demand.least:,} to {demand.most:,}"
    late = f' <span class="late">{waits:,} wait</span>' if waits else ""
    zones = by_zone(figures.zones_of(demand.name), region)
    return (
        f"<tr><td><code>{markup(demand.name)}</code></td><td>{markup(requests(demand.shape.requests))}</td>"
        f'<td class="number">{pods}{late}</td><td class="soft">{markup(zones)}</td>'
        f'<td class="soft">{markup(demand.scaled_by)}</td></tr>'
    )


def _notes(figures: Figures) -> Iterator[str]:
    outcome = figures.outcome
    said = [f"not known: {each}" for each in figures.unsure]
    said += [f"evicted: {count(number, 'pod')} of {name} for {other}" for name, other, number in outcome.evicted]
    if figures.in_one_zone:
        said.append(f"all pods in one zone: {listed(figures.in_one_zone)}")
    if figures.cost.unpriced:
        said.append(f"no price: {listed(figures.cost.unpriced)}")
    said += (*figures.doubts, *outcome.notes)
    if said:
        yield f"<h3>Notes</h3><ul>{''.join(f'<li>{markup(_upper(each))}</li>' for each in said)}</ul>"


def _upper(text: str) -> str:
    # Names stay as they are: a sentence begins with a word, and names are told with a colon or a path.
    return text[:1].upper() + text[1:] if text.partition(" ")[0].isalpha() else text
