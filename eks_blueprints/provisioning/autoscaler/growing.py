"""Groups grow for pods that no node takes, step by step, until nothing waits or nothing helps.

At each step one group grows, by as many nodes as the pods need that its nodes would take. Then kube-scheduler places
what waits, on the nodes that did come: these are in the zones of the group in turn, and need not be where Cluster
Autoscaler thought. A group of which as many nodes as it has zones got no pod, one after another, grows no more; nodes
without pods do not stay.

Not modelled: the time that nodes take to come, groups that are left alone for a while after a failure, GPUs' labels,
`--max-nodes-total`, `--cores-total` and `--memory-total`, ProvisioningRequests, and groups made by Cluster Autoscaler.
Source: core/scaleup/orchestrator/orchestrator.go and equivalence/groups.go.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import NamedTuple, Protocol

from eks_blueprints.provisioning.autoscaler.balancing import shared, similar
from eks_blueprints.provisioning.autoscaler.estimator import Alike, alike, estimate, excluded, template_zones
from eks_blueprints.provisioning.autoscaler.expanders import Option, chosen
from eks_blueprints.provisioning.group_nodes import Daemons, GroupNode, launch, zones_of
from eks_blueprints.provisioning.makers import Group
from eks_blueprints.scheduling.cluster import Cluster
from eks_blueprints.scheduling.filters import Exclusion
from eks_blueprints.scheduling.pod import Pod, Shape
from eks_blueprints.scheduling.runs import place_all

EXPENDABLE_BELOW = -10
"""Pods of a lower priority bring no node: the default of `--expendable-pods-priority-cutoff`."""


class Expansion(Protocol):
    """Cluster Autoscaler, as it is installed: `capacity.model.Expansion` is one."""

    @property
    def expanders(self) -> tuple[str, ...]:
        """How it chooses a group, in order."""
        raise NotImplementedError

    @property
    def balances(self) -> bool:
        """Whether it shares nodes among groups that are alike."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a group does not grow for a pod."""

    group: str
    predicate: str
    """The plugin of kube-scheduler that a new node would not pass, or `max_size`, `autoscaler` or `priority`."""
    reason: str


@dataclass(frozen=True, slots=True)
class Left:
    """A pod that waits still."""

    pod: Pod
    refused: tuple[Refused, ...] = ()
    """Why each group did not grow for it."""
    remedy: str = ""
    """What would take it and the others that wait with it, such as `set max_size of workers to 7`; empty if nothing."""


@dataclass(frozen=True, slots=True)
class Growth:
    """What came of it."""

    nodes: tuple[GroupNode, ...]
    """The nodes that were added, in the order in which they came."""
    left: tuple[Left, ...]
    """The pods that wait still, in their order."""
    sizes: Mapping[str, int]
    """How many nodes each group has then, by name."""


@dataclass(slots=True)
class _State:
    cluster: Cluster
    groups: Sequence[Group]
    sizes: dict[str, int]
    daemons: Daemons
    expansion: Expansion | None
    idle: list[GroupNode] = field(default_factory=list)
    """Nodes that came and got no pod."""
    fruitless: Counter[str] = field(default_factory=Counter)
    """How many of these came last, one after another, by group."""

    def grows(self, group: Group) -> bool:
        """Whether a group may get a node more: not where the last ones, one in each of its zones, got no pod."""
        tried = self.fruitless[group.name] >= len(zones_of(group))
        return self.expansion is not None and group.scales and self.sizes[group.name] < group.most and not tried

    def why_not(self, kinds: Sequence[Alike], group: Group) -> list[Exclusion | None]:
        """Why a group takes no pods of each kind in any zone; the reason is that of its first zone."""
        found: list[Exclusion | None] = []
        for zone in template_zones(group, self.sizes[group.name]):
            here = excluded(kinds, group, zone, self.cluster, self.daemons)
            found = [was and now and was for was, now in zip(found, here, strict=True)] if found else here
        return found


def scale_up(
    cluster: Cluster,
    waiting: Sequence[Pod],
    groups: Sequence[Group],
    counts: Mapping[str, int],
    daemons: Daemons = (),
    *,
    expansion: Expansion | None,
) -> Growth:
    """Nodes for pods that wait.

    Args:
        cluster: The cluster; the nodes are added to it, and the pods placed on them.
        waiting: Pods that no node of it takes, in the order in which they came.
        groups: Its groups; those without an instance type are left out.
        counts: How many nodes each group has, by name. Default of one that is not named: 0.
        daemons: What runs on each node that takes it.
        expansion: Cluster Autoscaler; None where none is installed, and groups keep their size.

    Raises:
        ValueError: if an expander is not known.
    """
    usable = [each for each in groups if each.machines]
    state = _State(cluster, usable, {each.name: counts.get(each.name, 0) for each in usable}, daemons, expansion)
    nodes, left = _grown(state, waiting)
    return Growth(nodes, tuple(_explained(left, state)), state.sizes)


def _grown(state: _State, waiting: Sequence[Pod]) -> tuple[tuple[GroupNode, ...], list[Pod]]:
    """The nodes that came, without those that nothing needs, and the pods that wait still."""
    nodes: list[GroupNode] = []
    left = list(waiting)
    while more := _step(state, [each for each in left if each.shape.priority >= EXPENDABLE_BELOW]):
        nodes += more
        placed = _placed(left, state.cluster)
        left = [each for each in left if each.name not in placed]
        for each in more:
            state.fruitless[each.group.name] = 0 if each.pods else state.fruitless[each.group.name] + 1
    for each in nodes:
        if not each.pods:
            state.cluster.close(each.place)
            state.sizes[each.group.name] -= 1
    return tuple(each for each in nodes if each.pods), left


