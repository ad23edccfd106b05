"""What the nodes of each source are: of managed groups, and of pools of Karpenter and of EKS Auto Mode.

Those of Auto Scaling groups are in `self_managed`.

Sources: Kubernetes' "Well-Known Labels, Annotations and Taints"; EKS user guide, "Customize managed nodes with launch
templates" (labels that EKS sets); Karpenter's documentation, "Scheduling", and `karpenter/labels.toml`.
"""

from __future__ import annotations

import base64
import re
from dataclasses import replace

from eks_blueprints.core.facts.ami_types import CUSTOM, ami_types
from eks_blueprints.karpenter import instances
from eks_blueprints.karpenter.built_in import BUILT_IN, built_in_pool
from eks_blueprints.karpenter.fitting import ZONE, Nodes
from eks_blueprints.karpenter.labels import (
    ARCHITECTURE,
    AUTO_MODE,
    CAPACITY_TYPE,
    INSTANCE_TYPE,
    KARPENTER,
    KNOWN_VALUES,
    OPERATING_SYSTEM,
    known_labels,
    normal,
)
from eks_blueprints.karpenter.requirements import Allowed, Requirement, allowed
from eks_blueprints.karpenter.tolerating import Taint, taint_of
from eks_blueprints.policies.addresses import all_resolved, subnet_of, subnets_of
from eks_blueprints.policies.karpenter import node_class, selected_subnets
from eks_blueprints.policies.node_disks import Disk, disk_of_group, disk_of_pool, disk_of_template
from eks_blueprints.policies.objects import object_name
from eks_blueprints.policies.platform import LAUNCH_TEMPLATE, NODE_GROUP, NODE_POOL, SUBNET
from eks_blueprints.policies.props import Props
from eks_blueprints.policies.quantities import quantity
from eks_blueprints.policies.stack import Resource, Stack

_OF_KUBERNETES = ("kubernetes.io", "k8s.io", "k8s.aws")
"""Ends of the domains whose labels every node gets by itself."""
_OF_GROUPS = "eks.amazonaws.com/"
_OF_GROUPS_ANY = ("nodegroup", "nodegroup-image", "sourceLaunchTemplateId", "sourceLaunchTemplateVersion")
_NAME_OF_GROUPS = f"{_OF_GROUPS}nodegroup"
_CAPACITY_OF_GROUPS = "eks.amazonaws.com/capacityType"
_DEFAULT_TYPE = "t3.medium"
"""What EKS takes where a group names no type."""
_ZONE_OF_REGION = re.compile(r"([a-z]{2}(?:-[a-z]+)+-[0-9]+)[a-z]")


def nodes_of(kind: Resource, stack: Stack) -> Nodes:
    """What nodes of a group or pool are, as far as the stack tells.

    Raises:
        Undetermined: if the labels or taints of its nodes are not known.
    """
    return _group(kind, stack) if kind.type == NODE_GROUP else _pool(kind, stack)


def built_in_nodes(cluster: Resource, stack: Stack) -> list[Nodes]:
    """The nodes of the pools that EKS Auto Mode brings to a cluster.

    Raises:
        Undetermined: if it is not known which of them are enabled.
    """
    found = []
    for pool in built_in_pools(cluster):
        nodes = _pool(pool, stack)
        add_zones(nodes, cluster, stack, "vpcConfig", "subnetIds")
        found.append(nodes)
    return found


def built_in_pools(cluster: Resource) -> list[Resource]:
    """The NodePools that EKS Auto Mode brings to a cluster.

    Raises:
        Undetermined: if it is not known which of them are enabled.
    """
    found = []
    for name in cluster.props.words("computeConfig", "nodePools"):
        if name in BUILT_IN:
            from eks_blueprints.karpenter import manifests  # all specs of Karpenter's objects

            made = manifests.node_pool(built_in_pool(name))
            found.append(Resource(f"{cluster.urn}#{name}", NODE_POOL, name, made, props=Props(made)))
    return found


