"""Groups of nodes and Fargate profiles: what each is called, how large it is, where its nodes are."""

from __future__ import annotations

from eks_blueprints.core.errors import Path, shown
from eks_blueprints.lifecycle.importers.eksctl.build import Build, name_for
from eks_blueprints.lifecycle.importers.eksctl.rules import apply, step
from eks_blueprints.lifecycle.importers.eksctl.source import Node
from eks_blueprints.lifecycle.importers.eksctl.steps import network

_KINDS = {"ManagedNodeGroup": "managed_nodes", "NodeGroup": "self_managed_nodes", "FargateProfile": "fargate"}
_EFFECTS = {"NoSchedule": "NO_SCHEDULE", "PreferNoSchedule": "PREFER_NO_SCHEDULE", "NoExecute": "NO_EXECUTE"}
_REPAIRS = {"Terminate": "Replace", "Restart": "Reboot"}
"""Words of eksctl's documentation that EKS does not take. Source: EKS API, NodeRepairConfigOverrides."""
_OWN_MARKS = ("alpha.eksctl.io/", "eksctl.io/")


@step
def groups(build: Build, node: Node, _base: Path) -> None:
    """Groups of nodes, each by its name."""
    for each in node.members():
        name = name_for(str(each.value.get("name") or "nodes"), build.at(("compute",), {}), other="nodes")
        base = ("compute", name)
        build.put((*base, "kind"), _KINDS[each.holds])
        apply(build, each, base)
        _by_ids(build, each, base)
        _shared_group(build, each, base)


@step
def group_name(build: Build, node: Node, base: Path) -> None:
    """The name, which is a key here."""
    build.said(base, node)
    if node.value != base[-1]:
        taken = node.value in build.at(base[:1], {})
        why = "another group has its name" if taken else "such names have up to 40 letters, digits, - and _"
        build.tell(node, f"is called {base[-1]} here: {why}")


@step
def fargate(build: Build, node: Node, _base: Path) -> None:
    """Fargate profiles, with the role that the file names for all of them."""
    role = build.source.get("iam", "fargatePodExecutionRoleARN")
    boundary = build.source.get("iam", "fargatePodExecutionRolePermissionsBoundary")
    for each in node.members():
        base = ("compute", name_for(str(each.value.get("name") or "fargate"), build.at(("compute",), {})))
        build.put((*base, "kind"), "fargate")
        apply(build, each, base)
        if each.get("podExecutionRoleARN") is not None:
            build.tell(
                role if role is not None and role.path not in build.became else None,
                "has no effect: each profile has its own role",
            )
            continue
        for source, field in ((role, "pod_execution_role_arn"), (boundary, "permissions_boundary")):
            if source is not None:
                build.put((*base, field), source.value, source)


@step
def selectors(build: Build, node: Node, base: Path) -> None:
    """Which pods run on Fargate."""
    found = []
    for each in node.members():
        said = {"namespace": each.value_of("namespace")}
        if labels := each.value_of("labels"):
            said["labels"] = labels
        found.append(said)
    build.put((*base, "selectors"), found, node)


@step
def labels(build: Build, node: Node, base: Path) -> None:
    """Labels, those of eksctl included where a file has them: pods may be placed by them."""
    build.put((*base, "labels"), dict(node.value), node)


@step
def group_tags(build: Build, node: Node, base: Path) -> None:
    """Tags, without eksctl's own."""
    for each in node.members():
        if str(each.path[-1]).startswith(_OWN_MARKS):
            build.tell(each, "leave it out: eksctl marks its own resources so")
        else:
            build.put((*base, "tags", str(each.path[-1])), each.value, each)


@step
def taints(build: Build, node: Node, base: Path) -> None:
    """Taints, as a list or as a mapping of `value:effect`."""
    for each in node.members():
        if isinstance(node.value, dict):
            value, _, effect = str(each.value).rpartition(":")
            key = str(each.path[-1])
        else:
            key, value, effect = (str(each.value_of(word, default="")) for word in ("key", "value", "effect"))
        said = {"key": key, "value": value, "effect": _EFFECTS.get(effect, effect)}
        build.put((*base, "taints"), [{word: text for word, text in said.items() if text or word != "value"}], each)


@step
def group_subnets(build: Build, node: Node, base: Path) -> None:
    """Subnets by their names, zones or ids; in a new VPC names are zones."""
    for each in node.members():
        word = str(each.value)
        if found := list(network.subnet_ids(build, word)):
            build.put((*base, "subnet_ids"), found[:1], each)
        elif word.startswith("subnet-"):
            build.put((*base, "subnet_ids"), [word], each)
        elif not network.existing(build) and network._ZONE.fullmatch(word):
            build.put((*base, "zones"), [word], each)
        else:
            do = "write its id as subnet_ids"
            build.tell(each, f"is the name of a subnet that the file does not list; got {shown(word)}; {do}")


def _by_ids(build: Build, node: Node, base: Path) -> None:
    """Ids of subnets say where nodes are; whether these are private follows from them."""
    if build.at((*base, "subnet_ids")) is None or build.at(base).pop("subnets", None) is None:
        return
    private = node.get("privateNetworking")
    if private is not None:
        build.became[private.path] = [(*base, "subnet_ids")]


def _shared_group(build: Build, node: Node, base: Path) -> None:
    """The security group that self-managed nodes share, where the file names one."""
    shared = build.source.get("vpc", "sharedNodeSecurityGroup")
    if shared is None or node.holds != "NodeGroup":
        return
    if node.value_of("securityGroups", "withShared") is False:
        return
    build.put((*base, "security_group_ids"), [shared.value], shared)


@step
def update_config(build: Build, node: Node, base: Path) -> None:
    """How many nodes an update takes away at once, which EKS knows of managed groups."""
    if build.at((*base, "kind")) != "managed_nodes":
        do = "instance_refresh of self_managed_nodes says how nodes are replaced"
        build.tell(node, f"has no effect: eksctl does not update such groups; {do}")
        return
    field = "max_unavailable" if node.path[-1] == "maxUnavailable" else "max_unavailable_percentage"
    build.put((*base, "update_config", field), node.value, node)


@step
def repair_overrides(build: Build, node: Node, base: Path) -> None:
    """Other actions for some faults of nodes."""
    for index, each in enumerate(node.members()):
        inside = ("", str(index))
        scratch = Build(build.source)
        apply(scratch, each, inside)
        build.put((*base, "node_repair_config", "node_repair_config_overrides"), [scratch.at(inside, {})], each)
        for path, texts in scratch.told.items():
            build.told.setdefault(path, []).extend(texts)


@step
def repair_action(build: Build, node: Node, base: Path) -> None:
    """What to do about a fault, in the words that EKS takes."""
    word = _REPAIRS.get(str(node.value), node.value)
    build.put((*base, "repair_action"), word, node)
    if word != node.value:
        build.tell(node, f"is {word} in the EKS API, which refuses {node.value}")


@step
def metrics(build: Build, node: Node, base: Path) -> None:
    """Metrics of the group; without a list all of them."""
    from typing import get_args

    from eks_blueprints.compute._self_managed_parts import Metric

    for each in node.members():
        listed = each.get("metrics")
        said = list(listed.value) if listed is not None and listed.value else list(get_args(Metric))
        build.put((*base, "enabled_metrics"), said, *(child for child in each.members() if child.path[-1] == "metrics"))
