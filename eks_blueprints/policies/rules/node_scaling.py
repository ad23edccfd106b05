"""How node groups grow and shrink."""

from __future__ import annotations

from typing import Any

from eks_blueprints.core.facts.instance_types import instance_type
from eks_blueprints.policies.addresses import subnets_of
from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.installed import cluster_autoscalers, karpenters
from eks_blueprints.policies.platform import GROUP, LAUNCH_TEMPLATE, NODE_GROUP, addon, cluster_of
from eks_blueprints.policies.props import Faults, NotApplicable, Props, Undetermined
from eks_blueprints.policies.stack import Resource, Stack

_TAG = "k8s.io/cluster-autoscaler/"
_FORBIDDEN = ("iamInstanceProfile", "instanceMarketOptions", "hibernationOptions")


@rule(
    "eks-nodegroup-scaling-bounds", NODE_GROUP, severity="medium", enforcement="mandatory", wave=2, params={"max": 100}
)
def bounds(group: Props, context: Context) -> Faults:
    """Minimum, desired and maximum size of a node group are consistent."""
    scaling = group.at("scalingConfig")
    least, most = scaling.number("minSize"), scaling.number("maxSize")
    desired = scaling.number("desiredSize")
    if least is None or most is None:
        raise NotApplicable
    got = scaling.value
    if not least <= (least if desired is None else desired) <= most or most < 1:
        yield scaling.fault("has sizes that do not fit each other", got=got)
    elif most > context.params["max"]:
        yield scaling.fault("may grow beyond the allowed limit", "maxSize", got=most)
    elif most == least and _is_autoscaled(context.resource, context.stack):
        yield scaling.fault("leaves its autoscaler no room", "maxSize", got=most)


@rule(
    "eks-system-nodegroup-ha",
    NODE_GROUP,
    severity="medium",
    enforcement="advisory",
    production="mandatory",
    wave=2,
    across=True,
)
def system_ha(group: Props, context: Context) -> Faults:
    """System components survive the loss of a node or a zone."""
    stack, resource = context.stack, context.resource
    tainted = any(taint.get("key") == "CriticalAddonsOnly" for taint in group.items("taints"))
    alone = bool(karpenters(stack)) and len(stack.of(NODE_GROUP)) == 1
    if not tainted and not alone:
        raise NotApplicable
    least = group.number("scalingConfig", "minSize") or 0
    if least < 2:
        yield group.fault("may shrink to fewer than two nodes", "scalingConfig", "minSize", got=least)
    zones = {subnet.zone for subnet in subnets_of(resource, stack, "subnetIds")}
    if (len(zones) == 1 and None not in zones) or len(group.items("subnetIds")) < 2:
        yield group.fault("is in one Availability Zone", "subnetIds")


@rule("eks-nodegroup-spot-diversified", NODE_GROUP, severity="high", enforcement="mandatory", wave=1, params={"min": 4})
def spot_diversified(group: Props, context: Context) -> Faults:
    """A Spot node group has several instance types."""
    if group.get("capacityType") != "SPOT":
        raise NotApplicable
    types = group.items("instanceTypes")
    if len(types) < context.params["min"]:
        arm = "ARM" in str(group.raw("amiType")).upper()
        fit = (
            ("m7i.large, m7a.large, m6i.large, m6a.large", "m8g.large, m7g.large, m6g.large, c7g.xlarge")
            if arm
            else ("", "")
        )
        yield group.fault("depends on few Spot pools", "instanceTypes", got=[each.value for each in types], fit=fit)


@rule("eks-nodegroup-spot-separate-from-on-demand", GROUP, severity="low", enforcement="advisory", wave=3)
def spot_separate(group: Props, context: Context) -> Faults:
    """A node group of the Cluster Autoscaler does not mix Spot and On-Demand."""
    if not _is_autoscaled(context.resource, context.stack):
        raise NotApplicable
    parts = group.at("mixedInstancesPolicy", "instancesDistribution")
    base = parts.number("onDemandBaseCapacity") or 0
    above = parts.number("onDemandPercentageAboveBaseCapacity")
    if parts.value is not None and base > 0 and (100 if above is None else above) < 100:
        yield parts.fault("mixes Spot and on-demand", "onDemandBaseCapacity", got=base)


