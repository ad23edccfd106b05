"""Words that every form of a capacity report uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from eks_blueprints.review.cost.estimate import money
from eks_blueprints.scheduling.amounts import CPU, DISK, MEMORY, Amounts

if TYPE_CHECKING:
    from eks_blueprints.capacity.figures import Alike, Cost, Figures, Use

_KINDS = {
    "karpenter": "Karpenter",
    "auto_mode": "Auto Mode",
    "fargate": "Fargate",
    "running": "running",
    "self_managed_node_group": "self-managed node group",
}
UNKNOWN_TYPE = "unknown type"
"""What a node is called that does not say its instance type, as those outside of AWS do not."""
_MOST_NAMES = 4
_BYTES = (MEMORY, DISK)
_UNITS = (("Gi", 2**30), ("Mi", 2**20), ("Ki", 2**10))


def count(number: int, noun: str) -> str:
    """`1 node`, `2 nodes`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(names: Iterable[str], most: int = _MOST_NAMES) -> str:
    """Names, the first few of many."""
    names = list(dict.fromkeys(names))
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most:,} more"


def maker(kind: str, name: str) -> str:
    """What makes a node, in words: `Karpenter default`, `managed node group workers`; of nodes their own name."""
    return name if kind == "node" else f"{_KINDS.get(kind, kind.replace('_', ' '))} {name}".rstrip()


def place(alike: Alike, region: str) -> str:
    """Zones of nodes: `eu-west-1a/b/c`, or where they could be; empty where nobody knows."""
    zones = alike.zones
    if not zones:
        return ""
    same = region and all(zone.startswith(region) for zone in zones)
    short = region + "/".join(zone.removeprefix(region) for zone in zones) if same else "/".join(zones)
    return short if alike.decided or len(zones) == 1 else f"any of {short}"


def by_zone(found: Mapping[str, int], region: str) -> str:
    """Counts by zone: `a 2, b 2, c 1`; those whose zone nothing decides come last."""
    return ", ".join(f"{zone.removeprefix(region) or zone or 'any zone'} {number}" for zone, number in found.items())


def month(found: Cost) -> str:
    """What nodes cost: `$400 a month`, and how many have no price."""
    missing = f", and {count(len(found.unpriced), 'node')} without a price" if found.unpriced else ""
    return f"{money(*found.month)} a month{missing}"


def summary(figures: Figures) -> str:
    """How many nodes there are for how many pods, and whether all of them have one."""
    nodes, new = len(figures.outcome.nodes), figures.new
    added = "" if not new else ", new" if nodes == 1 else ", all new" if new == nodes else f", {new:,} of them new"
    placed = f"{count(nodes, 'node')}{added}, for {count(figures.pods, 'pod') if figures.pods else 'no pods'}"
    if figures.waiting:
        return f"{placed}; {waits(figures.waiting)}"
    return f"{placed}; every pod has a node" if figures.pods else placed


def waits(number: int) -> str:
    """`1 pod waits`, `2 pods wait`."""
    return f"{count(number, 'pod')} {'waits' if number == 1 else 'wait'}"


def facts(figures: Figures) -> Iterator[str]:
    """The figures of all nodes together, each in a few words."""
    nodes = len(figures.outcome.nodes)
    if not nodes:
        return
    yield month(figures.cost)
    number, share = figures.spot
    if number:
        yield f"spot {number:,} of {count(nodes, 'node')} ({share:.0%} of cores)"
    yield "free " + ", ".join(f"{share:.0%} of {name}" for name, share in figures.free.items())
    if (use := figures.binding) is not None:
        fills = figures.bound[use.dimension]
        each = "each node" if fills == nodes else f"{fills:,} of {count(nodes, 'node')}"
        yield f"{each} filled first by {use.dimension}"


def amount(use: Use) -> str:
    """A use of something other than cores and memory: `pods 8 of 29`; bytes of disks as GiB."""
    if use.dimension == "ephemeral-storage" or use.dimension.startswith("hugepages-"):
        return f"{use.dimension} {use.used / 2**30:.0f} of {use.most / 2**30:.0f} GiB"
    return f"{use.dimension.rpartition('/')[2]} {use.used:,} of {use.most:,}"


def at_words(at: str) -> str:
    """How many pods of what scales there are."""
    return "what scales has its fewest pods" if at == "least" else "what scales has its most pods"


def requests(given: Amounts) -> str:
    """What a pod requests, as Kubernetes writes it: `500m cpu, 2Gi memory`."""
    found = {name: given[name] for name in dict.fromkeys((CPU, MEMORY, *sorted(given))) if given.get(name)}
    return ", ".join(f"{quantity(name, number)} {name}" for name, number in found.items()) or "nothing"


def quantity(name: str, number: int) -> str:
    """An amount as Kubernetes writes it: `1500m`, `2Gi`."""
    if name == CPU:
        return f"{number}m" if number % 1000 else str(number // 1000)
    if name in _BYTES or name.startswith("hugepages-"):
        unit, size = next(((u, s) for u, s in _UNITS if number >= s), ("", 1))
        return f"{number / size:.4g}{unit}"
    return str(number)
