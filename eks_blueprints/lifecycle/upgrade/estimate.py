"""How long steps take and what they cost, as ranges: measured by nobody here, so each says where its ends come from."""

from __future__ import annotations

import math
from datetime import timedelta

from eks_blueprints.core.clock import today
from eks_blueprints.core.facts.instance_types import instance_type
from eks_blueprints.core.facts.vcpu_quotas import vcpu_quota
from eks_blueprints.core.support import EXTRA_HOUR, standing
from eks_blueprints.lifecycle.upgrade.model import Nodes, Situation
from eks_blueprints.lifecycle.upgrade.planned import Range
from eks_blueprints.review.cost.prices import list_prices

_CONTROL_PLANE = Range(
    8,
    60,
    "minutes",
    "8: our assumption, the EKS user guide says several minutes; 60: default timeout of aws:eks/cluster:Cluster",
)
_ADDON_MOST = 20  # default timeout of aws:eks/addon:Addon
_JOIN = (2, 5)  # our assumption: minutes until a new node is ready
_DRAIN = 15  # EKS user guide, managed node update behaviour: PodEvictionFailure after 15 minutes


def control_plane() -> Range:
    """The update of a control plane."""
    return _CONTROL_PLANE


def addons(number: int) -> Range | None:
    """Updates of some EKS add-ons, one after the other."""
    if not number:
        return None
    source = f"1 minute each: our assumption; {_ADDON_MOST} each: default timeout of aws:eks/addon:Addon"
    return Range(number, number * _ADDON_MOST, "minutes", source)


def at_once(group: Nodes) -> int | None:
    """How many nodes a managed group replaces at a time."""
    if group.pace is not None:
        return max(1, group.pace)
    if group.pace_share is not None and group.count is not None:
        return max(1, math.floor(group.count * group.pace_share / 100))
    return 1 if group.pace_share is None else None


def surge(group: Nodes) -> int | None:
    """How many nodes a managed group adds while it is updated: as many as it takes away, or two for each zone."""
    pace = at_once(group)
    if pace is None or group.zones is None:
        return None
    return max(2 * group.zones, pace)


def surge_vcpus(group: Nodes) -> tuple[int, str] | None:
    """How many vCPUs these nodes add at most, and the code of the quota that they need room in; None if not known."""
    extra = surge(group)
    known = [(found.vcpus, name) for name in group.instance_types if (found := instance_type(name)) is not None]
    if extra is None or not known:
        return None
    vcpus, name = max(known)
    code = vcpu_quota(name, spot=group.spot)
    return (extra * vcpus, code) if code is not None else None


def roll(group: Nodes) -> Range | None:
    """The replacement of the nodes of a managed group."""
    pace = at_once(group)
    if group.kind != "managed" or pace is None or group.count is None:
        return None
    batches = math.ceil(group.count / pace)
    drain = "pods may take as long as they have before 15 minutes are over (EKS user guide)"
    source = (
        f"{batches} times {pace} of {group.count} nodes; {_JOIN[0]} to {_JOIN[1]} minutes to join: our "
        f"assumption; {drain}"
    )
    return Range(batches * _JOIN[0], batches * (_JOIN[1] + _DRAIN), "minutes", source)


def surge_cost(group: Nodes, region: str | None) -> Range | None:
    """What the nodes cost that run beside the old ones while a group is updated."""
    extra, time = surge(group), roll(group)
    prices = list_prices()
    hours = [prices.instance(name, region or "us-east-1") for name in group.instance_types]
    known = [hour for hour in hours if hour is not None]
    if extra is None or time is None or not known or time.high is None:
        return None
    share = prices.of("spot", "low") or 1 if group.spot else 1
    low = min(known) * share * extra * time.low / 60
    source = (
        f"{extra} more nodes (the larger of twice the zones and of what goes at a time) at list prices of "
        f"{prices.as_of}"
    )
    return Range(low, max(known) * extra * time.high / 60, "dollars", source)


def waiting(situation: Situation) -> Range | None:
    """What a year of doing nothing from today on costs in extended support, at most."""
    found = standing(f"1.{situation.minor}", situation.support_type)
    if found.standard is None or found.extended is None or found.upgrades_itself:
        return None
    days = (min(today() + timedelta(days=365), found.extended) - max(today(), found.standard)).days
    source = f"${EXTRA_HOUR:.2f} an hour more in extended support (EKS pricing page), for {max(0, days)} days"
    return Range(0, max(0, days) * 24 * EXTRA_HOUR, "dollars", source)
