"""A platform with one workload as many, or as large, as something makes it; and what comes of it, in a few lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from eks_blueprints.capacity.figures import Figures
from eks_blueprints.capacity.model import Demand, Outcome
from eks_blueprints.capacity.place import outcome
from eks_blueprints.capacity.read.plan import platforms_of
from eks_blueprints.capacity.read.workloads import demand_name
from eks_blueprints.capacity.words import count, maker, summary
from eks_blueprints.policies.stack import Resource, Stack
from eks_blueprints.review.cost.prices import list_prices
from eks_blueprints.scheduling.amounts import Amounts


class WhatIf:
    """A cluster of a stack, of which one workload is changed."""

    def __init__(self, stack: Stack, workload: Resource, *, nodes: int | None = None) -> None:
        """The platform that the workload is on.

        Args:
            stack: The stack.
            workload: The workload that changes.
            nodes: How many nodes each group begins with. Default: its desired size.
        """
        self._name = demand_name(workload, stack)
        self._platform = next((each for each in platforms_of(stack, list_prices()) if self._own(each.demands)), None)
        if self._platform is not None and nodes is not None:
            groups = (replace(each, start=nodes, most=max(nodes, each.most)) for each in self._platform.groups)
            self._platform = replace(self._platform, groups=tuple(groups))

    def _own(self, demands: tuple[Demand, ...]) -> list[Demand]:
        return [each for each in demands if each.name == self._name]

    def outcome(self, *, pods: int | None = None, more: Mapping[str, int] | None = None) -> Outcome | None:
        """Where all pods of the cluster go; None where no cluster has the workload's pods.

        Args:
            pods: How many pods the workload has. Default: its fewest.
            more: What each of them requests on top, below zero for less. Default: nothing.
        """
        if self._platform is None:
            return None
        own = self._own(self._platform.demands)
        changed = [_changed(each, pods, more or {}) for each in own]
        # What changes comes first: its pods run when others are added.
        demands = (*changed, *(each for each in self._platform.demands if each not in own))
        return outcome(replace(self._platform, demands=demands))


def _changed(demand: Demand, pods: int | None, more: Mapping[str, int]) -> Demand:
    shape = demand.shape
    shape = replace(shape, requests=_with(shape.requests, more), counted=_with(shape.counted, more))
    number = demand.least if pods is None else pods
    return replace(demand, shape=shape, least=number, most=number)


def _with(amounts: Amounts, more: Mapping[str, int]) -> Amounts:
    return {**amounts, **{name: max(amounts.get(name, 0) + change, 0) for name, change in more.items()}}


def lines(found: Outcome) -> Iterator[str]:
    """How many nodes there are, which, and what waits."""
    figures = Figures(found)
    yield summary(figures)
    for alike in figures.kinds:
        node, new = alike.first, sum(each.new for each in alike.nodes)
        added = f", {new} of them new" if new else ""
        yield f"  {len(alike.nodes)} × {node.machine}  {maker(node.kind, node.maker)}{added}"
    for waiting in found.waiting:
        yield f"  {count(waiting.count, 'pod')} of {waiting.name} {'waits' if waiting.count == 1 else 'wait'}"


def unsure(found: Outcome) -> Iterator[str]:
    """What is not known and could change it, a line each."""
    yield from (f"not known: {each}" for each in Figures(found).unsure)


def data(found: Outcome) -> dict[str, Any]:
    """The same as plain data."""
    figures = Figures(found)
    nodes = [
        {
            "kind": each.first.kind,
            "maker": each.first.maker,
            "instance_type": each.first.machine,
            "count": len(each.nodes),
            "new": sum(node.new for node in each.nodes),
        }
        for each in figures.kinds
    ]
    waiting = {each.name: each.count for each in found.waiting}
    return {"nodes": nodes, "waiting": waiting, "not_known": list(figures.unsure)}
