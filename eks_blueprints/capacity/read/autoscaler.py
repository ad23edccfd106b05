"""Cluster Autoscaler, as a stack installs it.

Sources: flags of cluster-autoscaler 1.36; its chart's `extraArgs`, `expanderPriorities` and `autoscalingGroups`; its
README of the expander `priority`, whose ConfigMap is `cluster-autoscaler-priority-expander`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from eks_blueprints.capacity.model import Expansion
from eks_blueprints.capacity.read.plain import Gaps, plain
from eks_blueprints.core.yaml_text import YAMLError, load
from eks_blueprints.policies.installed import charts, cluster_autoscalers
from eks_blueprints.policies.objects import CONFIG_MAP, pod_of
from eks_blueprints.policies.platform import cluster_of, on_cluster
from eks_blueprints.policies.stack import Resource, Stack

_CHART = "cluster-autoscaler"
_PRIORITIES = "cluster-autoscaler-priority-expander"
_KNOWN = ("random", "least-waste", "most-pods", "priority", "least-nodes")


@dataclass(frozen=True, slots=True)
class Autoscaler:
    """Cluster Autoscaler, and how it finds groups."""

    expansion: Expansion
    priorities: tuple[tuple[int, re.Pattern[str]], ...] = ()
    """Ranks, the greatest first, with the names of Auto Scaling groups that have them."""
    named: frozenset[str] = frozenset()
    """Auto Scaling groups that it is told of by name."""
    discovers: bool = True
    """Whether it finds groups by their tags."""

    def priority(self, name: str) -> int | None:
        """The rank of an Auto Scaling group."""
        return next((rank for rank, names in self.priorities if names.search(name)), None)


def autoscaler_of(cluster: Resource, stack: Stack, gaps: Gaps) -> Autoscaler | None:
    """Cluster Autoscaler of a cluster; None where the stack installs none."""
    found = next((each for each in cluster_autoscalers(stack) if cluster_of(each, stack) is cluster), None)
    if found is None:
        return None
    values = next((each.values for each in charts(stack, _CHART) if each.resource is found), None)
    given: Mapping[str, Any] = {} if values is None else plain(values, stack, gaps) or {}
    flags = _flags(given.get("extraArgs")) if values is not None else dict(_written(found, stack, gaps))
    named = frozenset(
        str(each.get("name")) for each in given.get("autoscalingGroups") or () if isinstance(each, Mapping)
    )
    said = expansion(flags, gaps)
    ranks = list(_ranks(given.get("expanderPriorities"), gaps)) or list(_in_config_map(cluster, stack, gaps))
    if "priority" in said.expanders and not ranks:
        gaps.say("the ranks of Cluster Autoscaler's expander priority are kept elsewhere")
    return Autoscaler(
        said,
        tuple(sorted(ranks, key=lambda each: -each[0])),
        named,
        discovers=values is None or bool((given.get("autoDiscovery") or {}).get("clusterName")) or not named,
    )


def _flags(given: Any) -> dict[str, Any]:
    """Flags of the chart's values; what stands behind an underscore tells several of one flag apart."""
    return {str(key).partition("_")[0]: value for key, value in given.items()} if isinstance(given, Mapping) else {}


def expansion(flags: Mapping[str, Any], gaps: Gaps) -> Expansion:
    """How Cluster Autoscaler chooses groups, by its flags without dashes in front."""
    expanders = tuple(each.strip() for each in str(flags.get("expander") or "").split(",") if each.strip())
    if other := [each for each in expanders if each not in _KNOWN]:
        gaps.say(f"Cluster Autoscaler's expander {', '.join(other)} is not followed")
    known = tuple(each for each in expanders if each in _KNOWN)
    balances = str(flags.get("balance-similar-node-groups")).lower() == "true"
    return Expansion(expanders=known, balances=balances) if known else Expansion(balances=balances)


def flags_of(words: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """Flags of a command line."""
    for word in words:
        if isinstance(word, str) and word.startswith("--"):
            name, _, value = word.removeprefix("--").partition("=")
            yield name, value or "true"


def _written(workload: Resource, stack: Stack, gaps: Gaps) -> Iterator[tuple[str, str]]:
    """Flags of a workload's containers."""
    for container in plain(pod_of(workload), stack, gaps, "containers") or ():
        yield from flags_of((*(container.get("command") or ()), *(container.get("args") or ())))


def _in_config_map(cluster: Resource, stack: Stack, gaps: Gaps) -> Iterator[tuple[int, re.Pattern[str]]]:
    for each in on_cluster(cluster, stack, CONFIG_MAP):
        if each.props.is_known("metadata", "name") and each.props.get("metadata", "name") == _PRIORITIES:
            yield from _ranks(plain(each.props, stack, gaps, "data", "priorities"), gaps)


def _ranks(given: Any, gaps: Gaps) -> Iterator[tuple[int, re.Pattern[str]]]:
    if isinstance(given, str):
        try:
            given = load(given)
        except YAMLError:
            gaps.say("the ranks of Cluster Autoscaler's expander priority are not YAML")
            return
    for rank, names in (given or {}).items() if isinstance(given, Mapping) else ():
        for name in names if isinstance(names, list) else []:
            try:
                yield int(rank), re.compile(str(name))
            except (ValueError, re.error):
                gaps.say(f"the rank {rank} of Cluster Autoscaler's expander priority is not followed")
