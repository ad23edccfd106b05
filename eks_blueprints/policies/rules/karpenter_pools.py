"""Karpenter's node pools."""

from __future__ import annotations

from typing import Any

from eks_blueprints.policies.addresses import subnet_of
from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.karpenter import CAPACITY, TEMPLATE, ZONE, capacity, node_class, selected_subnets, zones_of
from eks_blueprints.policies.objects import REPLICATED, WORKLOADS, template
from eks_blueprints.policies.platform import NODE_POOL
from eks_blueprints.policies.props import Faults, NotApplicable, Props, Undetermined
from eks_blueprints.policies.quantities import quantity, seconds
from eks_blueprints.policies.stack import Stack

_AUTO_DAYS = 480 * 3600
_GPU_CATEGORIES = frozenset({"p", "g", "gr", "inf", "trn", "dl"})


@rule(
    "karpenter-nodepool-limits", NODE_POOL, severity="high", enforcement="mandatory", wave=1, params={"max_cpu": 1000}
)
def limits(pool: Props, context: Context) -> Faults:
    """A node pool has limits."""
    if pool.has("spec", "replicas"):
        if not pool.has("spec", "limits", "nodes"):
            yield pool.fault("may grow without limit", "spec", "limits", "nodes")
        return
    wanted = ["cpu", "memory", *(["nvidia.com/gpu"] if _categories(pool) & {"p", "g", "gr"} else [])]
    missing = [key for key in wanted if not pool.has("spec", "limits", key)]
    if missing:
        got = pool.raw("spec", "limits")
        yield pool.fault("may grow without limit", "spec", "limits", got=got, do=f"limit {', '.join(missing)}")
    cpu = quantity(pool.get("spec", "limits", "cpu"))
    if cpu is not None and cpu > context.params["max_cpu"]:
        yield pool.fault("may grow beyond the allowed limit", "spec", "limits", "cpu", got=cpu)


@rule("karpenter-spot-has-on-demand-fallback", NODE_POOL, severity="high", enforcement="mandatory", wave=1, across=True)
def spot_fallback(pool: Props, context: Context) -> Faults:
    """A Spot node pool has an on-demand fallback.

    A pool that allows spot and not on-demand is backed by another pool of the stack that allows on-demand, has a
    lower weight, no taints that the pool has not, and requirements that can be met together with the pool's.
    """
    kinds = capacity(pool)
    if "spot" not in kinds or "on-demand" in kinds:
        raise NotApplicable
    for other in context.stack.of(NODE_POOL):
        if other is not context.resource and _backs(other.props, pool):
            return
    yield pool.fault("leaves pods pending when there is no Spot capacity", *TEMPLATE, "requirements", got=sorted(kinds))


@rule(
    "karpenter-spot-diversity", NODE_POOL, severity="medium", enforcement="mandatory", wave=2, params={"min_types": 5}
)
def spot_diversity(pool: Props, context: Context) -> Faults:
    """A Spot node pool allows several instance types."""
    if "spot" not in capacity(pool):
        raise NotApplicable
    least = {"node.kubernetes.io/instance-type": context.params["min_types"], "instance-family": 3, ZONE: 2}
    for requirement in pool.items(*TEMPLATE, "requirements"):
        key = str(requirement.get("key"))
        wanted = least.get(key) or least.get(key.rpartition("/")[2])
        if wanted is None or requirement.get("operator") != "In":
            continue
        found = requirement.words("values")
        if len(found) < wanted:
            yield requirement.fault(f"leaves Spot too little choice of {key}", "values", got=found)
        elif "instance-type" in key and len(found) < 15:
            yield requirement.fault(
                "leaves Spot too little choice to consolidate", "values", got=len(found), advisory=True
            )


