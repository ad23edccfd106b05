"""One workload: which nodes take its pods, what else could, and what refuses them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from eks_blueprints.capacity.boxes import short_names
from eks_blueprints.capacity.figures import Figures
from eks_blueprints.capacity.model import Daemon, Demand, Outcome, PlannedNode, Platform, Refusal, Waiting
from eks_blueprints.capacity.placing import maker
from eks_blueprints.core.errors import InputError, Problem, unknown_name
from eks_blueprints.provisioning.group_nodes import daemon_set_of
from eks_blueprints.provisioning.machine import Machine
from eks_blueprints.provisioning.makers import FARGATE, Maker, by_weight
from eks_blueprints.scheduling.pod import Pod, Shape

Place = Callable[[Platform], Outcome]
"""What places the pods of a platform."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A pool, a group, a profile, or nodes that are there, and whether one pod would run on it if it were alone."""

    name: str
    kind: str
    takes: bool
    there: bool = False
    """Whether its node is there already."""
    types: tuple[tuple[str, float | None], ...] = ()
    """Instance types that it would choose from, and US dollars an hour of each; its own order, the first is chosen."""
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What there is to say of a workload."""

    demand: Demand
    figures: Figures
    nodes: tuple[tuple[PlannedNode, int], ...]
    """Nodes that have pods of it, and how many."""
    candidates: tuple[Candidate, ...]
    waiting: Waiting | None = None

    @property
    def chosen(self) -> frozenset[tuple[str, str]]:
        """Kinds and makers of its nodes."""
        return frozenset((node.kind, node.maker) for node, _ in self.nodes)


def explained(outcome: Outcome, demand: Demand, place: Place) -> Explained:
    """Why the pods of a demand are where they are.

    Each pool, group and profile, and the nodes that are there, are asked with the same rules that the plan goes by, for
    one pod and alone: what other pods take is no part of it, but for those that are bound to nodes that are there.
    """
    counts = {id(node): sum(p.name == demand.name and not p.daemon for p in node.pods) for node in outcome.nodes}
    return Explained(
        demand=demand,
        figures=Figures(outcome),
        nodes=tuple((node, counts[id(node)]) for node in outcome.nodes if counts[id(node)]),
        candidates=tuple(_candidates(outcome.platform, demand, place)),
        waiting=next((each for each in outcome.waiting if each.name == demand.name), None),
    )


def _candidates(platform: Platform, demand: Demand, place: Place) -> Iterator[Candidate]:
    one = replace(demand, least=1, most=1)
    alone = replace(platform, demands=(one,), pools=(), groups=(), profiles=(), running=())
    running: dict[str, list[int]] = {}
    for number, node in enumerate(platform.running):
        running.setdefault(node.maker, []).append(number)
    for made_by, numbers in running.items():
        found = place(replace(alone, running=tuple(platform.running[number] for number in numbers)))
        yield _candidate(made_by or "nodes that are there", "running", found, demand, ())
    for profile in platform.profiles:
        yield _candidate(profile.name, profile.kind, place(replace(alone, profiles=(profile,))), demand, ())
    for pool in by_weight(platform.pools):
        yield _candidate(pool.name, pool.kind, place(replace(alone, pools=(pool,))), demand, pool.machines)
    for group in platform.groups:
        yield _candidate(group.name, group.kind, place(replace(alone, groups=(group,))), demand, group.machines)


def _candidate(name: str, kind: str, outcome: Outcome, demand: Demand, machines: Sequence[Machine]) -> Candidate:
    node = next((each for each in outcome.nodes if any(pod.name == demand.name for pod in each.pods)), None)
    if node is None:
        refusals = [refusal for each in outcome.waiting if each.name == demand.name for refusal in each.refusals]
        return Candidate(name=name, kind=kind, takes=False, refusals=tuple(refusals))
    prices = _prices(machines, node)
    types = tuple((each, prices.get(each)) for each in dict.fromkeys((node.machine, *node.alternatives)))
    return Candidate(name=name, kind=kind, takes=True, there=not node.new, types=types)


def _prices(machines: Iterable[Machine], node: PlannedNode) -> Mapping[str, float | None]:
    """The least price of each type among the offerings of a node's zones and capacity type."""
    found: dict[str, float | None] = {}
    for machine in machines:
        prices = [
            each.price
            for each in machine.offerings
            if each.priced and each.capacity_type == node.capacity_type and (not node.zones or each.zone in node.zones)
        ]
        found[machine.name] = min(prices, default=None)
    return {**found, node.machine: node.price}


def demand_named(name: str, platforms: Sequence[Platform], stack: str = "") -> list[tuple[int, Demand | Daemon]]:
    """The workload that a person means, in each of the platforms that have it, with the platform's number.

    It is named whole (`shop/Deployment/web`), by namespace and name, by its name alone, or by the name of one of its
    pods.

    Raises:
        InputError: where there is none, or several.
    """
    every: list[tuple[int, Demand | Daemon]] = []
    for number, platform in enumerate(platforms):
        every += ((number, demand) for demand in platform.demands)
        every += ((number, daemon) for daemon in platform.daemons)
        every += ((number, demand) for demand in _there(platform, name.rpartition("/")[2]))
    ranks: Mapping[str, list[tuple[int, Demand | Daemon]]] = {
        rank: [(n, each) for n, each in every if name in _names(each.name)[rank]]
        for rank in ("whole", "spaced", "last")
    }
    found = next((each for each in ranks.values() if each), None) or _of_pod(name, every)
    if not found:
        known = _spelled_as(name, [each.name for _, each in every])
        raise InputError([Problem((), unknown_name(name, known, "workload"), stack or None)])
    if len({each.name for _, each in found}) > 1:
        meant = ", ".join(sorted({each.name for _, each in found}))
        raise InputError(
            [Problem((), f"several workloads have this name; got {name}; name one of {meant}", stack or None)]
        )
    return found


