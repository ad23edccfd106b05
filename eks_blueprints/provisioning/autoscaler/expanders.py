"""Which of several groups grows: the expanders, one after another until one group is left.

Where several are left, Cluster Autoscaler takes one at random; here the first by name. So does its expander `random`.
Source: expander/ (factory/chain.go, waste, mostpods, leastnodes, priority, random).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from eks_blueprints.provisioning.autoscaler.estimator import Alike, Estimate
from eks_blueprints.provisioning.makers import Group
from eks_blueprints.scheduling.amounts import CPU, MEMORY

_LEAST_RANK = -1
"""The least rank that the expander `priority` takes."""


@dataclass(frozen=True, slots=True)
class Option:
    """A group that could grow."""

    group: Group
    estimate: Estimate
    pods: Sequence[Alike]
    """All pods that its nodes take."""


def chosen(options: Iterable[Option], expanders: Sequence[str]) -> Option | None:
    """The group that grows; None where none could.

    Raises:
        ValueError: if an expander is not one of those that are known here.
    """
    found = sorted(options, key=lambda each: each.group.name)
    for name in expanders:
        if name not in _EXPANDERS:
            raise ValueError(f"has no expander {name}; use one of {', '.join(sorted(_EXPANDERS))}")
        if len(found) > 1:
            found = left(found, name)
    return found[0] if found else None


def left(options: list[Option], expander: str) -> list[Option]:
    """The groups that one expander leaves, of at least one."""
    return _EXPANDERS[expander](options)


def _least(options: list[Option], measure: Callable[[Option], float]) -> list[Option]:
    least = min(map(measure, options))
    return [each for each in options if measure(each) == least]


def _waste(option: Option) -> float:
    """The shares of cores and memory that no pod of these would use; pods of DaemonSets count as waste too."""
    has = option.group.machines[0].capacity or option.group.machines[0].allocatable
    found = 0.0
    for name in (CPU, MEMORY):
        if there := has.get(name, 0) * option.estimate.nodes:
            found += (there - sum(pod.shape.requests.get(name, 0) for pod in option.estimate.pods)) / there
    return found


def _ranked(options: list[Option]) -> list[Option]:
    ranks = [each.group.priority for each in options]
    known = [each for each in ranks if each is not None and each >= _LEAST_RANK]
    return [each for each in options if each.group.priority == max(known)] if known else options


_EXPANDERS: Mapping[str, Callable[[list[Option]], list[Option]]] = {
    "least-nodes": lambda options: _least(options, lambda each: each.estimate.nodes),
    "least-waste": lambda options: _least(options, _waste),
    "most-pods": lambda options: _least(options, lambda each: -len(each.estimate.pods)),
    "priority": _ranked,
    "random": lambda options: options[:1],
}
