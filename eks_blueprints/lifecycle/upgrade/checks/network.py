"""Addresses: a control plane's new servers need some in its subnets, in two zones; new nodes need some too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from eks_blueprints.lifecycle.upgrade.model import Finding, Situation, Subnet

NEEDED = 5
"""Free addresses of a subnet that EKS asks for. Source: EKS user guide, "Update existing cluster to new Kubernetes
version": up to five available IP addresses from the subnets that were given at the cluster's creation."""
_ZONES = 2
_SOURCE = "EKS user guide, Update existing cluster to new Kubernetes version"


def network(situation: Situation, _target: int) -> Iterator[Finding]:
    """Whether the subnets of the control plane have addresses enough, as far as that is known."""
    zones: defaultdict[str, list[Subnet]] = defaultdict(list)
    for each in situation.subnets:
        zones[each.zone or each.name].append(each)
    for each in situation.subnets:
        if each.free is not None and each.free < NEEDED:
            yield Finding(
                level="warning",
                code="subnet-addresses",
                what=f"subnet {each.name}{_in(each)} has {each.free} free addresses, fewer than {NEEDED}",
                do="free some, or give the cluster another subnet of that zone",
                place=each.place,
                source=_SOURCE,
            )
    short = {zone for zone, subnets in zones.items() if all(_short(each) for each in subnets)}
    unknown = {zone for zone, subnets in zones.items() if zone not in short and not any(_enough(s) for s in subnets)}
    enough = len(zones) - len(short) - len(unknown)
    if zones and len(zones) - len(short) < _ZONES:
        yield Finding(
            level="blocker",
            code="subnet-addresses",
            what=f"the control plane needs {NEEDED} free addresses in each of {_ZONES} zones, and only "
            f"{len(zones) - len(short)} can have them",
            do="free addresses, or give the cluster further subnets of the same VPC and zones",
            place=next((each.place for each in situation.subnets if each.place), situation.place),
            source=_SOURCE,
        )
    elif not zones or enough < _ZONES:
        yield _undetermined(situation)


def _undetermined(situation: Situation) -> Finding:
    region = f" --region {situation.region}" if situation.region else ""
    ids = f"aws eks describe-cluster --name {situation.cluster}{region} --query cluster.resourcesVpcConfig.subnetIds"
    command = f"aws ec2 describe-subnets{region} --subnet-ids $({ids} --output text)"
    asked = "subnets" in situation.looked_at
    said = "is not in the file" if asked else "is not known offline"
    return Finding(
        level="unknown",
        code="subnet-addresses",
        what=f"how many addresses are free in the control plane's subnets {said}"
        f": EKS needs {NEEDED} in each of {_ZONES} zones",
        do=f"plan with --subnets FILE, written by: {command}",
        place=situation.place,
        source=_SOURCE,
        gate=asked,
    )


def _short(each: Subnet) -> bool:
    known = each.free if each.free is not None else each.size
    return known is not None and known < NEEDED


def _enough(each: Subnet) -> bool:
    return each.free is not None and each.free >= NEEDED


def _in(each: Subnet) -> str:
    return f" in {each.zone}" if each.zone else ""
