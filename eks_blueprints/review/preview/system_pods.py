"""The pods that add-ons bring: how many, and what they request, on each node and in all.

Charts are told by the table of pinned charts, EKS's own add-ons by a dated table beside this file. Jobs and hooks end,
and count for nothing.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eks_blueprints.core.charts.model import Workload
from eks_blueprints.recording import Plan, PlannedResource

if TYPE_CHECKING:
    from eks_blueprints.policies.stack import Stack

_ADDON = "aws:eks/addon:Addon"
_TABLE = Path(__file__).with_name("eks_addons.toml")
_EVERY_NODE = frozenset({"kubernetes.io/os", "kubernetes.io/arch", "beta.kubernetes.io/os"})
"""Labels by which a DaemonSet chooses no more than what runs its image."""


@dataclass(frozen=True, slots=True)
class Pods:
    """Some pods, and what they request together."""

    count: int = 0
    cpu: float = 0
    """In cores."""
    memory: float = 0
    """In bytes."""

    def __add__(self, other: Pods) -> Pods:
        return Pods(self.count + other.count, self.cpu + other.cpu, self.memory + other.memory)

    def told(self, where: str = "") -> str:
        """`5 on each node (0.28 vCPU, 0.6 GiB)`."""
        asked = [(self.cpu, f"{_short(self.cpu)} vCPU"), (self.memory, f"{_short(self.memory / 2**30)} GiB")]
        said = ", ".join(text for value, text in asked if value)
        return f"{self.count}{where} ({said or 'no requests'})"


@dataclass(frozen=True, slots=True)
class SystemPods:
    """All pods that the add-ons of a platform bring."""

    fixed: Pods
    """Those whose number does not depend on nodes."""
    node: Pods
    """Those of each node."""
    some: Pods
    """Those of each node that DaemonSets choose by its labels, such as nodes with an accelerator."""
    unknown: tuple[str, ...] = ()
    """Add-ons of which it is not known what they run."""

    def __str__(self) -> str:
        parts = [self.fixed.told()] if self.fixed.count or not self.node.count else []
        parts += [self.node.told(" on each node")] if self.node.count else []
        parts += [f"up to {self.some.told(' on each node with certain labels')}"] if self.some.count else []
        said = " and ".join(parts) if len(parts) < 3 else f"{', '.join(parts[:-1])} and {parts[-1]}"
        return f"{said}; not known of {', '.join(self.unknown)}" if self.unknown else said

    def to_data(self) -> dict[str, Any]:
        """The same as JSON data; cores and bytes."""
        parts = {"fixed": self.fixed, "eachNode": self.node, "someNodes": self.some}
        data: dict[str, Any] = {
            name: {"pods": each.count, "cpu": round(each.cpu, 3), "memory": round(each.memory)}
            for name, each in parts.items()
        }
        return {**data, "unknown": list(self.unknown)}


def system_pods(plan: Plan, stack: Stack | None = None) -> SystemPods | None:
    """The pods that the add-ons of a plan bring; None where there is no add-on. `stack` is the plan's, where made."""
    found = [*_of_eks(plan), *_of_charts(plan, stack)]
    if not found:
        return None
    total = {"fixed": Pods(), "node": Pods(), "some": Pods()}
    unknown = []
    for where, pods in found:
        if isinstance(pods, str):
            unknown.append(pods)
        else:
            total[where] += pods
    return SystemPods(**total, unknown=tuple(dict.fromkeys(unknown)))


def _of_eks(plan: Plan) -> Iterator[tuple[str, Pods | str]]:
    for each in plan.resources:
        if each.type == _ADDON:
            name = str(each.inputs.get("addonName"))
            row = addon_pods().get(name)
            if row is None:
                yield "", name
                continue
            for where, told in row.items():
                count = _replicas(each, told["pods"]) if where == "fixed" else told["pods"]
                yield where, Pods(count, count * _number(told["cpu"]), count * _number(told["memory"]))


def _of_charts(plan: Plan, stack: Stack | None) -> Iterator[tuple[str, Pods | str]]:
    if not any("helm" in each.type or "argoproj" in each.type for each in plan.resources):
        return  # The table of charts is loaded with the first of them.
    from eks_blueprints.policies.inside.contents import contents
    from eks_blueprints.policies.inside.objects import pod_of
    from eks_blueprints.policies.pod_needs import requests_of
    from eks_blueprints.policies.props import Props
    from eks_blueprints.policies.stack import Stack

    for each in contents(stack or Stack.of_plan(plan)):
        if each.rendered is None:
            yield "", each.installed.chart
            continue
        for name, workload in each.rendered.workloads.items():
            kind = name.partition("/")[0]
            if workload.hook or kind in ("Job", "CronJob"):
                continue
            asked = requests_of(Props(pod_of(workload)))
            count = 1 if kind in ("DaemonSet", "Pod") else workload.replicas
            where = "fixed" if kind != "DaemonSet" else "some" if _chooses(workload) else "node"
            yield where, Pods(count, count * asked.get("cpu", 0), count * asked.get("memory", 0))


def _chooses(workload: Workload) -> bool:
    """Whether a DaemonSet is for nodes that not everybody has, such as those with an accelerator or Windows."""
    selector = workload.node_selector
    if selector.get("kubernetes.io/os") == "windows" or not selector.keys() <= _EVERY_NODE:
        return True
    return bool(workload.affinity) and not any(map(_leaves_out, workload.affinity))


def _leaves_out(term: Mapping[str, Any]) -> bool:
    """Whether a term of an affinity takes all nodes but some that are named, such as those of Fargate."""
    asked = term.get("matchExpressions") or ()
    return all(
        each.get("operator") in ("NotIn", "DoesNotExist")
        or (each.get("key") in _EVERY_NODE and "windows" not in each.get("values", ()))
        for each in asked
    )


def _replicas(addon: PlannedResource, default: int) -> int:
    given = addon.inputs.get("configurationValues")
    try:
        values = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        return default
    if not isinstance(values, Mapping):
        return default
    controller = values.get("controller")
    found = values.get("replicaCount", controller.get("replicaCount") if isinstance(controller, Mapping) else None)
    return found if isinstance(found, int) and not isinstance(found, bool) else default


@cache
def addon_pods() -> dict[str, Any]:
    """What the table says of EKS's own add-ons: by add-on, of pods on each node (`node`) and of others (`fixed`)."""
    return tomllib.loads(_TABLE.read_text(encoding="utf-8"))


def _number(text: str) -> float:
    from eks_blueprints.policies.quantities import quantity

    return quantity(text) or 0


def _short(number: float) -> str:
    return f"{number:.1f}" if number >= 1 else f"{number:.2g}"
