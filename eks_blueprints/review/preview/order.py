"""In which order the elements of a plan are made, and what each waits for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from eks_blueprints.recording.plan import Plan, PlannedResource

_PROVIDER = "pulumi:providers:"
_OWN = "eks-blueprints:index:"


@dataclass(frozen=True, slots=True)
class Part:
    """An element, or elements some resources of which wait for one another, or a resource of no element."""

    kind: str
    """Kind of the element, such as `ManagedNodes`; of several, all kinds."""
    name: str
    """Its logical name; of several, all names."""
    resources: int
    """How many resources it has."""
    waits_for: tuple[str, ...]
    """Names of the parts of earlier steps that it needs."""


@dataclass(frozen=True, slots=True)
class Step:
    """Parts that are made at the same time."""

    number: int
    """From 1."""
    parts: tuple[Part, ...]


def steps(plan: Plan) -> list[Step]:
    """The steps in which a plan is carried out, element by element.

    An element is in the first step in which all that it needs is made; single resources of it may be made earlier. It
    is read from the dependencies that the engine gets, so it is the order in which `pulumi up` makes them.
    """
    resources = plan.by_urn()
    owner = {urn: _owner(each, resources) for urn, each in resources.items() if each.custom}
    owner = {urn: of for urn, of in owner.items() if not resources[urn].type.startswith(_PROVIDER)}
    needs: dict[str, set[str]] = {of: set() for of in owner.values()}
    for urn, of in owner.items():
        needs[of] |= {owner[other] for other in _needed(urn, resources) if other in owner} - {of}
    groups = _without_circles(needs)
    counts = {of: sum(each == of for each in owner.values()) for of in needs}
    return list(_ordered(groups, needs, counts, resources))


def _owner(resource: PlannedResource, resources: Mapping[str, PlannedResource]) -> str:
    """The element that a resource belongs to: below the blueprint, or the outermost component; itself without one."""
    above = [resource]
    while (parent := above[-1].parent) is not None and parent in resources:
        above.append(resources[parent])
    components = [each for each in above if not each.custom and each.type != "pulumi:pulumi:Stack"]
    inner = [each for each in components if each.type != f"{_OWN}Blueprint"]
    return (inner[-1] if inner else components[-1] if components else resource).urn


def _needed(urn: str, resources: Mapping[str, PlannedResource]) -> Iterator[str]:
    """What a resource waits for; of a component all that is below it, and of a provider what that waits for."""
    each = resources[urn]
    for other in each.dependencies:
        yield other
        if other in resources and not resources[other].custom:
            yield from (below for below, found in resources.items() if _is_below(found, other, resources))
    if each.provider is not None and each.provider in resources and each.provider != urn:
        yield from resources[each.provider].dependencies


def _is_below(found: PlannedResource, above: str, resources: Mapping[str, PlannedResource]) -> bool:
    while found.parent is not None and found.parent in resources:
        if found.parent == above:
            return True
        found = resources[found.parent]
    return False


def _without_circles(needs: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    """Elements by themselves, those that wait for one another as one."""
    group = {each: frozenset({each}) for each in needs}
    while True:
        try:
            tuple(TopologicalSorter(_between(group, needs)).static_order())
        except CycleError as error:
            joined = frozenset().union(*error.args[1])
            group |= dict.fromkeys(joined, joined)
        else:
            return group


def _between(
    group: Mapping[str, frozenset[str]], needs: Mapping[str, set[str]]
) -> dict[frozenset[str], set[frozenset[str]]]:
    graph: dict[frozenset[str], set[frozenset[str]]] = {}
    for each, others in needs.items():
        graph.setdefault(group[each], set()).update({group[other] for other in others} - {group[each]})
    return graph


def _ordered(
    group: Mapping[str, frozenset[str]],
    needs: Mapping[str, set[str]],
    counts: Mapping[str, int],
    resources: Mapping[str, PlannedResource],
) -> Iterator[Step]:
    graph = _between(group, needs)
    sorter = TopologicalSorter(graph)
    sorter.prepare()
    number = 0
    while sorter.is_active():
        number += 1
        ready = sorter.get_ready()
        parts = (_part(each, graph[each], counts, resources) for each in ready)
        yield Step(number, tuple(sorted(parts, key=lambda part: (part.kind, part.name))))
        sorter.done(*ready)


def _part(
    members: Iterable[str],
    needed: Iterable[frozenset[str]],
    counts: Mapping[str, int],
    resources: Mapping[str, PlannedResource],
) -> Part:
    urns = sorted(members)
    kinds = dict.fromkeys(resources[urn].type.rpartition(":")[2].rpartition("/")[2] for urn in urns)
    names = ", ".join(resources[urn].name for urn in urns)
    waits = sorted({resources[urn].name for each in needed for urn in each})
    return Part(", ".join(kinds), names, sum(counts[urn] for urn in urns), tuple(waits))