def _step(state: _State, pods: Sequence[Pod]) -> list[GroupNode]:
    """The nodes that come next."""
    kinds = alike(pods)
    options = [each for group in state.groups if kinds and state.grows(group) for each in _options(group, kinds, state)]
    best = chosen(options, state.expansion.expanders if state.expansion else ())
    if best is None:
        return []
    more = shared(_alike_groups(best.group, best.pods, state), state.sizes, best.estimate.nodes)
    found: list[GroupNode] = []
    for group in state.groups:
        if count := more.get(group.name):
            found += launch(group, state.sizes[group.name], count, state.cluster, state.daemons)
            state.sizes[group.name] += count
    return found


def _options(group: Group, kinds: Sequence[Alike], state: _State) -> Iterable[Option]:
    """A group as it could grow, looked at in the first of its zones that takes pods."""
    for zone in template_zones(group, state.sizes[group.name]):
        why = excluded(kinds, group, zone, state.cluster, state.daemons)
        taken = [each for each, no in zip(kinds, why, strict=True) if no is None]
        if not taken:
            continue
        room = sum(each.most - state.sizes[each.name] for each in _alike_groups(group, taken, state))
        found = estimate(taken, group, zone, state.cluster, state.daemons, room=room)
        if found.nodes:
            return [Option(group, found, taken)]
    return []


def _alike_groups(group: Group, pods: Sequence[Alike], state: _State) -> list[Group]:
    """A group, and those that share its nodes with it: alike, not full, and taking the same pods."""
    if state.expansion is None or not state.expansion.balances:
        return [group]
    others = [o for o in state.groups if o is not group and state.grows(o) and similar(group, o, state.daemons)]
    return [group, *(each for each in others if not any(state.why_not(pods, each)))]


def _placed(pods: Iterable[Pod], cluster: Cluster) -> set[str]:
    """The names of pods that kube-scheduler places: by priority, and as they came."""
    found: set[str] = set()
    for _, alike_pods in groupby(sorted(pods, key=lambda each: -each.shape.priority), key=lambda each: each.shape):
        run = list(alike_pods)
        found |= {pod.name for pod in run[: place_all(run, cluster)]}
    return found


def _explained(pods: Sequence[Pod], state: _State) -> Iterable[Left]:
    kinds = alike(pods)
    if not kinds:
        return
    reasons = {group.name: state.why_not(kinds, group) for group in state.groups}
    remedies = _remedies(kinds, reasons, state)
    for pod, index in ((pod, index) for index, kind in enumerate(kinds) for pod in kind):
        refused = tuple(_refused(group, reasons[group.name][index], pod, state) for group in state.groups)
        yield Left(pod, refused, remedies.get(pod.shape, ""))


def _refused(group: Group, why: Exclusion | None, pod: Pod, state: _State) -> Refused:
    zones, size = zones_of(group), state.sizes[group.name]
    if why is not None:
        alone = not size and len(zones) > 1 and why.predicate in _OF_ZONES
        where = f", in {zones[0]}: while it has no node it is looked at in its first zone" if alone else ""
        return Refused(group.name, why.predicate, f"{why.reason}{where}")
    if state.expansion is None or not group.scales:
        missing = (
            "no Cluster Autoscaler is installed" if state.expansion is None else "Cluster Autoscaler leaves it out"
        )
        return Refused(group.name, "autoscaler", f"it stays at {_nodes(size)}: {missing}")
    if pod.shape.priority < EXPENDABLE_BELOW:
        return Refused(group.name, "priority", f"a priority below {EXPENDABLE_BELOW} brings no node")
    if size >= group.most:
        return Refused(group.name, "max_size", f"it has its max_size of {_nodes(group.most)}")
    return Refused(group.name, "zone", f"nodes that came for it in {', '.join(zones)} do not take it")


_OF_ZONES = ("NodeAffinity", "VolumeBinding", "VolumeZone", "PodTopologySpread", "InterPodAffinity")


class _Alone(NamedTuple):
    """A group that grows by itself."""

    expanders: tuple[str, ...] = ()
    balances: bool = False


def _remedies(kinds: Sequence[Alike], reasons: Mapping[str, list[Exclusion | None]], state: _State) -> dict[Shape, str]:
    """What takes pods of each kind: the fewest nodes more of one group, with which all that it could take run."""
    best: dict[Shape, tuple[int, str]] = {}
    for group in sorted(state.groups, key=lambda each: each.name):
        open_to = zip(kinds, reasons[group.name], strict=True)
        fits = [kind for kind, no in open_to if no is None and kind[0].shape.priority >= EXPENDABLE_BELOW]
        if not fits:
            continue
        pods = [pod for kind in fits for pod in kind]
        size = state.sizes[group.name]
        larger = replace(group, most=size + len(pods), scales=True)
        trial = _State(state.cluster.copy(), [larger], {group.name: size}, state.daemons, _Alone())
        nodes, left = _grown(trial, pods)
        waits = {each.shape for each in left}
        for kind in fits:
            mine = best.get(kind[0].shape)
            if kind[0].shape not in waits and (mine is None or len(nodes) < mine[0]):
                best[kind[0].shape] = len(nodes), _advice(group, size + len(nodes), state)
    return {shape: said for shape, (_, said) in best.items()}


def _advice(group: Group, size: int, state: _State) -> str:
    if state.expansion is not None and group.scales:
        return f"set max_size of {group.name} to {size}"
    both = f", and its max_size to {size}" if size > group.most else ""
    return f"set desired_size of {group.name} to {size}{both}"


def _nodes(count: int) -> str:
    return f"{count} node" if count == 1 else f"{count} nodes"
