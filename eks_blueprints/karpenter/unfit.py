"""Pools that no instance type could serve, told with what would do, and listed types that can never be chosen.

A family or a type that looks newer than the table is no mistake: it is told that nothing about it was checked. Whether
a type is offered in a region, or in a zone, is in no table; nothing is said about it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from eks_blueprints.core.errors import Path, Problem, nearest
from eks_blueprints.core.facts import instance_types
from eks_blueprints.karpenter import instances
from eks_blueprints.karpenter.ec2_node_class import Ec2NodeClass
from eks_blueprints.karpenter.instances import Carriers
from eks_blueprints.karpenter.labels import ARCHITECTURE, AUTO_MODE, INSTANCE_TYPE, KNOWN_VALUES, normal
from eks_blueprints.karpenter.node_class import NodeClass
from eks_blueprints.karpenter.node_pool import Pool
from eks_blueprints.karpenter.overlap import labels_left
from eks_blueprints.karpenter.quantities import exact
from eks_blueprints.karpenter.requirements import Allowed, Requirement, allowed_by

_MOST_OFFERED = 4
_MOST_SIZES = 8
_DEVICES = {"nvidia.com/gpu": "nvidia", "amd.com/gpu": "amd", "aws.amazon.com/neuron": "neuron"}
"""Resources of nodes with accelerators, and who makes these."""


@dataclass(frozen=True, slots=True)
class _Condition:
    """One thing that leaves some instance types and not others."""

    path: Path
    said: str
    """What it asks for, as it is quoted."""
    types: frozenset[str]
    key: str = ""
    """The label that it is about; empty where it is none."""
    asked: Sequence[str] = ()
    """Values that it names as those to have."""
    who: Carriers | None = None
    offers: bool = True
    """Whether other values could be asked for in its place."""


def problems(pool: Pool, node_class: Ec2NodeClass | NodeClass | None) -> Iterator[Problem]:
    """What is wrong or doubtful about the instance types that a pool's conditions leave."""
    here = ("node_pools", pool.name)
    conditions = _with_unheard([*_of_pool(pool), *_of_class(pool, node_class)], pool)
    slips = [problem for each in conditions for problem in _unknown(each, pool)]
    yield from slips
    newer = any(instances.may_be_newer(value) for each in conditions for value in each.asked if _is_a_name(each, pool))
    if newer or any(problem.severity == "error" for problem in slips):
        return
    types = frozenset.intersection(instances.launchable(pool.flavor), *(each.types for each in conditions))
    if not types:
        yield _nothing(_core(conditions, pool), pool)
        return
    yield from _never_chosen(conditions, types, pool)
    yield from _too_few(pool, types)
    yield from _below_the_smallest(pool, types, (*here, "limits"))


def _of_pool(pool: Pool) -> Iterator[_Condition]:
    here = ("node_pools", pool.name)
    for field, item in pool.shorthands.items():
        yield from _condition(pool, item, (*here, field), field)
    for index, item in enumerate(pool.requirements):
        yield from _condition(pool, item, (*here, "requirements", index), item.key)
    for key, value in pool.labels.items():
        item = Requirement.model_construct(key=key, operator="In", values=(value,))
        yield from _condition(pool, item, (*here, "labels", key), f"label {key}")


def _condition(pool: Pool, item: Requirement, path: Path, field: str) -> Iterator[_Condition]:
    key = normal(item.key)
    if (who := instances.carriers(pool.flavor, key)) is None:
        return
    values = ", ".join(item.values)
    said = f"{field} {values}" if item.operator == "In" else f"{field} {item.operator} {values}".rstrip()
    if field == "min_instance_generation":
        said = f"{field} {pool.min_instance_generation}"
    asked = item.values if item.operator == "In" else ()
    offers = item.operator not in ("Exists", "DoesNotExist")
    yield _Condition(path, said, who.fitting(allowed_by(item)), key, asked, who, offers)


def _with_unheard(conditions: list[_Condition], pool: Pool) -> list[_Condition]:
    """Types of which something is not known fit whatever is asked, where they are listed by name or family."""
    names = [each for each in conditions if each.asked and _is_a_name(each, pool)]
    listed = frozenset[str]().union(*(each.types for each in names))
    return [replace(each, types=each.types | (each.who.unheard & listed)) if each.who else each for each in conditions]


