"""Pods that nothing takes, as they are told: what refuses them, and what would help."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from eks_blueprints.capacity.limits import raised
from eks_blueprints.capacity.model import Refusal, Waiting
from eks_blueprints.capacity.placing import Placing, maker
from eks_blueprints.capacity.world import World
from eks_blueprints.provisioning.karpenter.claim import Refused
from eks_blueprints.scheduling.pod import Pod


def waiting_of(world: World, waiting: Sequence[Pod], placing: Placing) -> Iterable[Waiting]:
    """Pods that nothing takes, by their demand, and why."""
    by_demand: dict[str, list[Pod]] = {}
    for pod in waiting:
        by_demand.setdefault(maker(pod), []).append(pod)
    left = {each.pod.name: each for each in world.growth.left} if world.growth else {}
    raises = _raises(world, waiting)
    for name, pods in by_demand.items():
        last = pods[-1]
        refusals, remedies = [*_of_nodes(placing, last)], list[str]()
        alone = last.shape.named is not None  # what else could take it is of no help
        if not alone:
            refusals += _of_pools(world, world.packed.waiting.get(last.name, {}))
            # A pool takes pods of all kinds, so that its limits come before the size of one group.
            remedies += [raises.get(each.name, "") for each in pods]
        if not alone and (of_groups := left.get(last.name)) is not None:
            kinds = {each.name: each.kind for each in world.platform.groups}
            refusals += [
                Refusal(where=e.group, kind=kinds[e.group], predicate=e.predicate, reason=e.reason)
                for e in of_groups.refused
            ]
            remedies.append(of_groups.remedy)
        remedy = next((each for each in remedies if each), "")
        yield Waiting(name=name, count=len(pods), refusals=tuple(refusals), remedy=remedy)


def _raises(world: World, waiting: Sequence[Pod]) -> Mapping[str, str]:
    """How far limits would have to be raised for pods that wait because of them, by the pod's name."""
    refused = world.packed.waiting
    limited = {name for pod in waiting for name, e in refused.get(pod.name, {}).items() if e.predicate == "limits"}
    if not limited:
        return {}
    stopped = [pod for pod in waiting if any(name in limited for name in refused.get(pod.name, {}))]
    shapes = [shape for _, shape in world.daemons]
    return raised(world.platform.pools, limited, stopped, world.start.cluster, daemons=shapes, used=world.used())


def _of_pools(world: World, refused: Mapping[str, Refused]) -> Iterable[Refusal]:
    for pool in world.platform.pools:
        if (found := refused.get(pool.name)) is not None:
            yield Refusal(where=pool.name, kind=pool.kind, predicate=found.predicate, reason=found.reason)


def _of_nodes(placing: Placing, pod: Pod) -> Iterable[Refusal]:
    """Why the nodes that are there, or those that it names, do not take a pod: nodes of the same reason together."""
    found: dict[tuple[str, str], int] = {}
    named = pod.shape.named
    for name, each in placing.excluded(pod.shape).items():
        if named is not None and name not in named:
            continue
        found[each.predicate, each.reason] = found.get((each.predicate, each.reason), 0) + 1
    for (predicate, reason), number in sorted(found.items(), key=lambda each: -each[1]):
        where = "1 node" if number == 1 else f"{number} nodes"
        yield Refusal(where=where, kind="node", predicate=predicate, reason=reason)
