"""What Karpenter 1.14.1 launched for generated pools and pods, and where the library says otherwise."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from eks_blueprints.provisioning.karpenter.packer import Packer

from . import pools

CASES = 320
_TRIES = 300
"""How many ways of choosing zones are tried."""
_MOSTLY = 0.8
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
    choose = min if dice is None else _as_go_does(dice)
    found = Packer(made, daemons, cluster, choose=choose).pack(pods)
    claims: Counter[Claim] = Counter()
    for each in found.claims:
        total = each.total()
        types = ",".join(sorted(each.template.names(each.types)))
        claims[each.template.pool.name, total["pods"], total.get("cpu", 0), total.get("memory", 0), types] += 1
    return claims, _workloads(found.waiting)


def _as_go_does(dice: random.Random) -> Callable[[list[str]], str]:
    """A choice as Karpenter's: the first of a small map of Go, which is mostly, and not always, the same one."""
    ranks: dict[str, float] = {}

    def choose(found: list[str]) -> str:
        for each in sorted(found):
            ranks.setdefault(each, dice.random())
        return min(found, key=ranks.__getitem__) if dice.random() < _MOSTLY else dice.choice(sorted(found))

    return choose


def theirs(said: Mapping[str, Any]) -> tuple[Counter[Claim], Counter[str]]:
    """What Karpenter launched, and how many pods of each workload it could not place."""
    claims: Counter[Claim] = Counter()
    for pool, pods, cpu, memory, types in said["claims"]:
        claims[pool, pods, cpu, memory, said["types"][types]] += 1
    return claims, _workloads(said["waiting"])


def _workloads(pods: Iterable[str]) -> Counter[str]:
    return Counter(name.rpartition("-")[0] for name in pods)


def apart(packed: Mapping[str, Any], tries: int = _TRIES) -> Iterator[str]:
    """Each case of which the library says otherwise: other instance types, or another number of nodes.

    Karpenter takes any of several zones that are equally good. It is the same if it is so with one of them.
    """
    for number, said in packed.items():
        theirs_are = theirs(said)
        first = ours(int(number), said["order"])
        others = (ours(int(number), said["order"], random.Random(seed)) for seed in range(tries))  # noqa: S311
        if not any(_same(each, theirs_are) for each in chain([first], others)):
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