def _of_class(pool: Pool, node_class: Ec2NodeClass | NodeClass | None) -> Iterator[_Condition]:
    if not isinstance(node_class, Ec2NodeClass):
        return
    path = ("node_pools", pool.name, "node_class")
    if node_class.family.startswith("Windows") and (who := instances.carriers(pool.flavor, ARCHITECTURE)):
        types = who.fitting(Allowed(values=frozenset({"amd64"}), required=True))
        yield _Condition(path, f"class {node_class.name}, which runs Windows on amd64 only", types)
    if node_class.family == "AL2023":
        types = frozenset(name for name in instance_types.names() if not name.startswith("a1."))
        yield _Condition(path, f"class {node_class.name}, whose Amazon Linux 2023 does not run on a1", types)


def _is_a_name(condition: _Condition, pool: Pool) -> bool:
    return condition.key in (INSTANCE_TYPE, f"{pool.flavor.group}/instance-family")


def _unknown(condition: _Condition, pool: Pool) -> Iterator[Problem]:
    """Values of a list that nothing in the table has; an error where the list has no other."""
    if condition.who is None or condition.key in KNOWN_VALUES:  # those are told with the conditions themselves
        return
    known = condition.who.by_value.keys()
    unknown = [value for value in condition.asked if value not in known]
    newer = [value for value in unknown if _is_a_name(condition, pool) and instances.may_be_newer(value)]
    for value in newer:
        what = f"is newer than the table of {instance_types.date()}, so that nothing about it was checked"
        yield Problem(condition.path, f"{what}; got {value}; check that it is what you want", severity="warning")
    for value in unknown:
        if value in newer:
            continue
        word = "instance type" if condition.key == INSTANCE_TYPE else condition.key.rpartition("/")[2].replace("-", " ")
        what = f"is not an {word} that EC2 had on {instance_types.date()}"
        message = f"{what}; got {value}; {_meant(value, condition)}"
        alone = len(unknown) == len(condition.asked) and not newer
        yield Problem(condition.path, message, severity="error" if alone else "warning")


def _meant(value: str, condition: _Condition) -> str:
    if condition.key == INSTANCE_TYPE and (sizes := instance_types.sizes_instead(value)):
        return f"{value.partition('.')[0]} has {_listed(sizes, len(sizes), 'and')}"
    known = list(condition.who.by_value) if condition.who else []
    if len(known) <= _MOST_OFFERED:
        return f"use {_listed(sorted(known))}"
    if value.isdigit() and all(each.isdigit() for each in known):
        near = sorted(sorted(known, key=lambda each: abs(int(each) - int(value)))[:2], key=int)
        return f"did you mean {_listed(near)}?"
    return f"did you mean {_closest(value, known, 1)[0]}?"


def _core(conditions: Sequence[_Condition], pool: Pool) -> list[_Condition]:
    """The fewest conditions that leave nothing together, those that stand later among them where there is a choice."""
    said = "what Karpenter launches (amd64 and arm64, no macOS)"
    if pool.flavor is AUTO_MODE:
        said = "what EKS Auto Mode runs (two vCPUs or more, no nano, micro or small, no a, f, h, hpc, mac, u or vt)"
    needed = [_Condition(("node_pools", pool.name), said, instances.launchable(pool.flavor)), *conditions]
    for each in list(needed):
        rest = [other for other in needed if other is not each]
        if not _left(rest):
            needed = rest
    return needed


def _left(conditions: Sequence[_Condition]) -> frozenset[str]:
    return frozenset.intersection(instance_types.names(), *(each.types for each in conditions))


def _nothing(core: Sequence[_Condition], pool: Pool) -> Problem:
    """No instance type is left: told at the last condition that has a part in it."""
    told = next(each for each in reversed(core) if each.key or each is core[0])
    others = [each for each in core if each is not told]
    beside = f" beside {' and '.join(each.said for each in others)}" if others else ""
    ways = [_instead(told, _left(others))]
    if len(others) == 1 and others[0].key and (instead := _instead(others[0], told.types)):
        ways.append(f"{_field(others[0])} {instead}")
    do = ", or ".join(way for way in ways if way)
    got = told.said if "requirements" in told.path else told.said.removeprefix(f"{_field(told)} ")
    message = f"leaves no instance type{beside}; got {got}; {f'use {do}' if do else 'loosen it'}"
    return Problem(told.path, message, severity="warning" if _is_to_come(pool) else "error")


def _is_to_come(pool: Pool) -> bool:
    """Whether the pool waits for the generation that follows the newest in the table."""
    left = labels_left(pool).get(f"{pool.flavor.group}/instance-generation")
    return left is not None and left.least == instances.newest_generation() + 1


