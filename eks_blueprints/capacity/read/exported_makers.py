"""What makes nodes, as far as a cluster's export tells: NodePools, and Cluster Autoscaler by its pods."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from eks_blueprints.capacity.model import Expansion
from eks_blueprints.capacity.read.autoscaler import expansion, flags_of
from eks_blueprints.capacity.read.cluster_facts import ClusterFacts, Hours, SpotShares
from eks_blueprints.capacity.read.exported import Exported
from eks_blueprints.capacity.read.machines import Machines
from eks_blueprints.capacity.read.node_classes import way_of_class
from eks_blueprints.capacity.read.plain import Gaps
from eks_blueprints.capacity.read.pools import pool_of
from eks_blueprints.core.images import parts
from eks_blueprints.karpenter.labels import AUTO_MODE, KARPENTER, ZONE
from eks_blueprints.provisioning.makers import Pool
from eks_blueprints.review.cost.prices import Prices

_AUTOSCALER = "cluster-autoscaler"


def pools_of(
    export: Exported, region: str, prices: Prices, gaps: Gaps, *, besides: Collection[str] = ()
) -> Iterator[Pool]:
    """The NodePools of an export, but for some.

    Raises:
        InputError: if one is not written as Kubernetes writes NodePools.
    """
    wanted = [each for each in export.of("NodePool") if each.name not in besides]
    if not wanted:
        return
    facts, machines = _facts(export, region, prices, gaps), Machines()
    classes = {(each.manifest["kind"], each.name): each for each in export.of("EC2NodeClass", "NodeClass")}
    for each in wanted:
        reference = each.at("spec", "template", "spec", "nodeClassRef")
        flavor = AUTO_MODE if reference.get("group") == AUTO_MODE.group else KARPENTER
        found = classes.get((reference.get("kind"), str(reference.get("name"))))
        spec = {} if found is None else found.spec
        if found is None and not (flavor is AUTO_MODE and reference.get("name") == "default"):
            gaps.say(f"the class of nodes of the pool {each.name} is not in the export: taken for its default form")
        try:
            yield pool_of(each.manifest, each.name, way_of_class(spec, flavor, facts, zones=facts.zones), machines)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            export.refuse(each, f"cannot be read: {error}", "spec")
    for sentence in machines.sentences:
        gaps.say(sentence)


def expansion_of(export: Exported) -> Expansion | None:
    """Cluster Autoscaler, where one of the pods is it."""
    for each in export.of("Pod"):
        containers = each.spec.get("containers") or ()
        for container in containers:
            if parts(str(container.get("image") or ""))[0].rpartition("/")[2] == _AUTOSCALER:
                words = [*(container.get("command") or ()), *(container.get("args") or ())]
                return expansion(dict(flags_of(words)), Gaps())
    return None


def _facts(export: Exported, region: str, prices: Prices, gaps: Gaps) -> ClusterFacts:
    zones = sorted({zone for each in export.of("Node") if (zone := each.labels.get(ZONE))})
    if not region:
        region = zones[0].rstrip("abcdef") if zones else str(prices.table["basis"])
        gaps.say(f"the region of the cluster is not known: taken for {region}, whose prices are used")
    if not zones:
        zones = [f"{region}{letter}" for letter in "abc"]
        gaps.say(f"the zones of its subnets are not known: taken for {', '.join(zones)}")
    return ClusterFacts(
        region=region,
        zones=tuple(zones),
        hour=Hours(prices, region),
        spot_of=SpotShares(prices, region),
        fee=prices.of("eks", "auto_mode_share") or 0.0,
    )