@rule(
    "karpenter-nodepool-multi-az",
    NODE_POOL,
    severity="medium",
    enforcement="advisory",
    production="mandatory",
    wave=2,
    across=True,
)
def multi_az(pool: Props, context: Context) -> Faults:
    """A node pool uses several zones, or there is one pool for each zone.

    A requirement on the zone lists two zones or more, or other pools of the stack list others; and where the node
    class selects subnets of the stack, those stand in two zones or more.
    """
    own = zones_of(pool)
    if own is not None and len(own) < 2:
        others = {zone for each in context.stack.of(NODE_POOL) for zone in (zones_of(each.props) or ())}
        if not others - own:
            yield pool.fault("is in one zone", *TEMPLATE, "requirements", got=sorted(own))
    chosen = [
        subnet
        for each in node_class(context.resource, context.stack)
        for subnet in selected_subnets(each, context.stack)
    ]
    found = {subnet_of(each).zone for each in chosen}
    if chosen and None not in found and len(found) < 2:
        yield pool.fault("has subnets in one zone", *TEMPLATE, "nodeClassRef", got=sorted(map(str, found)))


@rule(
    "karpenter-disruption-budgets", NODE_POOL, severity="medium", enforcement="advisory", production="mandatory", wave=2
)
def budgets(pool: Props) -> Faults:
    """Disruption budgets of a node pool are set and do not block disruption forever."""
    found = pool.items("spec", "disruption", "budgets")
    if not found:
        yield pool.fault(
            "relies on a default for how many nodes are disrupted at once", "spec", "disruption", "budgets"
        )
    for budget in found:
        scheduled = budget.has("schedule")
        if scheduled != budget.has("duration"):
            yield budget.fault("has a schedule without a duration, or the other way round", "schedule")
        if budget.get("nodes") in ("0", "0%") and not scheduled and not budget.items("reasons"):
            yield budget.fault("never disrupts a node, not even for a new image", "nodes", got=budget.get("nodes"))


@rule(
    "karpenter-expire-after",
    NODE_POOL,
    severity="medium",
    enforcement="advisory",
    production="mandatory",
    wave=2,
    params={"max": "720h"},
)
def expires(pool: Props, context: Context) -> Faults:
    """Nodes expire after some time."""
    found = pool.get(*TEMPLATE, "expireAfter")
    auto = pool.get(*TEMPLATE, "nodeClassRef", "group") == "eks.amazonaws.com"
    if found == "Never":
        yield pool.fault("allows nodes to get old", *TEMPLATE, "expireAfter", got=found)
        return
    age, most = seconds(found), seconds(context.params["max"]) or 0
    if age is not None and age > (min(most, _AUTO_DAYS) if auto else most):
        yield pool.fault("allows nodes to get old", *TEMPLATE, "expireAfter", got=found)


@rule("karpenter-termination-grace-period", NODE_POOL, severity="medium", enforcement="advisory", wave=3, across=True)
def grace_period(pool: Props, context: Context) -> Faults:
    """A node pool has a termination grace period.

    Where workloads of the stack ask not to be disrupted, a pool sets terminationGracePeriod, and no shorter than the
    longest terminationGracePeriodSeconds among them.
    """
    if pool.get(*TEMPLATE, "expireAfter") == "Never" or not _asks_for_peace(context.stack):
        raise NotApplicable
    if not pool.has(*TEMPLATE, "terminationGracePeriod"):
        yield pool.fault("waits forever for pods that may not be disrupted", *TEMPLATE, "terminationGracePeriod")


@rule("karpenter-do-not-disrupt-bounded", *REPLICATED, severity="low", enforcement="advisory", wave=3)
def do_not_disrupt(_: Props, context: Context) -> Faults:
    """A long-running workload does not block the disruption of its node forever."""
    found = template(context.resource).get("metadata", "annotations", "karpenter.sh/do-not-disrupt")
    if str(found).lower() == "true":
        yield template(context.resource).fault(
            "holds its node forever", "metadata", "annotations", "karpenter.sh/do-not-disrupt", got=found
        )


@rule("karpenter-consolidation-explicit", NODE_POOL, severity="low", enforcement="advisory", wave=3)
def consolidation(pool: Props) -> Faults:
    """Consolidation is set explicitly."""
    if not pool.has("spec", "disruption", "consolidationPolicy"):
        yield pool.fault(
            "relies on a default for how nodes are consolidated", "spec", "disruption", "consolidationPolicy"
        )
    after = pool.get("spec", "disruption", "consolidateAfter")
    wait = seconds(after)
    if after is None or (wait is not None and wait < 30):
        yield pool.fault("moves pods at once", "spec", "disruption", "consolidateAfter", got=after)
    elif after == "Never" and "spot" not in capacity(pool):
        yield pool.fault("never packs nodes", "spec", "disruption", "consolidateAfter", got=after)


