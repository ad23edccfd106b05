"""Self-managed nodes: Auto Scaling groups whose instances join the cluster."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from eks_blueprints.lifecycle.importers.found.draft import Draft, said, short_name
from eks_blueprints.lifecycle.importers.found.model import GROUP, Found
from eks_blueprints.lifecycle.importers.found.network import placed
from eks_blueprints.lifecycle.importers.found.nodes import launch_template, own_tags

_OWNED = "kubernetes.io/cluster/"
_SCALED = "k8s.io/cluster-autoscaler/"
_NODE = re.compile(rf"{_SCALED}node-template/")
_SAME = {
    "minSize": "min_size",
    "maxSize": "max_size",
    "desiredCapacity": "desired_size",
    "capacityRebalance": "capacity_rebalance",
    "maxInstanceLifetime": "max_instance_lifetime",
    "loadBalancers": "load_balancers",
    "targetGroupArns": "target_group_arns",
    "healthCheckType": "health_check_type",
    "healthCheckGracePeriod": "health_check_grace_period",
    "enabledMetrics": "enabled_metrics",
    "suspendedProcesses": "suspended_processes",
    "terminationPolicies": "termination_policies",
    "defaultCooldown": "default_cooldown",
    "defaultInstanceWarmup": "default_instance_warmup",
    "protectFromScaleIn": "protect_from_scale_in",
    "forceDelete": "force_delete",
    "waitForCapacityTimeout": "wait_for_capacity_timeout",
}
_DISTRIBUTION = {
    "onDemandBaseCapacity": "on_demand_base_capacity",
    "onDemandPercentageAboveBaseCapacity": "on_demand_percentage_above_base_capacity",
    "onDemandAllocationStrategy": "on_demand_allocation_strategy",
    "spotAllocationStrategy": "spot_allocation_strategy",
    "spotInstancePools": "spot_instance_pools",
    "spotMaxPrice": "spot_max_price",
}
_DEFAULTS = {
    "maxInstanceLifetime": 0,
    "healthCheckType": "EC2",
    "defaultCooldown": 300,
    "defaultInstanceWarmup": 0,
    "protectFromScaleIn": False,
    "forceDelete": False,
    "healthCheckGracePeriod": 300,
    "waitForCapacityTimeout": "10m",
    "terminationPolicies": ["Default"],
}
"""What AWS or Terraform takes where nothing is said."""


def add_self_managed(draft: Draft) -> None:
    """Say the groups that the cluster owns. Launch template, role and profile stay what they are."""
    groups = draft.data.setdefault("compute", {})
    for found in draft.holdings.of(GROUP):
        tags = _tags(found)
        if f"{_OWNED}{draft.name}" not in tags or "eks:nodegroup-name" in tags:
            continue
        template = _template(found)
        if template is None:
            draft.note(found, "the group has no launch template; a launch configuration is none: left alone")
            continue
        name = short_name(str(found.get("name")), groups, "group")
        # The role of its nodes has an entry under `access`, or is in aws-auth.
        fields = {**_fields(draft, found, tags), "launch_template": template, "access_entry": False}
        groups[name] = {"kind": "self_managed_nodes", **fields}
        draft.take(found, f"compute.{name}", name)


def _tags(found: Found) -> dict[str, str]:
    return {str(each.get("key")): str(each.get("value")) for each in found.get("tags", ())}


def _template(found: Found) -> dict[str, Any] | None:
    mixed = found.get("mixedInstancesPolicy.launchTemplate.launchTemplateSpecification")
    if mixed:
        return launch_template(mixed, "launchTemplate")
    plain = found.get("launchTemplate")
    return launch_template(plain) if plain else None


def _fields(draft: Draft, found: Found, tags: Mapping[str, str]) -> dict[str, Any]:
    fields = {
        name: value
        for key, name in _SAME.items()
        if (value := found.properties.get(key)) not in (None, "", [], {}) and value != _DEFAULTS.get(key, ...)
    }
    fields |= placed(draft, found.get("vpcZoneIdentifiers", ()))
    own = own_tags({key: value for key, value in tags.items() if not key.startswith((_OWNED, _SCALED))})
    fields |= said(tags={key: value for key, value in own.items() if key != "Name"})
    if found.get("instanceRefresh") is None:
        fields["instance_refresh"] = None
    fields |= _mixture(draft, found)
    if any(_NODE.match(key) for key in tags):
        draft.note(found, "tags: hints for Cluster Autoscaler about labels and taints are taken out by the next up")
    draft.unsaid(
        found,
        {
            "instanceMaintenancePolicy": "write it into instance_maintenance_policy",
            "warmPool": "write it into warm_pool_config",
        },
    )
    return fields


def _mixture(draft: Draft, found: Found) -> dict[str, Any]:
    policy = found.get("mixedInstancesPolicy", {})
    overrides = policy.get("launchTemplate", {}).get("overrides") or ()
    types = [each.get("instanceType") for each in overrides if each.get("instanceType")]
    if len(types) != len(overrides) or any(each.get("weightedCapacity") for each in overrides):
        draft.note(
            found, "mixedInstancesPolicy: instance requirements and weights are not taken over: write them by hand"
        )
    given = policy.get("instancesDistribution") or {}
    shares = {name: value for key, name in _DISTRIBUTION.items() if (value := given.get(key)) not in (None, "", 0)}
    fields = said(instance_types=types, instances_distribution=shares)
    if "instances_distribution" in fields:
        base = given.get("onDemandPercentageAboveBaseCapacity")
        fields["instances_distribution"]["on_demand_percentage_above_base_capacity"] = (
            100 if base is None else int(base)
        )
        if int(base if base is not None else 100) == 100:
            for key in ("spot_allocation_strategy", "spot_instance_pools", "spot_max_price"):
                fields["instances_distribution"].pop(key, None)
    return fields
