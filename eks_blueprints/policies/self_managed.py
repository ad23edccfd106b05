"""What the nodes of Auto Scaling groups are, as far as a stack tells: by launch template, user data and tags.

Sources: EKS user guide, "Create self-managed Amazon Linux nodes"; nodeadm's and Bottlerocket's settings; the README of
Cluster Autoscaler's AWS provider (node-template tags).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from eks_blueprints.karpenter.fitting import Nodes
from eks_blueprints.karpenter.labels import OPERATING_SYSTEM, normal
from eks_blueprints.karpenter.tolerating import Taint
from eks_blueprints.policies.node_disks import Disk, disk_of_template
from eks_blueprints.policies.node_labels import (
    add_zones,
    is_any_nodes,
    launch_template,
    one_value,
    regions_of,
    type_of_template,
    user_data,
)
from eks_blueprints.policies.platform import GROUP
from eks_blueprints.policies.props import Undetermined
from eks_blueprints.policies.stack import Resource, Stack

_OWNED = "kubernetes.io/cluster/"
_HINT = "k8s.io/cluster-autoscaler/node-template/"
_JOINS = ("NodeConfig", "/etc/eks/bootstrap.sh", "[settings.kubernetes", "EKSBootstrap")
"""Words of user data that makes an instance a node of EKS."""
_WINDOWS = "EKSBootstrap"
_FLAG = r"--{}[= ]+[\"']?([^\s\"']+)"
_ELSEWHERE = ("registerWithTaints", "$(", "imds ")
"""Words of user data that gives labels or taints in a way that is not read here."""


def groups_of(cluster: Resource, stack: Stack) -> list[Resource]:
    """The Auto Scaling groups of a stack whose instances are, or may be, nodes of a cluster."""
    return [each for each in stack.of(GROUP) if _may_be_of(each, cluster, stack)]


def nodes_of_group(group: Resource, stack: Stack) -> Nodes:
    """What the nodes of an Auto Scaling group are."""
    found = list(templates(group, stack))
    only = found[0] if len(found) == 1 else None
    text = None if only is None else user_data(only)
    labels = {normal(key): one_value(value) for key, value in _labels(group, text or "")}
    labels.setdefault(OPERATING_SYSTEM, one_value("windows" if _WINDOWS in (text or "") else "linux"))
    disk = Disk() if only is None else disk_of_template(only, text)
    nodes = Nodes(
        name=group.name,
        labels=labels,
        carries=is_any_nodes,
        types=frozenset(types_in_order(group, found) or ()),
        taints=tuple(_taints(group, text or "")),
        regions=regions_of(group, stack),
        disk=disk.size,
        instance_store=disk.instance_store,
        unsure="" if text is not None and _is_read(text) else "what its user data gives its nodes is not known",
    )
    add_zones(nodes, group, stack, "vpcZoneIdentifiers")
    return nodes


def _may_be_of(group: Resource, cluster: Resource, stack: Stack) -> bool:
    owners = {key.removeprefix(_OWNED) for key, _ in tags_of(group) if key.startswith(_OWNED)}
    name = cluster.props.raw("name") or cluster.name
    if owners and isinstance(name, str) and "${" not in name and not any("${" in each for each in owners):
        return name in owners
    try:
        known = [user_data(each) if each is not None else None for each in templates(group, stack)]
    except Undetermined:
        return True
    return bool(owners) or any(text is None or any(word in text for word in _JOINS) for text in known)


def tags_of(group: Resource) -> Iterator[tuple[str, str]]:
    """The tags of a group whose keys and values are known."""
    if group.props.is_known("tags"):
        for tag in group.props.items("tags"):
            if tag.is_known("key") and tag.is_known("value"):
                yield str(tag.get("key")), str(tag.get("value"))


def templates(group: Resource, stack: Stack) -> Iterator[Resource | None]:
    """The launch templates of a group; None for one that the stack does not make."""
    mixed = ("mixedInstancesPolicy", "launchTemplate")
    if group.props.has("mixedInstancesPolicy"):
        yield launch_template(group, stack, *mixed, "launchTemplateSpecification", "launchTemplateId")
        for index, part in enumerate(group.props.items(*mixed, "overrides")):
            if part.has("launchTemplateSpecification"):
                key = (*mixed, "overrides", index, "launchTemplateSpecification", "launchTemplateId")
                yield launch_template(group, stack, *key)
    else:
        yield launch_template(group, stack, "launchTemplate", "id")


def types_in_order(group: Resource, templates: list[Resource | None]) -> list[str] | None:
    """The instance types of a group, in its own order; None where they are not known."""
    overrides = group.props.items("mixedInstancesPolicy", "launchTemplate", "overrides")
    if any(each.has("instanceRequirements") for each in overrides):
        return None
    named = [each.raw("instanceType") for each in overrides if each.has("instanceType")]
    if named:
        known = [each for each in named if isinstance(each, str) and "${" not in each]
        return known if len(known) == len(named) else None
    found = type_of_template(templates[0]) if templates and templates[0] is not None else frozenset()
    return sorted(found) or None


def _is_read(text: str) -> bool:
    """Whether all that user data says of labels and taints is known."""
    told = [*_flags(text, "node-labels"), *_flags(text, "register-with-taints")]
    plain = not any("$" in each for each in told)
    return plain and any(word in text for word in _JOINS) and not any(word in text for word in _ELSEWHERE)


def _labels(group: Resource, text: str) -> Iterator[tuple[str, str]]:
    start = f"{_HINT}label/"
    yield from ((key.removeprefix(start), value) for key, value in tags_of(group) if key.startswith(start))
    yield from (each.partition("=")[::2] for each in _flags(text, "node-labels"))
    yield from ((key, str(value)) for key, value in _settings(text, "node-labels").items())


def _taints(group: Resource, text: str) -> Iterator[Taint]:
    start = f"{_HINT}taint/"
    found = [(key.removeprefix(start), value) for key, value in tags_of(group) if key.startswith(start)]
    for each in _flags(text, "register-with-taints"):
        key, _, rest = each.partition("=") if "=" in each else each.partition(":")
        found.append((key, rest if "=" in each else f":{rest}"))
    for key, values in _settings(text, "node-taints").items():
        found += [(key, str(value)) for value in (values if isinstance(values, list) else [values])]
    yield from dict.fromkeys(Taint(key, *value.rpartition(":")[::2]) for key, value in found)


def _flags(text: str, name: str) -> Iterator[str]:
    for found in re.findall(_FLAG.format(name), text):
        yield from (each for each in found.split(",") if each)


def _settings(text: str, name: str) -> Mapping[str, Any]:
    """A table of Bottlerocket's settings of Kubernetes."""
    try:
        value: Any = tomllib.loads(text)
    except ValueError:
        return {}
    for key in ("settings", "kubernetes", name):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}
