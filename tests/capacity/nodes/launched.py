"""What Karpenter launched for whole stacks, and where the library says otherwise."""

from __future__ import annotations

import hashlib
import json
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from eks_blueprints.capacity.model import Platform
from eks_blueprints.capacity.place import outcome
from eks_blueprints.capacity.placing import Placing, maker
from eks_blueprints.capacity.read.plan import platforms_of
from eks_blueprints.capacity.starting import start
from eks_blueprints.policies.stack import Stack
from eks_blueprints.provisioning.karpenter.catalogue import numbers
from eks_blueprints.provisioning.karpenter.claim import Claim
from eks_blueprints.provisioning.karpenter.packer import Packer
from eks_blueprints.provisioning.karpenter.values import ANY
from eks_blueprints.provisioning.machine import Machine
from eks_blueprints.review.cost.prices import list_prices
from eks_blueprints.scheduling.pod import Pod
from eks_blueprints.testing.recorded import record_stack

from . import generated
from .kwok import CAPACITY_TYPE, KEPT, ZONE

LAUNCHED = Path(__file__).with_name("launched.json")
WRITTEN = Path(__file__).with_name("written")
GENERATED = 72
MOST_TYPES = 600
"""Instance types that Karpenter writes into a NodeClaim at most."""
_TRIES = 300
_MOSTLY = 0.8
Node = tuple[str, str, str, str]
"""Pool, zones, capacity types, and the instance types as a short sum of their names."""


def stacks() -> Iterator[tuple[str, Path | int]]:
    """The stacks by name: those that are written by hand, and numbers of those that are generated."""
    yield from ((each.stem, each) for each in sorted(WRITTEN.glob("*.yaml")))
    yield from ((str(number), number) for number in _NUMBERS)


_REFUSED = (32, 61, 63, 69)
"""Numbers of stacks of which a pool leaves no instance type, which `check` refuses."""
_NUMBERS = tuple(number for number in range(GENERATED) if number not in _REFUSED)


def planned(name: str, file: Path | int) -> Stack:
    """The plan of a stack."""
    if isinstance(file, Path):
        return Stack.of_plan(record_stack(file).plan)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"stack{name}.yaml"
        path.write_text(json.dumps(generated.stack(file)))
        return Stack.of_plan(record_stack(path).plan)


def platform_of(plan: Stack, known: Mapping[str, frozenset[str]] | None = None) -> Platform:
    """The platform as the library reads it, with the instance types that there were when Karpenter was asked.

    Args:
        plan: The plan of a stack.
        known: The names of these types by region. Default: all that there are now.
    """
    (found,) = platforms_of(plan, list_prices())
    names = None if known is None else known[found.region]
    limited = any(each.limits for each in found.pools)
    machines: dict[int, tuple[Machine, ...]] = {}
    for pool in found.pools:
        if id(pool.machines) not in machines:
            kept = (each for each in pool.machines if names is None or each.name in names)
            machines[id(pool.machines)] = tuple(_as_kwok_has(each) if limited else each for each in kept)
    return replace(found, pools=tuple(replace(each, machines=machines[id(each.machines)]) for each in found.pools))


def _as_kwok_has(machine: Machine) -> Machine:
    """An instance type that has in all what it has for KWOK's controller, which limits count."""
    has = {name: amount + KEPT.get(name, 0) for name, amount in machine.allocatable.items()}
    return replace(machine, capacity=has)


def told(said: Mapping[str, Any], plan: Stack) -> dict[str, Any]:
    """What the controller said as it is kept.

    Of pods that wait it is their number, and of instance types a sum of their names, without those at the edge of what
    fits into a NodeClaim.
    """
    platform = platform_of(plan)
    pools = {each.name: each for each in platform.pools}
    claims = []
    for pool, pods, cpu, memory, zones, kinds, types in said["claims"]:
        machines = {each.name: each for each in pools[pool].machines}
        names = {name if name in machines else name.rpartition("-")[0] for name in types}
        unknown = sorted(names - machines.keys())
        within = _Within(zones and frozenset(zones), kinds and frozenset(kinds))
        known = [machines[name] for name in names if name in machines]
        claims.append([pool, pods, cpu, memory, *within.told(known, more=unknown)])
    waiting = Counter(name.rpartition("#")[0] for name in said["waiting"])
    return {**said, "claims": sorted(claims), "waiting": dict(sorted(waiting.items()))}


