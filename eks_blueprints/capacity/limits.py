"""How far the limits of pools would have to be raised for pods that wait because of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from eks_blueprints.provisioning.karpenter.launch import launch
from eks_blueprints.provisioning.karpenter.packer import Packer
from eks_blueprints.provisioning.makers import Pool
from eks_blueprints.scheduling.amounts import CPU, MEMORY, Amounts, added
from eks_blueprints.scheduling.cluster import Cluster
from eks_blueprints.scheduling.pod import Pod, Shape

_GIB = 2**30


def raised(
    pools: Sequence[Pool],
    limited: Iterable[str],
    waiting: Sequence[Pod],
    cluster: Cluster,
    *,
    daemons: Sequence[Shape],
    used: Mapping[str, Amounts],
) -> dict[str, str]:
    """What to raise, by the name of each pod that has a node then: tried, on a copy of the cluster.

    Args:
        pools: All pools.
        limited: The names of those whose limits refuse pods.
        waiting: The pods that wait.
        cluster: The nodes that are there, and those that were added.
        daemons: Pods of which each node that takes them has one.
        used: What the nodes of each pool have, by its name.
    """
    free = frozenset(limited)
    found = Packer(
        [replace(each, limits={}) if each.name in free else each for each in pools], daemons, cluster.copy(), used
    ).pack(waiting)
    more: dict[str, Amounts] = {}
    of_pod: dict[str, str] = {}
    for claim in found.claims:
        machine = launch(claim.template, claim.types, claim.requirements, claim.reserved).machine
        name = claim.template.pool.name
        more[name] = added(more.get(name, {}), {**machine.capacity, "nodes": 1})
        of_pod |= dict.fromkeys((pod.name for pod in claim.pods), name)
    limits = {each.name: each.limits for each in pools}
    words = {name: _words(name, limits[name], added(used.get(name, {}), more[name])) for name in more if name in free}
    return {pod: words[name] for pod, name in of_pod.items() if words.get(name)}


def _words(pool: str, limits: Amounts, wanted: Amounts) -> str:
    higher = [f"{name} to {_amount(name, wanted[name])}" for name, most in limits.items() if wanted.get(name, 0) > most]
    return f"raise the limits of {pool}: {', '.join(higher)}" if higher else ""


def _amount(name: str, number: int) -> str:
    if name == CPU:
        return str(math.ceil(number / 1000))
    return f"{math.ceil(number / _GIB)}Gi" if name == MEMORY else str(number)