def _spelled_as(name: str, known: Sequence[str]) -> list[str]:
    """Names of workloads with as many parts as a person wrote: one with its namespace is near to such names alone."""
    parts = name.count("/")
    rank = {1: "spaced", 2: "whole"}.get(parts)
    return sorted({each for of in known for each in _names(of)[rank]}) if rank else list(short_names(known).values())


def lacking(daemon: Daemon, outcome: Outcome) -> tuple[Waiting, ...]:
    """The pods of a DaemonSet for which their node has no room."""
    return tuple(each for each in outcome.waiting if daemon.name in {each.name, daemon_set_of(each.name)})


def _there(platform: Platform, wanted: str) -> Iterator[Demand]:
    """Workloads of which all pods run already, each by the pod of a name, or its first."""
    known = {*(each.name for each in platform.demands), *(each.name for each in platform.daemons)}
    found: dict[str, list[Shape]] = {}
    for node in platform.running:
        for name, shape in node.pods:
            made_by = maker(Pod(name, shape))
            if made_by in known or daemon_set_of(name) in known:
                continue
            shapes = found.setdefault(made_by, [])
            shapes.insert(0 if name.rpartition("#")[2] == wanted else len(shapes), shape)
    for name, shapes in found.items():
        yield Demand(name=name, shape=shapes[0], least=len(shapes), most=len(shapes))


def _names(whole: str) -> Mapping[str, tuple[str, ...]]:
    first, *_, last = ("", *whole.split("/"))[-3:] if "/" in whole else ("", whole)
    return {"whole": (whole,), "spaced": (f"{first}/{last}",) if first else (), "last": (last,)}


def _of_pod(name: str, every: Sequence[tuple[int, Demand | Daemon]]) -> list[tuple[int, Demand | Daemon]]:
    """The workload whose name a pod's begins with (`web-7d9f8c6b5-x2x1z`, `db-0`): the longest, as others may too."""
    namespace, _, pod = name.rpartition("/")
    inside = [(n, each) for n, each in every if namespace in ("", each.name.partition("/")[0])]
    fitting = [(n, each) for n, each in inside if pod.startswith(f"{each.name.rpartition('/')[2]}-")]
    longest = max((len(each.name.rpartition("/")[2]) for _, each in fitting), default=0)
    return [(n, each) for n, each in fitting if len(each.name.rpartition("/")[2]) == longest]


def why(found: Explained) -> Iterator[str]:
    """Why its nodes were taken, as those that choose nodes go about it, in sentences without a full stop."""
    platform = found.figures.outcome.platform
    kinds = {(node.kind, node.maker, node.new) for node, _ in found.nodes}
    if any(kind == FARGATE for kind, _, _ in kinds):
        yield "a Fargate profile that selects a pod has it before kube-scheduler and Karpenter are asked"
    if any(not new for _, _, new in kinds):
        yield "nodes that are there come before new ones: of those that can, kube-scheduler takes the best score"
    pools = [each for each in platform.pools if _is_of(each, kinds)]
    if pools:
        yield "Karpenter fills nodes that are on their way first, the one with the fewest pods before others"
        if wishes := list(_wishes(found.demand.shape)):
            yield (
                f"Karpenter takes what a pod only prefers ({', '.join(wishes)}) as required while it can make a node "
                "for it, which can be more nodes than pods need"
            )
        tried = [each for each in by_weight(platform.pools) if each.replicas is None]
        if len(tried) > 1:
            order = ", ".join(f"{each.name} ({each.weight})" for each in tried)
            weights = {each.weight for each in tried}
            ties = ", of one weight the last by name first" if len(weights) < len(tried) else ""
            said = f"by weight{ties}" if len(weights) > 1 else "all of one weight, so the last by name first"
            yield f"then a new node of the first pool that can: {order}, {said}"
        yield "EC2 chooses among the types that hold all pods of the node; the cheapest is planned with"
    if any(_is_of(each, [kind for kind in kinds if kind[-1]]) for each in platform.groups):
        expanders = ", ".join(platform.autoscaler.expanders) if platform.autoscaler else "none"
        yield f"Cluster Autoscaler adds nodes to the group that its expander prefers ({expanders})"


def _wishes(shape: Shape) -> Iterator[str]:
    """What a shape asks for that kube-scheduler only prefers."""
    yield from dict.fromkeys(f"spread over {each.key}" for each in shape.spread if not each.hard)
    yield from dict.fromkeys(f"apart within {term.key}" for _, term in shape.rather_apart)
    yield from dict.fromkeys(f"together within {term.key}" for _, term in shape.rather_near)
    if shape.prefers:
        yield "preferred node affinity"


def _is_of(maker: Maker, kinds: Iterable[tuple[str, str, bool]]) -> bool:
    return any((kind, name) == (maker.kind, maker.name) for kind, name, _ in kinds)
