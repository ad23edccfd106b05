"""Nodes go again: those without pods together, those with pods one after another, if their pods fit elsewhere.

Each turn begins with a simulation: of the nodes whose requests are at most half of what they have, those are marked
whose pods the others would take, all marked ones gone. Marked nodes are avoided by kube-scheduler where it can. What
was marked in the turn before, and is so still, goes. Pods that leave a node are placed by kube-scheduler, each as a
whole.

A turn stands for `--scale-down-unneeded-time`, 10 minutes. Cluster Autoscaler looks every 10 seconds, so that a node
that waits for another's drain goes as soon as that has ended.

Not modelled: nodes that are unready, how long pods take to end, what a delay after a scale-up keeps, and the
annotation `cluster-autoscaler.kubernetes.io/safe-to-evict`. Source:
core/scaledown/planner, eligibility, unneeded and budgets, simulator/cluster.go and utilization/info.go.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from eks_blueprints.karpenter.tolerating import Taint
from eks_blueprints.provisioning.makers import Group
from eks_blueprints.scheduling.amounts import CPU, MEMORY
from eks_blueprints.scheduling.cluster import Cluster, Place
from eks_blueprints.scheduling.filters import exclusion
from eks_blueprints.scheduling.pod import Pod
from eks_blueprints.scheduling.preemption import Budget
from eks_blueprints.scheduling.scheduler import place as placed

GPU = "nvidia.com/gpu"
_CANDIDATE = Taint("DeletionCandidateOfClusterAutoscaler", "", "PreferNoSchedule")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast nodes go; the defaults are those of Cluster Autoscaler 1.36."""

    threshold: float = 0.5
    """The largest share of its cores, of its memory, and where it has GPUs of those alone, that pods of a node that
    goes may request (`--scale-down-utilization-threshold`)."""
    parallel: int = 10
    """Most nodes that go in a turn (`--max-scale-down-parallelism`)."""
    drains: int = 1
    """Most nodes with pods among them (`--max-drain-parallelism`)."""
    together: bool = True
    """Whether nodes with pods go in turns in which others go; not so by default before 1.28 (`--parallel-drain`)."""
    minutes: int = 10
    """Between turns (`--scale-down-unneeded-time`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What happened at one time."""

    minute: int
    emptied: tuple[str, ...] = ()
    """Nodes without pods that went."""
    drained: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Nodes with pods that went: where each of their pods went, which is nowhere where it waits."""
    marked: tuple[str, ...] = ()
    """Nodes that nothing needs, which go next."""
    kept: Mapping[str, str] = field(default_factory=dict)
    """Why each of the other nodes of the groups stays."""
    left: int = 0
    """How many nodes there are then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shrinking:
    """Whose nodes may go, and what holds them."""

    groups: Sequence[Group]
    members: Mapping[str, str]
    """The group of each node, by name; one without a group stays."""
    daemons: Collection[str] = ()
    """Names of pods of DaemonSets, which end with their node."""
    budgets: Sequence[Budget] = ()
    pace: Pace = Pace()


def scale_down(cluster: Cluster, shrinking: Shrinking, *, most: int = 100) -> Iterator[Turn]:
    """Turn after turn, until nothing is marked.

    Args:
        cluster: The cluster, from which the nodes are taken.
        shrinking: Whose nodes may go.
        most: Most turns.
    """
    marked: tuple[str, ...] = ()
    for number in range(most):
        minute = number * shrinking.pace.minutes
        now, _ = _marked(cluster, shrinking)
        going = [name for name in now if name in marked]
        emptied = [name for name in going if not _pods(cluster.places[name], shrinking)][: shrinking.pace.parallel]
        drains = min(shrinking.pace.drains, shrinking.pace.parallel - len(emptied))
        if emptied and not shrinking.pace.together:
            drains = 0
        occupied = [name for name in going if _pods(cluster.places[name], shrinking)][:drains]
        for name in emptied:
            cluster.close(cluster.places[name])
        drained = {name: _drain(cluster.places[name], cluster, shrinking) for name in occupied}
        marked, kept = _marked(cluster, shrinking)
        _avoid(cluster, marked)
        yield Turn(
            minute=minute,
            emptied=tuple(emptied),
            drained=drained,
            marked=marked,
            kept=kept,
            left=len(cluster.places),
        )
        if not marked:
            return


