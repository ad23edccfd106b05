"""Subnets that AWS does not take: of a cluster's control plane, and those whose blocks are still in use.

Sources: EKS user guide, "View Amazon EKS networking requirements" (a cluster's subnets stay in its VPC and in
exactly the zones that it was made with); EC2 API reference, CreateSubnet (`InvalidSubnet.Conflict`).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any

from eks_blueprints.recording.plan import Plan, PlannedResource
from eks_blueprints.review.diff.changes import PlanDiff, ResourceDiff
from eks_blueprints.review.effects.links import names, section
from eks_blueprints.review.effects.nodes import CLUSTER
from eks_blueprints.review.effects.words import Attention, attention, refused

_SUBNET = "aws:ec2/subnet:Subnet"
_ZONES = ("availabilityZone", "availabilityZoneId")


def refused_networks(diff: PlanDiff) -> Iterator[Attention]:
    """Of clusters that move, and of new subnets."""
    for each in diff.of("update"):
        if each.type == CLUSTER and any(change.path.startswith("vpcConfig.subnetIds") for change in each.changes):
            yield from _moves(each, diff)
    yield from _overlaps(diff)


def _moves(each: ResourceDiff, diff: PlanDiff) -> Iterator[Attention]:
    assert each.old is not None  # noqa: S101 - an update has both sides
    before, after = _subnets(each.old, diff.old), _subnets(each.resource, diff.new)
    cause = "`vpcConfig.subnetIds` changes"
    replaced = {r.name for r in diff.of("replace") if r.type == "aws:ec2/vpc:Vpc"}
    vpcs = [{_text(subnet.inputs.get("vpcId")) for subnet in side if subnet} for side in (before, after)]
    if vpcs[0] and vpcs[1] and (vpcs[0] != vpcs[1] or any(f"${{{name}.id}}" in vpcs[1] for name in replaced)):
        effect = "a cluster cannot change its VPC: another network requires another cluster"
        yield refused("EKS", each, cause, effect)
        return
    zones = _zones(before), _zones(after)
    if zones[0] is None or zones[1] is None:
        effect = "EKS accepts only subnets of the same VPC and of exactly the same zones; which these are is not known"
        yield attention("unclear", "warning", "maybe refused", each, cause, effect)
    elif zones[0] != zones[1]:
        effect = (
            f"the control plane stays in the zones that it was created with ({', '.join(sorted(zones[0]))}); "
            f"got {', '.join(sorted(zones[1])) or 'none'}"
        )
        yield refused("EKS", each, cause, effect)


def _subnets(cluster: PlannedResource, plan: Plan | None) -> list[PlannedResource | None]:
    """The cluster's subnets in the plan; None for one that is not in it."""
    ids = section(cluster.inputs, "vpcConfig").get("subnetIds")
    known = [resource for resource in plan.resources if resource.type == _SUBNET] if plan else []
    if not isinstance(ids, list):
        return [None]
    return [next((subnet for subnet in known if names(given, subnet)), None) for given in ids]


def _zones(subnets: list[PlannedResource | None]) -> set[str] | None:
    found: set[str] = set()
    for subnet in subnets:
        zone = next((subnet.inputs[key] for key in _ZONES if subnet.inputs.get(key)), None) if subnet else None
        if not isinstance(zone, str) or "${" in zone:
            return None
        found.add(zone)
    return found


def _overlaps(diff: PlanDiff) -> Iterator[Attention]:
    """New subnets, made before the old ones that they overlap are gone."""
    if diff.old is None:
        return
    happens = {each.old.urn: each for each in diff.resources if each.old is not None}
    for each in diff.of("create", "replace"):
        block = _block(each.resource) if each.type == _SUBNET else None
        vpc = each.resource.inputs.get("vpcId")
        if block is None or _made_anew(vpc, diff):
            continue
        for old in diff.old.resources:
            other = happens.get(old.urn)
            taken = _block(old) if old.type == _SUBNET and _text(old.inputs.get("vpcId")) == _text(vpc) else None
            if taken is None or not block.overlaps(taken) or (other is not None and other.delete_first):
                continue
            yield _overlap(each, block, old, taken, goes=other is not None and other.kind in ("delete", "replace"))
            break


def _overlap(each: ResourceDiff, block: Any, old: PlannedResource, taken: Any, *, goes: bool) -> Attention:
    cause = f"`cidrBlock` {block} overlaps {taken} of `{old.name}`"
    effect = (
        "the old subnet is deleted only after the new one is created: "
        "use a block that is free, or remove the old one first"
        if goes
        else "that subnet stays: use a block that is free"
    )
    return refused("EC2", each, cause, effect)


def _made_anew(vpc: Any, diff: PlanDiff) -> bool:
    return any(r.type == "aws:ec2/vpc:Vpc" and names(vpc, r.resource) for r in diff.of("create", "replace"))


def _block(subnet: PlannedResource) -> ipaddress.IPv4Network | None:
    try:
        return ipaddress.IPv4Network(str(subnet.inputs.get("cidrBlock")), strict=False)
    except ValueError:
        return None


def _text(value: Any) -> str:
    return str(value)
