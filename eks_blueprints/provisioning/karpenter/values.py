"""Values of labels as Karpenter combines them: what two conditions leave, and whether they can hold together.

Source: `Requirement` and `Requirements` in sigs.k8s.io/karpenter pkg/scheduling, v1.14.1.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from eks_blueprints.karpenter.labels import normal
from eks_blueprints.karpenter.requirements import Allowed
from eks_blueprints.scheduling.selectors import Condition

Requirements = Mapping[str, Allowed]
"""What values are left of labels; of one that is not named, all."""

ANY = Allowed()
NONE = Allowed(values=frozenset())
"""The label is not there."""


def only(*values: str) -> Allowed:
    """Some values."""
    return Allowed(values=frozenset(values))


def met(one: Allowed, other: Allowed) -> Allowed:
    """What both leave."""
    if one is other:
        return one
    if one.values is not None and other.values is not None and _listed(one) and _listed(other):
        values = one.values & other.values
        # The same object where nothing changes: what was computed of it is kept.
        return one if values == one.values else other if values == other.values else Allowed(values=values)
    both = one.narrowed(other)
    if both.least is not None and both.most is not None and both.least > both.most:
        return NONE
    if both.values is not None:
        return Allowed(values=frozenset(value for value in both.values if value in both))
    in_bounds = Allowed(least=both.least, most=both.most)
    return Allowed(None, frozenset(value for value in both.excluded if value in in_bounds), both.least, both.most)


def _listed(one: Allowed) -> bool:
    """Whether its values are all that is said."""
    return not one.excluded and one.least is None and one.most is None


def overlap(one: Allowed, other: Allowed) -> bool:
    """Whether a value is left by both."""
    return met(one, other).values != frozenset()


def asks(values: Allowed) -> bool:
    """Whether the label has to be there: not so with `NotIn` and `DoesNotExist`."""
    return bool(values.values) if values.values is not None else not values.excluded


def clash(have: Requirements, asked: Requirements, known: Container[str] = ()) -> str | None:
    """The first label of which what is had and what is asked for cannot hold together; None where all can.

    Args:
        have: What there is.
        asked: What is asked for.
        known: Labels that may be asked for though nothing is said of them.
    """
    for key, wanted in asked.items():
        if key not in have and key not in known and asks(wanted):
            return key
    return apart(have, asked)


def apart(have: Requirements, asked: Requirements) -> str | None:
    """The first label of which both speak and no value is left; None where there is none."""
    for key, wanted in asked.items():
        there = have.get(key)
        if there is not None and not overlap(there, wanted) and (asks(wanted) or asks(there)):
            return key
    return None


def both(one: Requirements, other: Requirements) -> dict[str, Allowed]:
    """What two sets of conditions leave together."""
    found = dict(one)
    for key, values in other.items():
        found[key] = met(found[key], values) if key in found else values
    return found


def of_conditions(conditions: Iterable[Condition]) -> dict[str, Allowed]:
    """What conditions on labels leave."""
    found: dict[str, Allowed] = {}
    for each in conditions:
        key = normal(each.key)
        found[key] = met(found.get(key, ANY), _of(each))
    return found


def of_labels(labels: Mapping[str, str]) -> dict[str, Allowed]:
    """Labels that a node has."""
    return {normal(key): only(value) for key, value in labels.items()}


def _of(condition: Condition) -> Allowed:
    match condition.operator:
        case "In":
            return Allowed(values=condition.values)
        case "NotIn":
            return Allowed(excluded=condition.values)
        case "DoesNotExist":
            return NONE
        case "Exists":
            return ANY
    bound = int(next(iter(condition.values), "0"))
    match condition.operator:
        case "Gt":
            return Allowed(least=bound + 1)
        case "Gte":
            return Allowed(least=bound)
        case "Lt":
            return Allowed(most=bound - 1)
    return Allowed(most=bound)