def _field(condition: _Condition) -> str:
    last = condition.path[-1]
    return last if isinstance(last, str) else condition.key


def _instead(condition: _Condition, types: frozenset[str]) -> str:
    """The values of a condition's label that some types have: all of few, those closest to what was asked of many."""
    found = [value for value in condition.who.among(types) if value] if condition.who and condition.offers else []
    if not found:
        return ""
    if all(value.isdigit() for value in found):
        numbers = sorted(int(value) for value in found)
        return f"{numbers[0]} to {numbers[-1]}" if len(numbers) > _MOST_OFFERED else _listed(list(map(str, numbers)))
    if condition.key.endswith("/instance-size"):
        return _listed(sorted(found, key=instance_types.size_order), _MOST_SIZES)
    asked = condition.asked[0] if condition.asked else ""
    return _listed(_closest(asked, found, _MOST_OFFERED))


def _closest(asked: str, words: Sequence[str], count: int) -> list[str]:
    """Names in order of likeness; of families and types those of the same category and the nearest generation first."""
    near = nearest(asked, words)

    def likeness(word: str) -> tuple[int, bool, float, str]:
        ratio = difflib.SequenceMatcher(None, asked, word).ratio()
        return instances.generations_apart(asked, word), word != near, -ratio, word

    return sorted(words, key=likeness)[:count]


def _listed(words: Sequence[str], most: int = _MOST_OFFERED, last: str = "or") -> str:
    shown_words = list(words[:most])
    return shown_words[0] if len(shown_words) == 1 else f"{', '.join(shown_words[:-1])} {last} {shown_words[-1]}"


def _never_chosen(conditions: Sequence[_Condition], types: frozenset[str], pool: Pool) -> Iterator[Problem]:
    """Listed types and families that other conditions exclude."""
    for each in conditions:
        if not _is_a_name(each, pool) or each.who is None:
            continue
        for value in each.asked:
            carriers = each.who.by_value.get(value, frozenset())
            if not carriers or carriers & types:
                continue
            other = next((c for c in conditions if c is not each and not c.types & carriers), None)
            reason = other.said if other else "the other conditions together"
            message = f"is never chosen: {reason} leaves it out; got {value}; remove it, or change one of them"
            yield Problem(each.path, message, severity="warning")


def _too_few(pool: Pool, types: frozenset[str]) -> Iterator[Problem]:
    for index, item in enumerate(pool.requirements):
        who = instances.carriers(pool.flavor, normal(item.key))
        if item.min_values is None or who is None or who.unheard & types:
            continue
        left = [value for value in who.among(types) if value in allowed_by(item)]
        if len(left) < item.min_values:
            at = ("node_pools", pool.name, "requirements", index, "min_values")
            message = f"is more than the instance types that are left have; got {item.min_values} of {len(left)}"
            yield Problem(at, f"{message}; lower it, or relax a condition", severity="warning")


def _below_the_smallest(pool: Pool, types: frozenset[str], path: Path) -> Iterator[Problem]:
    """A limit below the smallest type lets nothing be launched; 0 is how pools are stopped on purpose."""
    facts = instance_types.facts_of(types)
    if not facts:
        return
    smallest = min(facts, key=lambda each: (each.vcpus, each.memory_mib))
    least = {"cpu": smallest.vcpus, "memory": min(each.memory_mib for each in facts) * 2**20}
    for resource, amount in least.items():
        if resource in pool.limits and 0 < exact(pool.limits[resource]) < amount:
            needs = f"{amount} vCPUs" if resource == "cpu" else f"{amount // 2**20}Mi"
            message = f"is less than the smallest instance type that is left has; got {pool.limits[resource]}"
            yield Problem(
                (*path, resource), f"{message}; write {needs} or more, or allow smaller types", severity="warning"
            )
    for resource, maker in _DEVICES.items():
        counts = [each.accelerator_count for each in facts if each.accelerator == maker]
        if resource not in pool.limits or not counts:
            continue
        # A type without the device is not held by its limit.
        if len(counts) == len(facts) and 0 < exact(pool.limits[resource]) < min(counts):
            message = f"is less than the fewest on an instance type that is left; got {pool.limits[resource]}"
            do = f"write {min(counts)} or more, or allow smaller types"
            yield Problem((*path, resource), f"{message}; {do}", severity="warning")
