"""What makes nodes, as far as a cluster's export tells: NodePools, and Cluster Autoscaler by its pods."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from eks_blueprints.capacity.model import Doubt, Expansion
from eks_blueprints.capacity.read.autoscaler import expansion, flags_of
from eks_blueprints.capacity.read.cluster_facts import ClusterFacts, facts_in, say_policies
from eks_blueprints.capacity.read.exported import Exported, Item
from eks_blueprints.capacity.read.machines import Machines
from eks_blueprints.capacity.read.node_classes import way_of_class
from eks_blueprints.capacity.read.overlays import Overlay, in_order, overlaid, overlay_of
from eks_blueprints.capacity.read.plain import Gaps
from eks_blueprints.capacity.read.pools import pool_of
from eks_blueprints.core.facts.pods import Addressing
from eks_blueprints.core.images import parts
from eks_blueprints.karpenter.labels import AUTO_MODE, KARPENTER, ZONE, ZONE_ID
from eks_blueprints.provisioning.makers import Pool
from eks_blueprints.provisioning.node_amounts import OVERHEAD
from eks_blueprints.provisioning.offers import Way
from eks_blueprints.review.cost.prices import Prices

_AUTOSCALER, _CONTROLLER = "/cluster-autoscaler", "karpenter/controller"
"""How the names of their images end."""
_READ = "karpenter.sh/v1"


def pools_of(
    export: Exported, region: str, prices: Prices, gaps: Gaps, *, besides: Collection[str] = ()
) -> Iterator[Pool]:
    """The NodePools of an export that Karpenter takes nodes from, but for some.

    Raises:
        InputError: if one is not written as Kubernetes writes NodePools.
    """
    wanted = []
    for each in export.of("NodePool"):
        if each.name not in besides and not (why := _unused(each)):
            wanted.append(each)
        elif each.name not in besides:
            gaps.say(why)
    if not wanted:
        return
    facts, machines, overlays = _facts(export, region, prices, gaps), Machines(), _overlays(export, gaps)
    classes = {(each.manifest["kind"], each.name): each for each in export.of("EC2NodeClass", "NodeClass")}
    for each in wanted:
        reference = each.at("spec", "template", "spec", "nodeClassRef")
        found = classes.get((reference.get("kind"), str(reference.get("name"))))
        auto = reference.get("group") == AUTO_MODE.group
        if found is None and not (auto and reference.get("name") == "default"):
            gaps.say(f"the class of nodes of the pool {each.name} is not in the export: taken for its default form")
        try:
            pool = pool_of(each.manifest, each.name, _way(found, export, facts, gaps, each.name, auto=auto), machines)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            export.refuse(each, f"cannot be read: {error}", "spec")
        if not pool.machines:
            gaps.say(f"the pool {each.name} has no instance type of which anything is known")
        yield overlaid(pool, overlays) if overlays else pool
    for sentence in (*machines.sentences, *facts.sentences):
        gaps.say(sentence)


def _unused(pool: Item) -> str:
    """Why Karpenter takes no nodes from a pool; empty where it does.

    Source: `NewScheduler` of Karpenter's provisioner, v1.14.1: pools that are not ready, or are being deleted.
    """
    version = str(pool.manifest.get("apiVersion") or _READ)
    if version != _READ:
        return f"the NodePool {pool.name} is of {version}, which is not read: it gets no further nodes"
    if pool.metadata.get("deletionTimestamp"):
        return Doubt(f"the NodePool {pool.name} is being deleted: it gets no further nodes")
    ready = pool.condition("Ready")
    if ready.get("status", "True") == "True":
        return ""
    why = f" ({ready['message']})" if ready.get("message") else ""
    return Doubt(f"the NodePool {pool.name} is not ready{why}: it gets no further nodes until it is")


def _overlays(export: Exported, gaps: Gaps) -> list[Overlay]:
    """The NodeOverlays that Karpenter follows, which says of them that they are ready; without the gate it does not."""
    found = []
    for each in export.of("NodeOverlay"):
        if each.condition("Ready").get("status") != "True":
            gaps.say(f"the NodeOverlay {each.name} is not counted: Karpenter does not say that it is ready")
            continue
        try:
            found.append(overlay_of(each.spec, each.name))
        except (AttributeError, TypeError, ValueError) as error:
            export.refuse(each, f"cannot be read: {error}", "spec")
    return in_order(found)


def _way(found: Item | None, export: Exported, facts: ClusterFacts, gaps: Gaps, pool: str, *, auto: bool) -> Way:
    """How nodes of a class are run: in the zones of the subnets that Karpenter has found for it."""
    subnets = [] if found is None else found.status.get("subnets") or []
    zones = sorted({str(each["zone"]) for each in subnets if each.get("zone")})
    ids = {e.labels[ZONE]: e.labels[ZONE_ID] for e in export.of("Node") if {ZONE, ZONE_ID} <= e.labels.keys()}
    ids |= {str(each["zone"]): str(each["zoneID"]) for each in subnets if each.get("zone") and each.get("zoneID")}
    if found is not None and found.status.get("capacityReservations"):
        gaps.say(f"capacity reservations of the class {found.name} are not counted: what is left of them is not known")
    spec = {} if found is None else found.spec
    in_zones = tuple(zones) if zones else facts.zones_for(pool)
    way = way_of_class(spec, AUTO_MODE if auto else KARPENTER, facts, zones=in_zones)
    return replace(way, zone_ids={**way.zone_ids, **{zone: ids[zone] for zone in in_zones if zone in ids}})


def expansion_of(export: Exported) -> Expansion | None:
    """Cluster Autoscaler, where one of the pods is it."""
    container = _container(export, _AUTOSCALER)
    if container is None:
        return None
    words = [*(container.get("command") or ()), *(container.get("args") or ())]
    return expansion(dict(flags_of(words)), Gaps())


def _container(export: Exported, image: str) -> Mapping[str, Any] | None:
    """The first container of a pod that runs an image, by the end of its name."""
    for each in export.of("Pod"):
        for container in each.spec.get("containers") or ():
            if f"/{parts(str(container.get('image') or ''))[0]}".endswith(image):
                found: Mapping[str, Any] = container
                return found
    return None


def _env(export: Exported, image: str) -> dict[str, str]:
    given = (_container(export, image) or {}).get("env")
    pairs = (each for each in given if isinstance(each, Mapping)) if isinstance(given, list) else ()
    return {str(each.get("name")): str(each["value"]) for each in pairs if "value" in each}


def _facts(export: Exported, region: str, prices: Prices, gaps: Gaps) -> ClusterFacts:
    zones = sorted({zone for each in export.of("Node") if (zone := each.labels.get(ZONE))})
    if not region:
        region = zones[0].rstrip("abcdef") if zones else str(prices.table["basis"])
        gaps.say(f"the region of the cluster is not known: taken for {region}, whose prices are used")
    controller = _env(export, _CONTROLLER)
    say_policies(gaps, controller.get("PREFERENCE_POLICY"), controller.get("MIN_VALUES_POLICY"))
    return facts_in(
        region,
        zones,
        prices,
        addressing=Addressing(reserved_interfaces=int(_number(controller, "RESERVED_ENIS", 0))),
        memory_overhead=_number(controller, "VM_MEMORY_OVERHEAD_PERCENT", OVERHEAD),
    )


def _number(env: Mapping[str, str], name: str, default: float) -> float:
    try:
        return float(env[name])
    except (KeyError, ValueError):
        return default
