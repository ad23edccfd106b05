"""What there is to say of one workload, for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

import click

from eks_blueprints.capacity.explain import Candidate, Explained, lacking, why
from eks_blueprints.capacity.figures import Alike
from eks_blueprints.capacity.model import Daemon, Outcome
from eks_blueprints.capacity.reasons import by_reason, waiting_alike
from eks_blueprints.capacity.text import refused
from eks_blueprints.capacity.words import by_zone, count, listed, maker, place, requests
from eks_blueprints.core.printed import one_line
from eks_blueprints.review.cost.prices import HOURS

_MOST_NODES = 20
_MOST_TYPES = 5


def render(found: Explained, *, width: int = 100, cluster: str = "") -> Iterator[str]:
    """The lines; they begin with the name of the cluster, where it is given because there are several."""
    demand = found.demand
    pods = f"{demand.least}" if demand.least == demand.most else f"{demand.least} to {demand.most}"
    scaled = f", scaled by {demand.scaled_by}" if demand.scaled_by else ""
    about = f"{pods} {'pod' if pods == '1' else 'pods'} of {requests(demand.shape.requests)}{scaled}"
    yield f"{_head(cluster, demand.name)}  {one_line(about)}"
    if demand.asked:
        yield from _said(f"not known: {demand.asked}", width, fg="yellow")
    if found.nodes:
        yield from ("", click.style("runs on", bold=True))
        yield from _nodes(found, width)
        counts = by_zone(found.figures.zones_of(demand.name), found.figures.outcome.platform.region)
        yield from _said(f"by zone: {counts}", width, dim=True)
        yield from ("", click.style("why", bold=True))
        for sentence in why(found):
            yield from _said(sentence, width)
    if found.waiting is not None:
        yield from ("", click.style(f"{count(found.waiting.count, 'pod')} waiting", fg="red", bold=True))
        yield from refused(found.waiting, width)
        if found.waiting.remedy:
            yield from _said(f"→ {found.waiting.remedy}", width)
    for title, takes in (("could run on", True), ("cannot run on", False)):
        listed_ = [each for each in found.candidates if each.takes is takes]
        if listed_:
            yield from ("", f"{click.style(title, bold=True)}  {click.style('one pod, if it were alone', dim=True)}")
        for each in listed_:
            yield from _candidate(each, (each.kind, each.name) in found.chosen, width)
    if not found.candidates:
        yield from _said("there is no pool, group, profile or node that could take it", width, fg="yellow")
    for unsure in found.figures.unsure:
        yield from ("", *_said(f"not known: {unsure}", width, fg="yellow"))


def _nodes(found: Explained, width: int) -> Iterator[str]:
    lines: dict[str, list[int]] = {}
    for node, number in found.nodes:
        fullest = found.figures.fullest(node)
        first = "" if fullest is None else f"filled first by {fullest.dimension}: {fullest.share:.0%}"
        zone = place(Alike((node,)), found.figures.outcome.platform.region)
        kind = node.capacity_type if node.capacity_type != "on-demand" else ""
        name = node.name if node.kind == "running" else ""
        parts = filter(None, (name, node.machine, kind, zone, maker(node.kind, node.maker), first))
        lines.setdefault("  ".join(parts), []).append(number)
    for line, numbers in list(lines.items())[:_MOST_NODES]:
        nodes = f" on {len(numbers)} nodes" if len(numbers) > 1 else ""
        yield from _said(f"{count(sum(numbers), 'pod')}{nodes}  {line}", width)
    if rest := [each for numbers in list(lines.values())[_MOST_NODES:] for each in numbers]:
        yield from _said(f"{count(sum(rest), 'pod')} on {count(len(rest), 'node')} more", width)


def _candidate(each: Candidate, chosen: bool, width: int) -> Iterator[str]:
    name = maker(each.kind, each.name)
    if each.takes:
        types = [_type(*kind) for kind in each.types[:_MOST_TYPES]]
        rest = f" and {len(each.types) - _MOST_TYPES} more" if len(each.types) > _MOST_TYPES else ""
        taken = " (taken)" if chosen else ""
        there = "a node that is there" if each.there else ", ".join(types) + rest
        yield from _said(f"{name}{taken}: {there}" if there else f"{name}{taken}", width)
        return
    yield from _said(name, width)
    for (predicate, reason), said in by_reason(each.refusals).items():
        names = list(dict.fromkeys(e.where for e in said if e.where != each.name))
        where = f" ({listed(names)})" if names else ""
        yield from _said(f"{predicate}: {reason}{where}", width, depth=4)
    if not each.refusals:
        yield from _said("it takes no such pod", width, depth=4)


def _type(name: str, hour: float | None) -> str:
    return name if hour is None else f"{name} ${hour * HOURS:,.0f}/month"


def _said(text: str, width: int, depth: int = 2, **style: Any) -> Iterator[str]:
    indent = " " * depth
    for line in textwrap.wrap(
        one_line(text), width, initial_indent=indent, subsequent_indent=indent + "  ", break_on_hyphens=False
    ):
        yield click.style(line, **style) if style else line


def _head(cluster: str, name: str) -> str:
    return f"{one_line(cluster)}: " * bool(cluster) + click.style(one_line(name), bold=True)


def render_daemon(daemon: Daemon, outcome: Outcome, *, width: int = 100, cluster: str = "") -> Iterator[str]:
    """A DaemonSet: on which nodes it has a pod; as `render`."""
    having = [node for node in outcome.nodes if any(pod.daemon and pod.name == daemon.name for pod in node.pods)]
    yield f"{_head(cluster, daemon.name)}  one pod of {requests(daemon.shape.requests)} on each node"
    yield f"  runs on {len(having)} of {count(len(outcome.nodes), 'node')}"
    waiting = lacking(daemon, outcome)
    inside = {id(node) for node in having}
    without = dict.fromkeys(maker(node.kind, node.maker) for node in outcome.nodes if id(node) not in inside)
    if without:
        yield f"  not on {'all ' if waiting else ''}nodes of {one_line(listed(without))}"
    for alike in waiting_alike(waiting):
        nodes = listed(node for each in alike if (node := each.name.partition("@")[2]))
        number = count(sum(each.count for each in alike), "pod")
        head = click.style(f"{number} waiting", fg="red", bold=True)
        yield from ("", f"{head} for {one_line(nodes)}" if nodes else head)
        yield from refused(alike[0], width)
