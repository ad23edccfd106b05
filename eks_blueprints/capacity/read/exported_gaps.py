"""What a cluster's export lacks, so far as it could change the answer."""

from __future__ import annotations

from collections.abc import Iterator

from eks_blueprints.capacity.model import Doubt, Platform
from eks_blueprints.capacity.read.exported import MAKERS, Exported, Item
from eks_blueprints.capacity.read.exported_nodes import is_going, is_ready, staying
from eks_blueprints.capacity.read.exported_pods import goes_with_its_node, is_over, of_daemon_set
from eks_blueprints.capacity.words import listed
from eks_blueprints.karpenter.labels import GROUP, OPERATING_SYSTEM, POOL
from eks_blueprints.review.cost.prices import Prices


def missing(export: Exported, platform: Platform, prices: Prices) -> Iterator[str]:
    """Sentences on what is not in an export, without a full stop.

    Args:
        export: The export.
        platform: The platform with all that could be read of it.
        prices: Prices of instances.
    """
    made_by = [each.node.labels for each in platform.running]
    groups = {name for labels in made_by if (name := labels.get(GROUP)) and POOL not in labels}
    known = {each.name for each in platform.groups}
    of_groups = {each.maker for each in platform.running if each.node.labels.get(GROUP) in groups}
    for name in sorted(of_groups - known):
        yield f"the sizes of the group {name} are not in the export: it gets no further nodes"
    there = {each.name for each in platform.pools} | {each.name for each in export.of("NodePool")}
    pools = {name for labels in made_by if (name := labels.get(POOL))} - there
    if pools:
        yield f"the NodePools {listed(sorted(pools))} are not in the export: they get no further nodes; add {MAKERS}"
    if not export.of("Node"):
        yield "the export has no nodes: its pods wait for new ones"
    yield from _of_pods(export)
    if platform.region and prices.factor(platform.region) is None:
        yield f"there are no prices for {platform.region}: those of {prices.table['basis']} are used"
    if names := [each.node.name for each in platform.running if each.node.labels.get(OPERATING_SYSTEM) == "windows"]:
        yield f"the nodes {listed(names)} run Windows: their price is taken for that of Linux, which is lower"
    if names := [each.name for each in export.of("Node") if is_going(each)]:
        yield Doubt(f"the nodes {listed(names)} are about to go: their pods are placed elsewhere")
    if export.of("Node") and not export.of("CSINode") and any(each.shape.claims for each in platform.demands):
        yield "the export has no csinodes: nodes take any number of volumes"
    if names := [
        each.name for each in staying(export) if is_ready(each) and not _says_ready(each) and _runs_more(each, export)
    ]:
        yield f"the nodes {listed(names)} are not ready: their pods are taken to stay there"


def _of_pods(export: Exported) -> Iterator[str]:
    pods, nodes = export.of("Pod"), {each.name for each in export.of("Node")}
    if not pods:
        yield "the export has no pods: its nodes are taken to be empty"
    elif nodes and len(found := {each.namespace for each in pods}) == 1:
        yield f"the export has pods of the namespace {found.pop()} alone: of others none is counted; write it with -A"
    waiting = (each for each in pods if not (is_over(each) or goes_with_its_node(each)))
    gone = {str(name) for e in waiting if (name := e.spec.get("nodeName")) and not of_daemon_set(e)} - nodes
    if nodes and gone:
        yield f"the nodes {listed(sorted(gone))} are not in the export: their pods wait for new ones"


def _says_ready(node: Item) -> bool:
    said = node.condition("Ready")
    return not said or said.get("status") == "True"


def _runs_more(node: Item, export: Exported) -> bool:
    """Whether pods are on a node that are not of DaemonSets."""
    return any(each.spec.get("nodeName") == node.name and not of_daemon_set(each) for each in export.of("Pod"))