@rule(
    "eks-mixed-instances-same-shape",
    NODE_GROUP,
    GROUP,
    severity="high",
    enforcement="mandatory",
    wave=1,
    across=True,
    params={"memory_tolerance_pct": 0},
)
def same_shape(group: Props, context: Context) -> Faults:
    """Instance types in a node group of the Cluster Autoscaler have the same size.

    All types have the same number of vCPUs and of accelerators and, within memory_tolerance_pct, the same memory;
    requirements with ranges of vCPUs or memory fail. A type that the table of instance types does not know leaves it
    undetermined.
    """
    if not _is_autoscaled(context.resource, context.stack):
        raise NotApplicable
    keys, types = _types_of(group)
    wanted = ("mixedInstancesPolicy", "launchTemplate", "overrides", 0, "instanceRequirements")
    if group.has(*wanted):
        if not all(_one_value(group, *wanted, key) for key in ("vcpuCount", "memoryMib")):
            yield group.fault("accepts any instance within a range", *keys)
        return
    if len(types) < 2:
        return
    found = [instance_type(name) for name in types]
    shapes = [(each.vcpus, each.accelerator_count, each.memory_mib) for each in found if each is not None]
    tolerance = context.params["memory_tolerance_pct"] / 100
    memory = [shape[2] for shape in shapes]
    if len({shape[:2] for shape in shapes}) > 1 or (shapes and max(memory) > min(memory) * (1 + tolerance)):
        yield group.fault("mixes instance types of several shapes", *keys, got=types)
    elif len(shapes) < len(types):
        strange = next(name for name, each in zip(types, found, strict=True) if each is None)
        raise Undetermined((*group.path, *keys), f"names {strange}, whose shape is not in the table")


@rule("eks-asg-cluster-autoscaler-tags", GROUP, severity="medium", enforcement="mandatory", wave=2, across=True)
def autoscaler_tags(group: Props, context: Context) -> Faults:
    """Node groups have the tags that the Cluster Autoscaler needs."""
    if not cluster_autoscalers(context.stack):
        raise NotApplicable
    keys = [str(tag.get("key")) for tag in group.items("tags")]
    if f"{_TAG}enabled" not in keys:
        yield group.fault("has no tag for the Cluster Autoscaler", "tags", got=keys)
    elif not any(key.startswith(_TAG) and key != f"{_TAG}enabled" and "node-template" not in key for key in keys):
        yield group.fault("has no tag that names its cluster to the Cluster Autoscaler", "tags", got=keys)


@rule(
    "eks-nodegroup-ignore-desired-size",
    NODE_GROUP,
    GROUP,
    severity="high",
    enforcement="mandatory",
    wave=1,
    across=True,
)
def ignore_desired(group: Props, context: Context) -> Faults:
    """Deployments do not reset the desired size of node groups with an autoscaler.

    A node group that the Cluster Autoscaler manages ignores changes of its desired size (ignore_changes of
    scalingConfig.desiredSize or desiredCapacity, ignoreScalingChanges of pulumi-eks), or does not set it at all.
    """
    resource = context.resource
    if not _is_autoscaled(resource, context.stack):
        raise NotApplicable
    keys = ("scalingConfig", "desiredSize") if resource.type == NODE_GROUP else ("desiredCapacity",)
    ignored = [str(each) for each in resource.options.get("ignore_changes", ())]
    wanted = (".".join(keys), keys[0], "*")
    if group.has(*keys) and not any(each in wanted for each in ignored):
        yield group.fault("is set back to its first size by every deployment", *keys, got=group.raw(*keys))


