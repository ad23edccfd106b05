"""Nodes as boxes that pods fill: what text and HTML draw, without either."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from eks_blueprints.capacity.figures import VOLUMES, Figures
from eks_blueprints.capacity.model import Placed, PlannedNode
from eks_blueprints.scheduling.amounts import CPU, MEMORY, PODS

DAEMONS = "DaemonSets"


@dataclass(frozen=True, slots=True)
class Part:
    """What the pods of one workload take of a node."""

    name: str
    """The name of the workload, or `DAEMONS`."""
    pods: int
    share: float
    """Of the whole node, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Row:
    """Nodes that hold the same."""

    nodes: tuple[PlannedNode, ...]
    alike: bool = True
    """Whether each holds the very same; else the same workloads, in other numbers."""

    @property
    def first(self) -> PlannedNode:
        """The one that speaks for all."""
        return self.nodes[0]


class Boxes:
    """The nodes of an outcome, and the workloads that fill them in the order of how much they take of all."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures
        self._claims = {each.name: len(each.shape.claims) for each in figures.outcome.platform.demands}

    @cached_property
    def workloads(self) -> tuple[str, ...]:
        """Names of all workloads that have a node, the one that takes most first."""
        found: dict[str, float] = defaultdict(float)
        for node in self._figures.outcome.nodes:
            for part in self._parts(node, CPU) + self._parts(node, MEMORY):
                found[part.name] += part.share
        return tuple(
            name for name, _ in sorted(found.items(), key=lambda e: (-round(e[1], 6), e[0])) if name != DAEMONS
        )

    @cached_property
    def daemons(self) -> tuple[str, ...]:
        """Names of the DaemonSets."""
        return tuple(sorted({pod.name for node in self._figures.outcome.nodes for pod in node.pods if pod.daemon}))

    @cached_property
    def _rank(self) -> Mapping[str, int]:
        return {name: number for number, name in enumerate(self.workloads)}

    def parts(self, node: PlannedNode, dimension: str = "") -> list[Part]:
        """What fills a node, in the order of `workloads`, DaemonSets last.

        Args:
            node: The node.
            dimension: What is looked at. Default: of which the largest share is used.
        """
        if not dimension:
            fullest = self._figures.fullest(node)
            dimension = fullest.dimension if fullest is not None else CPU
        last = len(self._rank)
        return sorted(self._parts(node, dimension), key=lambda part: self._rank.get(part.name, last))

    def _parts(self, node: PlannedNode, dimension: str) -> list[Part]:
        use = self._figures.uses(node).get(dimension)
        most = use.most if use is not None else 0
        taken, pods = Counter[str](), Counter[str]()
        for pod in node.pods:
            name = DAEMONS if pod.daemon else pod.name
            pods[name] += 1
            taken[name] += self._of(pod, dimension)
        return [Part(name, pods[name], taken[name] / most if most else 0.0) for name in pods]

    def _of(self, pod: Placed, dimension: str) -> int:
        if dimension == PODS:
            return 1
        return self._claims.get(pod.name, 0) if dimension == VOLUMES else pod.requests.get(dimension, 0)

    def rows(self, most: int) -> tuple[Row, ...]:
        """Nodes that hold the same as one row each; where these are too many, those that hold the same workloads."""
        rows = [Row(found) for found in self._grouped(exactly=True)]
        if len(rows) > most:
            rows = [Row(found, alike=_same(found)) for found in self._grouped(exactly=False)]
        return tuple(rows)

    def _grouped(self, *, exactly: bool) -> list[tuple[PlannedNode, ...]]:
        found: dict[tuple[object, ...], list[PlannedNode]] = {}
        for alike in self._figures.kinds:
            for node in alike.nodes:
                held = _held(node) if exactly else tuple(name for name, _ in _held(node))
                key = (node.kind, node.maker, node.machine, node.capacity_type, held)
                found.setdefault(key, []).append(node)
        return list(map(tuple, found.values()))


def _same(nodes: Sequence[PlannedNode]) -> bool:
    return len({_held(node) for node in nodes}) == 1


def _held(node: PlannedNode) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(pod.name for pod in node.pods).items()))


def cells(shares: Sequence[float], width: int) -> list[int]:
    """How many of `width` cells each share takes: their sum is that of the shares, and nothing disappears.

    The largest remainders are rounded up; whatever is there has a cell as long as there are cells.
    """
    whole = min(width, round(sum(shares) * width))
    exact = [share * width for share in shares]
    found = [int(each) for each in exact]
    by_remainder = sorted(range(len(shares)), key=lambda n: (-(exact[n] - found[n]), n))
    for number in by_remainder[: max(0, whole - sum(found))]:
        found[number] += 1
    for number, count in enumerate(found):
        if count or not shares[number]:
            continue
        largest = max(range(len(found)), key=lambda n: found[n])
        if found[largest] > 1:
            found[number], found[largest] = 1, found[largest] - 1
        elif sum(found) < width:
            found[number] = 1
    while sum(found) > width:
        found[max(range(len(found)), key=lambda n: found[n])] -= 1
    return found


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Names as short as they can be and still tell apart: of `shop/Deployment/web` the last part, else more."""
    names = list(dict.fromkeys(names))
    ends = Counter(name.rpartition("/")[2] for name in names)
    spaced = Counter(_spaced(name) for name in names)
    found = {}
    for name in names:
        end = name.rpartition("/")[2]
        found[name] = end if ends[end] == 1 else _spaced(name) if spaced[_spaced(name)] == 1 else name
    return found


def _spaced(name: str) -> str:
    parts = name.split("/")
    return f"{parts[0]}/{parts[-1]}" if len(parts) > 1 else name