def _group(group: Resource, stack: Stack) -> Nodes:
    props = group.props
    labels, hidden = _fixed(props.pairs("labels"))
    ami = ami_types().get(str(props.get("amiType")))
    if props.get("amiType") != CUSTOM:
        labels.setdefault(OPERATING_SYSTEM, one_value("windows" if ami and ami.windows else "linux"))
    if ami is not None:
        labels.setdefault(ARCHITECTURE, one_value("arm64" if ami.architecture == "arm64" else "amd64"))
    labels.setdefault(_CAPACITY_OF_GROUPS, one_value(str(props.get("capacityType") or "ON_DEMAND")))

    if props.is_known("nodeGroupName") and props.has("nodeGroupName"):
        labels[_NAME_OF_GROUPS] = one_value(str(props.get("nodeGroupName")))

    def carries(key: str) -> bool:
        if key.startswith(_OF_GROUPS):
            return key.removeprefix(_OF_GROUPS) in _OF_GROUPS_ANY
        return is_any_nodes(key)

    disk = _disk_of_group(group, stack, windows=bool(ami and ami.windows))
    nodes = Nodes(
        name=group.name,
        labels=labels,
        hidden=hidden,
        carries=carries,
        types=_types_of_group(group, stack),
        taints=_taints(props.items("taints")),
        regions=regions_of(group, stack),
        disk=disk.size,
        instance_store=disk.instance_store,
    )
    add_zones(nodes, group, stack, "subnetIds")
    return nodes


def _disk_of_group(group: Resource, stack: Stack, *, windows: bool) -> Disk:
    if not group.props.has("launchTemplate"):
        return disk_of_group(group, windows=windows)
    template = launch_template(group, stack, "launchTemplate", "id")
    return Disk() if template is None else disk_of_template(template, user_data(template))


def _types_of_group(group: Resource, stack: Stack) -> frozenset[str]:
    if not group.props.is_known("instanceTypes"):
        return frozenset()
    if types := [each.value for each in group.props.items("instanceTypes")]:
        return frozenset(types) if all(isinstance(each, str) and "${" not in each for each in types) else frozenset()
    if not group.props.has("launchTemplate"):
        return frozenset({_DEFAULT_TYPE}) if group.props.get("amiType") is None else frozenset()
    template = launch_template(group, stack, "launchTemplate", "id")
    return frozenset() if template is None else type_of_template(template)


def launch_template(group: Resource, stack: Stack, *keys: str | int) -> Resource | None:
    """The launch template that a group names, if the stack makes it."""
    return stack.resolved(group, *keys, types=(LAUNCH_TEMPLATE,))


def type_of_template(template: Resource) -> frozenset[str]:
    """The instance type that a launch template names; none where that is not known."""
    found = template.props.get("instanceType") if template.props.is_known("instanceType") else None
    return frozenset({found}) if isinstance(found, str) else frozenset()


def user_data(template: Resource) -> str | None:
    """The user data of a launch template; empty where it has none, None where it cannot be read."""
    if not template.props.has("userData"):
        return "" if not template.props.has("userDataBase64") else None
    given = template.props.raw("userData")
    try:
        return base64.b64decode(given, validate=True).decode() if isinstance(given, str) else None
    except ValueError:
        return None


def _pool(pool: Resource, stack: Stack) -> Nodes:
    template = pool.props.at("spec", "template")
    flavor = AUTO_MODE if template.get("spec", "nodeClassRef", "group") == AUTO_MODE.group else KARPENTER
    asked = allowed(_requirements(template))
    labels = {key: replace(left, required=True) for key, left in asked.items()}
    own, hidden = _fixed(template.pairs("metadata", "labels"))
    labels |= own
    labels.setdefault(CAPACITY_TYPE, Allowed(values=frozenset(KNOWN_VALUES[CAPACITY_TYPE]), required=True))
    labels["karpenter.sh/nodepool"] = one_value(object_name(pool, stack))
    if flavor is AUTO_MODE:
        labels["eks.amazonaws.com/compute-type"] = one_value("auto")
    windows = flavor is KARPENTER and any(map(_is_windows, node_class(pool, stack)))
    labels.setdefault(OPERATING_SYSTEM, one_value("windows" if windows else "linux"))
    subnets = [subnet_of(each) for found in node_class(pool, stack) for each in selected_subnets(found, stack)]
    _add_zones(labels, [each.zone for each in subnets], all_of_it=True)

    def carries(key: str) -> bool:
        if key == "eks.amazonaws.com/compute-type":
            return False
        known = key in known_labels(flavor) or instances.carriers(flavor, key) is not None
        return known or _is_karpenters(key) or _of_kubernetes(key)

    limits = pool.props.at("spec", "limits")
    disk = disk_of_pool(pool, stack, auto_mode=flavor is AUTO_MODE)
    return Nodes(
        name=pool.name,
        labels=labels,
        hidden=hidden,
        carries=carries,
        types=instances.with_facts(instances.left(flavor, asked)),
        taints=_taints(template.items("spec", "taints")),
        regions=regions_of(pool, stack),
        flavor=flavor,
        most_cpu=_limit(limits, "cpu"),
        most_memory=_limit(limits, "memory"),
        disk=disk.size,
        instance_store=disk.instance_store,
    )