@rule(
    "karpenter-nodepools-exclusive-or-weighted",
    NODE_POOL,
    severity="medium",
    enforcement="advisory",
    wave=3,
    across=True,
)
def exclusive(pool: Props, context: Context) -> Faults:
    """Node pools that fit the same pods have different weights."""
    for other in context.stack.of(NODE_POOL):
        if other is context.resource or other.props.raw("spec", "weight") != pool.raw("spec", "weight"):
            continue
        if _taints(other.props) == _taints(pool) and _compatible(other.props, pool):
            yield pool.fault(f"fits the same pods as {other.name}, with the same weight", "spec", "weight")
            return


@rule("karpenter-gpu-pool-tainted", NODE_POOL, severity="medium", enforcement="advisory", wave=3)
def gpu_tainted(pool: Props) -> Faults:
    """GPU nodes have a taint."""
    found = _categories(pool)
    if not found or not found <= _GPU_CATEGORIES:
        raise NotApplicable
    if not pool.items(*TEMPLATE, "taints"):
        yield pool.fault("accepts ordinary pods on nodes with accelerators", *TEMPLATE, "taints", got=sorted(found))


@rule("karpenter-instance-guardrails", NODE_POOL, severity="low", enforcement="advisory", wave=3)
def guardrails(pool: Props) -> Faults:
    """A node pool allows neither very small nor very old instance types.

    Requirements on the instance type or family, or on category, generation and cpu or size, keep them out.
    """
    keys = {str(each.get("key")).rpartition("/")[2] for each in pool.items(*TEMPLATE, "requirements")}
    if keys & {"instance-type", "instance-family"}:
        return
    missing = [] if "instance-generation" in keys else ["instance-generation"]
    missing += [] if keys & {"instance-cpu", "instance-size", "instance-memory"} else ["instance-cpu"]
    missing += [] if "arch" in keys else ["kubernetes.io/arch"]
    if missing:
        what = f"may launch instances of any kind: it names no {', '.join(missing)}"
        yield pool.fault(
            what, *TEMPLATE, "requirements", got=[each.raw("key") for each in pool.items(*TEMPLATE, "requirements")]
        )


def _categories(pool: Props) -> set[str]:
    for requirement in pool.items(*TEMPLATE, "requirements"):
        key = str(requirement.get("key"))
        if key.endswith("/instance-category") and requirement.get("operator") == "In":
            return set(requirement.words("values"))
    return set()


def _backs(other: Props, pool: Props) -> bool:
    try:
        if "on-demand" not in capacity(other):
            return False
        lighter = (other.number("spec", "weight") or 0) < (pool.number("spec", "weight") or 0)
        equal_none = other.raw("spec", "weight") is None and pool.raw("spec", "weight") is None
        return (
            (lighter or equal_none) and _taints(other) <= _taints(pool) and _compatible(other, pool, skip=(CAPACITY,))
        )
    except Undetermined:
        return False


def _taints(pool: Props) -> set[tuple[Any, Any]]:
    return {(taint.get("key"), taint.get("effect")) for taint in pool.items(*TEMPLATE, "taints")}


def _compatible(one: Props, other: Props, skip: tuple[str, ...] = ()) -> bool:
    first, second = _lists(one), _lists(other)
    return all(first[key] & second[key] for key in first.keys() & second.keys() if key not in skip)


def _lists(pool: Props) -> dict[str, set[str]]:
    found = {}
    for requirement in pool.items(*TEMPLATE, "requirements"):
        if requirement.get("operator") == "In":
            found[str(requirement.get("key"))] = set(requirement.words("values"))
    return found


def _asks_for_peace(stack: Stack) -> bool:
    for workload in stack.of(*WORKLOADS):
        try:
            if template(workload).has("metadata", "annotations", "karpenter.sh/do-not-disrupt"):
                return True
        except Undetermined:
            continue
    return False
