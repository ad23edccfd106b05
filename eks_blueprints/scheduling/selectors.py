"""Selectors of labels, of pods and of nodes, compiled once and asked often.

Source: `LabelSelectorAsSelector` in k8s.io/apimachinery, `nodeaffinity` in k8s.io/component-helpers, 1.36.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Labels = Mapping[str, str]

NAME = "metadata.name"
"""The one field of nodes that node affinity can ask for."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on one label: `In`, `NotIn`, `Exists`, `DoesNotExist`, `Gt` or `Lt`."""

    key: str
    operator: str
    values: frozenset[str] = frozenset()

    def of(self, labels: Labels) -> bool:
        """Whether some labels meet it."""
        value = labels.get(self.key)
        match self.operator:
            case "In":
                return value is not None and value in self.values
            case "NotIn":  # what has no such label is not among the values
                return value is None or value not in self.values
            case "Exists":
                return value is not None
            case "DoesNotExist":
                return value is None
        try:
            return value is not None and self._compared(int(value), int(next(iter(self.values), "")))
        except ValueError:
            return False

    def _compared(self, value: int, bound: int) -> bool:
        return value > bound if self.operator == "Gt" else value < bound


@dataclass(frozen=True, slots=True)
class Selector:
    """Labels of pods or namespaces: all conditions hold; without any, everything is selected."""

    conditions: tuple[Condition, ...] = ()
    nothing: bool = False
    """Whether nothing is selected: there is no selector at all."""

    def of(self, labels: Labels) -> bool:
        """Whether some labels are selected."""
        return not self.nothing and all(each.of(labels) for each in self.conditions)

    @property
    def everything(self) -> bool:
        """Whether all labels are selected."""
        return not (self.nothing or self.conditions)

    def with_values(self, labels: Labels, same: Iterable[str], other: Iterable[str] = ()) -> Selector:
        """The same, for pods that have a pod's own values of some labels, or others than its own.

        This is what the API server makes of `matchLabelKeys` and `mismatchLabelKeys`; a label that the pod lacks is
        left out.
        """
        more = [Condition(key, "In", frozenset({labels[key]})) for key in same if key in labels]
        more += [Condition(key, "NotIn", frozenset({labels[key]})) for key in other if key in labels]
        return Selector((*self.conditions, *more), self.nothing) if more else self


NOTHING = Selector(nothing=True)
"""What selects no labels."""


def selector(given: Mapping[str, Any] | None) -> Selector:
    """A LabelSelector; None selects nothing."""
    if given is None:
        return NOTHING
    found = [Condition(key, "In", frozenset({str(value)})) for key, value in (given.get("matchLabels") or {}).items()]
    return Selector((*found, *map(condition, given.get("matchExpressions") or ())))


@dataclass(frozen=True, slots=True)
class NodeTerm:
    """Conditions on a node's labels and its name that hold together."""

    labels: tuple[Condition, ...] = ()
    name: tuple[Condition, ...] = ()

    @property
    def names(self) -> frozenset[str] | None:
        """The names that it lists; None where it lists none."""
        lists = [each.values for each in self.name if each.operator == "In"]
        return frozenset.intersection(*lists) if lists else None

    def of(self, name: str, labels: Labels) -> bool:
        """Whether a node meets it; a term without conditions is met by none."""
        if not (self.labels or self.name):
            return False
        here = {NAME: name}
        return all(each.of(labels) for each in self.labels) and all(each.of(here) for each in self.name)


def node_term(given: Mapping[str, Any]) -> NodeTerm:
    """A term of node affinity."""
    return NodeTerm(
        tuple(map(condition, given.get("matchExpressions") or ())),
        tuple(map(condition, given.get("matchFields") or ())),
    )


def condition(given: Mapping[str, Any]) -> Condition:
    """One of `matchExpressions` or `matchFields`."""
    values = frozenset(map(str, given.get("values") or ()))
    return Condition(str(given.get("key")), str(given.get("operator")), values)
