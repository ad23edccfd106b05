"""What Karpenter 1.14.1 launched for generated pools and pods, and where the library says otherwise."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from eks_blueprints.provisioning.karpenter.packer import Packer

from . import pools

CASES = 320
_TRIES = 300
"""How many ways of choosing zones are tried."""
PACKED = Path(__file__).with_name("packed.json")
Claim = tuple[str, int, int, int, str]
"""Pool, pods, thousandths of a core and bytes that they request, and the instance types in order of their names."""


def ours(number: int, order: list[str], dice: random.Random | None = None) -> tuple[Counter[Claim], Counter[str]]:
    """What the library launches for one case, and how many pods of each workload wait.

    Args:
        number: The case.
        order: The pods in the order of their age.
        dice: What chooses among zones that are equally good. Default: the first by name is taken.
    """
    made, daemons, cluster, pods = pools.case(number).read(order)
    choose = min if dice is None else lambda found: dice.choice(sorted(found))
    found = Packer(made, daemons, cluster, choose=choose).pack(pods)
    claims: Counter[Claim] = Counter()
    for each in found.claims:
        total = each.total()
        types = ",".join(sorted(each.template.names(each.types)))
        claims[each.template.pool.name, total["pods"], total.get("cpu", 0), total.get("memory", 0), types] += 1
    return claims, _workloads(found.waiting)


def theirs(said: Mapping[str, Any]) -> tuple[Counter[Claim], Counter[str]]:
    """What Karpenter launched, and how many pods of each workload it could not place."""
    claims: Counter[Claim] = Counter()
    for pool, pods, cpu, memory, types in said["claims"]:
        claims[pool, pods, cpu, memory, said["types"][types]] += 1
    return claims, _workloads(said["waiting"])


def _workloads(pods: Iterable[str]) -> Counter[str]:
    return Counter(name.rpartition("-")[0] for name in pods)


def apart(packed: Mapping[str, Any]) -> Iterator[str]:
    """Each case of which the library says otherwise: other instance types, or another number of nodes.

    Karpenter takes any of several zones that are equally good. It is the same if it is so with one of them.
    """
    for number, said in packed.items():
        theirs_are = theirs(said)
        first = ours(int(number), said["order"])
        tries = (ours(int(number), said["order"], random.Random(seed)) for seed in range(_TRIES))  # noqa: S311
        if not any(_same(each, theirs_are) for each in chain([first], tries)):
            mine, other = first[0], theirs_are[0]
            waits = f"{dict(first[1])} wait, with Karpenter {dict(theirs_are[1])}"
            yield f"case {number}: ours alone {dict(mine - other)}, theirs alone {dict(other - mine)}; {waits}"


def _same(ours: tuple[Counter[Claim], Counter[str]], theirs: tuple[Counter[Claim], Counter[str]]) -> bool:
    # Some of its events about pods that wait get lost.
    return _told(ours[0]) == _told(theirs[0]) and theirs[1] <= ours[1]


def _told(claims: Counter[Claim]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for (pool, _, _, _, types), count in claims.items():
        found[pool, types] += count
    return found