@dataclass(frozen=True)
class _Within:
    """Conditions on zone and capacity type; None where there are none."""

    zones: frozenset[str] | None
    kinds: frozenset[str] | None

    def told(self, machines: Iterable[Machine], more: Iterable[str] = ()) -> tuple[str, str, int, str]:
        """Zones and capacity types that are left, how many instance types, and a sum of their names."""
        found: list[tuple[float, str]] = []
        zones: set[str] = set()
        kinds: set[str] = set()
        for machine in machines:
            offers = [
                each
                for each in machine.offerings
                if (self.zones is None or each.zone in self.zones)
                and (self.kinds is None or each.capacity_type in self.kinds)
            ]
            if offers:
                found.append((min(each.price for each in offers), machine.name))
                zones |= {each.zone for each in offers}
                kinds |= {each.capacity_type for each in offers}
        found.sort()
        names = [name for _, name in found]
        if len(found) >= MOST_TYPES:
            names = [name for price, name in found if price < found[MOST_TYPES - 1][0]]
        names = sorted([*names, *more])
        short = hashlib.sha256(",".join(names).encode()).hexdigest()[:12]
        return ",".join(sorted(zones)), ",".join(sorted(kinds)), len(names), short


Found = tuple[Counter[Node], Counter[str]]


def ours(platform: Platform, said: Mapping[str, Any], dice: random.Random | None = None) -> Found:
    """The nodes that the library has Karpenter launch, and how many pods of each workload wait.

    Pods are on the nodes of groups where kube-scheduler put them; of nodes that score the same it takes any.
    """
    begun = start(platform)
    shapes = {each.name: each.shape for each in platform.demands}
    pods = [Pod(name, shapes[name.rpartition("#")[0]]) for name in said["order"]]
    for pod in pods:
        if (node := said["standing"].get(pod.name)) is not None:
            begun.cluster.add(pod, begun.cluster.places[node])
    waiting = [each for each in pods if each.name not in said["standing"]]
    choose = min if dice is None else _as_go_does(dice)
    daemons = [each.shape for each in platform.daemons]
    packed = Packer(platform.pools, daemons, begun.cluster, choose=choose).pack(waiting)
    return Counter(map(_node, packed.claims)), Counter(name.rpartition("#")[0] for name in packed.waiting)


def _node(claim: Claim) -> Node:
    within = _Within(*(_plain(claim, key) for key in (ZONE, CAPACITY_TYPE)))
    machines = [claim.template.pool.machines[at] for at in numbers(claim.types)]
    zones, kinds, count, names = within.told(machines)
    return claim.template.pool.name, zones, kinds, f"{count} {names}"


def _plain(claim: Claim, key: str) -> frozenset[str] | None:
    wanted = claim.requirements.get(key, ANY)
    every = {value for each in claim.template.pool.machines for value in each.labels[key]}
    return frozenset(value for value in every if value in wanted)


def theirs(said: Mapping[str, Any]) -> Found:
    """The nodes that Karpenter launched, and how many pods of each workload wait."""
    claims = Counter(
        (pool, zones, kinds, f"{count} {names}") for pool, _, _, _, zones, kinds, count, names in said["claims"]
    )
    return claims, Counter(said["waiting"])


def _as_go_does(dice: random.Random) -> Callable[[list[str]], str]:
    """A choice as Karpenter's: the first of a small map of Go, which is mostly, and not always, the same one."""
    ranks: dict[str, float] = {}

    def choose(found: list[str]) -> str:
        for each in sorted(found):
            ranks.setdefault(each, dice.random())
        return min(found, key=ranks.__getitem__) if dice.random() < _MOSTLY else dice.choice(sorted(found))

    return choose