def use(place: Place) -> float:
    """The share of a node that its pods request: of cores or memory, whichever is more; of GPUs where it has some."""
    names = (GPU,) if place.node.allocatable.get(GPU) else (CPU, MEMORY)
    room = place.node.allocatable
    return max((place.used.get(name, 0) / room[name] for name in names if room.get(name)), default=0.0)


def _pods(place: Place, shrinking: Shrinking) -> list[Pod]:
    return [each for each in place.pods.values() if each.name not in shrinking.daemons]


def _marked(cluster: Cluster, shrinking: Shrinking) -> tuple[tuple[str, ...], dict[str, str]]:
    """The nodes that could go one after another, those without pods first, and why the others stay."""
    world = cluster.copy()
    groups = {each.name: each for each in shrinking.groups}
    members = {name: shrinking.members[name] for name in world.places if name in shrinking.members}
    sizes = Counter(members.values())
    allowed = [each.allowed for each in shrinking.budgets]
    found: list[str] = []
    kept: dict[str, str] = {}
    for name in sorted(members, key=lambda each: bool(_pods(world.places[each], shrinking))):
        place, group = world.places[name], groups.get(members[name])
        pods = _pods(place, shrinking)
        left = [count - sum(map(budget.of, pods)) for count, budget in zip(allowed, shrinking.budgets, strict=True)]
        why = _held(place, group, sizes, shrinking)
        if not why and any(each < 0 for each in left):
            why = "a PodDisruptionBudget keeps a pod of it"
        if why := why or _stuck(place, world, found, shrinking):
            kept[name] = why
            continue
        found.append(name)
        allowed = left
        sizes[members[name]] -= 1
    return tuple(found), kept


def _held(place: Place, group: Group | None, sizes: Mapping[str, int], shrinking: Shrinking) -> str:
    """Why a node stays whatever room there is elsewhere; empty if nothing holds it."""
    if group is None or not group.scales:
        return "Cluster Autoscaler does not scale its group"
    if (share := use(place)) > shrinking.pace.threshold:
        return f"its pods request {share:.0%} of it, more than {shrinking.pace.threshold:.0%}"
    if sizes[group.name] <= group.least:
        return f"{group.name} has its min_size of {group.least}"
    return ""


def _stuck(place: Place, world: Cluster, gone: Collection[str], shrinking: Shrinking) -> str:
    """Why the pods of a node fit nowhere else; empty where they do, and then they are there."""
    moves: list[tuple[Pod, Place]] = []
    pods = _pods(place, shrinking)
    for pod in pods:
        world.remove(pod, place)
    for pod in pods:
        others = (each for name, each in world.places.items() if each is not place and name not in gone)
        target = next((each for each in others if exclusion(pod.shape, each, world) is None), None)
        if target is None:
            for moved, there in moves:
                world.remove(moved, there)
            for each in pods:
                world.add(each, place)
            return f"{pod.name} fits on no other node"
        world.add(pod, target)
        moves.append((pod, target))
    return ""


def _drain(place: Place, cluster: Cluster, shrinking: Shrinking) -> dict[str, str]:
    """A node goes, and kube-scheduler places its pods anew."""
    pods = _pods(place, shrinking)
    cluster.close(place)
    found = {}
    for pod in pods:
        there = placed(pod, cluster).place
        found[pod.name] = there.node.name if there else ""
    return found


def _avoid(cluster: Cluster, marked: Collection[str]) -> None:
    """The taint of nodes that nothing needs, which comes and goes."""
    for name, place in cluster.places.items():
        others = tuple(each for each in place.node.taints if each != _CANDIDATE)
        taints = (*others, _CANDIDATE) if name in marked else others
        if taints != place.node.taints:
            place.node = replace(place.node, taints=taints)