def _limit(limits: Props, key: str) -> float | None:
    return quantity(limits.get(key)) if limits.value is not None and limits.is_known(key) else None


def _is_windows(found: Resource) -> bool:
    terms = found.props.items("spec", "amiSelectorTerms")
    words = [str(term.raw("alias") or "") for term in terms] + [str(found.props.raw("spec", "amiFamily") or "")]
    return any(word.lower().startswith("windows") for word in words)


def _fixed(pairs: list[tuple[str, Props]]) -> tuple[dict[str, Allowed], frozenset[str]]:
    """Labels as they are written, and those of them whose values are not known."""
    hidden = frozenset(normal(key) for key, part in pairs if not part.is_known())
    known = {normal(key): one_value(str(part.get())) for key, part in pairs if part.is_known()}
    return known | dict.fromkeys(hidden, Allowed(required=True)), hidden


def one_value(value: str) -> Allowed:
    return Allowed(values=frozenset({value}), required=True)


def add_zones(nodes: Nodes, resource: Resource, stack: Stack, *keys: str) -> None:
    """Give nodes the zones of the subnets that a property names, where the stack makes all of these."""
    if resource.props.is_known(*keys):
        zones = [each.zone for each in subnets_of(resource, stack, *keys)]
        _add_zones(nodes.labels, zones, all_of_it=all_resolved(resource, stack, *keys))


def _add_zones(labels: dict[str, Allowed], zones: list[str | None], *, all_of_it: bool) -> None:
    known = [zone for zone in zones if zone and "${" not in zone and not zone[:1].isupper() and zone[-1:].isalpha()]
    if zones and all_of_it and len(known) == len(zones):
        here = Allowed(values=frozenset(known), required=True)
        labels[ZONE] = labels.get(ZONE, Allowed()).narrowed(here)


def regions_of(kind: Resource, stack: Stack) -> frozenset[str]:
    """The regions that a kind of node can stand in: those of the subnets, or else that of a provider."""
    zones = {subnet_of(each).zone for each in stack.of(SUBNET)}
    known = {match[1] for zone in zones if zone and (match := _ZONE_OF_REGION.fullmatch(zone))}
    if known:
        return frozenset(known)
    provider = stack.by_urn.get(kind.provider or "")
    region = provider.inputs.get("region") if provider is not None else None
    return frozenset({region}) if isinstance(region, str) and "${" not in region else frozenset()


def _taints(found: list[Props]) -> tuple[Taint, ...]:
    return tuple(map(_taint, found))


def _taint(found: Props) -> Taint:
    return taint_of(str(found.get("key")), str(found.get("value") or ""), str(found.get("effect")))


def is_any_nodes(key: str) -> bool:
    """Whether a label is one that nodes of any source may have by themselves."""
    return (key not in known_labels(KARPENTER) and _of_kubernetes(key)) or key in (INSTANCE_TYPE, ZONE)


def _requirements(template: Props) -> list[Requirement]:
    return [
        Requirement.model_construct(
            key=str(item.get("key")), operator=str(item.get("operator")), values=tuple(item.words("values"))
        )
        for item in template.items("spec", "requirements")
    ]


def _is_karpenters(key: str) -> bool:
    return key.partition("/")[0] == "karpenter.sh"


def _of_kubernetes(key: str) -> bool:
    domain = key.partition("/")[0] if "/" in key else ""
    return domain.endswith(_OF_KUBERNETES) and not domain.endswith(KARPENTER.group)
