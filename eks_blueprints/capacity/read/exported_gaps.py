"""What a cluster's export lacks, so far as it could change the answer."""

from __future__ import annotations

from collections.abc import Iterator

from eks_blueprints.capacity.model import Platform
from eks_blueprints.capacity.read.exported import MAKERS, Exported, Item
from eks_blueprints.capacity.read.exported_nodes import GROUP, POOL, is_ready, staying
from eks_blueprints.capacity.read.exported_pods import DAEMON, owner
from eks_blueprints.capacity.words import listed


def missing(export: Exported, platform: Platform) -> Iterator[str]:
    """Sentences on what is not in an export, without a full stop.

    Args:
        export: The export.
        platform: The platform with all that could be read of it.
    """
    made_by = [each.node.labels for each in platform.running]
    groups = {name for labels in made_by if (name := labels.get(GROUP)) and POOL not in labels}
    known = {each.name for each in platform.groups}
    of_groups = {each.maker for each in platform.running if each.node.labels.get(GROUP) in groups}
    for name in sorted(of_groups - known):
        yield f"the sizes of the group {name} are not in the export: it gets no further nodes"
    pools = {name for labels in made_by if (name := labels.get(POOL))} - {each.name for each in platform.pools}
    if pools:
        yield f"the NodePools {listed(sorted(pools))} are not in the export: they get no further nodes; add {MAKERS}"
    if not export.of("Node"):
        yield "the export has no nodes: its pods wait for new ones"
    if not export.of("Pod"):
        yield "the export has no pods: its nodes are taken to be empty"
    if export.of("Node") and not export.of("CSINode") and any(each.shape.claims for each in platform.demands):
        yield "the export has no csinodes: nodes take any number of volumes"
    if names := [
        each.name for each in staying(export) if is_ready(each) and not _says_ready(each) and _runs_more(each, export)
    ]:
        yield f"the nodes {listed(names)} are not ready: their pods are taken to stay there"


def _says_ready(node: Item) -> bool:
    said = [each.get("status") for each in node.status.get("conditions") or () if each.get("type") == "Ready"]
    return said in ([], ["True"])


def _runs_more(node: Item, export: Exported) -> bool:
    """Whether pods are on a node that are not of DaemonSets."""
    return any(
        each.spec.get("nodeName") == node.name and owner(each).split("/")[1] != DAEMON for each in export.of("Pod")
    )