@rule("eks-nodegroup-auto-repair", NODE_GROUP, severity="low", enforcement="advisory", wave=3, across=True)
def auto_repair(group: Props, context: Context) -> Faults:
    """Node auto repair is enabled."""
    if group.flag("nodeRepairConfig", "enabled") is not True:
        yield group.fault("keeps nodes that fail", "nodeRepairConfig", "enabled")
    elif addon("eks-node-monitoring-agent", cluster_of(context.resource, context.stack), context.stack) is None:
        do = "install the add-on eks-node-monitoring-agent"
        if context.resource.from_stack_file:
            do = "write addons: {eks_node_monitoring_agent: {}}"
        yield group.fault("has no monitoring of its nodes", "nodeRepairConfig", do=do)


@rule("eks-nodegroup-custom-ami-consistent", NODE_GROUP, severity="high", enforcement="mandatory", wave=1, across=True)
def custom_ami(group: Props, context: Context) -> Faults:
    """The launch template and the settings of its node group are consistent."""
    template = context.stack.resolved(context.resource, "launchTemplate", "id", types=(LAUNCH_TEMPLATE,))
    if template is None:
        template = context.stack.resolved(context.resource, "launchTemplate", "name", types=(LAUNCH_TEMPLATE,))
    if template is None:
        raise NotApplicable
    props = template.props
    if props.has("imageId"):
        if group.get("amiType") not in (None, "CUSTOM"):
            yield group.fault("names an image beside that of its template", "amiType", got=group.get("amiType"))
        for key in ("version", "releaseVersion"):
            if group.has(key):
                yield group.fault("has a version beside the image of its template", key, got=group.raw(key))
        if not props.has("userData"):
            yield group.fault(f"has an image of its own, and {template.name} no user data", "launchTemplate")
    yield from _in_both_places(group, template)


def _in_both_places(group: Props, template: Resource) -> Faults:
    props = template.props
    for key in ("diskSize", "remoteAccess"):
        if group.has(key):
            yield group.fault("cannot be set beside a launch template", key, got=group.raw(key))
    for key in _FORBIDDEN:
        if props.has(key):
            yield group.fault(f"has a template, {template.name}, that sets {key}", "launchTemplate")
    if any(interface.has("subnetId") for interface in props.items("networkInterfaces")):
        yield group.fault(f"has a template, {template.name}, that sets a subnet", "launchTemplate")
    if group.items("instanceTypes") and props.has("instanceType"):
        yield group.fault("names instance types beside that of its template", "instanceTypes")


@rule("eks-self-managed-asg-launch-template", GROUP, severity="medium", enforcement="mandatory", wave=2)
def launch_template(group: Props) -> Faults:
    """Auto Scaling groups use launch templates."""
    if group.has("launchConfiguration"):
        yield group.fault("uses a launch configuration", "launchConfiguration")
    elif not group.has("launchTemplate") and not group.has("mixedInstancesPolicy"):
        yield group.fault("has no launch template", "launchTemplate")


def _is_autoscaled(resource: Resource, stack: Stack) -> bool:
    """Whether the Cluster Autoscaler scales a group: it is tagged for it, or nothing else could be meant."""
    tags = resource.inputs.get("tags")
    if isinstance(tags, list):
        tagged = [str(tag.get("key")) for tag in tags if isinstance(tag, dict)]
    else:
        tagged = [str(key) for key in tags or ()]
    if any(key.startswith(_TAG) for key in tagged):
        return True
    return resource.type == NODE_GROUP and bool(cluster_autoscalers(stack))


def _one_value(group: Props, *keys: str | int) -> bool:
    return group.has(*keys, "max") and group.raw(*keys, "min") == group.raw(*keys, "max")


def _types_of(group: Props) -> tuple[tuple[str, ...], list[Any]]:
    if group.has("instanceTypes"):
        return ("instanceTypes",), group.words("instanceTypes")
    keys = ("mixedInstancesPolicy", "launchTemplate", "overrides")
    overrides = group.items(*keys)
    return keys, [str(each.get("instanceType")) for each in overrides if each.has("instanceType")]