def seed_of(platform: Platform, said: Mapping[str, Any], tries: int = _TRIES) -> int | None:
    """The dice with which the library says the same, 0 for none: Karpenter takes any of several zones that are as good.

    None where it says otherwise whatever is taken.
    """
    for seed in dict.fromkeys((said.get("dice", 0), *range(tries + 1))):
        dice = random.Random(seed) if seed else None  # noqa: S311
        if ours(platform, said, dice) == theirs(said):
            return seed
    return None


def apart(
    found: Mapping[str, Any], known: Mapping[str, frozenset[str]] | None = None, tries: int = _TRIES
) -> Iterator[str]:
    """Each stack of which the library says otherwise, with these instance types by region or with all."""
    files = dict(stacks())
    for name, said in found.items():
        platform = platform_of(planned(name, files[name]), known)
        differences = [*_standing_apart(platform, said), *_shown_apart(platform, said)]
        if seed_of(platform, said, tries) is None:
            (mine, left), (other, waits) = ours(platform, said), theirs(said)
            alone = f"ours alone {dict(mine - other)}, theirs alone {dict(other - mine)}"
            differences.append(f"{alone}; {dict(left)} wait, with Karpenter {dict(waits)}")
        if differences:
            yield f"{name}: {'; '.join(differences)}"


def _standing_apart(platform: Platform, said: Mapping[str, Any]) -> Iterator[str]:
    """Workloads of which kube-scheduler put another number of pods on the nodes of groups."""
    begun = start(platform)
    shapes = {each.name: each.shape for each in platform.demands}
    counts = {each.name: each.least for each in platform.demands}
    pods = [Pod(f"{name}#{number}", shape) for name, shape in shapes.items() for number in range(counts[name])]
    if sorted(each.name for each in pods) != sorted(said["order"]):
        yield f"other pods: {sorted({each.name for each in pods} ^ set(said['order']))}"
    left = Placing(begun.cluster).place(pods)
    mine = Counter(map(maker, left))
    theirs_are = Counter(
        maker(Pod(name, shapes[name.rpartition("#")[0]])) for name in said["order"] if name not in said["standing"]
    )
    if mine != theirs_are:
        yield f"wait for nodes: ours {dict(mine)}, kube-scheduler's {dict(theirs_are)}"


def _shown_apart(platform: Platform, said: Mapping[str, Any]) -> Iterator[str]:
    """What `capacity plan` shows otherwise: how many nodes each pool gets, and how many pods wait."""
    found = outcome(platform)
    mine = Counter(each.maker for each in found.nodes if each.new), {each.name: each.count for each in found.waiting}
    theirs_are = Counter(pool for pool, *_ in said["claims"]), said["waiting"]
    if mine != theirs_are:
        yield f"the plan shows {mine}, with Karpenter {theirs_are}"


@dataclass(frozen=True)
class Recorded:
    """What is kept of Karpenter's answers."""

    types: Mapping[str, frozenset[str]]
    """The names of instance types by region: those that come later change nothing."""
    stacks: Mapping[str, Any]


def recorded() -> Recorded:
    """What was kept."""
    found = json.loads(LAUNCHED.read_text())
    types = {region: frozenset(names.split()) for region, names in found["types"].items()}
    return Recorded(types, found["stacks"])


def written(found: Mapping[str, Any]) -> None:
    """What was found is kept, a stack a line, with the dice that it takes."""
    types: dict[str, set[str]] = {}
    rows = []
    for name, file in stacks():
        said, platform = found[name], platform_of(planned(name, file))
        types.setdefault(platform.region, set()).update(each.name for pool in platform.pools for each in pool.machines)
        kept = {**said, "dice": seed} if (seed := seed_of(platform, said)) else said
        rows.append(f"{json.dumps(name)}:{json.dumps(kept, separators=(',', ':'))}")
    lists = [f'{json.dumps(region)}:"{" ".join(sorted(names))}"' for region, names in sorted(types.items())]
    LAUNCHED.write_text('{"types":{\n' + ",\n".join(lists) + '\n},\n"stacks":{\n' + ",\n".join(rows) + "\n}}\n")
