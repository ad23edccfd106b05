"""What Karpenter 1.14.1 launched for generated pools and pods, and where the library says otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from eks_blueprints.provisioning.karpenter.packer import Packer

from . import pools

CASES = 320
PACKED = Path(__file__).with_name("packed.json")
Claim = tuple[str, int, int, int, str]
"""Pool, pods, thousandths of a core and bytes that they request, and the instance types in order of their names."""


def ours(number: int, order: list[str]) -> tuple[Counter[Claim], Counter[str]]:
    """What the library launches for one case, and how many pods of each workload wait."""
    made, daemons, cluster, pods = pools.case(number).read(order)
    found = Packer(made, daemons, cluster).pack(pods)
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
    """Each case of which the library says otherwise: other instance types, or another number of nodes."""
    for number, said in packed.items():
        mine, waiting = ours(int(number), said["order"])
        other, still = theirs(said)
        if _told(mine) != _told(other):
            yield f"case {number}: ours alone {dict(mine - other)}, theirs alone {dict(other - mine)}"
        elif waiting != still:
            yield f"case {number}: {dict(waiting)} wait, with Karpenter {dict(still)}"


def _told(claims: Counter[Claim]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for (pool, _, _, _, types), count in claims.items():
        found[pool, types] += count
    return found
